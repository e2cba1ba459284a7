package ownapp_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/ownapp"
	"renewal.example/mockauth0/internal/tenanttest"
)

// learning is a tenant that learns from an app, and its log.
func learning(t *testing.T, o ownapp.Options) (*mockauth0.Server, *tenanttest.Person, *bytes.Buffer) {
	t.Helper()
	o.URLs = []string{"http://localhost:3000"}
	app, err := ownapp.New(o)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	s, err := mockauth0.New(mockauth0.Options{Tenant: app.Tenant(), Learner: app, Keys: tenanttest.Keys(),
		Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, tenanttest.Browse(t, s), &log
}

func learnt(s *mockauth0.Server) (news []string) {
	for _, e := range s.Events(0) {
		if c := event.Of[event.Config](e); c.Change == event.ConfigLearned {
			news = append(news, strings.TrimSpace(c.Learned+" "+c.Value))
		}
	}
	return news
}

func TestATenantLearnsFromALogin(t *testing.T) {
	s, p, log := learning(t, ownapp.Options{})
	asked := tenanttest.Request(s, "client_id", "TheirId", "redirect_uri", "http://localhost:3000/in", "audience", "https://theirs.example/",
		"scope", "openid read:orders")
	if got := p.Login(asked).Fragment(t); got.Get("access_token") == "" || !strings.Contains(got.Get("scope"), "read:orders") {
		t.Fatalf("the login gave %v", got)
	}
	want := "client id TheirId, audience https://theirs.example/, scope read:orders, callback http://localhost:3000/in"
	if got := strings.Join(learnt(s), ", "); got != want {
		t.Errorf("learned %q, want %q", got, want)
	}
	if !strings.Contains(log.String(), `msg="learned the callback http://localhost:3000/in"`) {
		t.Errorf("the log says\n%s", log.String())
	}
	if err := s.Reload(s.Snapshot().Clone()); err != nil {
		t.Fatal(err)
	}
	s.Reset()
	if tenanttest.Outcome(p.Get(asked)) != "" || s.Snapshot().ClientByID("TheirId") == nil {
		t.Error("what was learned is gone after a reload and a reset")
	}
}

func TestATenantLearnsNothingThatARealOneRefuses(t *testing.T) {
	s, p, _ := learning(t, ownapp.Options{})
	for _, c := range []struct{ name, says, parameter, value string }{
		{"another origin", "Callback URL mismatch", "redirect_uri", "https://evil.example/"},
		{"another port", "Callback URL mismatch", "redirect_uri", "http://localhost:30000/"},
		{"a user name", "Callback URL mismatch", "redirect_uri", "http://localhost:3000@evil.example/"},
		{"no response type", "Missing required parameter: response_type", "response_type", ""},
	} {
		if _, said := p.Get(tenanttest.Request(s, c.parameter, c.value)).ErrorPage(t); !strings.Contains(said, c.says) {
			t.Errorf("%s: %q, want %q", c.name, said, c.says)
		}
	}
	logout := "/v2/logout?client_id=" + s.Snapshot().Clients[0].ClientID + "&returnTo="
	if a := p.Get(logout + "https%3A%2F%2Fevil.example%2F"); a.StatusCode != 400 {
		t.Errorf("a logout to another origin: %s", a.Status)
	}
	if news := learnt(s); news != nil {
		t.Errorf("learned %v", news)
	}
	if a := p.Get(logout + "http%3A%2F%2Flocalhost%3A3000%2Fbye"); a.StatusCode != 302 {
		t.Errorf("a logout to a page of the app: %s", a.Status)
	}
}

func TestPinnedNamesAreTheOnlyOnes(t *testing.T) {
	s, p, _ := learning(t, ownapp.Options{ClientID: "Mine", Audience: "https://mine.example/", Callback: "http://localhost:3000/in"})
	if _, said := p.Get(tenanttest.Request(s, "client_id", "TheirId")).ErrorPage(t); said != "Unknown client: TheirId" {
		t.Errorf("another client id: %q", said)
	}
	asked := tenanttest.Request(s, "redirect_uri", "http://localhost:3000/callback")
	if _, said := p.Get(asked).ErrorPage(t); !strings.Contains(said, "mismatch") {
		t.Errorf("another callback: %q", said)
	}
	asked = tenanttest.Request(s, "audience", "https://theirs.example/")
	if got := p.Get(asked).Fragment(t).Get("error_description"); got != "Service not found: https://theirs.example/" {
		t.Errorf("another audience: %q", got)
	}
	if got := p.Login(tenanttest.Request(s)).Fragment(t); got.Get("access_token") == "" {
		t.Errorf("the pinned ones: %v", got)
	}
}

func TestATenantLearnsAMachine(t *testing.T) {
	s, p, _ := learning(t, ownapp.Options{})
	machine := []string{"grant_type", "client_credentials", "client_id", "Robot", "client_secret", "robot-secret",
		"audience", "https://theirs.example/", "scope", "read:orders"}
	if a := p.Post("/oauth/token", tenanttest.Form(machine...)); a.Member(t, "access_token") == "" {
		t.Errorf("the machine gets %s\n%s", a.Status, a.Text)
	}
	if a := p.Post("/oauth/token", tenanttest.Form(append(machine, "client_secret", "another")...)); a.Member(t, "error") != "access_denied" {
		t.Errorf("with another secret it gets %s\n%s", a.Status, a.Text)
	}
	if got := strings.Join(learnt(s), ", "); got != "client id Robot, audience https://theirs.example/, scope read:orders" {
		t.Errorf("learned %q", got)
	}
}

func TestATenantLearnsAServersSecret(t *testing.T) {
	s, p, _ := learning(t, ownapp.Options{Type: ownapp.RegularWeb})
	code := func() string {
		asked := tenanttest.Request(s, "client_id", "Web", "response_type", "code", "response_mode", "query", "prompt", "login")
		return tenanttest.ParseURL(t, p.Login(asked).Header.Get("Location")).Query().Get("code")
	}
	exchange := func(secret string) string {
		return p.Post("/oauth/token", tenanttest.Form("grant_type", "authorization_code", "client_id", "Web", "client_secret", secret,
			"code", code(), "redirect_uri", "http://localhost:3000")).Member(t, "error")
	}
	if got := exchange(""); got != "access_denied" {
		t.Errorf("without a secret: %q", got)
	}
	if got := exchange("the-secret"); got != "" {
		t.Errorf("with its own secret: %q", got)
	}
	if got := exchange("another"); got != "access_denied" {
		t.Errorf("with another secret: %q", got)
	}
	if got := strings.Join(learnt(s), ", "); got != "client id Web, client secret" {
		t.Errorf("learned %q", got)
	}
}

func TestWhatWasLearnedDoesNotMisleadTheDiagnosis(t *testing.T) {
	s, p, _ := learning(t, ownapp.Options{})
	asked := []string{"client_id", "TheirId", "redirect_uri", "http://localhost:3000/in", "audience", "https://theirs.example/"}
	p.Login(tenanttest.Request(s, asked...))
	s.Advance(73 * 60 * 60 * 1e9) // the session is idle for longer than its 72 hours
	silent := append(asked, "prompt", "none", "redirect_uri", "http://localhost:3000/silent-page", "audience", "https://other.example/")
	if got := p.Get(tenanttest.Request(s, silent...)).Fragment(t).Get("error"); got != "login_required" {
		t.Fatalf("the renewal gave %q", got)
	}
	if d := s.Diagnoses(); len(d) != 1 || len(d[0].Causes) == 0 || d[0].Causes[0].Code != "session_idle_expired" {
		t.Errorf("the diagnosis is %v", d)
	}
}
