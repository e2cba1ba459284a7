package login_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestOldAddressesOfLoginPages(t *testing.T) {
	t.Parallel()
	const client, whole = "https://app.example.test/login", "https://www.example.test/start"
	for _, tc := range []struct {
		name           string
		client, tenant string
		want           string
	}{
		{"nowhere to go", "", "", ""},
		{"the client's", client, whole, client},
		{"the tenant's", "", whole, whole},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := tenanttest.Serve(t, func(tn *tenant.Config) {
				tenanttest.Frozen(tn)
				tn.Clients[0].InitiateLoginURI, tn.Settings.DefaultRedirectionURI = tc.client, tc.tenant
			})
			p := tenanttest.Browse(t, s)
			at := p.Get(tenanttest.Request(s)).Header.Get("Location")
			lost := func(name string, a tenanttest.Answer) {
				t.Helper()
				if _, words := a.ErrorPage(t); a.StatusCode != 400 || words != tenanttest.LostText {
					t.Errorf("%s: %d %s", name, a.StatusCode, words)
				}
			}
			led := func(name, path, want string) {
				t.Helper()
				a := p.Get(path)
				if want == "" {
					lost(name, a)
				} else if got := a.Header.Get("Location"); got != want {
					t.Errorf("%s leads to %q, want %q", name, got, want)
				}
			}
			lost("another browser, in time", tenanttest.Browse(t, s).Get(at))
			s.Advance(time.Hour)
			for _, page := range []string{"/u/login", "/u/login/identifier", "/u/login/password"} {
				led(page, page+"?state="+tenanttest.StateOf(t, at), tc.want)
				led(page+", of no client", page+"?state=x", tc.tenant)
				led(page+", bare", page, tc.tenant)
			}
			lost("a form", p.Post("/u/login", url.Values{"state": {tenanttest.StateOf(t, at)}}))
			lost("resume", p.Get("/authorize/resume?state="+tenanttest.StateOf(t, at)))
			lost("continue", p.Get("/continue?state="+tenanttest.StateOf(t, at)))
			lost("consent", p.Get("/u/consent?state="+tenanttest.StateOf(t, at)))
		})
	}
}

func TestTheLoginPage(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Social)
	p := tenanttest.Browse(t, s)
	page, state := p.LoginPage(tenanttest.Request(s, "login_hint", `grace"><script>@example.test`))
	h := page.Header
	if page.StatusCode != 200 || h.Get("X-Frame-Options") != "deny" ||
		!strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Errorf("%s %v", page.Status, h)
	}
	for _, want := range []string{
		`name="username" value="grace&#34;&gt;&lt;script&gt;@example.test"`, `name="password"`, `name="action" value="default"`,
		"Continue with Google", "Continue with GitHub",
	} {
		if !strings.Contains(page.Text, want) {
			t.Errorf("the page has no %s:\n%s", want, page.Text)
		}
	}
	if strings.Contains(page.Text, "<script") {
		t.Error("the page has a script")
	}
	raw, err := base64.RawURLEncoding.DecodeString(state)
	if err != nil || !strings.HasPrefix(state, "hKFo2SB") || !strings.Contains(string(raw), s.Snapshot().Clients[0].ClientID) {
		t.Errorf("state %q, %v", state, err)
	}
	only, _ := p.LoginPage(tenanttest.Request(s, "connection", "Username-Password-Authentication"))
	if strings.Contains(only.Text, "Continue with Google") || !strings.Contains(only.Text, `name="password"`) {
		t.Errorf("a database in `connection` does not preselect:\n%s", only.Text)
	}
}

func TestAWrongPasswordStaysOnThePage(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	for _, tc := range []struct{ name, username, password, log string }{
		{"wrong password", "ada@example.test", "wrong", "fp"},
		{"unknown user", `eve"<b>@example.test`, "Analytical-Engine-1", "fu"},
		{"empty password", "ada@example.test", "", "fp"},
		{"nothing", "", "", "fu"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := tenanttest.Browse(t, s)
			_, state := p.LoginPage(tenanttest.Request(s))
			got := p.Post("/u/login", url.Values{"state": {state}, "username": {tc.username}, "password": {tc.password}, "action": {"default"}})
			if got.StatusCode != http.StatusBadRequest || !strings.Contains(got.Text, "Wrong email or password.") {
				t.Fatalf("%s\n%s", got.Status, got.Text)
			}
			if want := strings.NewReplacer(`"`, "&#34;", "<", "&lt;", ">", "&gt;").
				Replace(tc.username); !strings.Contains(got.Text, `name="username" value="`+want+`"`) {
				t.Errorf("the user name is not kept:\n%s", got.Text)
			}
			if want := `action="/u/login?state=` + url.QueryEscape(state) + `"`; !strings.Contains(got.Text, want) {
				t.Errorf("no form leads to %s, so the page could not be opened again by its address:\n%s", want, got.Text)
			}
			if tc.password != "" && strings.Contains(got.Text, tc.password) {
				t.Error("the page shows the password")
			}
			if tenanttest.CookieNamed(got, "auth0") != nil || p.Silent() != "login_required" {
				t.Error("a wrong password opens a session")
			}
			found := false
			for _, e := range s.Events(0) {
				found = found || string(e.Type) == tc.log && e.UserName == tc.username
			}
			if !found {
				t.Errorf("no log event %s", tc.log)
			}
			got = p.Post("/u/login", url.Values{"state": {state}, "username": {" ADA@example.test"[1:]}, "password": {"Analytical-Engine-1"}})
			if got := p.Get(got.Header.Get("Location")).Fragment(t); got.Get("access_token") == "" {
				t.Errorf("the right one afterwards: %v", got)
			}
		})
	}
}

func TestALoginTransactionBelongsToOneBrowser(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Social)
	p, thief := tenanttest.Browse(t, s), tenanttest.Browse(t, s)
	thief.Get("/.well-known/openid-configuration") // has a device cookie of its own
	at := p.Get(tenanttest.Request(s)).Header.Get("Location")
	page := p.Get(at)
	state := tenanttest.StateField.FindStringSubmatch(page.Text)[1]
	form := url.Values{"state": {state}, "username": {"ada@example.test"}, "password": {"Analytical-Engine-1"}}
	resume := p.Post("/u/login", form).Header.Get("Location")
	for _, who := range []*tenanttest.Person{thief, tenanttest.Browse(t, s)} {
		for _, try := range []func() tenanttest.Answer{
			func() tenanttest.Answer { return who.Get(at) },
			func() tenanttest.Answer { return who.Post("/u/login", form) },
			func() tenanttest.Answer { return who.Get(resume) },
			func() tenanttest.Answer { return who.Get("/__mock/idp/google-oauth2?state=" + state) },
			func() tenanttest.Answer {
				return who.Post("/__mock/idp/google-oauth2", url.Values{"state": {state}, "user": {s.Snapshot().Users[1].ID}})
			},
		} {
			got := try()
			if _, words := got.ErrorPage(t); got.StatusCode != 400 || words != tenanttest.LostText {
				t.Errorf("another browser goes on with the login: %d %s", got.StatusCode, words)
			}
		}
	}
	if got := p.Get(resume).Fragment(t); got.Get("access_token") == "" {
		t.Errorf("its own browser: %v", got)
	}
	for name, again := range map[string]tenanttest.Answer{"resume": p.Get(resume), "page": p.Get(at), "form": p.Post("/u/login", form)} {
		if _, words := again.ErrorPage(t); again.StatusCode != 400 || words != tenanttest.LostText {
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
		s := tenanttest.Serve(t, tenanttest.Frozen)
		p := tenanttest.Browse(t, s)
		_, state := p.LoginPage(tenanttest.Request(s))
		s.Advance(tc.after)
		got := p.Post("/u/login", url.Values{"state": {state}, "username": {"ada@example.test"}, "password": {"Analytical-Engine-1"}})
		if lost := got.StatusCode == 400; lost != tc.lost {
			t.Errorf("after %v: %s", tc.after, got.Status)
		}
	}
}

func TestResumeBeforeTheLoginLeadsBack(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	_, state := p.LoginPage(tenanttest.Request(s))
	if got := p.Get("/authorize/resume?state=" + state).Header.Get("Location"); got != "/u/login?state="+state {
		t.Errorf("got %q", got)
	}
}

// TestTheWayOfALogin: browser automation that follows a real tenant's redirects finds the same ones here.
func TestTheWayOfALogin(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	_, state := p.LoginPage(tenanttest.Request(s))
	// What the page's scripts add at Auth0 does not matter.
	got := p.Post("/u/login",
		url.Values{"state": {state}, "username": {"ada@example.test"}, "password": {"Analytical-Engine-1"}, "action": {"default"},
			"js-available": {"true"}, "webauthn-available": {"true"}, "is-brave": {"false"}, "webauthn-platform-available": {"false"}})
	resume, ok := strings.CutPrefix(got.Header.Get("Location"), "/authorize/resume?state=")
	if got.StatusCode != http.StatusFound || !ok || len(resume) != 32 || strings.Contains(state, resume) {
		t.Fatalf("%s to %q from the page %q", got.Status, got.Header.Get("Location"), state)
	}
	if got := p.Get(got.Header.Get("Location")); got.StatusCode != http.StatusFound ||
		!strings.HasPrefix(got.Header.Get("Location"), "http://localhost:3000#access_token=") {
		t.Errorf("%s to %q", got.Status, got.Header.Get("Location"))
	}
}

// TestAFaultMeetsWhoDeclines: the provider's refusal is a request as any other, so that what a test armed for it acts.
func TestAFaultMeetsWhoDeclines(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tn.Connections = append(tn.Connections, &tenant.Connection{
			Name: "google-oauth2", Strategy: "google-oauth2", EnabledClients: []string{"My App"},
		})
	})
	p := tenanttest.Browse(t, s)
	tenanttest.Arm(t, s, `{"times":1,"when":{"endpoint":"idp","connection":"google-oauth2"},"do":{"status":503}}`)
	at := tenanttest.Request(s, "connection", "google-oauth2")
	if got := p.Get(p.Get(at).Header.Get("Location")); got.StatusCode != 503 {
		t.Fatalf("the page: %s", got.Status)
	}
	location := p.Get(at).Header.Get("Location")
	state := tenanttest.ParseURL(t, location).Query().Get("state")
	tenanttest.Arm(t, s, `{"times":1,"when":{"endpoint":"idp","connection":"google-oauth2"},"do":{"status":503}}`)
	decline := func() tenanttest.Answer {
		return p.Post("/__mock/idp/google-oauth2", url.Values{"state": {state}, "deny": {"1"}})
	}
	if got := decline(); got.StatusCode != 503 {
		t.Errorf("declined: %s", got.Status)
	}
	if got := decline().Fragment(t); got.Get("error") != "access_denied" {
		t.Errorf("once more: %v", got)
	}
}
