package datadir

import (
	"errors"
	"time"

	"renewal.example/mockauth0/internal/clock"
)

// Both are wall time.
const (
	glance     = 20 * time.Millisecond // how often a lock is tried
	tellsAfter = time.Second           // how long somebody waits without being told for what
)

// ErrGivenUp is the error of a lock that nobody waits for any more.
var ErrGivenUp = errors.New("nobody waits for the lock any more")

// errHeld is the error of a try while another process has the lock.
var errHeld = errors.New("another process has the lock")

// Wait says how to wait for a lock that another process has. The zero value waits without end and says nothing.
type Wait struct {
	// Done ends the wait when it is closed; nil: never.
	Done <-chan struct{}
	// Tell is called once when a second has passed; nil: nobody is told.
	Tell func(dir string)
}

// until tries until it has the lock. patience is how long another may have it; 0: without end.
func (w Wait) until(dir string, patience time.Duration, try func() (func(), error)) (unlock func(), err error) {
	began, told := clock.Wall(), false
	for {
		unlock, err := try()
		if !errors.Is(err, errHeld) {
			return unlock, err
		}
		waited := clock.Wall().Sub(began)
		if patience > 0 && waited > patience {
			return nil, err
		}
		if waited > tellsAfter && !told && w.Tell != nil {
			w.Tell(dir)
			told = true
		}
		select {
		case <-w.Done:
			return nil, ErrGivenUp
		case <-clock.WallAfter(glance):
		}
	}
}
