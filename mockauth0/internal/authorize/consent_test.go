package authorize_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// asking is a tenant with a consent policy and callbacks of every kind, its user logged in.
func asking(t testing.TB, policy string, change func(*tenant.Config)) *tenanttest.Person {
	t.Helper()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tn.Mock.ConsentPolicy, tn.Mock.ListedLocalhost = policy, "ignored"
		c := tn.Clients[0]
		c.Callbacks = []string{
			"https://app.example.test/cb", "http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000", "https://app.acme.localhost/cb",
			"com.example.app:/cb", "http://localhost.example.test/",
		}
		c.WebOrigins = append(c.WebOrigins, "https://app.example.test")
		tn.ResourceServers[0].Scopes = []tenant.Scope{{Value: "read:books", Description: "See which books you have"}, {Value: "write:books"}}
		tn.ResourceServers = append(tn.ResourceServers, &tenant.ResourceServer{Name: "Strict API", Identifier: "https://strict.example.test/"})
		if change != nil {
			change(tn)
		}
	})
	p := tenanttest.Browse(t, s)
	// A client that no policy asks about begins the session.
	p.Login(tenanttest.Request(s))
	if len(s.Sessions()) != 1 {
		t.Fatal("no session")
	}
	return p
}

// led is where a request leads: the error of a redirect to the callback, "" for tokens, or a hosted page's path.
func led(p *tenanttest.Person, path string) string {
	p.Helper()
	a := p.Get(path)
	at := a.Header.Get("Location")
	if strings.HasPrefix(at, "/") {
		return strings.Split(at, "?")[0]
	}
	_, raw, _ := strings.Cut(at, "#")
	got, err := url.ParseQuery(raw)
	if err != nil || got.Get("error") == "" && got.Get("access_token") == "" {
		p.Fatalf("neither a page nor tokens nor an error: %s %q\n%s", a.Status, at, a.Text)
	}
	return got.Get("error")
}

func TestConsentPolicies(t *testing.T) {
	t.Parallel()
	const web, localhost, v4, v6, below, native, named = "https://app.example.test/cb", "http://localhost:3000", "http://127.0.0.1:3000",
		"http://[::1]:3000", "https://app.acme.localhost/cb", "com.example.app:/cb", "http://localhost.example.test/"
	const strict = "https://strict.example.test/"
	const consent, confirm = "/u/consent", "/u/confirmation"
	third := func(tn *tenant.Config) { tn.Clients[0].FirstParty = false }
	for _, tc := range []struct {
		name, policy, callback, audience string
		change                           func(*tenant.Config)
		page                             string // that an interactive request leads to, "": none
		silent                           string // the error of a silent one
	}{
		{"skip on localhost", "skip", localhost, "", nil, "", ""},
		{"skip for third parties", "skip", web, "", third, "", ""},
		{"skip for a strict API", "skip", web, strict, nil, "", ""},

		{"classic on the web", "classic", web, "", nil, "", ""},
		{"classic on localhost", "classic", localhost, "", nil, consent, "consent_required"},
		{"classic on 127.0.0.1", "classic", v4, "", nil, consent, "consent_required"},
		{"classic on ::1", "classic", v6, "", nil, consent, "consent_required"},
		{"classic below localhost", "classic", below, "", nil, consent, "consent_required"},
		{"classic on a host that only begins so", "classic", named, "", nil, "", ""},
		{"classic in a native app", "classic", native, "", nil, "", ""},
		{"classic for third parties", "classic", web, "", third, consent, "consent_required"},
		{"classic for a strict API", "classic", web, strict, nil, consent, "consent_required"},
		{"classic, localhost listed", "classic", web, "", func(tn *tenant.Config) { tn.Mock.ListedLocalhost = "counts" }, consent, "consent_required"},
		{"classic, localhost listed nowhere", "classic", web, "", func(tn *tenant.Config) {
			tn.Mock.ListedLocalhost, tn.Clients[0].Callbacks = "counts", []string{web, native, named}
		}, "", ""},

		{"new on the web", "new", web, "", nil, "", ""},
		{"new on localhost", "new", localhost, "", nil, confirm, "interaction_required"},
		{"new on 127.0.0.1", "new", v4, "", nil, confirm, "interaction_required"},
		{"new on ::1", "new", v6, "", nil, confirm, "interaction_required"},
		{"new below localhost", "new", below, "", nil, "", ""},
		{"new in a native app", "new", native, "", nil, confirm, "interaction_required"},
		{"new with the other code", "new", localhost, "", func(tn *tenant.Config) { tn.Mock.ConfirmationCode = "consent_required" }, confirm, "consent_required"},
		{"new, skipped by the client", "new", localhost, "", func(tn *tenant.Config) { tn.Clients[0].SkipConfirmation = new(true) }, "", ""},
		{"new, skipped by the tenant", "new", localhost, "", func(tn *tenant.Config) { tn.Settings.SkipConfirmation = true }, "", ""},
		{"new, skipped by the tenant and not by the client", "new", localhost, "", func(tn *tenant.Config) {
			tn.Settings.SkipConfirmation, tn.Clients[0].SkipConfirmation = true, new(bool)
		}, confirm, "interaction_required"},
		{"new for third parties", "new", web, "", third, consent, "consent_required"},
		{"new for a strict API", "new", web, strict, nil, consent, "consent_required"},
		{"new, consent before confirmation", "new", localhost, strict, nil, consent, "consent_required"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := asking(t, tc.policy, tc.change)
			pairs := []string{"redirect_uri", tc.callback}
			if tc.audience != "" {
				pairs = append(pairs, "audience", tc.audience)
			}
			if got := led(p, tenanttest.Request(p.Server, pairs...)); got != tc.page {
				t.Errorf("an interactive request leads to %q, want %q", got, tc.page)
			}
			if got := led(p, tenanttest.Request(p.Server, append(pairs, "prompt", "none")...)); got != tc.silent {
				t.Errorf("a silent request answers %q, want %q", got, tc.silent)
			}
		})
	}
}

func TestConsentIsRememberedUntilMoreIsAskedOrItIsWithdrawn(t *testing.T) {
	t.Parallel()
	p := asking(t, "classic", nil)
	s := p.Server
	local := func(pairs ...string) string {
		return tenanttest.Request(s, append([]string{"redirect_uri", "http://localhost:3000"}, pairs...)...)
	}
	silent := func() string { return led(p, local("prompt", "none")) }
	if got := p.Get(local("prompt", "none")).Fragment(t); got.Get("error_description") != "Consent required" ||
		got.Get("state") != "the-state" {
		t.Errorf("before consent: %v", got)
	}

	got := p.AnswerPage(p.Get(local()), "deny").Fragment(t)
	if got.Get("error") != "access_denied" || got.Get("error_description") != "User did not authorize the request" ||
		got.Get("state") != "the-state" {
		t.Errorf("declined: %v", got)
	}
	if len(s.Grants()) != 0 || silent() != "consent_required" {
		t.Errorf("declined, and yet: %v", s.Grants())
	}

	if got := p.AnswerPage(p.Get(local()), "accept").Fragment(t); got.Get("access_token") == "" || got.Get("id_token") == "" {
		t.Fatalf("accepted: %v", got)
	}
	g := s.Grants()
	if len(g) != 1 || g[0].UserID != s.Snapshot().Users[0].ID || g[0].Audience != s.Snapshot().ResourceServers[0].Identifier ||
		!slices.Equal(g[0].Scopes, []string{"openid", "profile", "email"}) || len(g[0].ID) != 24 {
		t.Fatalf("grants: %+v", g)
	}
	if silent() != "" || led(p, local()) != "" || led(p, local("scope", "openid email")) != "" ||
		led(p, local("scope", "openid unknown:scope")) != "" {
		t.Error("asked again for what was accepted")
	}
	for name, pairs := range map[string][]string{
		"more scopes": {"scope", "openid profile email read:books"}, "another API": {"audience", "https://strict.example.test/"}, "no API": {"audience", ""}, "prompt=consent": {"prompt", "consent"},
	} {
		if got := led(p, local(pairs...)); got != "/u/consent" {
			t.Errorf("%s: leads to %q", name, got)
		}
	}
	if got := p.AnswerPage(p.Get(local("scope", "openid read:books", "prompt", "consent")), "accept").
		Fragment(t); got.Get("scope") != "openid read:books" {
		t.Errorf("prompt=consent: %v", got)
	}
	if g := s.Grants(); len(g) != 1 || !slices.Equal(g[0].Scopes, []string{"openid", "profile", "email", "read:books"}) {
		t.Errorf("a grant that grew: %+v", g)
	}

	if n := s.WithdrawGrants(s.Snapshot().Users[0].ID, "My App"); n != 1 || silent() != "consent_required" {
		t.Errorf("%d withdrawn; then %q", n, silent())
	}
}

func TestConsentAfterALoginInOneTransaction(t *testing.T) {
	t.Parallel()
	p := asking(t, "classic", nil)
	s := p.Server
	fresh := tenanttest.Browse(t, s)
	at := fresh.Login(tenanttest.Request(s, "redirect_uri", "http://localhost:3000", "prompt", "consent"))
	if got := at.Header.Get("Location"); !strings.HasPrefix(got, "/u/consent?state=hKFo2SB") {
		t.Fatalf("after the login: %q", got)
	}
	if got := fresh.AnswerPage(at, "accept").Fragment(t); got.Get("access_token") == "" {
		t.Errorf("after consent: %v", got)
	}
	// Under the new policy the login page was a screen: there is nothing to confirm, but silent requests are refused still.
	q := asking(t, "new", nil)
	other := tenanttest.Browse(t, q.Server)
	path := tenanttest.Request(q.Server, "redirect_uri", "http://localhost:3000")
	if got := other.Login(path).Fragment(t); got.Get("access_token") == "" {
		t.Errorf("login under the new policy: %v", got)
	}
	if got := other.Get(path + "&prompt=none").Fragment(t); got.Get("error") != "interaction_required" ||
		got.Get("error_description") != "Interaction required" {
		t.Errorf("silent under the new policy: %v", got)
	}
	if got := other.AnswerPage(other.Get(path), "deny").Fragment(t); got.Get("error") != "access_denied" ||
		got.Get("error_description") != "User has canceled the interaction." {
		t.Errorf("not confirmed: %v", got)
	}
	if got := other.AnswerPage(other.Get(path), "accept").Fragment(t); got.Get("access_token") == "" {
		t.Errorf("confirmed: %v", got)
	}
	if got := led(other, path); got != "/u/confirmation" || len(q.Server.Grants()) != 0 {
		t.Errorf("the next login leads to %q, and there are %d grants", got, len(q.Server.Grants()))
	}
}

func TestThePageThatAsksForConsent(t *testing.T) {
	t.Parallel()
	for _, described := range []bool{false, true} {
		p := asking(t, "classic", func(tn *tenant.Config) {
			tn.Settings.ScopeDescriptions, tn.Settings.FriendlyName = described, "Acme <Books>"
			tn.Clients[0].GrantTypes = []string{"authorization_code", "implicit", "refresh_token"}
		})
		page := p.Get(p.Get(tenanttest.Request(p.Server, "redirect_uri", "http://localhost:3000", "response_type", "code", "scope",
			"openid profile email read:books write:books offline_access delete:books")).Header.Get("Location"))
		want := []string{"Books: read, write"}
		if described {
			want = []string{"See which books you have", "write:books"}
		}
		for _, w := range append(want, "Profile: ", "Email: ", "Offline access: ", "Acme &lt;Books&gt;", "ada@example.test", "My App",
			`name="action" value="accept"`, `name="action" value="deny"`) {
			if !strings.Contains(page.Text, w) {
				t.Errorf("described %v: the page has no %q:\n%s", described, w, page.Text)
			}
		}
		if strings.Contains(page.Text, "delete:books") {
			t.Error("a scope that no API has is asked for")
		}
		if h := page.Header; page.StatusCode != 200 || h.Get("X-Frame-Options") != "deny" ||
			!strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
			t.Errorf("%s %v", page.Status, h)
		}
	}
}

// Nobody else's browser may accept, nothing may be accepted twice, and a page out of turn leads on instead.
func TestPagesThatAskBelongToTheirTransaction(t *testing.T) {
	t.Parallel()
	p := asking(t, "classic", nil)
	s := p.Server
	at := p.Get(tenanttest.Request(s, "redirect_uri", "http://localhost:3000")).Header.Get("Location")
	state := tenanttest.StateField.FindStringSubmatch(p.Get(at).Text)[1]
	accept := url.Values{"state": {state}, "action": {"accept"}}
	thief := tenanttest.Browse(t, s)
	for _, a := range []tenanttest.Answer{
		thief.Get(at), thief.Post("/u/consent", accept), p.Get("/u/consent?state=x"), p.Get("/u/consent"), p.Get("/u/confirmation?state=x"),
	} {
		if _, words := a.ErrorPage(t); a.StatusCode != 400 || words != tenanttest.LostText {
			t.Errorf("%d %s", a.StatusCode, words)
		}
	}
	if len(s.Grants()) != 0 {
		t.Fatal("another browser accepted")
	}
	if got := p.Post("/u/confirmation", accept).Header.Get("Location"); !strings.HasPrefix(got, "/authorize/resume?") || len(s.Grants()) != 0 {
		t.Errorf("accepting on the wrong page leads to %q and makes %d grants", got, len(s.Grants()))
	}
	resume := p.Post("/u/consent", accept).Header.Get("Location")
	if again := p.Post("/u/consent", accept).Header.Get("Location"); again != resume || len(s.Grants()) != 1 {
		t.Errorf("a second click leads to %q, not %q; %d grants", again, resume, len(s.Grants()))
	}
	if got := p.Get(resume).Fragment(t); got.Get("access_token") == "" {
		t.Errorf("%v", got)
	}
	if _, words := p.Get(at).ErrorPage(t); words != tenanttest.LostText {
		t.Errorf("the page after the answer: %s", words)
	}
	q := tenanttest.Browse(t, s)
	_, state = q.LoginPage(tenanttest.Request(s))
	if got := q.Get("/u/consent?state=" + state).Header.Get("Location"); !strings.HasPrefix(got, "/authorize/resume?") ||
		!strings.HasPrefix(q.Get(got).Header.Get("Location"), "/u/login?") {
		t.Errorf("consent before the login leads to %q", got)
	}
}

// Whoever logs out in another tab meanwhile has to log in again.
func TestASessionThatEndsBehindAPage(t *testing.T) {
	t.Parallel()
	p := asking(t, "classic", nil)
	s := p.Server
	path := tenanttest.Request(s, "redirect_uri", "http://localhost:3000")
	for name, end := range map[string]func(){"logout": func() { p.Get("/v2/logout") }, "expiry": func() { s.Advance(400 * time.Hour) }} {
		at := p.Get(path).Header.Get("Location")
		if !strings.HasPrefix(at, "/u/consent?") {
			t.Fatalf("%s: %q", name, at)
		}
		end()
		// The transaction expires too when the clock moves that far.
		got := p.Post("/u/consent", url.Values{"state": {tenanttest.StateOf(t, at)}, "action": {"accept"}})
		if name == "logout" {
			if to := p.Get(got.Header.Get("Location")).Header.Get("Location"); !strings.HasPrefix(to, "/u/login?state=") {
				t.Errorf("%s: leads to %q", name, to)
			}
		} else if got.StatusCode != 400 {
			t.Errorf("%s: %s", name, got.Status)
		}
		if len(s.Grants()) != 0 {
			t.Errorf("%s: consent of nobody", name)
		}
		p.Login(path)
	}
}

func TestGrantsOverHTTPAndTheirRefreshTokens(t *testing.T) {
	t.Parallel()
	p := asking(t, "classic", func(tn *tenant.Config) { tn.ResourceServers[0].AllowOfflineAccess = true })
	s := p.Server
	code := func(pairs ...string) url.Values {
		a := p.AnswerPage(p.Get(tenanttest.Request(s,
			append([]string{"redirect_uri", "http://localhost:3000", "response_type", "code", "scope", "openid offline_access",
				"code_challenge", "plain-challenge-plain-challenge-plain-challenge", "prompt", "consent"}, pairs...)...)), "accept")
		u := tenanttest.ParseURL(t, a.Header.Get("Location"))
		return url.Values{"grant_type": {"authorization_code"}, "client_id": {s.Snapshot().Clients[0].ClientID},
			"redirect_uri": {"http://localhost:3000"}, "code": {u.Query().Get("code")}, "code_verifier": {"plain-challenge-plain-challenge-plain-challenge"}}
	}
	refresh := func(form url.Values) url.Values {
		var got struct {
			RefreshToken string `json:"refresh_token"`
		}
		if a := p.Post("/oauth/token", form); json.Unmarshal([]byte(a.Text), &got) != nil || got.RefreshToken == "" {
			t.Fatalf("no refresh token: %s %s", a.Status, a.Text)
		}
		return url.Values{"grant_type": {"refresh_token"}, "client_id": form["client_id"], "refresh_token": {got.RefreshToken}}
	}
	ofAPI, ofNone := refresh(code()), refresh(code("audience", ""))
	var listed struct{ Grants []map[string]any }
	if a := p.Get("/__mock/v1/grants"); json.Unmarshal([]byte(a.Text), &listed) != nil || len(listed.Grants) != 2 {
		t.Fatalf("%s %s", a.Status, a.Text)
	}
	for _, member := range []string{"id", "clientID", "user_id", "audience", "scope", "created_at"} {
		if listed.Grants[0][member] == nil {
			t.Errorf("a grant has no %s: %v", member, listed.Grants[0])
		}
	}
	if got := listed.Grants[1]["audience"]; got != s.URL()+"/userinfo" {
		t.Errorf("without an audience the grant is for %v", got)
	}
	for _, tc := range []struct {
		query, want string
		left        int
	}{
		{"?user=auth0|nobody", `{"withdrawn":0}`, 2}, {"?client=My+App&user=" + url.QueryEscape(s.Snapshot().Users[0].ID), `{"withdrawn":2}`, 0},
	} {
		if got := p.Post("/oauth/token", ofAPI); got.StatusCode != 200 {
			t.Errorf("before %s: %s %s", tc.query, got.Status, got.Text)
		}
		if got := p.Ask("DELETE", "/__mock/v1/grants"+tc.query, ""); strings.TrimSpace(got.Text) != tc.want || len(s.Grants()) != tc.left {
			t.Errorf("%s: %s; %d left", tc.query, got.Text, len(s.Grants()))
		}
	}
	for _, form := range []url.Values{ofAPI, ofNone} {
		if got := p.Post("/oauth/token", form); got.StatusCode != 403 || !strings.Contains(got.Text, "Unknown or invalid refresh token.") {
			t.Errorf("a refresh token outlives its grant: %s %s", got.Status, got.Text)
		}
	}
}

// A grant without an API is of the tenant's own userinfo. It goes with its refresh tokens as any other does.
func TestTheGrantOfUserinfo(t *testing.T) {
	t.Parallel()
	p := asking(t, "classic", func(tn *tenant.Config) { tn.Settings.RevokeDeletesGrant = true })
	s := p.Server
	client := s.Snapshot().Clients[0].ClientID
	back := p.AnswerPage(p.Get(tenanttest.Request(s, "redirect_uri", "http://localhost:3000", "response_type", "code", "scope",
		"openid offline_access", "audience", "", "code_challenge", tenanttest.S256(tenanttest.Verifier), "code_challenge_method", "S256")),
		"accept")
	code := tenanttest.ParseURL(t, back.Header.Get("Location")).Query().Get("code")
	token := p.Exchange(code, "redirect_uri", "http://localhost:3000").Member(t, "refresh_token")
	if len(s.Grants()) != 1 || token == "" {
		t.Fatalf("%d grants, token %q", len(s.Grants()), token)
	}
	if got := p.Ask("POST", "/oauth/revoke", tenanttest.Form("client_id", client, "token", token).Encode(), "Content-Type",
		"application/x-www-form-urlencoded"); got.StatusCode != 200 {
		t.Fatalf("%s %s", got.Status, got.Text)
	}
	if got := s.Grants(); len(got) != 0 {
		t.Errorf("the consent is still there: %+v", got)
	}
}
