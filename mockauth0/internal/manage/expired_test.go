package manage_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// idlesForAnHour is a tenant whose refresh tokens rotate, and are over when they were not used for an hour.
func idlesForAnHour(tn *tenant.Config) {
	tenanttest.Rotating(0)(tn)
	tn.Clients[0].RefreshToken.IdleLifetime = time.Hour
}

// TestWhatHasExpiredIsNotListed, neither by the library nor by the control API, and cannot be ended or revoked any more.
func TestWhatHasExpiredIsNotListed(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, idlesForAnHour)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	p.Offline()
	lists := func() string {
		return fmt.Sprint(len(s.Sessions()), len(s.RefreshTokens()), strings.Count(p.Get("/__mock/v1/sessions").Text, `"authenticated_at"`),
			strings.Count(p.Get("/__mock/v1/refresh-tokens").Text, `"rotating"`))
	}
	if got := lists(); got != "1 1 1 1" {
		t.Fatalf("listed while they live: %s", got)
	}
	session, family := s.Sessions()[0].ID, s.RefreshTokens()[0].ID
	s.Advance(10 * 365 * 24 * time.Hour)
	if got := lists(); got != "0 0 0 0" {
		t.Errorf("listed ten years later: %s", got)
	}
	before := len(s.Events(0))
	if n := s.EndSessions(""); n != 0 {
		t.Errorf("%d expired sessions were ended", n)
	}
	if n := s.RevokeRefreshTokens("", ""); n != 0 {
		t.Errorf("%d expired refresh tokens were revoked", n)
	}
	if s.EndSession(session) || s.RevokeRefreshToken(family) {
		t.Error("an expired session was ended, or an expired refresh token revoked, by its id")
	}
	for _, e := range s.Events(0)[before:] {
		if d := event.Of[event.Session](e); d.Change == event.SessionEnded || e.Type == event.SuccessRevokeRefreshToken {
			t.Errorf("told: %+v", e)
		}
	}
}
