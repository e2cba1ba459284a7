package mockauth0

import (
	"strings"
	"sync"
	"time"

	"renewal.example/mockauth0/event"
)

// ClockState is where a tenant's clock stands.
type ClockState struct {
	Now    time.Time     // the tenant's time
	Offset time.Duration // how far it is ahead of real time; of a frozen clock: at this moment only
	Frozen bool          // Now stays as it is
}

// FollowClock calls follow with where the tenant's clock stands, now and after each move, one call at a time. Every move of the
// clock waits until follow has returned, up to 5 s. name is for people. stop ends it; it may be called more than once.
func (t *Tenant) FollowClock(name string, follow func(ClockState)) (stop func()) {
	id := t.followers.Join(name)
	stopped, begun, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for first := true; ; first = false {
			at, moved := t.followers.Standing()
			follow(ClockState{Now: at.Now, Offset: at.Offset, Frozen: at.Frozen})
			t.followers.Followed(id, at.Move)
			if first {
				close(begun)
			}
			select {
			case <-moved:
			case <-stopped:
				return
			}
		}
	}()
	<-begun
	var once sync.Once
	return func() {
		once.Do(func() { close(stopped) })
		<-ended
		t.followers.Leave(id)
	}
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
