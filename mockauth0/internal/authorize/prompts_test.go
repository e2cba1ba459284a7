package authorize_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestChoosingAnAccount(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tn.Users = append(tn.Users, &tenant.User{Email: "grace@example.test", Password: "Compiler-1"})
	})
	path := tenanttest.Request(s, "prompt", "select_account")
	if got := led(tenanttest.Browse(t, s), path); got != "/u/login" {
		t.Errorf("without a session: %q", got)
	}
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	s.Advance(time.Hour)
	before := s.Sessions()[0]

	at := p.Get(path).Header.Get("Location")
	page := p.Get(at)
	if page.StatusCode != 200 || !strings.Contains(page.Text, "ada@example.test") || page.Header.Get("X-Frame-Options") != "deny" {
		t.Fatalf("%s\n%s", page.Status, page.Text)
	}
	if got := s.Sessions()[0]; !got.LastActivity.Equal(before.LastActivity) {
		t.Error("a question alone keeps the session alive")
	}
	got := p.AnswerPage(p.Get(path), "current").Fragment(t)
	if claims := tenanttest.Claims(t, got.Get("id_token")); claims["sid"] != before.ID || claims["sub"] != before.UserID {
		t.Errorf("going on as the same person: %v", claims)
	}
	if got := s.Sessions()[0]; !got.LastActivity.After(before.LastActivity) {
		t.Error("an answer from the session does not keep it alive")
	}

	at = p.Get(path).Header.Get("Location")
	to := p.Post("/u/select-account", url.Values{"state": {tenanttest.StateOf(t, at)}, "action": {"another"}}).Header.Get("Location")
	if !strings.HasPrefix(to, "/u/login?state=") {
		t.Fatalf("another account: %q", to)
	}
	res := p.Post("/u/login", url.Values{"state": {tenanttest.StateOf(t, to)}, "username": {"grace@example.test"}, "password": {"Compiler-1"}})
	got = p.Get(res.Header.Get("Location")).Fragment(t)
	if sub := tenanttest.Claims(t, got.Get("id_token"))["sub"]; sub != s.Snapshot().Users[1].ID {
		t.Errorf("another account: %v", sub)
	}
	if all := s.Sessions(); len(all) != 1 || all[0].UserID != s.Snapshot().Users[1].ID {
		t.Errorf("sessions after switching: %+v", all)
	}

	at = p.Get(path).Header.Get("Location")
	p.Get("/v2/logout")
	if got := p.Get(at).Header.Get("Location"); !strings.HasPrefix(got, "/u/login?") {
		t.Errorf("logged out meanwhile, the page leads to %q", got)
	}
	if got := p.Post("/u/select-account", url.Values{"state": {tenanttest.StateOf(t, at)}, "action": {"current"}}).
		Header.Get("Location"); !strings.HasPrefix(got, "/u/login?") {
		t.Errorf("logged out meanwhile, the button leads to %q", got)
	}
}

// A page that was opened for one account goes on as that account only.
func TestAChosenAccountIsTheOneOnThePage(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tn.Users = append(tn.Users, &tenant.User{Email: "grace@example.test", Password: "Compiler-1"})
	})
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	at := p.Get(tenanttest.Request(s, "prompt", "select_account")).Header.Get("Location")
	_, state := p.LoginPage(tenanttest.Request(s, "prompt", "login")) // another tab
	p.Get(p.Post("/u/login", url.Values{"state": {state}, "username": {"grace@example.test"}, "password": {"Compiler-1"}}).
		Header.Get("Location"))
	if got := p.Post("/u/select-account", url.Values{"state": {tenanttest.StateOf(t, at)}, "action": {"current"}}).
		Header.Get("Location"); !strings.HasPrefix(got, "/u/login?") {
		t.Errorf("the page for Ada goes on to %q although Grace is logged in", got)
	}
}

func TestIDTokenHintsOfAnAuthorizationRequest(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Frozen(tn)
		tn.Users = append(tn.Users, &tenant.User{Email: "grace@example.test", Password: "Compiler-1"})
	})
	other := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	mint := func(s *mockauth0.Server, user string, claims map[string]any) string {
		tok, err := s.MintToken(mockauth0.TokenRequest{Client: "My App", User: user, Claims: claims})
		if err != nil {
			t.Fatal(err)
		}
		return tok.IDToken
	}
	ada := mint(s, "ada@example.test", nil)
	if got := p.Silent("id_token_hint", ada); got != "login_required" {
		t.Errorf("no session: %q", got)
	}
	p.Login(tenanttest.Request(s))
	accessToken := func() string {
		tok, err := s.MintToken(mockauth0.TokenRequest{
			Client: "My App", User: "ada@example.test", Audience: s.Snapshot().ResourceServers[0].Identifier,
		})
		if err != nil {
			t.Fatal(err)
		}
		return tok.AccessToken
	}()
	for _, tc := range []struct{ name, hint, want string }{
		{"of the person", ada, ""},
		{"expired", mint(s, "ada@example.test", map[string]any{"exp": 1}), ""},
		{"of somebody else", mint(s, "grace@example.test", nil), "login_required"},
		{"of another tenant", mint(other, "ada@example.test", nil), "invalid_request"},
		{"of another issuer", mint(s, "ada@example.test", map[string]any{"iss": "https://evil.example/"}), "invalid_request"},
		{"unsigned", strings.Join(append(strings.Split(ada, ".")[:2], ""), "."), "invalid_request"},
		{"cut", ada[:len(ada)-4], "invalid_request"},
		{"an access token", accessToken, "invalid_request"},
		{"no token", "ada", "invalid_request"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := p.Get(tenanttest.Request(s, "prompt", "none", "id_token_hint", tc.hint)).Fragment(t)
			if got.Get("error") != tc.want || got.Get("state") != "the-state" {
				t.Errorf("%v, want %q", got, tc.want)
			}
		})
	}
	for _, e := range s.Events(0) {
		if q := event.Of[event.Request](e).Query; q["id_token_hint"] != nil && q.Get("id_token_hint") != "(redacted)" {
			t.Errorf("an event shows the hint: %v", q)
		}
	}
	grace := tenanttest.Request(s, "id_token_hint", mint(s, "grace@example.test", nil))
	if got := led(p, grace); got != "/u/login" {
		t.Errorf("interactive, of somebody else: %q", got)
	}
	if got := p.Login(grace).Fragment(t); got.Get("error") != "login_required" {
		t.Errorf("Ada logged in where the hint names Grace: %v", got)
	}
	_, state := p.LoginPage(grace + "&prompt=login")
	res := p.Post("/u/login", url.Values{"state": {state}, "username": {"grace@example.test"}, "password": {"Compiler-1"}})
	if got := p.Get(res.Header.Get("Location")).Fragment(t); got.Get("access_token") == "" {
		t.Errorf("Grace logged in: %v", got)
	}
}

func TestIdentifierFirst(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Social(tn)
		tn.Settings.IdentifierFirst = true
	})
	p := tenanttest.Browse(t, s)
	at := p.Get(tenanttest.Request(s, "login_hint", "hint@example.test")).Header.Get("Location")
	if !strings.HasPrefix(at, "/u/login/identifier?state=hKFo2SB") {
		t.Fatalf("the login begins at %q", at)
	}
	state := tenanttest.StateOf(t, at)
	page := p.Get(at)
	for _, want := range []string{`name="username" value="hint@example.test"`, `name="action" value="default"`, "Continue with Google"} {
		if !strings.Contains(page.Text, want) {
			t.Errorf("the first page has no %s:\n%s", want, page.Text)
		}
	}
	if strings.Contains(page.Text, `type="password"`) || page.Header.Get("X-Frame-Options") != "deny" {
		t.Errorf("the first page: %v\n%s", page.Header, page.Text)
	}
	at2 := "/u/login/password?state=" + state
	if got := p.Get(at2).Header.Get("Location"); got != at {
		t.Errorf("the second page before the first leads to %q", got)
	}
	if got := p.Post("/u/login/identifier", url.Values{"state": {state}, "username": {"  "}, "action": {"default"}}); got.StatusCode != 400 ||
		!strings.Contains(got.Text, "Please enter an email address") {
		t.Errorf("nothing entered: %s", got.Status)
	}
	if got := p.Post("/u/login/identifier", url.Values{"state": {state}, "connection": {"google-oauth2"}}).
		Header.Get("Location"); got != "/__mock/idp/google-oauth2?state="+state {
		t.Errorf("the provider's button leads to %q", got)
	}
	enter := func(name string) tenanttest.Answer {
		return p.Post("/u/login/identifier", url.Values{"state": {state}, "username": {name}, "action": {"default"}})
	}
	if got := enter("nobody@example.test").Header.Get("Location"); got != at2 {
		t.Errorf("an unknown user is told apart: %q", got)
	}
	wrong := p.Post("/u/login/password", url.Values{"state": {state}, "username": {"ada@example.test"}, "password": {"Analytical-Engine-1"}})
	if wrong.StatusCode != 400 || !strings.Contains(wrong.Text, "Wrong email or password.") ||
		!strings.Contains(wrong.Text, `value="nobody@example.test"`) {
		t.Errorf("the form's user name counts instead of the one that was entered: %s\n%s", wrong.Status, wrong.Text)
	}
	if got := enter("ada@example.test").Header.Get("Location"); got != at2 {
		t.Fatalf("the first page leads to %q", got)
	}
	page = p.Get(at2)
	for _, want := range []string{`name="username" value="ada@example.test"`, `type="password"`, `href="` + at + `"`} {
		if !strings.Contains(page.Text, want) {
			t.Errorf("the second page has no %s:\n%s", want, page.Text)
		}
	}
	res := p.Post("/u/login/password", url.Values{"state": {state}, "password": {"Analytical-Engine-1"}, "action": {"default"}})
	if got := p.Get(res.Header.Get("Location")).Fragment(t); got.Get("access_token") == "" {
		t.Errorf("%v", got)
	}

	// The setting may change while people log in.
	q := tenanttest.Browse(t, s)
	old := q.Get(tenanttest.Request(s)).Header.Get("Location")
	next := s.Snapshot().Clone()
	next.Settings.IdentifierFirst = false
	if err := s.Reload(next); err != nil {
		t.Fatal(err)
	}
	one := "/u/login?state=" + tenanttest.StateOf(t, old)
	for _, path := range []string{old, "/u/login/password?state=" + tenanttest.StateOf(t, old)} {
		if got := q.Get(path).Header.Get("Location"); got != one {
			t.Errorf("%s leads to %q, want %q", path, got, one)
		}
	}
	if got := q.Get(one); got.StatusCode != 200 || !strings.Contains(got.Text, `type="password"`) {
		t.Errorf("the one page: %s", got.Status)
	}
	next.Settings.IdentifierFirst = true
	if err := s.Reload(next); err != nil {
		t.Fatal(err)
	}
	if got := q.Get(one).Header.Get("Location"); got != old {
		t.Errorf("the one page leads to %q, want %q", got, old)
	}
}

func TestResourceInPlaceOfAudience(t *testing.T) {
	t.Parallel()
	const api, second = "https://api.example.test/", "https://second.example.test/"
	for _, tc := range []struct {
		name          string
		compatibility bool
		pairs         []string
		want          any // aud without userinfo; nil: an opaque token
	}{
		{"compatibility", true, []string{"audience", "", "resource", second}, second},
		{"audience wins", true, []string{"audience", api, "resource", second}, api},
		{"not in this tenant", false, []string{"audience", "", "resource", second}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := tenanttest.Serve(t, func(tn *tenant.Config) {
				tn.Settings.ResourceParameter = tc.compatibility
				tn.ResourceServers = append(tn.ResourceServers, &tenant.ResourceServer{Identifier: second})
			})
			got := tenanttest.Browse(t, s).Login(tenanttest.Request(s, tc.pairs...)).Fragment(t)
			if tc.want == nil {
				if n := strings.Count(got.Get("access_token"), "."); n == 2 {
					t.Errorf("a token for an API: %v", tenanttest.Claims(t, got.Get("access_token")))
				}
				return
			}
			if aud := tenanttest.Claims(t, got.Get("access_token"))["aud"].([]any); aud[0] != tc.want {
				t.Errorf("aud is %v, want %v", aud, tc.want)
			}
		})
	}
	s := tenanttest.Serve(t, func(tn *tenant.Config) { tn.Settings.ResourceParameter = true })
	if got := tenanttest.Browse(t, s).Get(tenanttest.Request(s, "audience", "", "resource", "https://other.example.test/")).
		Fragment(t); got.Get("error_description") != "Service not found: https://other.example.test/" {
		t.Errorf("an unknown resource: %v", got)
	}
}

func TestRequestsThatAreRefusedAtTheCallback(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		granted := tenant.NewClient("Granted")
		granted.Callbacks = []string{"http://localhost:3000"}
		tn.Clients = append(tn.Clients, granted)
		tn.ResourceServers = append(tn.ResourceServers,
			&tenant.ResourceServer{Identifier: "https://closed.example.test/", UserPolicy: "deny_all"},
			&tenant.ResourceServer{Identifier: "https://granted.example.test/", UserPolicy: "require_client_grant"})
		tn.ClientGrants = append(tn.ClientGrants,
			&tenant.ClientGrant{Client: "Granted", Audience: "https://granted.example.test/", SubjectType: "user"},
			&tenant.ClientGrant{Client: "My App", Audience: "https://granted.example.test/"})
	})
	id := func(name string) string { return s.Snapshot().ClientByName(name).ClientID }
	p := tenanttest.Browse(t, s)
	for _, tc := range []struct {
		name        string
		pairs       []string
		code, words string // "": the login page
	}{
		{"an API that is closed to users", []string{"audience", "https://closed.example.test/"}, "invalid_request", `Client "` + id("My App") + `" is not authorized to access resource server "https://closed.example.test/".`},
		{"an API that wants a grant for users", []string{"audience", "https://granted.example.test/"}, "invalid_request", `Client "` + id("My App") + `" is not authorized to access resource server "https://granted.example.test/".`},
		{"an API that has one", []string{"client_id", id("Granted"), "audience", "https://granted.example.test/"}, "", ""},
		{"online and offline", []string{"scope", "openid online_access offline_access"}, "invalid_request", "Cannot request both online_access and offline_access scopes"},
		{"a request object", []string{"request", "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported", "Parameter request is not supported"},
		{"a request object elsewhere", []string{"request_uri", "https://app.example.test/request.jwt"}, "request_uri_not_supported", "Parameter request_uri is not supported"},
		{"acr_values and ui_locales", []string{"acr_values", "http://schemas.openid.net/pape/policies/2007/06/multi-factor", "ui_locales", "fr de"}, "", ""},
		{"screen_hint", []string{"screen_hint", "login"}, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := p.Get(tenanttest.Request(s, tc.pairs...))
			if tc.code == "" {
				if got := a.Header.Get("Location"); !strings.HasPrefix(got, "/u/login?state=") {
					t.Errorf("leads to %q", got)
				}
				return
			}
			if got := a.Fragment(t); got.Get("error") != tc.code || got.Get("error_description") != tc.words || got.Get("state") != "the-state" {
				t.Errorf("%v, want %s: %s", got, tc.code, tc.words)
			}
		})
	}
	for _, name := range []string{"id_token_hint", "ui_locales", "acr_values", "resource", "screen_hint"} {
		if _, words := p.Get(tenanttest.Request(s) + "&" + name + "=a&" + name + "=b").ErrorPage(t); words != "Invalid parameter: "+name+
			" must be a string" {
			t.Errorf("%s twice: %s", name, words)
		}
	}
}
