package statetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/state"
)

func tickets(t *testing.T, s state.Store, at time.Time) {
	const kind, other = state.TicketLogout, state.TicketKind("other")
	s.PutTicket(state.Ticket{Kind: kind, ID: "t", UserID: "u", Issued: at, Expires: at.Add(time.Hour)})
	if got, ok := s.Ticket(kind, "t"); !ok || got.UserID != "u" {
		t.Errorf("%+v %v", got, ok)
	}
	for _, wrong := range []struct {
		kind state.TicketKind
		id   string
	}{{kind, ""}, {kind, "x"}, {other, "t"}} {
		if _, ok := s.Ticket(wrong.kind, wrong.id); ok {
			t.Errorf("%v is found", wrong)
		}
		if _, ok := s.TakeTicket(wrong.kind, wrong.id); ok {
			t.Errorf("%v is taken", wrong)
		}
	}
	var taken atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, ok := s.TakeTicket(kind, "t"); ok {
				taken.Add(1)
			}
		})
	}
	if wg.Wait(); taken.Load() != 1 {
		t.Errorf("taken %d times", taken.Load())
	}
	if _, ok := s.Ticket(kind, "t"); ok {
		t.Error("found after it was taken")
	}
}

func endOfTickets(t *testing.T, s state.Store, at time.Time) {
	const kind = state.TicketLogout
	s.PutTicket(state.Ticket{Kind: kind, ID: "over", Issued: at, Expires: at})
	s.PutTicket(state.Ticket{Kind: kind, ID: "good", Issued: at, Expires: at.Add(1)})
	if _, ok := s.Ticket(kind, "over"); !ok {
		t.Error("expiry is for the caller to judge")
	}
	s.Sweep(at)
	if _, ok := s.Ticket(kind, "over"); ok {
		t.Error("an expired ticket survives the sweep")
	}
	if _, ok := s.Ticket(kind, "good"); !ok {
		t.Error("a live ticket is swept")
	}
	s.Reset()
	if _, ok := s.Ticket(kind, "good"); ok {
		t.Error("a ticket survives the reset")
	}

	const many = 20000
	for i := range many {
		now := at.Add(time.Duration(i) * time.Minute)
		s.PutTicket(state.Ticket{Kind: kind, ID: fmt.Sprint(i), Issued: now, Expires: now.Add(time.Hour)})
	}
	kept := 0
	for i := range many {
		if _, ok := s.Ticket(kind, fmt.Sprint(i)); ok {
			kept++
		}
	}
	if kept > many/10 {
		t.Errorf("%d tickets are kept, of which 60 are alive", kept)
	}
}
