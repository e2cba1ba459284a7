package ratelimit

import (
	"math"
	"testing"
	"time"
)

// The largest quota that a tenant may set is one that works.
func TestTheLargestQuota(t *testing.T) {
	for _, per := range []time.Duration{time.Minute, time.Hour, 24 * time.Hour} {
		var l Limits
		now := time.Unix(1e9, 0)
		rule := Rule{math.MaxInt32, math.MaxInt32, per}
		if u := l.Take("largest", rule, now); u.Refused || u.Remaining != math.MaxInt32-1 || u.Reset.Before(now) ||
			u.Reset.After(now.Add(time.Second)) {
			t.Errorf("%v: %+v", per, u)
		}
		slow := Rule{math.MaxInt32, 1, per} // fills in thousands of years
		if u := l.Take("slow", slow, now); u.Refused || u.Remaining != math.MaxInt32-1 || u.Reset.Sub(now) != per {
			t.Errorf("%v, slow: %+v", per, u)
		}
	}
}
