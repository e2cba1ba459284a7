package mockauth0

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/postlogin"
	"renewal.example/mockauth0/tenant"
)

// factors has everybody asked for a second factor, on every tenant that tokens of all kinds come from.
func factors(tn *tenant.Config) {
	backends(tn)
	tn.Settings.MFAForAll = true
}

// mailedCode is the code of the newest mail.
func (s *Server) mailedCode(t testing.TB) string {
	t.Helper()
	events := s.Events(0)
	slices.Reverse(events)
	for _, e := range events {
		if code := event.Of[event.Mail](e).Code; code != "" {
			return code
		}
	}
	t.Fatal("no mail with a code")
	return ""
}

// challenge opens the page that asks for the code and returns its state.
func (p *person) challenge(from answer) (state string) {
	p.Helper()
	at := from.Header.Get("Location")
	if !strings.HasPrefix(at, "/u/mfa-email-challenge?") {
		p.Fatalf("not at the challenge but at %q: %s", at, from.body)
	}
	page := p.get(at)
	if page.StatusCode != 200 || !strings.Contains(page.body, "ada@example.test") {
		p.Fatalf("%s\n%s", page.Status, page.body)
	}
	return stateOf(p, at)
}

// prove enters the mailed code and goes on to the callback.
func (p *person) prove(from answer, pairs ...string) answer {
	p.Helper()
	state := p.challenge(from)
	form := url.Values{"state": {state}, "code": {p.s.mailedCode(p)}, "action": {"default"}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	res := p.post("/u/mfa-email-challenge", form)
	if at := res.Header.Get("Location"); !strings.HasPrefix(at, "/authorize/resume?") {
		p.Fatalf("%s %q\n%s", res.Status, at, res.body)
	}
	return p.get(res.Header.Get("Location"))
}

func (s *Server) logged(kind string) (found []Event) {
	for _, e := range s.Events(0) {
		if string(e.Type) == kind {
			found = append(found, e)
		}
	}
	return found
}

func TestASecondFactorForEverybody(t *testing.T) {
	t.Parallel()
	s := serve(t, factors)
	p := browse(t, s)
	first := p.prove(p.login(request(s))).fragment(t)
	claims := claimsOf(t, first.Get("id_token"))
	if claims["acr"] != postlogin.StepUp || !slices.Equal(claims["amr"].([]any), []any{"mfa"}) {
		t.Errorf("acr %v, amr %v", claims["acr"], claims["amr"])
	}
	got := p.get(request(s, "prompt", "none")).fragment(t)
	if got.Get("error") != "login_required" || got.Get("error_description") != "Multifactor authentication required" || got.Get("state") != "the-state" {
		t.Errorf("in silence: %v", got)
	}
	if fsa := s.logged("fsa"); len(fsa) != 1 || fsa[0].Description != "Multifactor authentication required" || event.Of[event.LogEntry](fsa[0]).Cause != "the policy all-applications asks for a second factor" {
		t.Errorf("fsa: %+v", fsa)
	}
	// The session is there: the person need not log in again, but is asked once more, and may have the browser remembered.
	again := p.prove(p.get(request(s)), "rememberBrowser", "true").fragment(t)
	if again.Get("access_token") == "" {
		t.Errorf("with the session: %v", again)
	}
	if got := p.silent(); got != "" {
		t.Errorf("in silence, from a browser that is remembered: %q", got)
	}
	if got := p.led(request(s)); got != "" {
		t.Errorf("on pages, from a browser that is remembered: %q", got)
	}
	s.Advance(30*24*time.Hour - time.Minute) // the session is over, the browser is still known
	if got := p.login(request(s)).fragment(t); got.Get("access_token") == "" {
		t.Errorf("a new login from a browser that is remembered: %v", got)
	}
	s.Advance(time.Minute)
	if got := p.silent(); got != "login_required" {
		t.Errorf("after thirty days: %q", got)
	}
	for _, kind := range []string{"mfar", "gd_send_email", "gd_auth_succeed"} {
		if n := len(s.logged(kind)); n != 2 {
			t.Errorf("%d log entries of the type %s, want 2", n, kind)
		}
	}
}

func TestABrowserIsRememberedForOneUser(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		factors(tn)
		tn.Users = append(tn.Users, &tenant.User{Email: "grace@example.test", Password: "Compiler-1"})
	})
	p := browse(t, s)
	p.prove(p.login(request(s)), "rememberBrowser", "true")
	_, state := p.loginPage(request(s, "prompt", "login"))
	res := p.post("/u/login", url.Values{"state": {state}, "username": {"grace@example.test"}, "password": {"Compiler-1"}})
	if at := p.get(res.Header.Get("Location")).Header.Get("Location"); !strings.HasPrefix(at, "/u/mfa-email-challenge") {
		t.Errorf("Grace in Ada's browser: %q", at)
	}
	s.Reset()
	if at := p.login(request(s)).Header.Get("Location"); !strings.HasPrefix(at, "/u/mfa-email-challenge") {
		t.Errorf("after a reset: %q", at)
	}
}

func TestCodesOfASecondFactor(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) { factors(tn); frozen(tn) })
	p := browse(t, s)
	state := p.challenge(p.login(request(s)))
	post := func(who *person, pairs ...string) answer {
		return who.post("/u/mfa-email-challenge", form(append([]string{"state", state}, pairs...)...))
	}
	refused := func(a answer, want string) {
		t.Helper()
		if a.StatusCode != http.StatusBadRequest || !strings.Contains(a.body, want) || !strings.Contains(a.body, `aria-invalid="true"`) {
			t.Fatalf("%s\n%s", a.Status, a.body)
		}
	}
	first := s.mailedCode(t)
	if len(first) != 6 {
		t.Errorf("code %q", first)
	}
	p.get("/u/mfa-email-challenge?state=" + url.QueryEscape(state))
	if n := len(s.logged("gd_send_email")); n != 1 {
		t.Errorf("looking at the page once more mails %d codes", n)
	}
	if thief := post(browse(t, s), "code", first); thief.StatusCode != 400 || !strings.Contains(thief.body, "find your session") {
		t.Errorf("another browser: %s", thief.Status)
	}
	refused(post(p, "code", ""), "invalid")
	refused(post(p, "code", first+"0"), "invalid")
	if n := len(s.logged("gd_auth_failed")); n != 2 {
		t.Errorf("%d failures in the log", n)
	}
	s.Advance(5 * time.Minute)
	refused(post(p, "code", first), "expired")
	if a := post(p, "action", "resend-code"); a.StatusCode != 200 || !strings.Contains(a.body, "Another code") {
		t.Errorf("another code: %s\n%s", a.Status, a.body)
	}
	for range 10 {
		refused(post(p, "code", "wrong"), "invalid")
	}
	refused(post(p, "code", s.mailedCode(t)), "Too many")
	post(p, "action", "resend-code")
	old := s.mailedCode(t)
	post(p, "action", "resend-code")
	if current := s.mailedCode(t); old != current {
		refused(post(p, "code", old), "invalid")
	}
	a := post(p, "code", s.mailedCode(t))
	if got := p.get(a.Header.Get("Location")).fragment(t); got.Get("access_token") == "" {
		t.Errorf("the right one: %s %v", a.Status, got)
	}
	if a := post(p, "code", s.mailedCode(t)); a.StatusCode != 400 {
		t.Errorf("the transaction is over: %s", a.Status)
	}
}

// Neither a login nor a session is worth anything at the callback without the second factor, whatever address the browser asks for.
func TestNothingPassesByTheSecondFactor(t *testing.T) {
	t.Parallel()
	s := serve(t, factors)
	p := browse(t, s)
	_, login := p.loginPage(request(s))
	u := s.Snapshot().Users[0]
	resume := p.post("/u/login", form("state", login, "username", u.Email, "password", u.Password, "action", "default")).Header.Get("Location")
	if !strings.HasPrefix(resume, "/authorize/resume?state=") {
		t.Fatalf("the login leads to %q", resume)
	}
	state := stateOf(t, p.get(resume).Header.Get("Location"))
	for _, path := range []string{resume, "/u/consent?state=" + url.QueryEscape(state), request(s)} {
		to := p.get(path)
		if strings.HasPrefix(to.Header.Get("Location"), "/authorize/resume") {
			to = p.get(to.Header.Get("Location"))
		}
		if !strings.HasPrefix(to.Header.Get("Location"), "/u/mfa-email-challenge") {
			t.Errorf("%s leads to %q", path, to.Header.Get("Location"))
		}
	}
	if a := p.get("/continue?state=" + url.QueryEscape(state)); a.StatusCode != 400 {
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
			s := serve(t, nil)
			p := browse(t, s)
			p.login(request(s))
			if tc.change != nil {
				s.reconfigure(t, tc.change)
			}
			if got := p.silent(tc.pairs...); got != tc.silence {
				t.Errorf("in silence: %q, want %q", got, tc.silence)
			}
			if got := p.led(request(s, tc.pairs...)); got != tc.pages {
				t.Errorf("on pages: %q, want %q", got, tc.pages)
			}
			if tc.pages != "" {
				p.prove(p.get(request(s, tc.pairs...)))
			}
			if got := p.silent(tc.pairs...); got != tc.later {
				t.Errorf("in silence, afterwards: %q, want %q", got, tc.later)
			}
		})
	}
}

func TestABrowserThatMayNotBeRemembered(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		tn.Mock.Actions = []*tenant.Action{{MFA: &tenant.SecondFactor{NoRemembering: true}}}
	})
	p := browse(t, s)
	from := p.login(request(s))
	if page := p.get(from.Header.Get("Location")); strings.Contains(page.body, "rememberBrowser") {
		t.Error("the page offers to remember the browser")
	}
	p.prove(from, "rememberBrowser", "true")
	if got := p.silent(); got != "login_required" {
		t.Errorf("a browser is remembered all the same: %q", got)
	}
	s.reconfigure(t, func(tn *tenant.Config) { tn.Mock.Actions, tn.Settings.MFAForAll = nil, true })
	if got := p.silent(); got != "login_required" {
		t.Errorf("a browser that asked where it may not is remembered where it may: %q", got)
	}
}

// withPassword is the password grant of the client Web.
func (p *person) withPassword() answer {
	p.Helper()
	return p.token("grant_type", "password", "client_id", "web", "client_secret", "web+secret%21", "username", "ada@example.test", "password", "Analytical-Engine-1")
}

func TestASecondFactorAtTheTokenEndpoint(t *testing.T) {
	t.Parallel()
	s := serve(t, backends)
	p := browse(t, s)
	rt := p.offline()
	s.reconfigure(t, func(tn *tenant.Config) { tn.Settings.MFAForAll = true })
	for name, a := range map[string]answer{"refresh": p.renew(rt), "password": p.withPassword()} {
		if a.StatusCode != 403 || a.member(t, "error") != "mfa_required" || a.member(t, "error_description") != "Multifactor authentication required" ||
			!strings.HasPrefix(a.member(t, "mfa_token"), "Fe26.2*SERVER_") {
			t.Errorf("%s: %s %s", name, a.Status, a.body)
		}
	}
	for kind, n := range map[string]int{"fertft": 1, "fepft": 1} {
		if found := s.logged(kind); len(found) != n || found[0].Description != "Multifactor authentication required" {
			t.Errorf("%s: %+v", kind, found)
		}
	}
	s.reconfigure(t, func(tn *tenant.Config) { tn.Settings.MFAForAll = false })
	if a := p.renew(rt); a.StatusCode != 200 || strings.Contains(a.body, "mfa_token") {
		t.Errorf("the refusal used the token up: %s %s", a.Status, a.body)
	}
}

// A code stands for the login that it came from, its second factor included.
func TestTheSecondFactorOfACode(t *testing.T) {
	t.Parallel()
	s := serve(t, factors)
	p := browse(t, s)
	a := p.prove(p.login(request(s, "response_type", "code", "code_challenge", s256(verifier), "code_challenge_method", "S256")))
	got := p.exchange(mustURL(t, a.Header.Get("Location")).Query().Get("code"))
	if claims := claimsOf(t, got.member(t, "id_token")); claims["acr"] != postlogin.StepUp {
		t.Errorf("%v", claims)
	}
}
