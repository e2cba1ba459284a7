package mockauth0

import (
	"strings"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/clock"
)

// Hold is a request that waits on tenant time, because of a latency or a hang fault.
type Hold struct {
	ID     uint64    `json:"id"`             // counted from 1
	Reason string    `json:"reason"`         // what holds it, for people
	Until  time.Time `json:"until,omitzero"` // tenant time at which it goes on; zero: when it is released or its client goes away
}

// startClock sets the clock as mock.yaml says.
func (t *Tenant) startClock() {
	mock := t.Snapshot().Mock
	t.clock.Thaw()
	if mock.ClockFrozen {
		t.clock.Freeze()
	}
	if mock.ClockStart.IsZero() {
		t.clock.SetOffset(0)
	} else {
		t.clock.Set(mock.ClockStart)
	}
	t.clock.Jumped() // what comes next is told from here
}

// Now is the tenant's time.
func (t *Tenant) Now() time.Time { return t.clock.Now() }

// Advance moves the tenant's clock by d and returns the new time. Tokens, sessions and held requests follow, and so do programs that
// follow the clock: every move of it waits for them, up to 5 s. Event.Clock names those that did not follow.
func (t *Tenant) Advance(d time.Duration) time.Time {
	now := t.clock.Advance(d)
	t.moved()
	return now
}

// SetOffset makes the tenant's clock run d ahead of real time (negative: behind).
func (t *Tenant) SetOffset(d time.Duration) {
	t.clock.SetOffset(d)
	t.moved()
}

// SetTime moves the tenant's clock to now.
func (t *Tenant) SetTime(now time.Time) {
	t.clock.Set(now)
	t.moved()
}

// Freeze stops the tenant's clock; it still moves by Advance, SetOffset and SetTime.
func (t *Tenant) Freeze() {
	t.clock.Freeze()
	t.moved()
}

// Thaw lets a frozen clock run on.
func (t *Tenant) Thaw() {
	t.clock.Thaw()
	t.moved()
}

// Holds lists the requests that wait on tenant time.
func (t *Tenant) Holds() []Hold {
	return listOf(t.clock.Holds(), func(h clock.Hold) Hold { return Hold(h) })
}

// clockEvent says where the clock stands, and not how it came there.
func (t *Tenant) clockEvent() event.Clock {
	return event.Clock{OffsetMS: t.clock.Offset().Milliseconds(), Frozen: t.clock.Frozen()}
}

// tellClock tells whoever reads along where the clock stands, and how far it was moved since it was last told.
func (t *Tenant) tellClock() {
	stands := t.clockEvent()
	stands.ByMS = t.clock.Jumped().Milliseconds()
	t.emit(event.Event{Kind: event.KindClock, Description: "clock moved", Data: &stands})
}

// tellMove is tellClock where the clock does not stand as it stood. Where it does, what it was moved meanwhile is not told later, either.
func (t *Tenant) tellMove(stood event.Clock) {
	if stands := t.clockEvent(); stands.OffsetMS == stood.OffsetMS && stands.Frozen == stood.Frozen {
		t.clock.Jumped()
		return
	}
	t.tellClock()
}

func (t *Tenant) moved() {
	t.tellClock()
	t.sessions.TellExpired(t.manager.Exchange())
	t.followed(nil)
}

// ClockState is where a tenant's clock stands.
type ClockState struct {
	Now    time.Time     // the tenant's time
	Offset time.Duration // how far it is ahead of real time; of a frozen clock: at this moment only
	Frozen bool          // Now stays as it is
}

// FollowClock calls follow with where the tenant's clock stands, now and after each move, one call at a time. Every move of the
// clock waits until follow has returned, up to 5 s. name is for people. stop ends it; it may be called more than once.
func (t *Tenant) FollowClock(name string, follow func(ClockState)) (stop func()) {
	return t.followers.Each(name, func(at clock.Standing) {
		follow(ClockState{Now: at.Now, Offset: at.Offset, Frozen: at.Frozen})
	})
}

// Followers are the names of the programs whose clocks follow the tenant's, in the order in which they came.
func (t *Tenant) Followers() []string {
	var names []string
	for _, f := range t.followers.List() {
		names = append(names, f.Name)
	}
	return names
}

// followed waits until the programs that follow the clock have followed its latest move, and tells of those that have not.
func (t *Tenant) followed(waitFor []string) (late []string) {
	late = t.followers.Wait(waitFor)
	if len(late) > 0 {
		t.log.Warn("the clock was moved, and these programs have not followed: they go by another time", "programs", strings.Join(late, ", "))
		t.emit(event.Event{Kind: event.KindClock, Description: "not followed by " + strings.Join(late, ", "), Data: &event.Clock{
			OffsetMS: t.clock.Offset().Milliseconds(), Frozen: t.clock.Frozen(), Late: late}})
	}
	return late
}

// Expiry is the end of the life of something.
type Expiry struct {
	What     string    `json:"what"`                // "access_token", "id_token", "session" or "refresh_token"
	ID       string    `json:"id,omitempty"`        // of the session or the refresh token
	ClientID string    `json:"client_id,omitempty"` // of the client that holds the token
	UserID   string    `json:"user_id,omitempty"`
	At       time.Time `json:"at"` // tenant time
}

// NextExpiry is what expires next, after now: the newest token of a user at a client, as far as the kept events tell, a session or a
// refresh token. ok is false when nothing does.
func (t *Tenant) NextExpiry() (next Expiry, ok bool) {
	expiry, ok := t.manager.NextExpiry()
	return Expiry(expiry), ok
}
