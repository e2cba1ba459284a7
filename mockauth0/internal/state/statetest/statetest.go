// Package statetest holds a state.Store to what the tenant relies on.
package statetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/secret"
	"renewal.example/mockauth0/internal/state"
)

// Run checks a kind of store; open gives an empty one.
func Run(t *testing.T, open func() state.Store) {
	at := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	t.Run("sessions", func(t *testing.T) { sessions(t, open(), at) })
	t.Run("transactions", func(t *testing.T) { transactions(t, open(), at) })
	t.Run("access tokens", func(t *testing.T) {
		s := open()
		s.PutAccessToken(state.AccessToken{Token: secret.New("a"), UserID: "u", Expires: at})
		if got, ok := s.AccessToken("a"); !ok || got.UserID != "u" {
			t.Errorf("%+v %v", got, ok)
		}
		if _, ok := s.AccessToken("b"); ok {
			t.Error("an unknown token is found")
		}
	})
	t.Run("codes", func(t *testing.T) { codes(t, open(), at) })
	t.Run("families", func(t *testing.T) { families(t, open(), at) })
	t.Run("grants", func(t *testing.T) { grants(t, open(), at) })
	t.Run("as many families as a user may have", func(t *testing.T) { manyFamilies(t, open(), at) })
	t.Run("tickets", func(t *testing.T) { tickets(t, open(), at) })
	t.Run("the end of tickets", func(t *testing.T) { endOfTickets(t, open(), at) })
	t.Run("sweep and reset", func(t *testing.T) { sweep(t, open(), at) })
	t.Run("growth", func(t *testing.T) { growth(t, open(), at) })
	t.Run("concurrency", func(t *testing.T) { concurrency(t, open(), at) })
}

func sessions(t *testing.T, s state.Store, at time.Time) {
	for i, id := range []string{"second", "first", "third"} {
		s.PutSession(state.Session{
			ID: id, CreatedAt: at.Add(time.Duration([]int{1, 0, 1}[i]) * time.Hour), Expires: at.Add(time.Hour), IdleExpires: at.Add(time.Hour),
			Clients: []string{"a"},
		})
	}
	order := ""
	for _, one := range s.Sessions() {
		order += one.ID + " "
	}
	if order != "first second third " {
		t.Errorf("order: %s", order)
	}
	got, ok := s.Session("first")
	if !ok {
		t.Fatal("not found")
	}
	got.Clients[0] = "changed"
	if again, _ := s.Session("first"); again.Clients[0] != "a" {
		t.Error("a result is not a copy")
	}
	if got, ok := s.UpdateSession("first", func(x *state.Session) { x.Clients = append(x.Clients, "b") }); !ok || len(got.Clients) != 2 {
		t.Errorf("update: %+v %v", got, ok)
	}
	if _, ok := s.UpdateSession("none", func(*state.Session) { t.Error("called for no session") }); ok {
		t.Error("an unknown session is updated")
	}
	if !s.DeleteSession("first") || s.DeleteSession("first") {
		t.Error("a session can be deleted once")
	}
	if _, ok := s.Session("first"); ok {
		t.Error("found after its end")
	}
}

func transactions(t *testing.T, s state.Store, at time.Time) {
	s.PutTransaction(state.Transaction{ID: "page", ResumeID: "resume", Created: at, Expires: at.Add(time.Hour)})
	for _, id := range []string{"page", "resume"} {
		if got, ok := s.Transaction(id); !ok || got.ID != "page" {
			t.Errorf("%s: %+v %v", id, got, ok)
		}
	}
	for _, id := range []string{"", "other"} {
		if _, ok := s.Transaction(id); ok {
			t.Errorf("%q is found", id)
		}
		if _, ok := s.TakeTransaction(id); ok {
			t.Errorf("%q is taken", id)
		}
	}
	if got, ok := s.UpdateTransaction("page", func(x *state.Transaction) { x.UserID = "u" }); !ok || got.UserID != "u" {
		t.Errorf("update: %+v %v", got, ok)
	}
	if _, ok := s.TakeTransaction("page"); ok {
		t.Error("taken by the id of the page")
	}
	if got, ok := s.TakeTransaction("resume"); !ok || got.UserID != "u" {
		t.Errorf("take: %+v %v", got, ok)
	}
	if _, ok := s.TakeTransaction("resume"); ok {
		t.Error("taken twice")
	}
	if _, ok := s.UpdateTransaction("page", func(*state.Transaction) {}); ok {
		t.Error("updated after it was taken")
	}
}

func sweep(t *testing.T, s state.Store, at time.Time) {
	fill := func() {
		for i, end := range []time.Time{at, at.Add(1)} {
			id := fmt.Sprint(i)
			s.PutSession(state.Session{ID: "abs" + id, Expires: end, IdleExpires: at.Add(time.Hour), CreatedAt: at.Add(-time.Hour)})
			s.PutSession(state.Session{ID: "idle" + id, Expires: at.Add(time.Hour), IdleExpires: end, CreatedAt: at.Add(-time.Hour)})
			s.PutTransaction(state.Transaction{ID: id, ResumeID: "r" + id, Created: at.Add(-time.Hour), Expires: end})
			s.PutAccessToken(state.AccessToken{Token: secret.New(id), Issued: at.Add(-time.Hour), Expires: end})
			s.PutCode(state.Code{Code: secret.New(id), Issued: at.Add(-time.Hour), Expires: end})
			s.PutFamily(state.Family{ID: "abs" + id, Issued: at.Add(-time.Hour), Expires: end})
			s.PutFamily(state.Family{ID: "idle" + id, Issued: at.Add(-time.Hour), IdleExpires: end})
		}
	}
	left := func() (n int) {
		n = len(s.Sessions())
		for _, id := range []string{"0", "1"} {
			if _, ok := s.Transaction(id); ok {
				n++
			}
			if _, ok := s.Transaction("r" + id); ok {
				n++
			}
			if _, ok := s.AccessToken(id); ok {
				n++
			}
			if _, ok := s.Code(id); ok {
				n++
			}
			for _, kind := range []string{"abs", "idle"} {
				if _, ok := s.Family(kind + id); ok {
					n++
				}
			}
		}
		return n
	}
	fill()
	if n := left(); n != 16 {
		t.Fatalf("%d entries, want 16: expiry is for the caller to judge", n)
	}
	if s.Sweep(at); left() != 8 {
		t.Errorf("%d entries after the sweep, want 8", left())
	}
	if s.Reset(); left() != 0 {
		t.Errorf("%d entries after the reset", left())
	}
	fill()
	if n := left(); n != 16 {
		t.Errorf("%d entries in a store that was reset, want 16", n)
	}
}

// growth is a tenant left running for weeks: what has expired must not stay.
func growth(t *testing.T, s state.Store, at time.Time) {
	const many = 20000
	dropped := 0
	for i := range many {
		now, id := at.Add(time.Duration(i)*time.Minute), fmt.Sprint(i)
		end := now.Add(time.Hour)
		dropped += len(s.PutSession(state.Session{ID: id, CreatedAt: now, Expires: end, IdleExpires: end}))
		s.PutTransaction(state.Transaction{ID: id, ResumeID: "r" + id, Created: now, Expires: end})
		s.PutAccessToken(state.AccessToken{Token: secret.New(id), Issued: now, Expires: end})
		s.PutCode(state.Code{Code: secret.New(id), Issued: now, Expires: end})
		s.PutFamily(state.Family{ID: id, UserID: id, Issued: now, Expires: end})
	}
	tokens, codes, families := 0, 0, 0
	for i := range many {
		id := fmt.Sprint(i)
		if _, ok := s.AccessToken(id); ok {
			tokens++
		}
		if _, ok := s.Code(id); ok {
			codes++
		}
		if _, ok := s.Family(id); ok {
			families++
		}
	}
	if n := len(s.Sessions()); n+dropped != many {
		t.Errorf("%d sessions are kept and %d were told to be dropped, of %d", n, dropped, many)
	}
	if n := len(s.Sessions()); max(n, tokens, codes, families) > many/10 {
		t.Errorf("%d sessions, %d tokens, %d codes and %d families are kept, of which 60 are alive", n, tokens, codes, families)
	}
}

func concurrency(t *testing.T, s state.Store, at time.Time) {
	s.PutSession(state.Session{ID: "s", CreatedAt: at, Expires: at.Add(time.Hour), IdleExpires: at.Add(time.Hour)})
	s.PutTransaction(state.Transaction{ID: "t", ResumeID: "r", Created: at, Expires: at.Add(time.Hour)})
	var wg sync.WaitGroup
	s.PutCode(state.Code{Code: secret.New("c"), Issued: at, Expires: at.Add(time.Hour)})
	s.PutFamily(state.Family{ID: "f", Issued: at})
	var taken, codes atomic.Int32
	const workers, each = 8, 50
	for range workers {
		wg.Go(func() {
			for range each {
				s.UpdateSession("s", func(x *state.Session) { x.Clients = append(x.Clients, "c") })
				s.Sessions()
				s.PutAccessToken(state.AccessToken{Token: secret.New("a"), Issued: at, Expires: at})
				s.AccessToken("a")
				s.AddGrant(state.Grant{UserID: "u", Scopes: []string{"x"}})
				s.Grants()
				if _, ok, err := s.UpdateFamily("f", func(x *state.Family) error { x.Generation++; return nil }); !ok || err != nil {
					t.Errorf("update: %v %v", ok, err)
				}
				s.PutFamily(state.Family{ID: "g", UserID: "u", Issued: at})
				s.DeleteFamilies("u", "", func(state.Family) bool { return true })
			}
			if _, ok := s.TakeCode("c"); ok {
				codes.Add(1)
			}
			if _, ok := s.TakeTransaction("r"); ok {
				taken.Add(1)
			}
		})
	}
	wg.Wait()
	if got, _ := s.Session("s"); len(got.Clients) != workers*each {
		t.Errorf("%d updates arrived, want %d", len(got.Clients), workers*each)
	}
	if n, m := taken.Load(), codes.Load(); n != 1 || m != 1 {
		t.Errorf("a transaction was taken %d times and a code %d times", n, m)
	}
	if got, _ := s.Family("f"); got.Generation != workers*each {
		t.Errorf("%d changes of a family arrived, want %d", got.Generation, workers*each)
	}
}
