package magicuser_test

import (
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// as logs a user in and changes the code for tokens.
func as(p *tenanttest.Person, email, password string) (tokens tenanttest.Answer) {
	p.Helper()
	_, state := p.LoginPage(tenanttest.Request(p.Server, "prompt", "login", "scope", "openid offline_access", "response_type", "code",
		"code_challenge", tenanttest.S256(tenanttest.Verifier), "code_challenge_method", "S256"))
	a := p.Post("/u/login", tenanttest.Form("state", state, "username", email, "password", password))
	if a.StatusCode != 302 {
		p.Fatalf("%s cannot log in: %s\n%s", email, a.Status, a.Text)
	}
	a = p.Get(a.Header.Get("Location"))
	return p.Exchange(tenanttest.ParseURL(p, a.Header.Get("Location")).Query().Get("code"))
}

// Each magic user logs in as anybody does, as often as it likes, and each fails to renew in a way of its own.
func TestMagicUsers(t *testing.T) {
	t.Parallel()
	type outcome struct {
		status int
		text   string // in the body, or at the callback
		log    string // type of the tenant's log
		why    string // in an event's details, "" : none of its own
	}
	renews := outcome{status: 200}
	causes := map[string][]string{ // that the tenant names first for the silent request and the refresh, of those that fail
		"mfa": {"mfa_demanded", "mfa_demanded"}, "blocked": {"user_blocked", "user_blocked"}, "deleted": {"user_deleted", "user_deleted"},
		"consent": {"consent_missing", "refresh_token_revoked"}, "action-deny": {"action_denied", "action_denied"},
		"action-redirect": {"action_redirects"}, "idle": {"session_idle_expired"}, "absolute": {"session_absolute_expired"},
		"ended": {"session_ended"}, "rate-limited": {"rate_limited", "rate_limited"}, "revoked": {"refresh_token_revoked"},
	}
	wanted := map[string]struct{ silent, refresh outcome }{
		"mfa":             {outcome{302, "login_required Multifactor authentication required", "fsa", ""}, outcome{403, "mfa_required", "fertft", ""}},
		"blocked":         {outcome{302, "unauthorized user is blocked", "fsa", ""}, outcome{403, "user is blocked", "fertft", ""}},
		"deleted":         {outcome{500, "Unable to construct sso user.", "fsa", ""}, outcome{403, "for a user who doesn't exist anymore", "fertft", ""}},
		"consent":         {outcome{302, "consent_required Consent required", "fsa", ""}, outcome{403, "Unknown or invalid refresh token.", "fertft", ""}},
		"action-deny":     {outcome{302, "access_denied You may not go on.", "fsa", ""}, outcome{403, "access_denied", "fertft", ""}},
		"action-redirect": {outcome{302, "interaction_required External interaction required", "fsa", ""}, renews},
		"idle":            {outcome{302, "login_required Login required", "fsa", "idle_expired"}, renews},
		"absolute":        {outcome{302, "login_required Login required", "fsa", "absolute_expired"}, renews},
		"ended":           {outcome{302, "login_required Login required", "fsa", "unknown"}, renews},
		"rate-limited":    {outcome{429, "Global limit has been reached", "api_limit", ""}, outcome{429, "too_many_requests", "api_limit", ""}},
		"revoked":         {renews, outcome{403, "Unknown or invalid refresh token.", "fertft", ""}},
	}
	if len(wanted) != len(tenant.Renewals()) {
		t.Errorf("%d magic users, %d are tested", len(tenant.Renewals()), len(wanted))
	}
	for _, r := range tenant.Renewals() {
		t.Run(r.Name, func(t *testing.T) {
			t.Parallel()
			want := wanted[r.Name]
			s := tenanttest.Serve(t, func(tn *tenant.Config) { tenanttest.Backends(tn); tn.AddMagicUsers() })
			p := tenanttest.Browse(t, s)
			for range 2 {
				tokens := as(p, r.Name+"@scenario.test", tenant.MagicPassword)
				rt := tokens.Member(t, "refresh_token")
				if tokens.StatusCode != 200 || rt == "" {
					t.Fatalf("login: %s %s", tokens.Status, tokens.Text)
				}
				last := s.Events(0)[len(s.Events(0))-1].Seq
				a := p.Get(tenanttest.Request(s, "prompt", "none"))
				got := a.Fragment(t)
				if want.silent == renews {
					if got.Get("access_token") == "" {
						t.Errorf("in silence: %s %v", a.Status, got)
					}
				} else {
					if a.StatusCode != want.silent.status ||
						!strings.Contains(got.Get("error")+" "+got.Get("error_description")+a.Text, want.silent.text) {
						t.Errorf("in silence: %s %v", a.Status, got)
					}
					loggedAfter(t, s, last, event.LogCode(want.silent.log), want.silent.why)
				}
				last = s.Events(0)[len(s.Events(0))-1].Seq
				a = p.Renew(rt)
				if a.StatusCode != want.refresh.status || !strings.Contains(a.Text, want.refresh.text) {
					t.Errorf("refresh: %s %s", a.Status, a.Text)
				}
				if want.refresh != renews {
					loggedAfter(t, s, last, event.LogCode(want.refresh.log), want.refresh.why)
				}
			}
			var named []string
			for _, d := range s.Diagnoses() {
				named = append(named, string(d.Causes[0].Code))
			}
			if want := slices.Concat(causes[r.Name], causes[r.Name]); !slices.Equal(named, want) {
				t.Errorf("the tenant names %q, want %q", named, want)
			}
		})
	}
}

// loggedAfter looks for an entry of the tenant's log, and for a reason, after an event.
func loggedAfter(t *testing.T, s *mockauth0.Server, after uint64, kind event.LogCode, why string) {
	t.Helper()
	logged, explained := false, why == ""
	for _, e := range s.Events(after) {
		logged = logged || e.Type == kind
		explained = explained || event.Of[event.LogEntry](e).Cause == why || event.Of[event.Session](e).Why == event.Reason(why)
	}
	if !logged || !explained {
		t.Errorf("no %s, or nothing says %q", kind, why)
	}
}

// A user of one's own can be given what a magic user has; nobody else is touched.
func TestARenewalOfAUser(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.AdaAndGrace(tn)
		tn.Users[0].Renewal = "idle"
	})
	ada, grace := tenanttest.Browse(t, s), tenanttest.Browse(t, s)
	ada.Login(tenanttest.Request(s))
	as(grace, "grace@example.test", "Compiler-1")
	if a, g := ada.Silent(), grace.Silent(); a != "login_required" || g != "" {
		t.Errorf("Ada: %q, Grace: %q", a, g)
	}
	if slices.ContainsFunc(s.Snapshot().Users, func(u *tenant.User) bool { return strings.HasSuffix(u.Email, "@scenario.test") }) {
		t.Error("a tenant has magic users that nobody asked for")
	}
}

// Whom a page lists, a stranger learns of.
func TestPagesDoNotListMagicUsers(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) { tenanttest.Social(tn); tn.AddMagicUsers() })
	p := tenanttest.Browse(t, s)
	page, _ := p.LoginPage(tenanttest.Request(s))
	provider := p.Get(p.Get(tenanttest.Request(s, "connection", "google-oauth2")).Header.Get("Location"))
	for name, a := range map[string]tenanttest.Answer{"login": page, "provider": provider} {
		if a.StatusCode != 200 || strings.Contains(a.Text, "scenario.test") {
			t.Errorf("%s: %s\n%s", name, a.Status, a.Text)
		}
	}
}
