// Package eventlog is the tenant's bounded log: everything observable is an event with a sequence number.
// One ring feeds the log, the control API, the diagnosis and a spec's failure report.
package eventlog

import (
	"sync"

	"renewal.example/mockauth0/event"
)

// Log is a bounded ring with fan-out. The zero value is not usable; call New. Safe for concurrent use.
type Log struct {
	mu       sync.Mutex
	capacity int
	ring     []event.Event // the event with number n lies at n modulo the length; it grows up to capacity
	first    uint64        // number of the oldest kept event
	next     uint64        // number of the next event
	clear    uint64        // events below this number were forgotten on purpose: nobody misses them
	subs     map[*Subscription]struct{}
	closed   bool
	woken    chan struct{} // closed by the next event, and by Close; nil: no reader waits
	heard    func(e *event.Event)
}

// Observe has a function hear of every event as it is appended; it must be quick, must not use the log, and must not keep or change the
// event, whose data need not be made yet. It is for whoever counts what the ring forgets. Call it before the log is used.
func (l *Log) Observe(hear func(e *event.Event)) { l.heard = hear }

// DefaultCapacity is how many events a Log keeps when New is given 0.
const DefaultCapacity = 4096

// New returns a log that keeps the newest capacity events (0: DefaultCapacity).
func New(capacity int) *Log {
	if capacity <= 0 {
		capacity = DefaultCapacity
	}
	return &Log{capacity: capacity, first: 1, next: 1, subs: map[*Subscription]struct{}{}}
}

// fewest is how many events the ring has room for at first.
const fewest = 8

// room makes room for one event more: there are many tenants of which nobody wants anything, and a full ring takes a megabyte.
func (l *Log) room() {
	if have := len(l.ring); l.next-l.first < uint64(have) || have == l.capacity {
		return
	}
	larger := make([]event.Event, min(l.capacity, max(fewest, 2*len(l.ring))))
	for n := l.first; n < l.next; n++ {
		larger[n%uint64(len(larger))] = l.ring[n%uint64(len(l.ring))]
	}
	l.ring = larger
}

// Append numbers e, keeps it and hands it to every subscriber without ever waiting for one. It returns the number.
func (l *Log) Append(e event.Event) uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.Seq = l.next
	if len(l.subs) > 0 {
		e = e.Made()
	}
	l.room()
	kept := &l.ring[e.Seq%uint64(len(l.ring))]
	*kept = e
	l.next++
	if l.heard != nil {
		l.heard(kept) // of e itself, each event would be one allocation more
	}
	if l.next-l.first > uint64(len(l.ring)) {
		l.first++
	}
	for s := range l.subs {
		s.offer(e)
	}
	l.wake()
	return e.Seq
}

// Since returns the kept events with a sequence number above after, oldest first, and how many such
// events are no longer kept.
func (l *Log) Since(after uint64) (events []event.Event, missed uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.since(after)
}

// since makes the data of what it returns, once.
func (l *Log) since(after uint64) (events []event.Event, missed uint64) {
	if after >= l.next {
		return nil, 0 // from before a restart, or made up
	}
	from := max(after+1, l.clear)
	if from < l.first {
		missed = l.first - from
		from = l.first
	}
	for n := from; n < l.next; n++ {
		e := &l.ring[n%uint64(len(l.ring))]
		*e = e.Made()
		events = append(events, *e)
	}
	return events, missed
}

// Last is the sequence number of the newest event, 0 when there is none yet.
func (l *Log) Last() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.next - 1
}

// Clear forgets the kept events; numbering goes on.
func (l *Log) Clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.first, l.clear = l.next, l.next
	l.ring = nil
}

// Resume forgets the kept events, as Clear does, and numbers the next ones above last at least.
func (l *Log) Resume(last uint64) {
	l.Clear()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next = max(l.next, last+1)
	l.first, l.clear = l.next, l.next
}

// Close ends all subscriptions, and every later one at once: the tenant is gone. Events are still kept.
func (l *Log) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.wake()
	for s := range l.subs {
		l.end(s)
	}
}

// end needs the lock.
func (l *Log) end(s *Subscription) {
	if _, ok := l.subs[s]; ok {
		delete(l.subs, s)
		close(s.c)
	}
}

// Subscription delivers events in order. A reader that is slower than its buffer gets one event of
// event.KindGap in place of those it missed; its sequence number is that of the last one missed.
type Subscription struct {
	C      <-chan event.Event
	c      chan event.Event
	missed uint64 // events since the buffer was full
	log    *Log
}

// Subscribe starts with the kept events after the given sequence number. buffer is how many undelivered
// events are held for a slow reader (0: 256). Close it when done.
func (l *Log) Subscribe(after uint64, buffer int) *Subscription {
	if buffer <= 0 {
		buffer = 256
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	backlog, missed := l.since(after)
	s := &Subscription{c: make(chan event.Event, buffer+len(backlog)+1), log: l}
	s.C = s.c
	if missed > 0 {
		s.c <- gap(l.first-1, missed)
	}
	for _, e := range backlog {
		s.c <- e
	}
	l.subs[s] = struct{}{}
	if l.closed {
		l.end(s)
	}
	return s
}

func gap(seq, missed uint64) event.Event {
	return event.Event{Seq: seq, Kind: event.KindGap, Data: &event.Gap{Missed: missed}}
}

// offer delivers e, or counts it as missed. After a gap the reader must have caught up by half its buffer, or
// every second event would be a gap.
func (s *Subscription) offer(e event.Event) {
	if s.missed > 0 {
		if len(s.c) > cap(s.c)/2 {
			s.missed++
			return
		}
		s.c <- gap(e.Seq-1, s.missed) // there is room: only this goroutine, under the log's lock, sends
		s.missed = 0
	}
	select {
	case s.c <- e:
	default:
		s.missed++
	}
}

// Close ends the subscription; C is closed. It may be called more than once.
func (s *Subscription) Close() {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	s.log.end(s)
}
