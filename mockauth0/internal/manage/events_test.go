package manage_test

import (
	"fmt"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/tenanttest"
)

// TestWhatAVerbChangesIsAnEvent: whoever reads the tenant's events learns of it at once, and once.
func TestWhatAVerbChangesIsAnEvent(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, idlesForAnHour)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	for i, tc := range []struct {
		does string
		do   func() bool
		want string
	}{
		{"one life of a session is over", func() bool { return s.ExpireSession(s.Sessions()[0].ID, "idle") }, "[session expired idle_expired]"},
		{"the other life of a session is over", func() bool {
			login, err := s.Login("ada@example.test")
			return err == nil && s.ExpireSession(login.SessionID, "absolute")
		}, "[session begun  session expired absolute_expired]"},
		{"a session that is over expires", func() bool {
			login, err := s.Login("ada@example.test")
			return err == nil && s.ExpireSession(login.SessionID, "idle") && s.ExpireSession(login.SessionID, "absolute")
		}, "[session begun  session expired idle_expired]"},
		{"a session that is not there", func() bool { return !s.ExpireSession("none", "idle") }, "[]"},
		{"a life that no session has", func() bool {
			login, err := s.Login("ada@example.test")
			return err == nil && !s.ExpireSession(login.SessionID, "second") && s.EndSession(login.SessionID)
		}, "[session begun  session ended revoked]"},
		{"a refresh token expires", func() bool {
			_, err := s.IssueTokens(mockauth0.GrantRequest{User: "ada@example.test", Client: "My App", Scope: "openid offline_access"})
			return err == nil && s.ExpireRefreshToken(s.RefreshTokens()[0].ID, "idle") && len(s.RefreshTokens()) == 0
		}, "[session begun  refresh_token expired idle_expired]"},
		{"a fault is armed and disarmed", func() bool {
			_, err := s.Arm(fault.Fault{When: fault.Match{Endpoint: "token"}, Do: fault.Effect{Error: "server_error"}})
			return err == nil && s.Disarm("") == 1 && s.Disarm("") == 0
		}, "[fault armed fault disarmed]"},
		{"the clock moves, and the offset with it", func() bool {
			s.Advance(2 * time.Hour)
			s.Advance(5 * time.Minute)
			return p.Ask("POST", "/__mock/v1/clock", `{"advance":"-2h"}`, "Content-Type", "application/json").StatusCode == 200
		}, "[clock by 2h0m0s clock by 5m0s clock by -2h0m0s]"},
		{"a state is restored", func() bool {
			state, err := s.SaveState()
			s.Advance(time.Hour)
			return err == nil && s.RestoreState(state) == nil
		}, "[clock by -1h0m0s config restored]"},
		{"a move after a reset, which no event tells of", func() bool {
			s.Advance(2 * time.Hour)
			s.Reset()
			s.Advance(3 * time.Hour)
			return true
		}, "[clock by 3h0m0s]"},
	} {
		before := s.Events(0)[len(s.Events(0))-1].Seq
		if !tc.do() {
			t.Errorf("%d: %s: it did not", i, tc.does)
		}
		if got := fmt.Sprint(changes(s.Events(before))); got != tc.want {
			t.Errorf("%d: %s: the events are %s, want %s", i, tc.does, got, tc.want)
		}
	}
}

// changes are what events say of the things that verbs change.
func changes(events []event.Event) (out []string) {
	for _, e := range events {
		switch d := e.Made().Data.(type) {
		case *event.Session:
			out = append(out, fmt.Sprintf("%s %s %s", e.Kind, d.Change, d.Why))
		case *event.RefreshToken:
			out = append(out, fmt.Sprintf("%s %s %s", e.Kind, d.Change, d.Why))
		case *event.Fault:
			out = append(out, fmt.Sprintf("%s %s", e.Kind, d.Change))
		case *event.Clock:
			out = append(out, fmt.Sprintf("%s by %s", e.Kind, (time.Duration(d.ByMS)*time.Millisecond).Round(time.Minute)))
		case *event.Config:
			out = append(out, fmt.Sprintf("%s %s", e.Kind, d.Change))
		}
	}
	return out
}
