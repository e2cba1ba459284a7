package eventlog

import (
	"fmt"
	"testing"

	"renewal.example/mockauth0/event"
)

func TestSlowReadersGetAGapAndBlockNobody(t *testing.T) {
	l := New(4)
	s := l.Subscribe(0, 4)
	for range 100 {
		l.Append(event.Event{Kind: event.KindLog}) // returns although nobody reads
	}
	text := func() (out string) {
		for len(s.C) > 0 {
			e := <-s.C
			out += fmt.Sprintf("%s%d ", e.Kind, e.Seq)
			if e.Kind == event.KindGap {
				out += fmt.Sprintf("(%d) ", e.Data.(*event.Gap).Missed)
			}
		}
		return out
	}
	if got := text(); got != "log1 log2 log3 log4 log5 " {
		t.Errorf("before the gap: %s", got)
	}
	l.Append(event.Event{Kind: event.KindLog})
	if got := text(); got != "gap100 (95) log101 " {
		t.Errorf("after it: %s", got)
	}
	l.Append(event.Event{Kind: event.KindLog})
	if got := text(); got != "log102 " {
		t.Errorf("a gap is delivered once: %s", got)
	}
	s.Close()
	s.Close()
	l.Append(event.Event{})
	if _, open := <-s.C; open {
		t.Error("C is open after Close")
	}
}

func TestTheRing(t *testing.T) {
	l := New(3)
	for range 5 {
		l.Append(event.Event{Kind: event.KindLog})
	}
	for _, tc := range []struct {
		after, first, n, missed uint64
	}{{0, 3, 3, 2}, {1, 3, 3, 1}, {2, 3, 3, 0}, {4, 5, 1, 0}, {5, 0, 0, 0}, {9, 0, 0, 0}, {^uint64(0), 0, 0, 0}} {
		got, missed := l.Since(tc.after)
		if uint64(len(got)) != tc.n || missed != tc.missed || len(got) > 0 && got[0].Seq != tc.first {
			t.Errorf("after %d: %v, missed %d; want %+v", tc.after, got, missed, tc)
		}
	}
	l.Clear()
	if got, missed := l.Since(0); len(got) != 0 || missed != 0 {
		t.Errorf("after Clear: %v, missed %d", got, missed)
	}
	if seq := l.Append(event.Event{}); seq != 6 || l.Last() != 6 {
		t.Errorf("numbering starts again at %d", seq)
	}
	if e := <-l.Subscribe(0, 0).C; e.Seq != 6 || e.Kind == event.KindGap {
		t.Errorf("a subscriber after Clear gets %+v", e)
	}
}

// counted counts how often its data are made.
type counted struct{ times *int }

func (c counted) Data() event.Data {
	*c.times++
	return &event.Gap{Missed: uint64(*c.times)}
}

func TestDataAreMadeOnceAndOnlyForReaders(t *testing.T) {
	l := New(2)
	made := 0
	for range 3 {
		l.Append(event.Event{Kind: event.KindLog}.Later(counted{&made}))
	}
	if made != 0 {
		t.Errorf("data of %d events were made although nobody reads", made)
	}
	for range 2 {
		if got, _ := l.Since(2); len(got) != 1 || got[0].Data.(*event.Gap).Missed != 1 {
			t.Errorf("read as %+v", got)
		}
	}
	s := l.Subscribe(3, 0)
	defer s.Close()
	l.Append(event.Event{Kind: event.KindLog, Data: &event.LogEntry{Session: "an id"}})
	if e := <-s.C; e.Data.(*event.LogEntry).Session != "an id" {
		t.Errorf("a subscriber reads %+v", e)
	}
	if made != 1 {
		t.Errorf("data were made %d times for one event read", made)
	}
}

// TestTheRingGrowsByNeed: most tenants of a process see few events, and nothing may get lost or out of order on the way to a full ring.
func TestTheRingGrowsByNeed(t *testing.T) {
	const capacity = 100
	l := New(capacity)
	if len(l.ring) != 0 {
		t.Errorf("a log without events has room for %d", len(l.ring))
	}
	for n := uint64(1); n <= 3*capacity; n++ {
		l.Append(event.Event{Kind: event.KindLog})
		if room := len(l.ring); room > capacity || room > fewest && uint64(room) >= 2*max(n, fewest) {
			t.Fatalf("%d events have room for %d", n, room)
		}
		got, missed := l.Since(0)
		if want := min(n, capacity); uint64(len(got)) != want || missed != n-want || got[0].Seq != n-want+1 || got[len(got)-1].Seq != n {
			t.Fatalf("%d events: %d kept, %d missed", n, len(got), missed)
		}
	}
	if l.Clear(); len(l.ring) != 0 {
		t.Errorf("a cleared log has room for %d", len(l.ring))
	}
}

func TestCloseEndsSubscriptions(t *testing.T) {
	l := New(0)
	before := l.Subscribe(0, 0)
	l.Append(event.Event{Kind: event.KindLog})
	l.Close()
	after := l.Subscribe(0, 0)
	for name, s := range map[string]*Subscription{"begun before": before, "begun after": after} {
		if e, open := <-s.C; !open || e.Seq != 1 {
			t.Errorf("%s: the event is not there", name)
		}
		if _, open := <-s.C; open {
			t.Errorf("%s: goes on", name)
		}
		s.Close()
	}
}
