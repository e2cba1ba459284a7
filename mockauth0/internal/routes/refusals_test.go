package routes_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/tenanttest"
)

// Whatever is refused can be found in the tenant's log, under the client where one is known.
func TestRefusalsAreLogged(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	c := s.Snapshot().Clients[0]
	classic := func(pairs ...string) func(p *tenanttest.Person) tenanttest.Answer {
		return func(p *tenanttest.Person) tenanttest.Answer {
			return p.Ask("POST", "/usernamepassword/login",
				tenanttest.Form(append([]string{"client_id", c.ClientID, "username", "ada@example.test", "password", "x"}, pairs...)...).Encode(),
				"Content-Type", "application/x-www-form-urlencoded")
		}
	}
	get := func(path string) func(p *tenanttest.Person) tenanttest.Answer {
		return func(p *tenanttest.Person) tenanttest.Answer { return p.Get(path) }
	}
	for _, tc := range []struct {
		name       string
		ask        func(p *tenanttest.Person) tenanttest.Answer
		log, text  string
		ofNoClient bool
	}{
		{"/authorize with a parameter twice", get(tenanttest.Request(s) + "&state=again"), "f", "state must be a string", false},
		{"the same in silence", get(tenanttest.Request(s, "prompt", "none") + "&state=again"), "fsa", "state must be a string", false},
		{"/oidc/logout to an unknown page", get("/oidc/logout?client_id=" + c.ClientID + "&logout_hint=x&post_logout_redirect_uri=https://evil.example/"), "flo", "post_logout_redirect_uri", false},
		{"a Classic login of an unknown client", classic("client_id", "nobody"), "f", "Unknown client: nobody", true},
		{"a Classic login by an unknown connection", classic("connection", "nowhere"), "f", "the connection was not found", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if a := tc.ask(tenanttest.Browse(t, s)); a.StatusCode != http.StatusBadRequest {
				t.Errorf("%s %s", a.Status, a.Text)
			}
			if e := tenanttest.LastLog(s); string(e.Type) != tc.log || !strings.Contains(e.Description, tc.text) ||
				(e.ClientID == c.ClientID) == tc.ofNoClient {
				t.Errorf("log: %+v", e)
			}
		})
	}
}

// What a client sends comes back shortened: a megabyte of it would fill logs and terminals.
func TestLongValuesAreNotSentBack(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	long := strings.Repeat("ä", 250_000)
	_, state := p.LoginPage(tenanttest.Request(s))
	audience, _ := url.Parse(tenanttest.Request(s))
	body := audience.Query()
	body.Set("audience", long)
	for name, a := range map[string]tenanttest.Answer{
		"grant_type": p.Token("grant_type", long),
		"user name":  p.Post("/u/login", url.Values{"state": {state}, "username": {long}, "password": {"x"}}),
		"audience":   p.Post("/authorize", body),
		"client_id": p.Ask("POST", "/usernamepassword/login", tenanttest.Form("client_id", long).Encode(), "Content-Type",
			"application/x-www-form-urlencoded"),
	} {
		if sent := len(a.Text) + len(a.Header.Get("Location")); sent > 64<<10 || strings.Contains(a.Text, "\uFFFD") {
			t.Errorf("%s: %s, %d bytes come back", name, a.Status, sent)
		}
	}
}
