package browser

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Settle waits until no page has anything in flight. Requests that the tenant holds back do not count.
func (w *World) Settle() error {
	ctx, cancel := w.patience()
	defer cancel()
	return w.settle(ctx)
}

// quietTurns is how many turns of every event loop must start nothing. Two are needed for a message that is answered by
// a message; the third is for work that comes back from another process, such as a storage event.
const quietTurns = 3

func (w *World) settle(ctx context.Context) error {
	for quiet := 0; quiet < quietTurns; {
		seen := w.traffic.look(w.held(), w.frozen())
		if len(seen.busy) > 0 {
			quiet = 0
			select {
			case <-seen.changed:
			case <-time.After(20 * time.Millisecond):
				// A hold may have begun or ended, which the browser does not tell. And what is in flight may wait for a
				// timer that real time made due, while an Advance keeps the browser from firing it.
				if err := w.fireOverdue(ctx); err != nil {
					return err
				}
			case <-ctx.Done():
				return fmt.Errorf("%w: %w%s", errUnsettled, context.Cause(ctx), w.inFlightText())
			}
			continue
		}
		working, err := w.turn(ctx)
		if err != nil {
			return err
		}
		if working == 0 && w.traffic.startedSoFar() == seen.started {
			quiet++
		} else {
			quiet = 0
		}
	}
	return nil
}

func (w *World) fireOverdue(ctx context.Context) error {
	w.mu.Lock()
	stepping := w.stepping
	w.mu.Unlock()
	if !stepping {
		return nil
	}
	places, err := w.places(ctx)
	if err != nil {
		return err
	}
	return w.fire(ctx, places)
}

// turn lets every event loop turn once and says how much work runs outside of them.
func (w *World) turn(ctx context.Context) (int, error) {
	places, err := w.places(ctx)
	if err != nil {
		return 0, err
	}
	places = slices.DeleteFunc(places, func(p place) bool { return p.t.page.isFrozen() })
	working := make([]int, len(places))
	err = everywhere(places, func(i int, p place) error {
		_, err := p.onClock(ctx, "clock.turn()", &working[i])
		return err
	})
	sum := w.starting()
	for _, n := range working {
		sum += n
	}
	return sum, err
}

var errUnsettled = errors.New("the network did not settle")

// inFlightText names what the browser waits for and what the tenant holds back.
func (w *World) inFlightText() string {
	var b strings.Builder
	if busy := w.traffic.look(w.held(), w.frozen()).busy; len(busy) > 0 {
		fmt.Fprintf(&b, "; in flight:\n  %s", strings.Join(busy, "\n  "))
	}
	if w.server == nil {
		return b.String()
	}
	for _, wait := range w.server.Waits() {
		fmt.Fprintf(&b, "\nthe tenant holds a request: %s", wait.Reason)
	}
	return b.String()
}
