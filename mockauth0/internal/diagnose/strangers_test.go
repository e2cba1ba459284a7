package diagnose_test

import (
	"net/http"
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/tenanttest"
)

// TestWhatNobodyRenewsByIsNoFailedRenewal: scanners, crawlers and people with curl ask for all kinds of things. The tenant refuses
// them, and no renewal has failed.
func TestWhatNobodyRenewsByIsNoFailedRenewal(t *testing.T) {
	t.Parallel()
	p := loggedIn(t, failure{})
	silent := strings.TrimPrefix(tenanttest.Request(p.Server, "prompt", "none"), "/authorize")
	paths := []string{
		"/", "/authorize", "/authorize/resume", "/oauth/token", "/oauth/revoke", "/oauth/par", "/userinfo", "/v2/logout", "/oidc/logout",
		"/.well-known/openid-configuration", "/.well-known/jwks.json", "/user/ssodata", "/u/login", "/dbconnections/signup", "/nothing",
		"/api/v2/users", "/login/callback",
	}
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} {
		for _, path := range paths {
			p.Ask(method, path, "")
			p.Ask(method, path, "{", "Content-Type", "application/json", "Origin", "http://localhost:3000")
			if method != http.MethodGet && method != http.MethodPost {
				p.Ask(method, path+silent, "", "Sec-Fetch-Dest", "iframe")
			}
			if all := p.Server.Diagnoses(); len(all) > 0 {
				t.Fatalf("%s %s: %s", method, path, listed(all))
			}
		}
	}
}

// TestASecondPersonAtTheLoginPage: while one browser renews, a person opens the login page in another, of the same machine.
func TestASecondPersonAtTheLoginPage(t *testing.T) {
	t.Parallel()
	p := loggedIn(t, failure{})
	for range 3 {
		if !p.renewAs() {
			t.Fatal("a healthy renewal failed")
		}
		second := open(t, p.Server)
		second.Transport = sameMachine{tenanttest.InProcess{Handler: p.Server}}
		second.LoginPage(tenanttest.Request(p.Server))
	}
	if all := p.Server.Diagnoses(); len(all) > 0 {
		t.Errorf("nothing went wrong, and yet: %s", listed(all))
	}
}

// TestASilentRequestOfAWindow: nothing of it is in a frame, and nothing of what the tenant says of it is about one.
func TestASilentRequestOfAWindow(t *testing.T) {
	t.Parallel()
	pairs := map[string][]string{"another callback": {"redirect_uri", "http://localhost:3000/unlisted"}}
	for name, arrange := range map[string]func(testing.TB, *page){
		"a firewall's page": atAuthorize(`{"status":403}`),
		"a server error":    atAuthorize(`{"status":502}`),
		"a rate limit":      atAuthorize(`{"status":429}`),
		"another callback":  func(testing.TB, *page) {},
	} {
		p := loggedIn(t, failure{})
		arrange(t, p)
		asksInWindow(t, p, pairs[name]...)
		all := p.Server.Diagnoses()
		if len(all) != 1 {
			t.Fatalf("%s: %s", name, listed(all))
		}
		c := all[0].Causes[0]
		text := all[0].Outcome + c.Title + c.Why + c.Remedy
		for _, e := range c.Evidence {
			text += e.Text
		}
		if strings.Contains(text, "frame") || strings.Contains(text, "timeout") {
			t.Errorf("%s: a window is said to be a frame: %s", name, text)
		}
	}
}

// TestAFailedTokenCallIsNoPage: an SDK reads the answer of the token endpoint itself, and does not wait for a message.
func TestAFailedTokenCallIsNoPage(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"400", "401", "403", "404", "429", "500", "502", "503"} {
		p := loggedIn(t, failure{refresh: true})
		tenanttest.Arm(t, p.Server, `{"when":{"endpoint":"token"},"do":{"status":`+status+`}}`)
		p.renewByToken()
		all := p.Server.Diagnoses()
		if len(all) != 1 {
			t.Fatalf("%s: %s", status, listed(all))
		}
		if c := all[0].Causes[0]; strings.Contains(c.Why+c.Remedy+c.Title, "page") || strings.Contains(c.Why, "timeout") {
			t.Errorf("%s: %s: %s %s", status, c.Code, c.Why, c.Remedy)
		}
	}
}
