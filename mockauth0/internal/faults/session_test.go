package faults_test

import (
	"strings"
	"testing"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func twoPeople(tn *tenant.Config) {
	tn.Users = append(tn.Users, &tenant.User{Connection: tn.Connections[0].Name, Email: "grace@example.test", Password: "p"})
}

func TestALostSessionIsThereAgainForTheNextRequest(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	tenanttest.Arm(t, s, `{"times":1,"when":{"prompt":"none","client":"My App"},"do":{"session":"lost"}}`)
	for i, want := range []string{"login_required", ""} {
		if got := p.Silent(); got != want {
			t.Errorf("request %d: %q, want %q", i+1, got, want)
		}
	}
	var why event.Reason
	for _, e := range s.Events(0) {
		if d := event.Of[event.Session](e); d.Change == event.SessionNotUsable {
			why = d.Why
		}
	}
	if why != event.UnknownSession || len(s.Sessions()) != 1 {
		t.Errorf("reported as %v, %d sessions", why, len(s.Sessions()))
	}
	tenanttest.Arm(t, s, `{"times":1,"when":{"endpoint":"logout"},"do":{"session":"lost"}}`)
	if p.Get("/v2/logout"); len(s.Sessions()) != 1 {
		t.Error("a logout that finds no session ends one")
	}
	tenanttest.Arm(t, s, `{"times":1,"when":{"endpoint":"ssodata"},"do":{"session":"lost"}}`)
	for _, want := range []bool{false, true} {
		if got := p.Get("/user/ssodata"); strings.Contains(got.Text, `"sso":true`) != want {
			t.Errorf("single sign-on data: %s, want %v", got.Text, want)
		}
	}
}

func TestAnotherUsersSession(t *testing.T) {
	t.Parallel()
	for name, logIn := range map[string]bool{"who has one": true, "who is logged in for it": false} {
		s := tenanttest.Serve(t, twoPeople)
		p := tenanttest.Browse(t, s)
		p.Login(tenanttest.Request(s))
		if logIn {
			other := tenanttest.Browse(t, s)
			_, state := other.LoginPage(tenanttest.Request(s))
			other.Get(other.Post("/u/login",
				tenanttest.Form("state", state, "username", "grace@example.test", "password", "p", "action", "default")).Header.Get("Location"))
		}
		before := len(s.Sessions())
		tenanttest.Arm(t, s, `{"times":1,"when":{"endpoint":"authorize"},"do":{"session":"Grace@example.test"}}`)
		got := p.Get(tenanttest.Request(s, "prompt", "none")).Fragment(t)
		if claims := tenanttest.Claims(t, got.Get("id_token")); claims["email"] != "grace@example.test" {
			t.Errorf("%s: a token for %v", name, claims["email"])
		}
		if after := len(s.Sessions()); after-before != map[bool]int{true: 0, false: 1}[logIn] {
			t.Errorf("%s: %d sessions, %d before", name, after, before)
		}
	}
}

func TestARefreshTokenThatIsGone(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Rotating(0))
	p := tenanttest.Browse(t, s)
	rt := p.Offline()
	tenanttest.Arm(t, s, `{"times":1,"when":{"grant":"refresh_token"},"do":{"refresh_token":"gone"}}`)
	if got := p.Exchange(p.Code()); got.StatusCode != 200 {
		t.Errorf("another grant met the fault: %s", got.Text)
	}
	if got := p.Renew(rt); got.StatusCode != 403 || got.Text != tenanttest.UnknownRT {
		t.Errorf("%s %s", got.Status, got.Text)
	}
	if got := p.Renew(rt); got.StatusCode != 200 {
		t.Errorf("for good: %s %s", got.Status, got.Text)
	}
}
