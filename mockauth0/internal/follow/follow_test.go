package follow

import (
	"slices"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/clock"
)

// TestWait: for everybody, for names that are asked for, and no longer than the patience.
func TestWait(t *testing.T) {
	t.Parallel()
	c := clock.New(time.Time{})
	f := New(c)
	f.patience = time.Hour
	if late := f.Wait(nil); late != nil {
		t.Errorf("without followers: %v", late)
	}
	one, two := f.Join("one"), f.Join("two")
	c.Advance(time.Hour)
	at, _ := f.Standing()
	waited := make(chan []string)
	go func() { waited <- f.Wait([]string{"three"}) }()
	f.Followed(one, at.Move)
	f.Leave(two)
	three := f.Join("three")
	f.Followed(three, at.Move)
	if late := <-waited; late != nil {
		t.Errorf("late: %v", late)
	}
	if f.Followed(two, at.Move) {
		t.Error("one that left has followed")
	}

	f.patience = 0
	c.Advance(time.Hour)
	if late := f.Wait([]string{"four"}); !slices.Equal(late, []string{"one", "three", "four"}) {
		t.Errorf("late: %v", late)
	}
	f.patience = time.Hour
	c.Advance(time.Hour)
	if late := f.Wait(nil); late != nil {
		t.Errorf("waited again for those that were late: %v", late)
	}
	at, _ = f.Standing()
	f.Followed(one, at.Move)
	if list := f.List(); !list[0].Followed || list[1].Followed {
		t.Errorf("%+v", list)
	}
	c.Advance(time.Hour)
	go func() { waited <- f.Wait(nil) }()
	f.Close()
	if late := <-waited; !slices.Equal(late, []string{"one"}) {
		t.Errorf("after Close: %v", late)
	}
}
