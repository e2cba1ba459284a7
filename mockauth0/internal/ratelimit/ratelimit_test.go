package ratelimit

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestBucket(t *testing.T) {
	var l Limits
	rule := Rule{3, 6, time.Minute} // one every ten seconds
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i, step := range []struct {
		wait      time.Duration
		remaining int
		reset     time.Duration
		refused   bool
		until     time.Duration
	}{
		{0, 2, 10 * time.Second, false, 0},
		{0, 1, 20 * time.Second, false, 0},
		{0, 0, 30 * time.Second, false, 0},
		{0, 0, 30 * time.Second, true, 10 * time.Second},
		{9 * time.Second, 0, 21 * time.Second, true, time.Second},
		{time.Second, 0, 30 * time.Second, false, 0},
		{-time.Hour, 0, 30 * time.Second, true, 10 * time.Second}, // set back: no gift
		{10 * time.Second, 0, 30 * time.Second, false, 0},         // … and no punishment
		{time.Hour, 2, 10 * time.Second, false, 0},                // never more than the burst
	} {
		now = now.Add(step.wait)
		u := l.Take("token", rule, now)
		if u.Limit != 3 || u.Remaining != step.remaining || u.Reset.Sub(now) != step.reset || u.Refused != step.refused || u.Wait != step.until {
			t.Errorf("%d: %+v (reset in %v)", i, u, u.Reset.Sub(now))
		}
	}
	if u := l.Take("userinfo", rule, now); u.Remaining != 2 {
		t.Errorf("another bucket: %+v", u)
	}
	if u := l.Take("token", Rule{9, 6, time.Minute}, now); u.Remaining != 8 {
		t.Errorf("another rule: %+v", u)
	}
	l.Reset()
	if u := l.Take("userinfo", rule, now); u.Remaining != 2 {
		t.Errorf("after Reset: %+v", u)
	}
}

func TestAllBucketsOrNone(t *testing.T) {
	var l Limits
	now := time.Unix(1e9, 0)
	hour, day := Named{"hour", Rule{3, 3, time.Hour}}, Named{"day", Rule{1, 1, 24 * time.Hour}}
	if u := l.TakeAll([]Named{hour, day}, now); u[0].Refused || u[1].Refused || u[0].Remaining != 2 || u[1].Remaining != 0 {
		t.Errorf("the first: %+v", u)
	}
	for range 2 {
		if u := l.TakeAll([]Named{hour, day}, now); u[0].Refused || !u[1].Refused || u[0].Remaining != 2 || u[1].Wait != 24*time.Hour {
			t.Errorf("a refusal by the day costs the hour something: %+v", u)
		}
	}
	if u := l.TakeAll(nil, now); len(u) != 0 {
		t.Errorf("none: %+v", u)
	}
}

// A million requests a day must not overflow, and uneven times not lose anything.
func TestLargeAndSlow(t *testing.T) {
	var l Limits
	now := time.Unix(1e9, 0)
	if u := l.Take("day", Rule{1_000_000, 1_000_000, 24 * time.Hour}, now); u.Remaining != 999_999 ||
		u.Reset.Sub(now) != 86400*time.Microsecond {
		t.Errorf("%+v", u)
	}
	slow := Rule{1, 1, time.Hour}
	l.Take("hour", slow, now)
	refused := 0
	for range 3600 { // in steps of a second and a bit
		now = now.Add(time.Second + 700*time.Nanosecond)
		if l.Take("hour", slow, now).Refused {
			refused++
		}
	}
	if refused != 3599 {
		t.Errorf("%d of 3600 were refused in an hour, want all but one", refused)
	}
}

func TestManyAtOnce(t *testing.T) {
	var l Limits
	var passed atomic.Int32
	var wg sync.WaitGroup
	now := time.Unix(1e9, 0)
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if !l.Take("token", Rule{100, 1, time.Minute}, now).Refused {
					passed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if n := passed.Load(); n != 100 {
		t.Errorf("%d of 400 passed, want 100", n)
	}
}
