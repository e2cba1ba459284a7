package cli

import (
	"errors"
	"testing"
)

// TestAProfileIsRemovedThoughItIsWrittenTo: what a browser leaves behind when it ends goes on writing for a moment.
func TestAProfileIsRemovedThoughItIsWrittenTo(t *testing.T) {
	for _, written := range []int{0, 1, 3} {
		tries := 0
		err := removeProfile("profile", func(string) error {
			if tries++; tries <= written {
				return errors.New("directory not empty")
			}
			return nil
		})
		if err != nil || tries != written+1 {
			t.Errorf("written to %d times: %d tries, %v", written, tries, err)
		}
	}
	if err := removeProfile("profile", func(string) error { return errors.New("not permitted") }); err == nil {
		t.Error("a profile that cannot be removed gives no error")
	}
}
