package clock

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestMoves(t *testing.T) {
	t.Parallel()
	wall := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	c := New(time.Time{})
	c.wall = func() time.Time { return wall }
	at := func(want time.Duration) {
		t.Helper()
		if got := c.Now().Sub(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)); got != want {
			t.Errorf("the clock stands %v after the start, want %v", got, want)
		}
	}
	at(0)
	c.Advance(time.Hour)
	at(time.Hour)
	wall = wall.Add(time.Minute)
	at(time.Hour + time.Minute)
	c.Freeze()
	c.Freeze()
	wall = wall.Add(time.Minute)
	at(time.Hour + time.Minute)
	c.Advance(-time.Hour)
	at(time.Minute)
	if got := c.Offset(); got != -time.Minute {
		t.Errorf("offset %v", got)
	}
	c.Thaw()
	wall = wall.Add(time.Minute)
	at(2 * time.Minute)
	c.SetOffset(time.Hour)
	at(time.Hour + 3*time.Minute)
	for range 5 {
		c.Advance(1<<63 - 1)
	}
	if got := c.Offset(); got != MaxOffset {
		t.Errorf("after years of years: %v, want MaxOffset", got)
	}
	if c.Set(time.Time{}); c.Offset() != -MaxOffset {
		t.Errorf("set to the year 1: %v", c.Offset())
	}
}

// Reading the wall takes time of its own, which must not show in the offset.
func TestOffsetOfARunningClockIsExact(t *testing.T) {
	t.Parallel()
	c := New(time.Time{})
	wall := c.wall()
	c.wall = func() time.Time { wall = wall.Add(time.Millisecond); return wall }
	if c.SetOffset(2 * time.Hour); c.Offset() != 2*time.Hour {
		t.Errorf("offset %v", c.Offset())
	}
	if c.Advance(time.Hour); c.Offset() != 3*time.Hour {
		t.Errorf("advanced by an hour: offset %v", c.Offset())
	}
}

func TestWait(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		end  func(c *Clock, cancel context.CancelFunc)
		want error
	}{
		{"moved to the time", func(c *Clock, _ context.CancelFunc) { c.Advance(time.Hour) }, nil},
		{"released", func(c *Clock, _ context.CancelFunc) { c.Release() }, ErrReleased},
		{"cancelled", func(_ *Clock, cancel context.CancelFunc) { cancel() }, context.Canceled},
	} {
		for _, frozen := range []bool{false, true} {
			c := New(time.Time{})
			if frozen {
				c.Freeze()
			}
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error)
			go func() { done <- c.Wait(ctx, c.Now().Add(time.Hour), "test") }()
			for len(c.Holds()) == 0 {
				c.Freeze() // a reader's lock is enough of a pause
				if !frozen {
					c.Thaw()
				}
			}
			tc.end(c, cancel)
			if err := <-done; !errors.Is(err, tc.want) {
				t.Errorf("%s (frozen %v): %v, want %v", tc.name, frozen, err, tc.want)
			}
			if h := c.Holds(); len(h) != 0 {
				t.Errorf("%s: still held %v", tc.name, h)
			}
			cancel()
		}
	}
	c := New(time.Time{})
	if err := c.Wait(t.Context(), c.Now(), "over"); err != nil {
		t.Errorf("a time that has come: %v", err)
	}
}

// TestEachMoveIsCountedOnce, by as much as it moved the clock: the offset of one that stands still changes without a move.
func TestEachMoveIsCountedOnce(t *testing.T) {
	c := New(time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC))
	if by := c.Jumped(); by != 0 {
		t.Errorf("its start is a move by %s", by)
	}
	c.Freeze()
	c.Advance(2 * time.Hour)
	c.Advance(-time.Minute)
	if by := c.Jumped(); by != 2*time.Hour-time.Minute {
		t.Errorf("moved by %s", by)
	}
	c.Set(c.Now().Add(time.Second))
	if by := c.Jumped(); by != time.Second {
		t.Errorf("set by %s", by)
	}
	c.Thaw()
	if by := c.Jumped(); by != 0 {
		t.Errorf("that it runs is a move by %s", by)
	}
}
