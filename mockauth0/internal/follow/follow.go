// Package follow knows the programs whose clocks follow a tenant's: servers under test, mostly, each of which would judge tokens by
// real time otherwise. Whoever moves the tenant's clock waits until all of them have moved theirs.
package follow

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"renewal.example/mockauth0/internal/clock"
)

// patience is how long a move waits for those that follow. It is wall time.
const patience = 5 * time.Second

// Follower is a program that follows.
type Follower struct {
	ID   string `json:"id"`
	Name string `json:"name"` // for people, "node server.js (4711)"; several may have one
	// Followed tells whether its clock stands where the tenant's does, as far as it has said.
	Followed bool `json:"followed"`
}

// Followers are those of one clock. Make them with New. Safe for concurrent use.
type Followers struct {
	clock    *clock.Clock
	patience time.Duration

	mu      sync.Mutex
	last    uint64 // of the ids
	list    []*follower
	changed chan struct{} // closed and replaced when one comes, goes or has followed
	closed  chan struct{} // when the clock is nobody's any more
}

type follower struct {
	id, name string
	seen     uint64 // the latest move that it has followed, from 1
	late     bool   // a move gave up waiting for it, so that others do not wait until it has followed again
}

// New is a clock without followers.
func New(c *clock.Clock) *Followers {
	return &Followers{clock: c, patience: patience, changed: make(chan struct{}), closed: make(chan struct{})}
}

// Join adds a program and returns its id. Whoever calls it also calls Leave, however the program ends.
func (f *Followers) Join(name string) (id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last++
	id = fmt.Sprintf("follower-%d", f.last)
	f.list = append(f.list, &follower{id: id, name: name})
	f.wake()
	return id
}

// Leave takes a program out: nobody waits for it any more.
func (f *Followers) Leave(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = slices.DeleteFunc(f.list, func(one *follower) bool { return one.id == id })
	f.wake()
}

// Followed notes that a program's clock stands where the tenant's did after a move. It is false for an id that there is not.
func (f *Followers) Followed(id string, move uint64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, one := range f.list {
		if one.id == id {
			one.seen, one.late = max(one.seen, move), false
			f.wake()
			return true
		}
	}
	return false
}

func (f *Followers) wake() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// List are the programs in the order in which they came.
func (f *Followers) List() []Follower {
	standing, _ := f.clock.Standing()
	f.mu.Lock()
	defer f.mu.Unlock()
	list := make([]Follower, 0, len(f.list))
	for _, one := range f.list {
		list = append(list, Follower{one.id, one.name, one.seen >= standing.Move})
	}
	return list
}

// Standing is where the clock stands, and a channel that closes when it is moved.
func (f *Followers) Standing() (clock.Standing, <-chan struct{}) { return f.clock.Standing() }

// Closed is closed when nobody needs to follow any more.
func (f *Followers) Closed() <-chan struct{} { return f.closed }

// Close ends the following, once.
func (f *Followers) Close() { close(f.closed) }

// Wait returns when every program has followed the latest move, and when programs with these names are among them. It gives up
// after five seconds, and returns the names of those that it waited for in vain. Later moves do not wait for these until they have
// followed again.
func (f *Followers) Wait(names []string) (late []string) {
	standing, _ := f.clock.Standing()
	var over <-chan time.Time
	for {
		f.mu.Lock()
		late, changed := f.behind(standing.Move, names), f.changed
		f.mu.Unlock()
		if len(late) == 0 {
			return nil
		}
		if over == nil {
			over = clock.WallAfter(f.patience)
		}
		select {
		case <-changed:
		case <-f.closed:
			return late
		case <-over:
			return f.giveUp(standing.Move, names)
		}
	}
}

// behind are the names of those that have not followed a move, and of those that are expected and not there.
func (f *Followers) behind(move uint64, names []string) (late []string) {
	there := map[string]bool{}
	for _, one := range f.list {
		there[one.name] = true
		if one.seen < move && !one.late {
			late = append(late, one.name)
		}
	}
	for _, name := range names {
		if !there[name] {
			late = append(late, name)
		}
	}
	return late
}

func (f *Followers) giveUp(move uint64, names []string) (late []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	late = f.behind(move, names)
	for _, one := range f.list {
		one.late = one.late || one.seen < move
	}
	return late
}
