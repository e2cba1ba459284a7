// Package clock is the only place that reads real time or starts a timer.
//
// Every tenant has one Clock: real time plus an offset, or frozen. It rules tokens, sessions, codes
// and the latency of faults. The wall (Wall) rules what the outside world judges: TLS validity, cookie
// Expires and draining.
package clock

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// Clock is a tenant's time. The zero value is not usable; call New. Safe for concurrent use.
type Clock struct {
	wall func() time.Time

	mu     sync.Mutex
	offset time.Duration
	frozen *time.Time // tenant time at which the clock stands still; nil when it runs
	jump   time.Duration
	holds  map[uint64]*Hold
	nextID uint64
	moves  uint64        // how often it was moved, and 1 for its start
	moved  chan struct{} // closed and replaced at every move, so that waiters look again
	let    chan struct{} // closed and replaced by Release
}

// MaxOffset is how far a clock may be moved from real time, in both directions: a time.Duration holds 292
// years, and dates after the year 9999 cannot be written as JSON.
const MaxOffset = 200 * 365 * 24 * time.Hour

// ErrReleased is what Wait returns when Release ended it.
var ErrReleased = errors.New("the wait was released")

// Hold is a wait that elapses on tenant time, such as the latency of a fault. Whoever moves the clock
// (World.Advance) treats Until as one more due time.
type Hold struct {
	ID     uint64    `json:"id"`
	Reason string    `json:"reason"`
	Until  time.Time `json:"until,omitzero"` // zero: held until released or the request is cancelled
}

// New returns a clock that runs with the wall, moved so that it now reads start (zero: real time).
func New(start time.Time) *Clock {
	c := &Clock{wall: time.Now, holds: map[uint64]*Hold{}, moves: 1, moved: make(chan struct{}), let: make(chan struct{})}
	if !start.IsZero() {
		c.Set(start)
	}
	c.jump = 0
	return c
}

// Now is the tenant's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

// Both are the tenant's time and the wall's, of one moment.
func (c *Clock) Both() (tenant, wall time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	wall = c.wall()
	return c.at(wall), wall
}

func (c *Clock) now() time.Time { return c.at(c.wall()) }

// at is the tenant's time when the wall shows wall. Whoever needs both looks at the wall once.
func (c *Clock) at(wall time.Time) time.Time {
	if c.frozen != nil {
		return *c.frozen
	}
	return wall.Add(c.offset)
}

// Offset is how far tenant time is ahead of the wall.
func (c *Clock) Offset() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	wall := c.wall()
	return c.at(wall).Sub(wall)
}

// Advance moves the clock by d (negative: back) and returns the new time. No move goes further than MaxOffset
// from real time.
func (c *Clock) Advance(d time.Duration) time.Time {
	return c.move(func(now, _ time.Time) time.Time { return now.Add(d) })
}

// Set moves the clock to t.
func (c *Clock) Set(t time.Time) {
	c.move(func(_, _ time.Time) time.Time { return t })
}

// SetOffset makes the clock run d ahead of the wall (negative: behind).
func (c *Clock) SetOffset(d time.Duration) {
	c.move(func(_, wall time.Time) time.Time { return wall.Add(d) })
}

func (c *Clock) move(to func(now, wall time.Time) time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	wall := c.wall()
	t := to(c.at(wall), wall)
	if latest := wall.Add(MaxOffset); t.After(latest) {
		t = latest
	} else if earliest := wall.Add(-MaxOffset); t.Before(earliest) {
		t = earliest
	}
	c.jump += t.Sub(c.at(wall))
	if c.frozen != nil {
		c.frozen = &t
	}
	c.offset = t.Sub(wall)
	c.wake()
	return t
}

// Jumped is how far the clock was moved since it was last asked.
func (c *Clock) Jumped() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	by := c.jump
	c.jump = 0
	return by
}

// Release ends every wait in progress: Wait returns ErrReleased.
func (c *Clock) Release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.let)
	c.let = make(chan struct{})
}

// Freeze stops the clock where it stands. It still moves by Advance, Set and SetOffset.
func (c *Clock) Freeze() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.frozen == nil {
		t := c.now()
		c.frozen = &t
		c.wake()
	}
}

// Thaw lets a frozen clock run on from where it stands.
func (c *Clock) Thaw() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.frozen != nil {
		c.offset = c.frozen.Sub(c.wall())
		c.frozen = nil
		c.wake()
	}
}

// Frozen tells whether the clock stands still.
func (c *Clock) Frozen() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.frozen != nil
}

// Standing is where a clock stands, as another clock has to know it to follow.
type Standing struct {
	Move   uint64        // how often the clock was moved, frozen or thawed, counted from 1; a higher one replaces a lower one
	Now    time.Time     // its time
	Offset time.Duration // how far it is ahead of real time
	Frozen bool          // Now stays as it is
}

// Standing is where the clock stands at this moment, and a channel that closes with its next move.
func (c *Clock) Standing() (s Standing, moved <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	wall := c.wall()
	now := c.at(wall)
	return Standing{Move: c.moves, Now: now, Offset: now.Sub(wall), Frozen: c.frozen != nil}, c.moved
}

func (c *Clock) wake() {
	c.moves++
	close(c.moved)
	c.moved = make(chan struct{})
}

// Wait blocks until the clock reads until or later, ctx ends (then it returns ctx's error) or Release is called.
// A zero until waits for ctx alone. The wait is listed by Holds meanwhile.
func (c *Clock) Wait(ctx context.Context, until time.Time, reason string) error {
	c.mu.Lock()
	c.nextID++
	h := &Hold{ID: c.nextID, Reason: reason, Until: until}
	c.holds[h.ID] = h
	released := c.let
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.holds, h.ID)
		c.mu.Unlock()
	}()
	for {
		c.mu.Lock()
		moved, left, frozen := c.moved, until.Sub(c.now()), c.frozen != nil
		c.mu.Unlock()
		if !until.IsZero() && left <= 0 {
			return nil
		}
		var due <-chan time.Time
		var timer *time.Timer
		if !until.IsZero() && !frozen {
			timer = time.NewTimer(left)
			due = timer.C
		}
		select {
		case <-ctx.Done():
		case <-released:
		case <-moved:
		case <-due:
		}
		if timer != nil {
			timer.Stop()
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		select {
		case <-released:
			return ErrReleased
		default:
		}
	}
}

// Saved is where a clock stands, for a snapshot.
type Saved struct {
	Offset time.Duration // of one that runs: how far it is ahead of the wall
	Frozen time.Time     // where it stands still; zero: it runs
}

// Save tells where the clock stands.
func (c *Clock) Save() Saved {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.frozen != nil {
		return Saved{Frozen: *c.frozen}
	}
	return Saved{Offset: c.offset}
}

// Load puts the clock where one stood that was saved: a frozen one at the same time, another one as far ahead of the wall.
func (c *Clock) Load(s Saved) {
	c.Thaw()
	if s.Frozen.IsZero() {
		c.SetOffset(s.Offset)
		return
	}
	c.Freeze()
	c.Set(s.Frozen)
}

// Holds lists the waits in progress, oldest first.
func (c *Clock) Holds() []Hold {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]Hold, 0, len(c.holds))
	for _, h := range c.holds {
		out = append(out, *h)
	}
	slices.SortFunc(out, func(a, b Hold) int { return int(a.ID) - int(b.ID) })
	return out
}

// Wall is real time, for what the outside world judges: TLS validity, cookie Expires, draining.
func Wall() time.Time { return time.Now() }

// WallAfter is a real-time channel as time.After, for draining and polling of files only.
func WallAfter(d time.Duration) <-chan time.Time { return time.After(d) }
