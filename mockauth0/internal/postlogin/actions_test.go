package postlogin_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestActionsThatDeny(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		action tenant.Action
		code   string
	}{
		{"an Action", tenant.Action{Name: "Weekend", Deny: "Not <today>"}, "access_denied"},
		{"a rule", tenant.Action{Name: "Weekend", Rule: true, Deny: "Not <today>"}, "unauthorized"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := tenanttest.Serve(t, tenanttest.Backends)
			p := tenanttest.Browse(t, s)
			rt := p.Offline()
			tenanttest.Reconfigure(t, s, tenanttest.Actions(tc.action))
			denied := func(what string, got url.Values) {
				t.Helper()
				if got.Get("error") != tc.code || got.Get("error_description") != "Not <today>" || got.Get("access_token") != "" {
					t.Errorf("%s: %v", what, got)
				}
			}
			denied("in silence", p.Get(tenanttest.Request(s, "prompt", "none")).Fragment(t))
			denied("on pages", p.Get(tenanttest.Request(s)).Fragment(t))
			denied("after a login", p.Login(tenanttest.Request(s, "prompt", "login")).Fragment(t))
			if a := p.Renew(rt); a.StatusCode != 403 || a.Member(t, "error") != tc.code || a.Member(t, "error_description") != "Not <today>" {
				t.Errorf("refresh: %s %s", a.Status, a.Text)
			}
			a := p.PasswordGrant()
			if a.StatusCode != 403 || a.Member(t, "error") != tc.code {
				t.Errorf("password: %s %s", a.Status, a.Text)
			}
			for _, kind := range []string{"fsa", "f", "fertft", "fepft"} {
				if found := tenanttest.Logged(s, kind); len(found) == 0 || found[len(found)-1].Description != "Not <today>" ||
					!strings.Contains(event.Of[event.LogEntry](found[len(found)-1]).Cause, "Weekend") {
					t.Errorf("%s: %+v", kind, found)
				}
			}
			tenanttest.Reconfigure(t, s, func(tn *tenant.Config) { tn.Mock.Actions = nil })
			if got := p.Silent(); got != "" || p.Renew(rt).StatusCode != 200 {
				t.Errorf("a denial ended the session or the refresh token: %q", got)
			}
		})
	}
}

func TestActionsThatRedirect(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Backends)
	p := tenanttest.Browse(t, s)
	rt := p.Offline()
	tenanttest.Reconfigure(t, s, tenanttest.Actions(tenant.Action{Name: "Terms", Redirect: &tenant.Redirect{URL: tenanttest.Terms}}))
	got := p.Get(tenanttest.Request(s, "prompt", "none")).Fragment(t)
	if got.Get("error") != "interaction_required" || got.Get("error_description") != "External interaction required" {
		t.Errorf("in silence: %v", got)
	}
	if a := p.Renew(rt); a.StatusCode != 200 {
		t.Errorf("a refresh has nobody to send anywhere: %s %s", a.Status, a.Text)
	}
	// With the session, and after a login.
	for _, from := range []func() tenanttest.Answer{
		func() tenanttest.Answer { return p.Get(tenanttest.Request(s)) }, func() tenanttest.Answer {
			return p.Login(tenanttest.Request(s, "prompt", "login"))
		},
	} {
		at := tenanttest.ParseURL(t, from().Header.Get("Location"))
		state := at.Query().Get("state")
		if at.Host != "terms.example.test" || at.Query().Get("version") != "2" || !strings.HasPrefix(state, "hKFo2SB") {
			t.Fatalf("sent to %q", at)
		}
		back := "/continue?state=" + url.QueryEscape(state)
		if a := tenanttest.Browse(t, s).Get(back); a.StatusCode != 400 || !strings.Contains(a.Text, "find your session") {
			t.Errorf("another browser comes back: %s", a.Status)
		}
		res := p.Get(back)
		if to := res.Header.Get("Location"); !strings.HasPrefix(to, "/authorize/resume?") {
			t.Fatalf("back, and on to %q: %s", to, res.Text)
		}
		if a := p.Get(back); a.StatusCode != 400 {
			t.Errorf("back twice: %s %q", a.Status, a.Header.Get("Location"))
		}
		if got := p.Get(res.Header.Get("Location")).Fragment(t); got.Get("access_token") == "" || got.Get("state") != "the-state" {
			t.Errorf("the request goes on: %v", got)
		}
	}
	if got := p.Silent(); got != "interaction_required" {
		t.Errorf("in silence, afterwards: %q", got)
	}
	policy := 0
	for _, e := range s.Events(0) {
		if d := event.Of[event.Policy](e); d.Decision == event.Redirect && d.URL == tenanttest.Terms {
			policy++
		}
	}
	if policy != 4 {
		t.Errorf("%d events tell of the redirects, want 4", policy)
	}
}

func TestARedirectOnce(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Actions(tenant.Action{Name: "Terms", Redirect: &tenant.Redirect{URL: tenanttest.Terms, Once: true}}))
	p := tenanttest.Browse(t, s)
	at := tenanttest.ParseURL(t, p.Login(tenanttest.Request(s)).Header.Get("Location"))
	res := p.Post("/continue", tenanttest.Form("state", at.Query().Get("state")))
	if got := p.Get(res.Header.Get("Location")).Fragment(t); got.Get("access_token") == "" {
		t.Fatalf("%s %v", res.Status, got)
	}
	if got := p.Silent(); got != "" {
		t.Errorf("in silence, after the terms were accepted: %q", got)
	}
	other := tenanttest.Browse(t, s)
	if got := other.Login(tenanttest.Request(s)).Fragment(t); got.Get("access_token") == "" {
		t.Errorf("in another browser: %v", got)
	}
	s.Reset()
	if at := p.Login(tenanttest.Request(s)).Header.Get("Location"); !strings.HasPrefix(at, "https://terms.example.test/") {
		t.Errorf("after a reset: %q", at)
	}
}

// Actions run in their order; the pipeline goes on behind a redirect, and the second factor comes after all of them.
func TestTheOrderOfActions(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Social)
	tenanttest.Reconfigure(t, s, tenanttest.Actions(
		tenant.Action{Name: "Factor", MFA: &tenant.SecondFactor{}},
		tenant.Action{Name: "Terms", Redirect: &tenant.Redirect{URL: tenanttest.Terms}},
		tenant.Action{Name: "Survey", Redirect: &tenant.Redirect{URL: "https://survey.example.test/"}},
		tenant.Action{Name: "Weekend", Connection: "github", Deny: "Not at the weekend"},
	))
	p := tenanttest.Browse(t, s)
	from := p.Login(tenanttest.Request(s))
	for _, host := range []string{"terms.example.test", "survey.example.test"} {
		at := tenanttest.ParseURL(t, from.Header.Get("Location"))
		if at.Host != host {
			t.Fatalf("at %q, want %s", at, host)
		}
		from = p.Get(p.Get("/continue?state=" + url.QueryEscape(at.Query().Get("state"))).Header.Get("Location"))
	}
	if got := p.EnterCode(from).Fragment(t); got.Get("access_token") == "" {
		t.Errorf("%v", got)
	}
}

func TestARedirectBeforeADenial(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Actions(tenant.Action{Name: "Terms", Redirect: &tenant.Redirect{URL: tenanttest.Terms}}, tenant.Action{
		Name: "Weekend", Deny: "Not at the weekend",
	}))
	p := tenanttest.Browse(t, s)
	at := tenanttest.ParseURL(t, p.Login(tenanttest.Request(s)).Header.Get("Location"))
	if at.Host != "terms.example.test" {
		t.Fatalf("at %q", at)
	}
	got := p.Get(p.Get("/continue?state=" + url.QueryEscape(at.Query().Get("state"))).Header.Get("Location")).Fragment(t)
	if got.Get("error") != "access_denied" {
		t.Errorf("behind the redirect: %v", got)
	}
	if got := p.Get(tenanttest.Request(s, "prompt", "none")).Fragment(t); got.Get("error") != "interaction_required" {
		t.Errorf("in silence: %v", got)
	}
}

// A user who is deleted takes no Action along: the tenant stays valid.
func TestAnActionForAUserWhoIsGone(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Actions(tenant.Action{User: "grace@example.test", Deny: "No"}))
	if i := slices.IndexFunc(s.Snapshot().Users, func(u *tenant.User) bool { return u.Email == "grace@example.test" }); i >= 0 {
		t.Fatal("the tenant has Grace")
	}
	if got := tenanttest.Browse(t, s).Login(tenanttest.Request(s)).Fragment(t); got.Get("access_token") == "" {
		t.Errorf("%v", got)
	}
}
