package eventlog

import (
	"context"
	"errors"

	"renewal.example/mockauth0/event"
)

// Reader reads the log at a pace of its own. It costs whoever appends nothing but a wake-up: the data of events are made, and events
// that came meanwhile are lost, on the reader's side. It is for one goroutine.
type Reader struct {
	log   *Log
	after uint64
}

// Reader begins after a sequence number. With one that there is not yet it begins with the next event.
func (l *Log) Reader(after uint64) *Reader {
	l.mu.Lock()
	defer l.mu.Unlock()
	return &Reader{l, min(after, l.next-1)}
}

// ErrClosed is why a log has no more events for a reader: its tenant is gone.
var ErrClosed = errors.New("the tenant was removed")

// Next waits for events and returns the next ones, at most so many, and how many before them are no longer kept. It returns ctx's
// error when that ends first, and ErrClosed when there will be none.
func (r *Reader) Next(ctx context.Context, most int) (events []event.Event, missed uint64, err error) {
	for {
		var more <-chan struct{}
		if events, missed, more = r.take(most); more == nil {
			if len(events) == 0 {
				return nil, 0, ErrClosed
			}
			for i, e := range events {
				events[i] = e.Made()
			}
			return events, missed, nil
		}
		select {
		case <-more:
		case <-ctx.Done():
			return nil, 0, ctx.Err()
		}
	}
}

// take returns events as they lie in the ring, or a channel that closes when there are some; neither when the log is closed.
func (r *Reader) take(most int) (events []event.Event, missed uint64, more <-chan struct{}) {
	l := r.log
	l.mu.Lock()
	defer l.mu.Unlock()
	from := max(r.after+1, l.clear)
	if from < l.first {
		missed, from = l.first-from, l.first
	}
	if from >= l.next {
		if l.closed {
			return nil, 0, nil
		}
		if l.woken == nil {
			l.woken = make(chan struct{})
		}
		return nil, 0, l.woken
	}
	for n := from; n < l.next && len(events) < most; n++ {
		events = append(events, l.ring[n%uint64(len(l.ring))])
	}
	r.after = from + uint64(len(events)) - 1
	return events, missed, nil
}

// wake lets the readers look again. The caller holds the lock.
func (l *Log) wake() {
	if l.woken != nil {
		close(l.woken)
		l.woken = nil
	}
}
