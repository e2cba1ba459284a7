package control_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

type cookie struct {
	Name, Value, Domain, Path, SameSite string
	Secure, HTTPOnly                    bool
	Expires                             int64
}

// logIn is POST /sessions.
func logIn(t *testing.T, s *mockauth0.Server, at, body string) (a tenanttest.Answer, cookies []cookie) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at+"/__mock/v1/sessions", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	a = tenanttest.Browse(t, s).Send(r)
	var got struct{ Cookies []cookie }
	if err := json.Unmarshal([]byte(a.Text), &got); err != nil {
		t.Fatalf("%s %s", a.Status, a.Text)
	}
	return a, got.Cookies
}

// TestALoginWithoutAPage: a browser that has the cookies is logged in, by https, by http and at a custom domain.
func TestALoginWithoutAPage(t *testing.T) {
	t.Parallel()
	tenanttest.EachScheme(t, func(t *testing.T, start tenanttest.Serving) {
		s := start(t, func(tn *tenant.Config) { tn.Mock.CustomDomain = "login.custom.localhost" })
		watch(t, s)
		for _, at := range []string{s.URL(), s.URL()[:strings.Index(s.URL(), "//")] + "//login.custom.localhost"} {
			a, cookies := logIn(t, s, at, `{"user":"ada@example.test","client":"My App"}`)
			if a.StatusCode != http.StatusCreated || len(cookies) == 0 || !strings.Contains(a.Text,
				`"clients":["`+s.Snapshot().Clients[0].ClientID) {
				t.Fatalf("%s: %s %s", at, a.Status, a.Text)
			}
			host, _, _ := strings.Cut(strings.Split(at, "://")[1], ":")
			p := tenanttest.Browse(t, s)
			var planted []*http.Cookie
			for _, c := range cookies {
				if c.Domain != host || c.Path != "/" || !c.HTTPOnly || c.Secure == s.HTTP() || c.Expires == 0 {
					t.Errorf("%s: %+v", at, c)
				}
				if c.SameSite != map[bool]string{true: "Lax", false: "None"}[s.HTTP()] && !strings.HasSuffix(c.Name, "_compat") {
					t.Errorf("%s: %s is SameSite=%q", at, c.Name, c.SameSite)
				}
				planted = append(planted, &http.Cookie{Name: c.Name, Value: c.Value, Path: c.Path, Secure: c.Secure})
			}
			if len(a.Cookies()) != len(cookies) {
				t.Errorf("%s sets %d cookies, and lists %d", at, len(a.Cookies()), len(cookies))
			}
			u, err := url.Parse(at)
			if err != nil {
				t.Fatal(err)
			}
			p.Jar.SetCookies(u, planted)
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at+tenanttest.Request(s, "prompt", "none"), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Send(r).Fragment(t); got.Get("id_token") == "" {
				t.Errorf("%s: a silent request with these cookies: %v", at, got)
			}
		}
	})
}

// TestALoginThatTheTenantRefuses is refused without a page too, by the words of the tenant.
func TestALoginThatTheTenantRefuses(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		tenanttest.Backends(tn)
		tenanttest.Social(tn)
		tn.Users = append(tn.Users, &tenant.User{Email: "eve@example.test", Password: "p", Blocked: true})
		tn.Connections[1].EnabledClients = []string{"Web"}
	})
	for body, want := range map[string]string{
		`{}`:                `400 user is missing`,
		`{"user":"nobody"}`: `404 this tenant has no user`,
		`{"user":"ada@example.test","client":"none"}`:          `404 no client`,
		`{"user":"eve@example.test"}`:                          `403 "unauthorized"`,
		`{"user":"eve@example.test","client":"My App"}`:        `403 "unauthorized","error_description":"user is blocked"`,
		`{"user":"ada.google@example.test","client":"My App"}`: `400 the connection was disabled`,
		`{"user":"ada.github@example.test"}`:                   `403 development keys`,
		`{"user":"ada@example.test","client":"Machine"}`:       `403 `,
	} {
		a, _ := logIn(t, s, s.URL(), body)
		status, text, _ := strings.Cut(want, " ")
		if !strings.HasPrefix(a.Status, status) || !strings.Contains(a.Text, text) {
			t.Errorf("%s: %s %s, want %s", body, a.Status, a.Text, want)
		}
	}
	if len(s.Sessions()) != 0 {
		t.Errorf("what was refused began %v", s.Sessions())
	}
}

func issue(t *testing.T, s *mockauth0.Server, body string) (status int, text string, set mockauth0.Tokens) {
	t.Helper()
	status, text = post(t, s, "/tokens", body)
	if err := json.Unmarshal([]byte(text), &set); err != nil {
		t.Fatalf("%d %s", status, text)
	}
	return status, text, set
}

// TestTokensWithoutALogin are those of the grant: a client can use and renew them.
func TestTokensWithoutALogin(t *testing.T) {
	t.Parallel()
	s := serve(t, tenanttest.AdaAndGrace)
	p := tenanttest.Browse(t, s)
	status, text, set := issue(t, s, `{"user":"grace@example.test","client":"web","audience":"https://api.example.test/","scope":"openid email read:all offline_access"}`)
	if status != http.StatusCreated || set.TokenType != "Bearer" || set.ExpiresIn == 0 || set.IDToken == "" {
		t.Fatalf("%d %s", status, text)
	}
	claims := tenanttest.Claims(t, set.AccessToken)
	if claims["iss"] != s.Issuer() || claims["azp"] != "web" || set.Scope != "openid email read:all offline_access" {
		t.Errorf("%v %q", claims, set.Scope)
	}
	if got := tenanttest.Claims(t, set.IDToken); got["email"] != "grace@example.test" || got["sid"] != s.Sessions()[0].ID {
		t.Errorf("%v", got)
	}
	a := p.Post("/oauth/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {set.RefreshToken}, "client_id": {"web"},
		"client_secret": {"web+secret%21"}})
	if a.StatusCode != http.StatusOK {
		t.Errorf("the refresh token: %s %s", a.Status, a.Text)
	}
	if a := p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+set.AccessToken); a.StatusCode != 200 ||
		!strings.Contains(a.Text, "grace@") {
		t.Errorf("userinfo: %s %s", a.Status, a.Text)
	}
	if _, _, set := issue(t, s, `{"user":"ada@example.test","client":"My App"}`); set.Scope != "openid profile email" || strings.Count(set.AccessToken, ".") != 4 {
		t.Errorf("without an audience: %+v", set)
	}
}

// TestTokensThatTheTenantRefuses: no rule is gone round by asking the control API.
func TestTokensThatTheTenantRefuses(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		tenanttest.Customers(tn)
		tn.Users = append(tn.Users, &tenant.User{Email: "eve@example.test", Password: "p", Blocked: true})
		tn.Mock.Actions = append(tn.Mock.Actions, &tenant.Action{Name: "Deny", User: "ada@example.test", Client: "Web", Deny: "Not here."})
	})
	const unknown = `404 no client with the id or the name \"nobody\"; expected My App, `
	for body, want := range map[string]string{
		`{"user":"ada@example.test"}`:                                                          `400 client`,
		`{"user":"ada@example.test","client":"nobody"}`:                                        unknown,
		`{"user":"ada@example.test","client":"My Ap"}`:                                         `404 did you mean \"My App\"?`,
		`{"user":"eve@example.test","client":"My App"}`:                                        `403 user is blocked`,
		`{"user":"ada@example.test","client":"My App","audience":"https://none.test/"}`:        `403 Service not found: https://none.test/; `,
		`{"user":"ada@example.test","client":"Web"}`:                                           `403 Not here.`,
		`{"user":"ada@example.test","client":"Machine"}`:                                       `403 `,
		`{"user":"ada@example.test","client":"My App","organization":"org_empty"}`:             `403 not part of`,
		`{"user":"ada@example.test","client":"My App","scope":"online_access offline_access"}`: `400 Cannot request both`,
		`{"user":"ada@example.test","client":"My App","scp":"x"}`:                              `400 it takes user, client, audience, scope,`,
	} {
		code, text, _ := issue(t, s, body)
		status, part, _ := strings.Cut(want, " ")
		if strconv.Itoa(code) != status || !strings.Contains(text, part) {
			t.Errorf("%s: %d %s, want %s", body, code, text, want)
		}
	}
	if len(s.Sessions()) != 0 || len(s.RefreshTokens()) != 0 {
		t.Errorf("what was refused left %v %v", s.Sessions(), s.RefreshTokens())
	}
}
