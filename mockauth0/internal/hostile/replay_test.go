package hostile_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// TestHostileReplays: what was good once is good no more, for whoever sends it.
func TestHostileReplays(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Social(tn)
		tenanttest.LogoutURLs(tn)
		tenanttest.CrossOriginLogins(tn)
		tn.Clients[0].RefreshToken.Rotating, tn.Clients[0].CrossOriginPage = true, "http://localhost:3000/verifier"
		second := tenant.NewClient("Second SPA")
		second.AppType, second.ClientID, second.TokenEndpointAuthMethod, second.Callbacks = "spa", "second", "none",
			[]string{"http://localhost:3000"}
		tn.Clients = append(tn.Clients, second)
	})
	client := s.Snapshot().Clients[0].ClientID
	refused := func(a tenanttest.Answer) bool {
		return a.StatusCode == http.StatusForbidden && strings.Contains(a.Text, "invalid_grant")
	}
	lost := func(a tenanttest.Answer) bool {
		return a.StatusCode == http.StatusBadRequest && a.Header.Get("Location") == ""
	}
	noTicket := func(a tenanttest.Answer) bool {
		return strings.Contains(a.Header.Get("Location"), "error=access_denied&error_description=Unknown%20or%20invalid%20login%20ticket.")
	}
	for _, tc := range []struct {
		name string
		// play does what is good once and returns the replay.
		play    func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer
		refused func(a tenanttest.Answer) bool
	}{
		{"a code", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			code := p.Code()
			p.Exchange(code)
			return func(p *tenanttest.Person) tenanttest.Answer { return p.Exchange(code) }
		}, refused},
		{"a code by another client", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			code := p.Code()
			return func(p *tenanttest.Person) tenanttest.Answer { return p.Exchange(code, "client_id", "second") }
		}, refused},
		{"a code as a refresh token", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			code := p.Code()
			return func(p *tenanttest.Person) tenanttest.Answer { return p.Renew(code) }
		}, refused},
		{"a refresh token as a code", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			rt := p.Offline()
			return func(p *tenanttest.Person) tenanttest.Answer { return p.Exchange(rt) }
		}, refused},
		{"a rotated refresh token", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			rt := p.Offline()
			p.Renew(rt)
			return func(p *tenanttest.Person) tenanttest.Answer { return p.Renew(rt) }
		}, refused},
		{"the successor of a reused refresh token", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			rt := p.Offline()
			next := p.Renew(rt).Member(p, "refresh_token")
			p.Renew(rt)
			return func(p *tenanttest.Person) tenanttest.Answer { return p.Renew(next) }
		}, refused},
		{"a refresh token by another client", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			rt := p.Offline()
			return func(p *tenanttest.Person) tenanttest.Answer { return p.Renew(rt, "client_id", "second") }
		}, refused},
		{"a revoked refresh token", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			rt := p.Offline()
			p.Post("/oauth/revoke", tenanttest.Form("client_id", client, "token", rt))
			return func(p *tenanttest.Person) tenanttest.Answer { return p.Renew(rt) }
		}, refused},
		{"a refresh token at /userinfo", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			rt := p.Offline()
			return func(p *tenanttest.Person) tenanttest.Answer { return p.Get("/userinfo?access_token=" + rt) }
		}, func(a tenanttest.Answer) bool { return a.StatusCode == http.StatusUnauthorized }},
		{"an ID token at /userinfo", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			id := p.Login(tenanttest.Request(s)).Fragment(p).Get("id_token")
			return func(p *tenanttest.Person) tenanttest.Answer { return p.Get("/userinfo?access_token=" + id) }
		}, func(a tenanttest.Answer) bool { return a.StatusCode == http.StatusUnauthorized }},
		{"an access token as id_token_hint", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			token := p.Login(tenanttest.Request(s)).Fragment(p).Get("access_token")
			return func(p *tenanttest.Person) tenanttest.Answer {
				return p.Get("/oidc/logout?" + tenanttest.Form("id_token_hint", token).Encode())
			}
		}, lost},
		{"a machine's access token as id_token_hint", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			token := p.Token("grant_type", "client_credentials", "audience", "https://api.example.test/", "client_id", "machine", "client_secret",
				"machine-secret").Member(p, "access_token")
			return func(p *tenanttest.Person) tenanttest.Answer {
				return p.Get("/oidc/logout?" + tenanttest.Form("id_token_hint", token).Encode())
			}
		}, lost},
		{"/authorize/resume", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			to := p.SubmitLogin(tenanttest.Request(s)).Header.Get("Location")
			p.Get(to)
			return func(p *tenanttest.Person) tenanttest.Answer { return p.Get(to) }
		}, lost},
		{"the login form", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			_, state := p.LoginPage(tenanttest.Request(s))
			sent := tenanttest.Form("state", state, "username", "ada@example.test", "password", "Analytical-Engine-1")
			p.Get(p.Post("/u/login", sent).Header.Get("Location"))
			return func(p *tenanttest.Person) tenanttest.Answer { return p.Post("/u/login", sent) }
		}, lost},
		{"the provider's form", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			to, _ := url.Parse(p.Get(tenanttest.Request(s, "connection", "google-oauth2")).Header.Get("Location"))
			sent := tenanttest.Form("state", to.Query().Get("state"), "user", s.Snapshot().Users[1].ID)
			p.Get(p.Post(to.Path, sent).Header.Get("Location"))
			return func(p *tenanttest.Person) tenanttest.Answer { return p.Post(to.Path, sent) }
		}, lost},
		{"a login ticket", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			ask := tenanttest.Request(s, "login_ticket", p.LoginTicket().ID)
			p.Get(p.Get(ask).Header.Get("Location"))
			return func(p *tenanttest.Person) tenanttest.Answer { return p.Get(ask) }
		}, noTicket},
		{"a login ticket by another client", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			lt := p.LoginTicket().ID
			return func(p *tenanttest.Person) tenanttest.Answer {
				return p.Get(tenanttest.Request(s, "client_id", "second", "login_ticket", lt))
			}
		}, noTicket},
		{"a login ticket for another database", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			lt := p.LoginTicket().ID
			return func(p *tenanttest.Person) tenanttest.Answer {
				return p.Get(tenanttest.Request(s, "realm", "google-oauth2", "login_ticket", lt))
			}
		}, noTicket},
		{"the verifier as a login ticket", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			lt := p.LoginTicket()
			return func(p *tenanttest.Person) tenanttest.Answer {
				return p.Get(tenanttest.Request(s, "login_ticket", lt.Verifier))
			}
		}, noTicket},
		{"a login ticket as a code", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			lt := p.LoginTicket().ID
			return func(p *tenanttest.Person) tenanttest.Answer { return p.Exchange(lt) }
		}, refused},
		{"a login ticket as a request_uri", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			lt := p.LoginTicket().ID
			return func(p *tenanttest.Person) tenanttest.Answer {
				return p.Get("/authorize?" + tenanttest.Form("client_id", client, "request_uri", "urn:ietf:params:oauth:request_uri:"+lt).Encode())
			}
		}, lost},
		{"a login ticket as a link to a new password", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			lt := p.LoginTicket().ID
			return func(p *tenanttest.Person) tenanttest.Answer {
				return p.Post("/u/reset-verify",
					tenanttest.Form("ticket", lt, "password-reset", "Bernoulli-Numbers-2", "re-enter-password", "Bernoulli-Numbers-2"))
			}
		}, lost},
		{"a link to a new password as a login ticket", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			reset := p.ResetLink("ada@example.test").Query().Get("ticket")
			return func(p *tenanttest.Person) tenanttest.Answer {
				return p.Get(tenanttest.Request(s, "login_ticket", reset))
			}
		}, noTicket},
		{"the verifier's form", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			lt := tenanttest.Browse(p, s).LoginTicket() // of a browser that kept no cookie
			page := p.Get(tenanttest.Request(s, "login_ticket", lt.ID))
			sent := tenanttest.Form("state", tenanttest.StateField.FindStringSubmatch(page.Text)[1], "verifier", lt.Verifier)
			p.Get(p.Post("/co/verify", sent).Header.Get("Location"))
			return func(p *tenanttest.Person) tenanttest.Answer { return p.Post("/co/verify", sent) }
		}, lost},
		{"the answer to the logout page", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			p.Login(tenanttest.Request(s))
			state := strings.TrimPrefix(p.Get("/oidc/logout?client_id="+client).Header.Get("Location"), "/u/logout?state=")
			p.Post("/u/logout", tenanttest.Form("state", state, "action", "accept"))
			return func(p *tenanttest.Person) tenanttest.Answer {
				return p.Post("/u/logout", tenanttest.Form("state", state, "action", "accept"))
			}
		}, lost},
		{"the cookie of a session that was logged out", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			p.Login(tenanttest.Request(s))
			p.Get("/v2/logout") // the cookie stays in the browser
			return func(p *tenanttest.Person) tenanttest.Answer { return p.Get(tenanttest.Request(s, "prompt", "none")) }
		}, func(a tenanttest.Answer) bool {
			return strings.Contains(a.Header.Get("Location"), "error=login_required")
		}},
		{"the cookie from before a new login", func(p *tenanttest.Person) func(p *tenanttest.Person) tenanttest.Answer {
			p.Login(tenanttest.Request(s))
			before := p.Jar.Cookies(tenanttest.ParseURL(p, s.URL()))
			p.Login(tenanttest.Request(s, "prompt", "login"))
			p.Jar.SetCookies(tenanttest.ParseURL(p, s.URL()), before)
			return func(p *tenanttest.Person) tenanttest.Answer { return p.Get(tenanttest.Request(s, "prompt", "none")) }
		}, func(a tenanttest.Answer) bool {
			return strings.Contains(a.Header.Get("Location"), "error=login_required")
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := tenanttest.Browse(t, s)
			replay := tc.play(p)
			// Again by the same browser, and by somebody who saw it on its way.
			for who, again := range map[string]*tenanttest.Person{"the same browser": p, "another": tenanttest.Browse(t, s)} {
				if got := replay(again); !tc.refused(got) {
					t.Errorf("%s: %s %q\n%s", who, got.Status, got.Header.Get("Location"), got.Text)
				}
			}
		})
	}
}

// TestHostilePKCE: somebody who can change the authorization request, or who saw the code on its way, gets no tokens.
func TestHostilePKCE(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Backends)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	web := []string{"client_id", "web", "client_secret", "web+secret%21", "redirect_uri", "https://web.example.test/cb"}
	for _, tc := range []struct {
		name  string
		asked []string // of /authorize, beside an S256 challenge
		sent  []string // to the token endpoint, beside the verifier
	}{
		{"the challenge is taken away, the app sends its verifier", []string{"code_challenge", "", "code_challenge_method", ""}, nil},
		{"the method is taken away: the S256 challenge counts as plain", []string{"code_challenge_method", ""}, nil},
		{"the method is changed to plain", []string{"code_challenge_method", "plain"}, nil},
		{"the challenge as the verifier", nil, []string{"code_verifier", tenanttest.S256(tenanttest.Verifier)}},
		{"no verifier", nil, []string{"code_verifier", ""}},
		{"another verifier", nil, []string{"code_verifier", strings.ToUpper(tenanttest.Verifier)}},
		{"the verifier and more", nil, []string{"code_verifier", tenanttest.Verifier + "="}},
		{"a verifier that begins right", nil, []string{"code_verifier", tenanttest.Verifier[:len(tenanttest.Verifier)-1]}},
		{"no verifier, with a secret", []string{"client_id", "web", "redirect_uri", "https://web.example.test/cb"}, append([]string{"code_verifier", ""}, web...)},
		{"a wrong verifier, with a secret", []string{"client_id", "web", "redirect_uri", "https://web.example.test/cb"}, append([]string{"code_verifier", "x"}, web...)},
		{"no challenge and no verifier, by a public client", []string{"code_challenge", "", "code_challenge_method", ""}, []string{"code_verifier", ""}},
		{"the challenge's method at the token endpoint", []string{"code_challenge_method", "plain"}, []string{"code_challenge_method", "S256", "code_challenge", tenanttest.S256(tenanttest.Verifier)}},
		{"another callback", nil, []string{"redirect_uri", "http://localhost:3000/callback"}},
	} {
		got := p.Exchange(p.Code(tc.asked...), tc.sent...)
		if got.StatusCode < 400 || strings.Contains(got.Text, "access_token") {
			t.Errorf("%s: %s %s", tc.name, got.Status, got.Text)
		}
	}
	for _, method := range []string{"s256", "PLAIN", "S512", "none", " S256", "S256 "} {
		got := p.Get(tenanttest.Request(s, "response_type", "code", "prompt", "none", "code_challenge", tenanttest.S256(tenanttest.Verifier),
			"code_challenge_method", method))
		if !strings.Contains(got.Header.Get("Location"), "error=invalid_request") || strings.Contains(got.Header.Get("Location"), "code=") {
			t.Errorf("code_challenge_method %q: %s", method, got.Header.Get("Location"))
		}
	}
}
