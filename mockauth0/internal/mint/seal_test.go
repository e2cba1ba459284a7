package mint

import (
	"bytes"
	"sync"
	"testing"
)

func TestSealsDifferByWhatTheySealAndByTheirKey(t *testing.T) {
	one, other := NewSeal(), NewSeal()
	mark := one.MAC([]byte("a"))
	if len(mark) != 32 || !bytes.Equal(mark, one.MAC([]byte("a"))) {
		t.Errorf("the same text was marked %x and %x", mark, one.MAC([]byte("a")))
	}
	if bytes.Equal(mark, one.MAC([]byte("b"))) || bytes.Equal(mark, other.MAC([]byte("a"))) {
		t.Error("two marks are the same")
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				if !bytes.Equal(mark, one.MAC([]byte("a"))) {
					t.Error("marks made at the same time mix")
				}
			}
		})
	}
	all.Wait()
}
