package grant_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestTheLifeOfACodeIsASetting(t *testing.T) {
	t.Parallel()
	for after, want := range map[time.Duration]int{time.Minute - 1: 200, time.Minute: 403} {
		s := tenanttest.Serve(t, func(tn *tenant.Config) { tenanttest.Backends(tn); tn.Mock.CodeLifetime = time.Minute })
		p := tenanttest.Browse(t, s)
		u := tenanttest.ParseURL(t,
			p.Login(tenanttest.Request(s, "response_type", "code", "client_id", "web", "redirect_uri", "https://web.example.test/cb")).
				Header.Get("Location"))
		s.Advance(after)
		if got := p.Token("grant_type", "authorization_code", "client_id", "web", "client_secret", "web+secret%21", "code", u.Query().Get("code"),
			"redirect_uri", "https://web.example.test/cb"); got.StatusCode != want {
			t.Errorf("after %v: %s %s", after, got.Status, got.Text)
		}
	}
}

// TestACodeIsBound: to its client, its callback, its PKCE challenge and its life. What is refused does not use it up.
func TestACodeIsBound(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Backends(tn)
		second := tenant.NewClient("Second SPA")
		second.AppType, second.ClientID, second.TokenEndpointAuthMethod = "spa", "second", "none"
		tn.Clients = append(tn.Clients, second)
	})
	p := tenanttest.Browse(t, s)
	web := []string{"client_id", "web", "redirect_uri", "https://web.example.test/cb"}
	secret := append([]string{"client_secret", "web+secret%21"}, web...)
	wrongURI := func(sent, want string) string {
		return `{"error":"unauthorized_client","error_description":"The redirect URI is wrong. You sent ` + sent +
			`, and we expected ` + want + `"}`
	}
	noVerifier := `{"error":"invalid_request","error_description":"Missing required parameter: code_verifier"}`
	for _, tc := range []struct {
		name      string
		asked     []string // of /authorize, beside S256 and the first client
		sent      []string // to the token endpoint, beside what fits
		status    int
		body      string
		after     time.Duration
		stillGood []string // what gets tokens for the code after a refusal; nil: what fits
	}{
		{name: "fits", status: 200},
		{name: "fits until its end", status: 200, after: 10*time.Minute - time.Second},
		{name: "expired", status: 403, body: tenanttest.WrongCode, after: 10 * time.Minute},
		{name: "another client", sent: []string{"client_id", "second"}, status: 403, body: tenanttest.WrongCode},
		{name: "another callback", sent: []string{"redirect_uri", "http://localhost:3000/callback"}, status: 403, body: wrongURI("http://localhost:3000/callback", "http://localhost:3000")},
		{name: "no callback", sent: []string{"redirect_uri", ""}, status: 403, body: wrongURI("null", "http://localhost:3000")},
		{name: "no callback on either side", asked: []string{"redirect_uri", ""}, sent: []string{"redirect_uri", ""}, status: 200},
		{name: "the default callback", asked: []string{"redirect_uri", ""}, status: 200},
		{name: "wrong verifier", sent: []string{"code_verifier", "x"}, status: 403, body: tenanttest.WrongPKCE},
		{name: "no verifier", sent: []string{"code_verifier", ""}, status: 403, body: tenanttest.WrongPKCE},
		{name: "the challenge as verifier", sent: []string{"code_verifier", tenanttest.S256(tenanttest.Verifier)}, status: 403, body: tenanttest.WrongPKCE},
		{name: "plain", asked: []string{"code_challenge", tenanttest.Verifier, "code_challenge_method", "plain"}, status: 200},
		{name: "plain by default", asked: []string{"code_challenge", tenanttest.Verifier, "code_challenge_method", ""}, status: 200},
		{name: "plain, wrong", asked: []string{"code_challenge", tenanttest.Verifier, "code_challenge_method", "plain"}, sent: []string{"code_verifier", "x"}, status: 403, body: tenanttest.WrongPKCE},
		{name: "challenge taken away", asked: []string{"code_challenge", "", "code_challenge_method", ""}, status: 403, body: tenanttest.WrongPKCE},
		{name: "no PKCE, public", asked: []string{"code_challenge", "", "code_challenge_method", ""}, sent: []string{"code_verifier", ""}, status: 400, body: noVerifier},
		{name: "no PKCE, secret", asked: append([]string{"code_challenge", "", "code_challenge_method", ""}, web...), sent: append([]string{"code_verifier", ""}, secret...), status: 200},
		{name: "PKCE and secret", asked: web, sent: secret, status: 200},
		{name: "PKCE and a wrong secret", asked: web, sent: append(secret, "client_secret", "x"), status: 401, body: tenanttest.NoAuth, stillGood: secret},
		{name: "PKCE without the secret", asked: web, sent: web, status: 401, body: tenanttest.NoAuth, stillGood: secret},
		{name: "secret without the verifier", asked: web, sent: append([]string{"code_verifier", ""}, secret...), status: 403, body: tenanttest.WrongPKCE, stillGood: secret},
	} {
		code := p.Code(tc.asked...)
		s.Advance(tc.after)
		got := p.Exchange(code, tc.sent...)
		if got.StatusCode != tc.status || tc.body != "" && got.Text != tc.body {
			t.Errorf("%s: %s %s", tc.name, got.Status, got.Text)
		}
		if tc.status == 200 {
			tc.stillGood = tc.sent
		}
		again := p.Exchange(code, tc.stillGood...)
		switch {
		case tc.status == 200 && again.Text != tenanttest.WrongCode:
			t.Errorf("%s: a second time: %s %s", tc.name, again.Status, again.Text)
		case tc.status != 200 && tc.after == 0 && tc.name != "challenge taken away" && tc.name != "no PKCE, public" &&
			tc.name != "plain, wrong" && again.StatusCode != 200:
			t.Errorf("%s: the refusal used the code up: %s %s", tc.name, again.Status, again.Text)
		}
	}
}

func TestACodeWorksOnce(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Backends)
	p := tenanttest.Browse(t, s)
	for range 5 {
		code := p.Code("scope", "offline_access")
		var good, bad atomic.Int32
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				switch got := p.Exchange(code); {
				case got.StatusCode == 200:
					good.Add(1)
				case got.Text == tenanttest.WrongCode:
					bad.Add(1)
				}
			})
		}
		if wg.Wait(); good.Load() != 1 || bad.Load() != 7 {
			t.Errorf("%d exchanges got tokens and %d %s", good.Load(), bad.Load(), tenanttest.WrongCode)
		}
	}
}

// TestACodeWhoseUserIsGone: what happened between the login and the exchange counts.
func TestACodeWhoseUserIsGone(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Backends)
	p := tenanttest.Browse(t, s)
	code := p.Code()
	for _, tc := range []struct {
		change func(*tenant.Config)
		status int
		want   string
	}{
		{func(tn *tenant.Config) { tn.Users[0].Blocked = true }, 403, `{"error":"unauthorized","error_description":"user is blocked"}`},
		{func(tn *tenant.Config) { tn.Users = nil }, 403, tenanttest.WrongCode},
		{func(tn *tenant.Config) { tn.ResourceServers = tn.ResourceServers[1:]; tn.ClientGrants = nil }, 403, `{"error":"access_denied","error_description":"Service not found: https://api.example.test/"}`},
	} {
		before := s.Snapshot()
		changed := before.Clone()
		tc.change(changed)
		if err := s.Reload(changed); err != nil {
			t.Fatal(err)
		}
		if got := p.Exchange(code); got.StatusCode != tc.status || got.Text != tc.want {
			t.Errorf("%s %s, want %s", got.Status, got.Text, tc.want)
		}
		if err := s.Reload(before); err != nil {
			t.Fatal(err)
		}
	}
	s.EndSessions("")
	if got := p.Exchange(code); got.StatusCode != 200 {
		t.Errorf("a code outlives its session: %s %s", got.Status, got.Text)
	}
}
