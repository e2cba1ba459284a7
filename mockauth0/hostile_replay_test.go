package mockauth0

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"renewal.example/mockauth0/tenant"
)

// TestHostileReplays: what was good once is good no more, for whoever sends it.
func TestHostileReplays(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		social(tn)
		loggedOutOf(tn)
		ownLogin(tn)
		tn.Clients[0].RefreshToken.Rotating, tn.Clients[0].CrossOriginPage = true, "http://localhost:3000/verifier"
		second := tenant.NewClient("Second SPA")
		second.AppType, second.ClientID, second.TokenEndpointAuthMethod, second.Callbacks = "spa", "second", "none", []string{"http://localhost:3000"}
		tn.Clients = append(tn.Clients, second)
	})
	client := s.Snapshot().Clients[0].ClientID
	refused := func(a answer) bool {
		return a.StatusCode == http.StatusForbidden && strings.Contains(a.body, "invalid_grant")
	}
	lost := func(a answer) bool { return a.StatusCode == http.StatusBadRequest && a.Header.Get("Location") == "" }
	noTicket := func(a answer) bool {
		return strings.Contains(a.Header.Get("Location"), "error=access_denied&error_description=Unknown%20or%20invalid%20login%20ticket.")
	}
	for _, tc := range []struct {
		name string
		// play does what is good once and returns the replay.
		play    func(p *person) func(p *person) answer
		refused func(a answer) bool
	}{
		{"a code", func(p *person) func(p *person) answer {
			code := p.code()
			p.exchange(code)
			return func(p *person) answer { return p.exchange(code) }
		}, refused},
		{"a code by another client", func(p *person) func(p *person) answer {
			code := p.code()
			return func(p *person) answer { return p.exchange(code, "client_id", "second") }
		}, refused},
		{"a code as a refresh token", func(p *person) func(p *person) answer {
			code := p.code()
			return func(p *person) answer { return p.renew(code) }
		}, refused},
		{"a refresh token as a code", func(p *person) func(p *person) answer {
			rt := p.offline()
			return func(p *person) answer { return p.exchange(rt) }
		}, refused},
		{"a rotated refresh token", func(p *person) func(p *person) answer {
			rt := p.offline()
			p.renew(rt)
			return func(p *person) answer { return p.renew(rt) }
		}, refused},
		{"the successor of a reused refresh token", func(p *person) func(p *person) answer {
			rt := p.offline()
			next := p.renew(rt).member(p, "refresh_token")
			p.renew(rt)
			return func(p *person) answer { return p.renew(next) }
		}, refused},
		{"a refresh token by another client", func(p *person) func(p *person) answer {
			rt := p.offline()
			return func(p *person) answer { return p.renew(rt, "client_id", "second") }
		}, refused},
		{"a revoked refresh token", func(p *person) func(p *person) answer {
			rt := p.offline()
			p.post("/oauth/revoke", form("client_id", client, "token", rt))
			return func(p *person) answer { return p.renew(rt) }
		}, refused},
		{"a refresh token at /userinfo", func(p *person) func(p *person) answer {
			rt := p.offline()
			return func(p *person) answer { return p.get("/userinfo?access_token=" + rt) }
		}, func(a answer) bool { return a.StatusCode == http.StatusUnauthorized }},
		{"an ID token at /userinfo", func(p *person) func(p *person) answer {
			id := p.login(request(s)).fragment(p).Get("id_token")
			return func(p *person) answer { return p.get("/userinfo?access_token=" + id) }
		}, func(a answer) bool { return a.StatusCode == http.StatusUnauthorized }},
		{"an access token as id_token_hint", func(p *person) func(p *person) answer {
			token := p.login(request(s)).fragment(p).Get("access_token")
			return func(p *person) answer { return p.get("/oidc/logout?" + form("id_token_hint", token).Encode()) }
		}, lost},
		{"a machine's access token as id_token_hint", func(p *person) func(p *person) answer {
			token := p.token("grant_type", "client_credentials", "audience", "https://api.example.test/", "client_id", "machine", "client_secret", "machine-secret").member(p, "access_token")
			return func(p *person) answer { return p.get("/oidc/logout?" + form("id_token_hint", token).Encode()) }
		}, lost},
		{"/authorize/resume", func(p *person) func(p *person) answer {
			to := p.submitted(request(s)).Header.Get("Location")
			p.get(to)
			return func(p *person) answer { return p.get(to) }
		}, lost},
		{"the login form", func(p *person) func(p *person) answer {
			_, state := p.loginPage(request(s))
			sent := form("state", state, "username", "ada@example.test", "password", "Analytical-Engine-1")
			p.get(p.post("/u/login", sent).Header.Get("Location"))
			return func(p *person) answer { return p.post("/u/login", sent) }
		}, lost},
		{"the provider's form", func(p *person) func(p *person) answer {
			to, _ := url.Parse(p.get(request(s, "connection", "google-oauth2")).Header.Get("Location"))
			sent := form("state", to.Query().Get("state"), "user", s.Snapshot().Users[1].ID)
			p.get(p.post(to.Path, sent).Header.Get("Location"))
			return func(p *person) answer { return p.post(to.Path, sent) }
		}, lost},
		{"a login ticket", func(p *person) func(p *person) answer {
			ask := request(s, "login_ticket", p.ticket().ID)
			p.get(p.get(ask).Header.Get("Location"))
			return func(p *person) answer { return p.get(ask) }
		}, noTicket},
		{"a login ticket by another client", func(p *person) func(p *person) answer {
			lt := p.ticket().ID
			return func(p *person) answer { return p.get(request(s, "client_id", "second", "login_ticket", lt)) }
		}, noTicket},
		{"a login ticket for another database", func(p *person) func(p *person) answer {
			lt := p.ticket().ID
			return func(p *person) answer { return p.get(request(s, "realm", "google-oauth2", "login_ticket", lt)) }
		}, noTicket},
		{"the verifier as a login ticket", func(p *person) func(p *person) answer {
			lt := p.ticket()
			return func(p *person) answer { return p.get(request(s, "login_ticket", lt.Verifier)) }
		}, noTicket},
		{"a login ticket as a code", func(p *person) func(p *person) answer {
			lt := p.ticket().ID
			return func(p *person) answer { return p.exchange(lt) }
		}, refused},
		{"a login ticket as a request_uri", func(p *person) func(p *person) answer {
			lt := p.ticket().ID
			return func(p *person) answer {
				return p.get("/authorize?" + form("client_id", client, "request_uri", "urn:ietf:params:oauth:request_uri:"+lt).Encode())
			}
		}, lost},
		{"a login ticket as a link to a new password", func(p *person) func(p *person) answer {
			lt := p.ticket().ID
			return func(p *person) answer {
				return p.post("/u/reset-verify", form("ticket", lt, "password-reset", "Bernoulli-Numbers-2", "re-enter-password", "Bernoulli-Numbers-2"))
			}
		}, lost},
		{"a link to a new password as a login ticket", func(p *person) func(p *person) answer {
			reset := p.mailed("ada@example.test").Query().Get("ticket")
			return func(p *person) answer { return p.get(request(s, "login_ticket", reset)) }
		}, noTicket},
		{"the verifier's form", func(p *person) func(p *person) answer {
			lt := browse(p, s).ticket() // of a browser that kept no cookie
			page := p.get(request(s, "login_ticket", lt.ID))
			sent := form("state", stateField.FindStringSubmatch(page.body)[1], "verifier", lt.Verifier)
			p.get(p.post("/co/verify", sent).Header.Get("Location"))
			return func(p *person) answer { return p.post("/co/verify", sent) }
		}, lost},
		{"the answer to the logout page", func(p *person) func(p *person) answer {
			p.login(request(s))
			state := strings.TrimPrefix(p.get("/oidc/logout?client_id="+client).Header.Get("Location"), "/u/logout?state=")
			p.post("/u/logout", form("state", state, "action", "accept"))
			return func(p *person) answer { return p.post("/u/logout", form("state", state, "action", "accept")) }
		}, lost},
		{"the cookie of a session that was logged out", func(p *person) func(p *person) answer {
			p.login(request(s))
			p.get("/v2/logout") // the cookie stays in the browser
			return func(p *person) answer { return p.get(request(s, "prompt", "none")) }
		}, func(a answer) bool { return strings.Contains(a.Header.Get("Location"), "error=login_required") }},
		{"the cookie from before a new login", func(p *person) func(p *person) answer {
			p.login(request(s))
			before := p.Jar.Cookies(mustURL(p, s.URL()))
			p.login(request(s, "prompt", "login"))
			p.Jar.SetCookies(mustURL(p, s.URL()), before)
			return func(p *person) answer { return p.get(request(s, "prompt", "none")) }
		}, func(a answer) bool { return strings.Contains(a.Header.Get("Location"), "error=login_required") }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := browse(t, s)
			replay := tc.play(p)
			// Again by the same browser, and by somebody who saw it on its way.
			for who, again := range map[string]*person{"the same browser": p, "another": browse(t, s)} {
				if got := replay(again); !tc.refused(got) {
					t.Errorf("%s: %s %q\n%s", who, got.Status, got.Header.Get("Location"), got.body)
				}
			}
		})
	}
}

// TestHostilePKCE: somebody who can change the authorization request, or who saw the code on its way, gets no tokens.
func TestHostilePKCE(t *testing.T) {
	t.Parallel()
	s := serve(t, backends)
	p := browse(t, s)
	p.login(request(s))
	web := []string{"client_id", "web", "client_secret", "web+secret%21", "redirect_uri", "https://web.example.test/cb"}
	for _, tc := range []struct {
		name  string
		asked []string // of /authorize, beside an S256 challenge
		sent  []string // to the token endpoint, beside the verifier
	}{
		{"the challenge is taken away, the app sends its verifier", []string{"code_challenge", "", "code_challenge_method", ""}, nil},
		{"the method is taken away: the S256 challenge counts as plain", []string{"code_challenge_method", ""}, nil},
		{"the method is changed to plain", []string{"code_challenge_method", "plain"}, nil},
		{"the challenge as the verifier", nil, []string{"code_verifier", s256(verifier)}},
		{"no verifier", nil, []string{"code_verifier", ""}},
		{"another verifier", nil, []string{"code_verifier", strings.ToUpper(verifier)}},
		{"the verifier and more", nil, []string{"code_verifier", verifier + "="}},
		{"a verifier that begins right", nil, []string{"code_verifier", verifier[:len(verifier)-1]}},
		{"no verifier, with a secret", []string{"client_id", "web", "redirect_uri", "https://web.example.test/cb"}, append([]string{"code_verifier", ""}, web...)},
		{"a wrong verifier, with a secret", []string{"client_id", "web", "redirect_uri", "https://web.example.test/cb"}, append([]string{"code_verifier", "x"}, web...)},
		{"no challenge and no verifier, by a public client", []string{"code_challenge", "", "code_challenge_method", ""}, []string{"code_verifier", ""}},
		{"the challenge's method at the token endpoint", []string{"code_challenge_method", "plain"}, []string{"code_challenge_method", "S256", "code_challenge", s256(verifier)}},
		{"another callback", nil, []string{"redirect_uri", "http://localhost:3000/callback"}},
	} {
		got := p.exchange(p.code(tc.asked...), tc.sent...)
		if got.StatusCode < 400 || strings.Contains(got.body, "access_token") {
			t.Errorf("%s: %s %s", tc.name, got.Status, got.body)
		}
	}
	for _, method := range []string{"s256", "PLAIN", "S512", "none", " S256", "S256 "} {
		got := p.get(request(s, "response_type", "code", "prompt", "none", "code_challenge", s256(verifier), "code_challenge_method", method))
		if !strings.Contains(got.Header.Get("Location"), "error=invalid_request") || strings.Contains(got.Header.Get("Location"), "code=") {
			t.Errorf("code_challenge_method %q: %s", method, got.Header.Get("Location"))
		}
	}
}
