package authorize_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/postlogin"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// factors has everybody asked for a second factor, on every tenant that tokens of all kinds come from.
func factors(tn *tenant.Config) {
	tenanttest.Backends(tn)
	tn.Settings.MFAForAll = true
}

func TestASecondFactorForEverybody(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, factors)
	p := tenanttest.Browse(t, s)
	first := p.EnterCode(p.Login(tenanttest.Request(s))).Fragment(t)
	claims := tenanttest.Claims(t, first.Get("id_token"))
	if claims["acr"] != postlogin.StepUp || !slices.Equal(claims["amr"].([]any), []any{"mfa"}) {
		t.Errorf("acr %v, amr %v", claims["acr"], claims["amr"])
	}
	got := p.Get(tenanttest.Request(s, "prompt", "none")).Fragment(t)
	if got.Get("error") != "login_required" || got.Get("error_description") != "Multifactor authentication required" ||
		got.Get("state") != "the-state" {
		t.Errorf("in silence: %v", got)
	}
	if fsa := tenanttest.Logged(s, "fsa"); len(fsa) != 1 || fsa[0].Description != "Multifactor authentication required" ||
		event.Of[event.LogEntry](fsa[0]).Cause != "the policy all-applications asks for a second factor" {
		t.Errorf("fsa: %+v", fsa)
	}
	// The session is there: the person need not log in again, but is asked once more, and may have the browser remembered.
	again := p.EnterCode(p.Get(tenanttest.Request(s)), "rememberBrowser", "true").Fragment(t)
	if again.Get("access_token") == "" {
		t.Errorf("with the session: %v", again)
	}
	if got := p.Silent(); got != "" {
		t.Errorf("in silence, from a browser that is remembered: %q", got)
	}
	if got := led(p, tenanttest.Request(s)); got != "" {
		t.Errorf("on pages, from a browser that is remembered: %q", got)
	}
	s.Advance(30*24*time.Hour - time.Minute) // the session is over, the browser is still known
	if got := p.Login(tenanttest.Request(s)).Fragment(t); got.Get("access_token") == "" {
		t.Errorf("a new login from a browser that is remembered: %v", got)
	}
	s.Advance(time.Minute)
	if got := p.Silent(); got != "login_required" {
		t.Errorf("after thirty days: %q", got)
	}
	for _, kind := range []string{"mfar", "gd_send_email", "gd_auth_succeed"} {
		if n := len(tenanttest.Logged(s, kind)); n != 2 {
			t.Errorf("%d log entries of the type %s, want 2", n, kind)
		}
	}
}

func TestABrowserIsRememberedForOneUser(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		factors(tn)
		tn.Users = append(tn.Users, &tenant.User{Email: "grace@example.test", Password: "Compiler-1"})
	})
	p := tenanttest.Browse(t, s)
	p.EnterCode(p.Login(tenanttest.Request(s)), "rememberBrowser", "true")
	_, state := p.LoginPage(tenanttest.Request(s, "prompt", "login"))
	res := p.Post("/u/login", url.Values{"state": {state}, "username": {"grace@example.test"}, "password": {"Compiler-1"}})
	if at := p.Get(res.Header.Get("Location")).Header.Get("Location"); !strings.HasPrefix(at, "/u/mfa-email-challenge") {
		t.Errorf("Grace in Ada's browser: %q", at)
	}
	s.Reset()
	if at := p.Login(tenanttest.Request(s)).Header.Get("Location"); !strings.HasPrefix(at, "/u/mfa-email-challenge") {
		t.Errorf("after a reset: %q", at)
	}
}

func TestCodesOfASecondFactor(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) { factors(tn); tenanttest.Frozen(tn) })
	p := tenanttest.Browse(t, s)
	state := p.FactorPage(p.Login(tenanttest.Request(s)))
	post := func(who *tenanttest.Person, pairs ...string) tenanttest.Answer {
		return who.Post("/u/mfa-email-challenge", tenanttest.Form(append([]string{"state", state}, pairs...)...))
	}
	refused := func(a tenanttest.Answer, want string) {
		t.Helper()
		if a.StatusCode != http.StatusBadRequest || !strings.Contains(a.Text, want) || !strings.Contains(a.Text, `aria-invalid="true"`) {
			t.Fatalf("%s\n%s", a.Status, a.Text)
		}
	}
	first := tenanttest.MailedCode(t, s)
	if len(first) != 6 {
		t.Errorf("code %q", first)
	}
	p.Get("/u/mfa-email-challenge?state=" + url.QueryEscape(state))
	if n := len(tenanttest.Logged(s, "gd_send_email")); n != 1 {
		t.Errorf("looking at the page once more mails %d codes", n)
	}
	if thief := post(tenanttest.Browse(t, s), "code", first); thief.StatusCode != 400 || !strings.Contains(thief.Text, "find your session") {
		t.Errorf("another browser: %s", thief.Status)
	}
	refused(post(p, "code", ""), "invalid")
	refused(post(p, "code", first+"0"), "invalid")
	if n := len(tenanttest.Logged(s, "gd_auth_failed")); n != 2 {
		t.Errorf("%d failures in the log", n)
	}
	s.Advance(5 * time.Minute)
	refused(post(p, "code", first), "expired")
	if a := post(p, "action", "resend-code"); a.StatusCode != 200 || !strings.Contains(a.Text, "Another code") {
		t.Errorf("another code: %s\n%s", a.Status, a.Text)
	}
	for range 10 {
		refused(post(p, "code", "wrong"), "invalid")
	}
	refused(post(p, "code", tenanttest.MailedCode(t, s)), "Too many")
	post(p, "action", "resend-code")
	old := tenanttest.MailedCode(t, s)
	post(p, "action", "resend-code")
	if current := tenanttest.MailedCode(t, s); old != current {
		refused(post(p, "code", old), "invalid")
	}
	a := post(p, "code", tenanttest.MailedCode(t, s))
	if got := p.Get(a.Header.Get("Location")).Fragment(t); got.Get("access_token") == "" {
		t.Errorf("the right one: %s %v", a.Status, got)
	}
	if a := post(p, "code", tenanttest.MailedCode(t, s)); a.StatusCode != 400 {
		t.Errorf("the transaction is over: %s", a.Status)
	}
}

// Neither a login nor a session is worth anything at the callback without the second factor, whatever address the browser asks for.
func TestNothingPassesByTheSecondFactor(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, factors)
	p := tenanttest.Browse(t, s)
	_, login := p.LoginPage(tenanttest.Request(s))
	u := s.Snapshot().Users[0]
	resume := p.Post("/u/login", tenanttest.Form("state", login, "username", u.Email, "password", u.Password, "action", "default")).
		Header.Get("Location")
	if !strings.HasPrefix(resume, "/authorize/resume?state=") {
		t.Fatalf("the login leads to %q", resume)
	}
	state := tenanttest.StateOf(t, p.Get(resume).Header.Get("Location"))
	for _, path := range []string{resume, "/u/consent?state=" + url.QueryEscape(state), tenanttest.Request(s)} {
		to := p.Get(path)
		if strings.HasPrefix(to.Header.Get("Location"), "/authorize/resume") {
			to = p.Get(to.Header.Get("Location"))
		}
		if !strings.HasPrefix(to.Header.Get("Location"), "/u/mfa-email-challenge") {
			t.Errorf("%s leads to %q", path, to.Header.Get("Location"))
		}
	}
	if a := p.Get("/continue?state=" + url.QueryEscape(state)); a.StatusCode != 400 {
		t.Errorf("/continue: %s", a.Status)
	}
}

func TestWhoIsAskedForASecondFactor(t *testing.T) {
	t.Parallel()
	const page = "/u/mfa-email-challenge"
	action := func(a tenant.Action) func(*tenant.Config) {
		if a.MFA == nil {
			a.MFA = &tenant.SecondFactor{}
		}
		return func(tn *tenant.Config) { tn.Mock.Actions = []*tenant.Action{&a} }
	}
	old := func(tn *tenant.Config) { tn.Settings.MFAForAll, tn.Mock.MFAError = true, "mfa_required" }
	for _, tc := range []struct {
		name           string
		change         func(*tenant.Config)
		pairs          []string
		pages, silence string // before a second factor was proved
		later          string // in silence, after it was
	}{
		{"nobody", nil, nil, "", "", ""},
		{"the policy", old, nil, page, "mfa_required", "mfa_required"},
		{"an Action", action(tenant.Action{}), nil, page, "login_required", "login_required"},
		{"an Action, once in a session", action(tenant.Action{MFA: &tenant.SecondFactor{OncePerSession: true}}), nil, page, "login_required", ""},
		{"an Action for the user", action(tenant.Action{User: "ADA@example.test"}), nil, page, "login_required", "login_required"},
		{"an Action for somebody else", action(tenant.Action{User: "grace@example.test"}), nil, "", "", ""},
		{"an Action for the client", action(tenant.Action{Client: "My App"}), nil, page, "login_required", "login_required"},
		{"an Action for the connection", action(tenant.Action{Connection: "Username-Password-Authentication"}), nil, page, "login_required", "login_required"},
		{"an Action at silent requests", action(tenant.Action{At: []string{"silent"}}), nil, "", "login_required", "login_required"},
		{"an Action at logins", action(tenant.Action{At: []string{"login"}}), nil, page, "", ""},
		{"acr_values", nil, []string{"acr_values", "urn:x " + postlogin.StepUp}, page, "login_required", ""},
		{"other acr_values", nil, []string{"acr_values", "urn:x"}, "", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := tenanttest.Serve(t, nil)
			p := tenanttest.Browse(t, s)
			p.Login(tenanttest.Request(s))
			if tc.change != nil {
				tenanttest.Reconfigure(t, s, tc.change)
			}
			if got := p.Silent(tc.pairs...); got != tc.silence {
				t.Errorf("in silence: %q, want %q", got, tc.silence)
			}
			if got := led(p, tenanttest.Request(s, tc.pairs...)); got != tc.pages {
				t.Errorf("on pages: %q, want %q", got, tc.pages)
			}
			if tc.pages != "" {
				p.EnterCode(p.Get(tenanttest.Request(s, tc.pairs...)))
			}
			if got := p.Silent(tc.pairs...); got != tc.later {
				t.Errorf("in silence, afterwards: %q, want %q", got, tc.later)
			}
		})
	}
}

func TestABrowserThatMayNotBeRemembered(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tn.Mock.Actions = []*tenant.Action{{MFA: &tenant.SecondFactor{NoRemembering: true}}}
	})
	p := tenanttest.Browse(t, s)
	from := p.Login(tenanttest.Request(s))
	if page := p.Get(from.Header.Get("Location")); strings.Contains(page.Text, "rememberBrowser") {
		t.Error("the page offers to remember the browser")
	}
	p.EnterCode(from, "rememberBrowser", "true")
	if got := p.Silent(); got != "login_required" {
		t.Errorf("a browser is remembered all the same: %q", got)
	}
	tenanttest.Reconfigure(t, s, func(tn *tenant.Config) { tn.Mock.Actions, tn.Settings.MFAForAll = nil, true })
	if got := p.Silent(); got != "login_required" {
		t.Errorf("a browser that asked where it may not is remembered where it may: %q", got)
	}
}

func TestASecondFactorAtTheTokenEndpoint(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Backends)
	p := tenanttest.Browse(t, s)
	rt := p.Offline()
	tenanttest.Reconfigure(t, s, func(tn *tenant.Config) { tn.Settings.MFAForAll = true })
	for name, a := range map[string]tenanttest.Answer{"refresh": p.Renew(rt), "password": p.PasswordGrant()} {
		if a.StatusCode != 403 || a.Member(t, "error") != "mfa_required" ||
			a.Member(t, "error_description") != "Multifactor authentication required" ||
			!strings.HasPrefix(a.Member(t, "mfa_token"), "Fe26.2*SERVER_") {
			t.Errorf("%s: %s %s", name, a.Status, a.Text)
		}
	}
	for kind, n := range map[string]int{"fertft": 1, "fepft": 1} {
		if found := tenanttest.Logged(s, kind); len(found) != n || found[0].Description != "Multifactor authentication required" {
			t.Errorf("%s: %+v", kind, found)
		}
	}
	tenanttest.Reconfigure(t, s, func(tn *tenant.Config) { tn.Settings.MFAForAll = false })
	if a := p.Renew(rt); a.StatusCode != 200 || strings.Contains(a.Text, "mfa_token") {
		t.Errorf("the refusal used the token up: %s %s", a.Status, a.Text)
	}
}

// A code stands for the login that it came from, its second factor included.
func TestTheSecondFactorOfACode(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, factors)
	p := tenanttest.Browse(t, s)
	a := p.EnterCode(p.Login(tenanttest.Request(s, "response_type", "code", "code_challenge", tenanttest.S256(tenanttest.Verifier),
		"code_challenge_method", "S256")))
	got := p.Exchange(tenanttest.ParseURL(t, a.Header.Get("Location")).Query().Get("code"))
	if claims := tenanttest.Claims(t, got.Member(t, "id_token")); claims["acr"] != postlogin.StepUp {
		t.Errorf("%v", claims)
	}
}
