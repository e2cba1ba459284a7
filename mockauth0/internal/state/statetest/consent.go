package statetest

import (
	"slices"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/state"
)

func grants(t *testing.T, s state.Store, at time.Time) {
	s.AddGrant(state.Grant{ID: "2", UserID: "u", ClientID: "c", Audience: "a", Scopes: []string{"x"}, Created: at.Add(1)})
	s.AddGrant(state.Grant{ID: "1", UserID: "u", ClientID: "d", Audience: "a", Scopes: []string{"x"}, Created: at})
	s.AddGrant(state.Grant{ID: "3", UserID: "v", ClientID: "c", Audience: "a", Created: at.Add(1)})
	more := s.AddGrant(state.Grant{
		ID: "later", UserID: "u", ClientID: "c", Audience: "a", Scopes: []string{"y", "x"}, Created: at.Add(time.Hour),
	})
	if more.ID != "2" || !slices.Equal(more.Scopes, []string{"x", "y"}) || !more.Created.Equal(at.Add(1)) {
		t.Errorf("a grant that grows: %+v", more)
	}
	more.Scopes[0] = "changed"
	if got, ok := s.Grant("u", "c", "a"); !ok || !slices.Equal(got.Scopes, []string{"x", "y"}) {
		t.Errorf("found: %+v %v; a result has to be a copy", got, ok)
	}
	for _, unknown := range [][3]string{{"u", "c", "b"}, {"u", "e", "a"}, {"w", "c", "a"}, {"", "", ""}} {
		if got, ok := s.Grant(unknown[0], unknown[1], unknown[2]); ok {
			t.Errorf("%v is found: %+v", unknown, got)
		}
	}
	ids := func(list []state.Grant) (out string) {
		for _, g := range list {
			out += g.ID
		}
		return out
	}
	if got := ids(s.Grants()); got != "123" {
		t.Errorf("listed %s, want 123: oldest first", got)
	}
	if got := ids(s.DeleteGrants(func(g state.Grant) bool { return g.UserID == "u" })); got != "12" {
		t.Errorf("withdrawn %s, want 12", got)
	}
	if _, ok := s.Grant("u", "c", "a"); ok || ids(s.Grants()) != "3" {
		t.Errorf("left: %s, want 3", ids(s.Grants()))
	}
	if s.Sweep(at.Add(1e6 * time.Hour)); ids(s.Grants()) != "3" {
		t.Error("a grant is swept, though grants do not expire")
	}
	if s.Reset(); len(s.Grants()) != 0 {
		t.Error("a grant is left after a reset")
	}
}
