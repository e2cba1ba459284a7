package statetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/secret"
	"renewal.example/mockauth0/internal/state"
)

func codes(t *testing.T, s state.Store, at time.Time) {
	s.PutCode(state.Code{Code: secret.New("c"), UserID: "u", Issued: at, Expires: at.Add(time.Hour)})
	if got, ok := s.Code("c"); !ok || got.UserID != "u" {
		t.Errorf("%+v %v", got, ok)
	}
	for _, unknown := range []string{"", "d"} {
		if _, ok := s.Code(unknown); ok {
			t.Errorf("%q is found", unknown)
		}
		if _, ok := s.TakeCode(unknown); ok {
			t.Errorf("%q is taken", unknown)
		}
	}
	if got, ok := s.TakeCode("c"); !ok || got.UserID != "u" {
		t.Errorf("take: %+v %v", got, ok)
	}
	if _, ok := s.TakeCode("c"); ok {
		t.Error("taken twice")
	}
	if _, ok := s.Code("c"); ok {
		t.Error("found after it was taken")
	}
}

func families(t *testing.T, s state.Store, at time.Time) {
	for _, f := range []state.Family{
		{ID: "a", UserID: "u", ClientID: "c"}, {ID: "b", UserID: "u", ClientID: "c", Rotating: true}, {ID: "other client", UserID: "u", ClientID: "d"},
	} {
		f.Issued = at
		if n := s.PutFamily(f); n != 0 {
			t.Errorf("%s: %d dropped", f.ID, n)
		}
	}
	s.PutFamily(state.Family{ID: "a", UserID: "u", ClientID: "c", Issued: at}) // a second time: replaced, not counted twice
	if got, ok, err := s.UpdateFamily("a", func(f *state.Family) error { f.Generation++; return nil }); !ok || err != nil ||
		got.Generation != 1 {
		t.Errorf("update: %+v %v %v", got, ok, err)
	}
	refused := errors.New("refused")
	if _, ok, err := s.UpdateFamily("a", func(f *state.Family) error { f.Generation++; return refused }); !ok || !errors.Is(err, refused) {
		t.Errorf("refused update: %v %v", ok, err)
	}
	if got, ok := s.Family("a"); !ok || got.Generation != 1 {
		t.Errorf("after a refused update: %+v %v", got, ok)
	}
	if _, ok, err := s.UpdateFamily("x", func(*state.Family) error { t.Error("called for no family"); return nil }); ok || err != nil {
		t.Errorf("an unknown family is updated: %v", err)
	}
	all := ""
	for _, f := range s.Families() {
		all += f.ID + ", "
	}
	if all != "a, b, other client, " {
		t.Errorf("all: %s", all)
	}
	seen := 0
	if n := s.DeleteFamilies("u", "c", func(f state.Family) bool { seen++; return f.Rotating }); n != 1 || seen != 2 {
		t.Errorf("%d of %d deleted, want 1 of 2", n, seen)
	}
	for id, want := range map[string]bool{"a": true, "b": false, "other client": true, "": false} {
		if _, ok := s.Family(id); ok != want {
			t.Errorf("%q is found: %v", id, ok)
		}
	}
	if !s.DeleteFamily("a") || s.DeleteFamily("a") {
		t.Error("a family can be deleted once")
	}
	if n := s.DeleteFamilies("u", "c", func(state.Family) bool { return true }); n != 0 {
		t.Errorf("%d deleted where none is left", n)
	}
}

func manyFamilies(t *testing.T, s state.Store, at time.Time) {
	put := func(i int, client string) int {
		return s.PutFamily(state.Family{ID: fmt.Sprint(client, i), UserID: "u", ClientID: client, Issued: at.Add(time.Duration(i))})
	}
	for i := range state.MaxFamilies {
		if n := put(i, "c"); n != 0 {
			t.Fatalf("%d dropped by number %d", n, i)
		}
	}
	s.DeleteFamily("c1")
	if put(state.MaxFamilies, "c") != 0 || put(0, "d") != 0 {
		t.Error("dropped although there was room")
	}
	for i, oldest := range []string{"c0", "c2", "c3"} {
		if _, ok := s.Family(oldest); !ok {
			t.Fatalf("%s went too early", oldest)
		}
		if n := put(state.MaxFamilies+1+i, "c"); n != 1 {
			t.Errorf("%d dropped, want 1", n)
		}
		if _, ok := s.Family(oldest); ok {
			t.Errorf("%s is kept, and it is the oldest", oldest)
		}
	}
}
