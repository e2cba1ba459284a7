package check

import (
	"sync"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/event"
)

// recorder keeps what a tenant observes, without the moves of its clock: in a page that paints all the time these are so many that the
// tenant's own ring holds little else.
type recorder struct {
	tenant *mockauth0.Tenant
	source *mockauth0.Subscription
	done   chan struct{}

	mu     sync.Mutex
	events []event.Event
	seen   uint64 // sequence number of the newest event that was taken
}

func record(t *mockauth0.Tenant) *recorder {
	r := &recorder{tenant: t, source: t.Subscribe(0), done: make(chan struct{})}
	go func() {
		defer close(r.done)
		for e := range r.source.C {
			if e.Kind == event.KindGap { // the subscription was too slow; the ring may still have them
				r.since(0)
			}
			r.take(e)
		}
	}()
	return r
}

func (r *recorder) take(e event.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.Seq <= r.seen {
		return
	}
	r.seen = e.Seq
	if e.Kind != event.KindClock {
		r.events = append(r.events, e)
	}
}

// since are the events after a sequence number.
func (r *recorder) since(seq uint64) (out []event.Event) {
	r.mu.Lock()
	seen := r.seen
	r.mu.Unlock()
	for _, e := range r.tenant.Events(seen) { // what has not come by the subscription yet
		r.take(e)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := len(r.events); i > 0 && r.events[i-1].Seq > seq; i-- {
		out = r.events[i-1:]
	}
	return out
}

// newest is the sequence number of the newest event.
func (r *recorder) newest() uint64 {
	r.since(0)
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seen
}

func (r *recorder) close() {
	r.source.Close()
	<-r.done
}
