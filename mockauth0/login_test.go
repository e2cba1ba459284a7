package mockauth0

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/tenant"
)

// social adds two identity providers, one with Auth0's dev keys, and a user of each.
func social(tn *tenant.Config) {
	tn.Connections = append(tn.Connections,
		&tenant.Connection{Name: "google-oauth2", Strategy: "google-oauth2"},
		&tenant.Connection{Name: "github", Strategy: "github", DevKeys: true})
	tn.Users = append(tn.Users,
		&tenant.User{Connection: "google-oauth2", Email: "ada.google@example.test"},
		&tenant.User{Connection: "github", Email: "ada.github@example.test"})
}

// claimsOf reads a token's claims without checking it.
func claimsOf(t testing.TB, token string) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("no JWT: %q", token)
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(raw, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

// loginPage opens the hosted page of a request and returns it with its state.
func (p *person) loginPage(path string) (page answer, state string) {
	p.Helper()
	page = p.get(p.get(path).Header.Get("Location"))
	m := stateField.FindStringSubmatch(page.body)
	if m == nil {
		p.Fatalf("no form but %s:\n%s", page.Status, page.body)
	}
	return page, m[1]
}

// provider logs in at the built-in identity provider; user "" cancels.
func (p *person) provider(path, userID string) answer {
	p.Helper()
	at := p.get(path).Header.Get("Location")
	if !strings.HasPrefix(at, "/__mock/idp/") {
		p.Fatalf("not at the provider but at %q", at)
	}
	page := p.get(at)
	form := url.Values{"state": {stateField.FindStringSubmatch(page.body)[1]}, "user": {userID}}
	if userID == "" {
		form.Set("deny", "1")
	}
	return p.post(strings.Split(at, "?")[0], form)
}

func TestTheLoginPage(t *testing.T) {
	t.Parallel()
	s := serve(t, social)
	p := browse(t, s)
	page, state := p.loginPage(request(s, "login_hint", `grace"><script>@example.test`))
	h := page.Header
	if page.StatusCode != 200 || h.Get("X-Frame-Options") != "deny" || !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Errorf("%s %v", page.Status, h)
	}
	for _, want := range []string{`name="username" value="grace&#34;&gt;&lt;script&gt;@example.test"`, `name="password"`, `name="action" value="default"`, "Continue with Google", "Continue with GitHub"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page has no %s:\n%s", want, page.body)
		}
	}
	if strings.Contains(page.body, "<script") {
		t.Error("the page has a script")
	}
	raw, err := base64.RawURLEncoding.DecodeString(state)
	if err != nil || !strings.HasPrefix(state, "hKFo2SB") || !strings.Contains(string(raw), s.Snapshot().Clients[0].ClientID) {
		t.Errorf("state %q, %v", state, err)
	}
	only, _ := p.loginPage(request(s, "connection", "Username-Password-Authentication"))
	if strings.Contains(only.body, "Continue with Google") || !strings.Contains(only.body, `name="password"`) {
		t.Errorf("a database in `connection` does not preselect:\n%s", only.body)
	}
}

func TestAWrongPasswordStaysOnThePage(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	for _, tc := range []struct{ name, username, password, log string }{
		{"wrong password", "ada@example.test", "wrong", "fp"},
		{"unknown user", `eve"<b>@example.test`, "Analytical-Engine-1", "fu"},
		{"empty password", "ada@example.test", "", "fp"},
		{"nothing", "", "", "fu"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := browse(t, s)
			_, state := p.loginPage(request(s))
			got := p.post("/u/login", url.Values{"state": {state}, "username": {tc.username}, "password": {tc.password}, "action": {"default"}})
			if got.StatusCode != http.StatusBadRequest || !strings.Contains(got.body, "Wrong email or password.") {
				t.Fatalf("%s\n%s", got.Status, got.body)
			}
			if want := strings.NewReplacer(`"`, "&#34;", "<", "&lt;", ">", "&gt;").Replace(tc.username); !strings.Contains(got.body, `name="username" value="`+want+`"`) {
				t.Errorf("the user name is not kept:\n%s", got.body)
			}
			if want := `action="/u/login?state=` + url.QueryEscape(state) + `"`; !strings.Contains(got.body, want) {
				t.Errorf("no form leads to %s, so the page could not be opened again by its address:\n%s", want, got.body)
			}
			if tc.password != "" && strings.Contains(got.body, tc.password) {
				t.Error("the page shows the password")
			}
			if cookieNamed(got, "auth0") != nil || p.silent() != "login_required" {
				t.Error("a wrong password opens a session")
			}
			found := false
			for _, e := range s.Events(0) {
				found = found || string(e.Type) == tc.log && e.UserName == tc.username
			}
			if !found {
				t.Errorf("no log event %s", tc.log)
			}
			got = p.post("/u/login", url.Values{"state": {state}, "username": {" ADA@example.test"[1:]}, "password": {"Analytical-Engine-1"}})
			if got := p.get(got.Header.Get("Location")).fragment(t); got.Get("access_token") == "" {
				t.Errorf("the right one afterwards: %v", got)
			}
		})
	}
}

func TestALoginTransactionBelongsToOneBrowser(t *testing.T) {
	t.Parallel()
	s := serve(t, social)
	p, thief := browse(t, s), browse(t, s)
	thief.get("/.well-known/openid-configuration") // has a device cookie of its own
	at := p.get(request(s)).Header.Get("Location")
	page := p.get(at)
	state := stateField.FindStringSubmatch(page.body)[1]
	form := url.Values{"state": {state}, "username": {"ada@example.test"}, "password": {"Analytical-Engine-1"}}
	resume := p.post("/u/login", form).Header.Get("Location")
	for _, who := range []*person{thief, browse(t, s)} {
		for _, try := range []func() answer{
			func() answer { return who.get(at) },
			func() answer { return who.post("/u/login", form) },
			func() answer { return who.get(resume) },
			func() answer { return who.get("/__mock/idp/google-oauth2?state=" + state) },
			func() answer {
				return who.post("/__mock/idp/google-oauth2", url.Values{"state": {state}, "user": {s.Snapshot().Users[1].ID}})
			},
		} {
			got := try()
			if _, words := got.errorPage(t); got.StatusCode != 400 || words != lostText {
				t.Errorf("another browser goes on with the login: %d %s", got.StatusCode, words)
			}
		}
	}
	if got := p.get(resume).fragment(t); got.Get("access_token") == "" {
		t.Errorf("its own browser: %v", got)
	}
	for name, again := range map[string]answer{"resume": p.get(resume), "page": p.get(at), "form": p.post("/u/login", form)} {
		if _, words := again.errorPage(t); again.StatusCode != 400 || words != lostText {
			t.Errorf("%s a second time: %d %s", name, again.StatusCode, words)
		}
	}
}

func TestALoginTransactionExpires(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		after time.Duration
		lost  bool
	}{{time.Hour - 1, false}, {time.Hour, true}} {
		s := serve(t, frozen)
		p := browse(t, s)
		_, state := p.loginPage(request(s))
		s.Advance(tc.after)
		got := p.post("/u/login", url.Values{"state": {state}, "username": {"ada@example.test"}, "password": {"Analytical-Engine-1"}})
		if lost := got.StatusCode == 400; lost != tc.lost {
			t.Errorf("after %v: %s", tc.after, got.Status)
		}
	}
}

func TestResumeBeforeTheLoginLeadsBack(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := browse(t, s)
	_, state := p.loginPage(request(s))
	if got := p.get("/authorize/resume?state=" + state).Header.Get("Location"); got != "/u/login?state="+state {
		t.Errorf("got %q", got)
	}
}

func TestSocialLogin(t *testing.T) {
	t.Parallel()
	s := serve(t, social)
	user := s.Snapshot().Users[1].ID
	t.Run("straight to the provider", func(t *testing.T) {
		p := browse(t, s)
		back := p.provider(request(s, "connection", "google-oauth2"), user)
		got := p.get(back.Header.Get("Location")).fragment(t)
		if claims := claimsOf(t, got.Get("id_token")); claims["sub"] != user {
			t.Errorf("sub is %v", claims["sub"])
		}
		if got := p.silent(); got != "" {
			t.Errorf("silent: %q", got)
		}
		if got := p.silent("connection", "Username-Password-Authentication"); got != "login_required" {
			t.Errorf("silent for another connection: %q", got)
		}
	})
	t.Run("by the button", func(t *testing.T) {
		p := browse(t, s)
		_, state := p.loginPage(request(s))
		at := p.post("/u/login", url.Values{"state": {state}, "connection": {"google-oauth2"}}).Header.Get("Location")
		if at != "/__mock/idp/google-oauth2?state="+state {
			t.Fatalf("the button leads to %q", at)
		}
		if page := p.get(at); !strings.Contains(page.body, "ada.google@example.test") || strings.Contains(page.body, "ada.github@example.test") || page.Header.Get("X-Frame-Options") != "deny" {
			t.Errorf("provider's page:\n%s", page.body)
		}
		if got := p.post("/u/login", url.Values{"state": {state}, "connection": {"nowhere"}}); got.StatusCode != 400 {
			t.Errorf("unknown connection: %s", got.Status)
		}
		if got := p.post("/__mock/idp/google-oauth2", url.Values{"state": {state}, "user": {s.Snapshot().Users[0].ID}}); got.StatusCode != 400 {
			t.Errorf("a database user at the provider: %s", got.Status)
		}
	})
	t.Run("cancel", func(t *testing.T) {
		p := browse(t, s)
		got := p.provider(request(s, "connection", "google-oauth2"), "").fragment(t)
		if got.Get("error") != "access_denied" || got.Get("error_description") != "User has canceled the interaction." || got.Get("state") != "the-state" {
			t.Errorf("%v", got)
		}
		if got := p.silent(); got != "login_required" {
			t.Errorf("silent: %q", got)
		}
	})
	t.Run("dev keys leave no session", func(t *testing.T) {
		p := browse(t, s)
		back := p.provider(request(s, "connection", "github"), s.Snapshot().Users[2].ID)
		if c := cookieNamed(back, "auth0"); c != nil {
			t.Errorf("a session cookie: %v", c)
		}
		got := p.get(back.Header.Get("Location"))
		if got.fragment(t).Get("id_token") == "" || cookieNamed(got, "auth0") != nil {
			t.Errorf("the login: %v %v", got.fragment(t), got.Cookies())
		}
		if got := p.silent(); got != "login_required" {
			t.Errorf("silent: %q", got)
		}
		if page, _ := p.loginPage(request(s)); page.StatusCode != 200 {
			t.Errorf("the next interactive login: %s", page.Status)
		}
	})
}

// TestTheWayOfALogin: browser automation that follows a real tenant's redirects finds the same ones here.
func TestTheWayOfALogin(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := browse(t, s)
	_, state := p.loginPage(request(s))
	// What the page's scripts add at Auth0 does not matter.
	got := p.post("/u/login", url.Values{"state": {state}, "username": {"ada@example.test"}, "password": {"Analytical-Engine-1"}, "action": {"default"},
		"js-available": {"true"}, "webauthn-available": {"true"}, "is-brave": {"false"}, "webauthn-platform-available": {"false"}})
	resume, ok := strings.CutPrefix(got.Header.Get("Location"), "/authorize/resume?state=")
	if got.StatusCode != http.StatusFound || !ok || len(resume) != 32 || strings.Contains(state, resume) {
		t.Fatalf("%s to %q from the page %q", got.Status, got.Header.Get("Location"), state)
	}
	if got := p.get(got.Header.Get("Location")); got.StatusCode != http.StatusFound || !strings.HasPrefix(got.Header.Get("Location"), "http://localhost:3000#access_token=") {
		t.Errorf("%s to %q", got.Status, got.Header.Get("Location"))
	}
}

// TestAFaultMeetsWhoDeclines: the provider's refusal is a request as any other, so that what a test armed for it acts.
func TestAFaultMeetsWhoDeclines(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		tn.Connections = append(tn.Connections, &tenant.Connection{Name: "google-oauth2", Strategy: "google-oauth2", EnabledClients: []string{"My App"}})
	})
	p := browse(t, s)
	s.arm(t, `{"times":1,"when":{"endpoint":"idp","connection":"google-oauth2"},"do":{"status":503}}`)
	at := request(s, "connection", "google-oauth2")
	if got := p.get(p.get(at).Header.Get("Location")); got.StatusCode != 503 {
		t.Fatalf("the page: %s", got.Status)
	}
	location := p.get(at).Header.Get("Location")
	state := mustURL(t, location).Query().Get("state")
	s.arm(t, `{"times":1,"when":{"endpoint":"idp","connection":"google-oauth2"},"do":{"status":503}}`)
	decline := func() answer { return p.post("/__mock/idp/google-oauth2", url.Values{"state": {state}, "deny": {"1"}}) }
	if got := decline(); got.StatusCode != 503 {
		t.Errorf("declined: %s", got.Status)
	}
	if got := decline().fragment(t); got.Get("error") != "access_denied" {
		t.Errorf("once more: %v", got)
	}
}
