// Package ratelimit counts requests against limits: token buckets on a clock that the caller reads, so that a test
// moves time instead of waiting (https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy).
package ratelimit

import (
	"math"
	"sync"
	"time"
)

// Rule is a limit: so many requests at once, and so many in each period in the long run.
type Rule struct {
	Burst int
	Count int
	Per   time.Duration
}

// Use is where a bucket stands after a request.
type Use struct {
	Policy    bool // a limit that somebody set for this, and not one over all or none
	Limit     int
	Remaining int
	Reset     time.Time     // when the bucket will be full again
	Refused   bool          // the request was one too many and took nothing
	Wait      time.Duration // until the next one is not; zero unless refused
}

// Seconds is a duration in whole seconds, never less than it is, for headers.
func Seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// Limits are the buckets of one tenant, by name. The zero value is ready. Safe for concurrent use.
type Limits struct {
	mu      sync.Mutex
	buckets map[string]*bucket
}

type bucket struct {
	rule  Rule
	level int64     // what is in it, in parts of a request
	at    time.Time // when level was right
}

// tick is in how much time one part comes for each request of Count: so short that nothing is ever rounded. A full bucket
// of the largest limits would have more such parts than can be counted.
func (r Rule) tick() time.Duration {
	if int64(r.Burst) > math.MaxInt64/2/r.Per.Microseconds() {
		return time.Millisecond
	}
	return time.Microsecond
}

// whole is how many parts a request has.
func (r Rule) whole() int64 { return int64(r.Per / r.tick()) }

func (r Rule) full() int64 { return int64(r.Burst) * r.whole() }

// Take counts one request at now. A bucket whose rule has changed starts anew, full.
func (l *Limits) Take(name string, rule Rule, now time.Time) Use {
	return l.TakeAll([]Named{{name, rule}}, now)[0]
}

// Named is a bucket.
type Named struct {
	Name string
	Rule Rule
}

// TakeAll counts one request against several buckets: in all of them or, where one refuses it, in none.
func (l *Limits) TakeAll(from []Named, now time.Time) []Use {
	l.mu.Lock()
	defer l.mu.Unlock()
	uses, some := make([]Use, len(from)), false
	for i, n := range from {
		b := l.filled(n.Name, n.Rule, now)
		uses[i] = Use{Limit: n.Rule.Burst}
		if b.level < n.Rule.whole() {
			uses[i].Refused, uses[i].Wait, some = true, b.until(n.Rule.whole()), true
		}
	}
	for i, n := range from {
		b := l.buckets[n.Name]
		if !some {
			b.level -= n.Rule.whole()
		}
		uses[i].Remaining, uses[i].Reset = int(b.level/n.Rule.whole()), now.Add(b.until(n.Rule.full()))
	}
	return uses
}

// filled is a bucket with what came in until now.
func (l *Limits) filled(name string, rule Rule, now time.Time) *bucket {
	b := l.buckets[name]
	if b == nil || b.rule != rule {
		if l.buckets == nil {
			l.buckets = map[string]*bucket{}
		}
		b = &bucket{rule: rule, level: rule.full(), at: now}
		l.buckets[name] = b
	}
	b.fill(now)
	return b
}

// Reset fills all buckets.
func (l *Limits) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buckets = nil
}

// Saved is how full a bucket is, for a snapshot.
type Saved struct {
	Rule  Rule
	Level int64
	At    time.Time
}

// Save tells how full the buckets are, by name.
func (l *Limits) Save() map[string]Saved {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := map[string]Saved{}
	for name, b := range l.buckets {
		out[name] = Saved{b.rule, b.level, b.at}
	}
	return out
}

// Load puts buckets that were saved in place of those that there are.
func (l *Limits) Load(saved map[string]Saved) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buckets = map[string]*bucket{}
	for name, s := range saved {
		l.buckets[name] = &bucket{s.Rule, s.Level, s.At}
	}
}

// fill adds what came in since the last request. A clock that was set back adds nothing, and counts from there.
func (b *bucket) fill(now time.Time) {
	passed := now.Sub(b.at)
	switch {
	case passed >= b.until(b.rule.full()):
		b.level = b.rule.full()
	case passed > 0:
		b.level += int64(passed/b.rule.tick()) * int64(b.rule.Count)
		now = b.at.Add(passed.Truncate(b.rule.tick()))
	}
	b.at = now
}

// until is how long it takes until the bucket holds so many parts.
func (b *bucket) until(level int64) time.Duration {
	missing, rate := max(0, level-b.level), int64(b.rule.Count)
	return time.Duration((missing+rate-1)/rate) * b.rule.tick()
}
