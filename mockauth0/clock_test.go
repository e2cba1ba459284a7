package mockauth0_test

import (
	"testing"
	"time"

	"renewal.example/mockauth0"
)

// TestFollowClock: every move has been followed when it returns, also one of a frozen clock and a reset.
func TestFollowClock(t *testing.T) {
	t.Parallel()
	s, err := mockauth0.New(mockauth0.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var at mockauth0.ClockState
	stop := s.FollowClock("test", func(now mockauth0.ClockState) { at = now })
	stands := func(after string, offset time.Duration, frozen bool) {
		t.Helper()
		if at.Offset.Round(time.Minute) != offset || at.Frozen != frozen {
			t.Errorf("after %s the follower stands at %+v, want %v ahead", after, at, offset)
		}
	}
	stands("the start", 0, false)
	s.Advance(time.Hour)
	stands("an hour", time.Hour, false)
	s.SetOffset(3 * time.Hour)
	stands("an offset", 3*time.Hour, false)
	s.Freeze()
	stands("the freezing", 3*time.Hour, true)
	s.SetTime(time.Now().Add(-time.Hour))
	stands("another time", -time.Hour, true)
	s.Thaw()
	stands("the thawing", -time.Hour, false)
	s.Reset()
	stands("the reset", 0, false)
	stop()
	stop()
	s.Advance(time.Hour)
	stands("its end", 0, false)
	if names := s.Followers(); len(names) > 0 {
		t.Errorf("followers: %v", names)
	}
}
