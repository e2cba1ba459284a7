package mockauth0

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/tenant"
)

const terms = "https://terms.example.test/agree?version=2"

// act adds Actions to the login flow.
func act(actions ...tenant.Action) func(*tenant.Config) {
	return func(tn *tenant.Config) {
		for _, a := range actions {
			tn.Mock.Actions = append(tn.Mock.Actions, &a)
		}
	}
}

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
			s := serve(t, backends)
			p := browse(t, s)
			rt := p.offline()
			s.reconfigure(t, act(tc.action))
			denied := func(what string, got url.Values) {
				t.Helper()
				if got.Get("error") != tc.code || got.Get("error_description") != "Not <today>" || got.Get("access_token") != "" {
					t.Errorf("%s: %v", what, got)
				}
			}
			denied("in silence", p.get(request(s, "prompt", "none")).fragment(t))
			denied("on pages", p.get(request(s)).fragment(t))
			denied("after a login", p.login(request(s, "prompt", "login")).fragment(t))
			if a := p.renew(rt); a.StatusCode != 403 || a.member(t, "error") != tc.code || a.member(t, "error_description") != "Not <today>" {
				t.Errorf("refresh: %s %s", a.Status, a.body)
			}
			a := p.withPassword()
			if a.StatusCode != 403 || a.member(t, "error") != tc.code {
				t.Errorf("password: %s %s", a.Status, a.body)
			}
			for _, kind := range []string{"fsa", "f", "fertft", "fepft"} {
				if found := s.logged(kind); len(found) == 0 || found[len(found)-1].Description != "Not <today>" || !strings.Contains(event.Of[event.LogEntry](found[len(found)-1]).Cause, "Weekend") {
					t.Errorf("%s: %+v", kind, found)
				}
			}
			s.reconfigure(t, func(tn *tenant.Config) { tn.Mock.Actions = nil })
			if got := p.silent(); got != "" || p.renew(rt).StatusCode != 200 {
				t.Errorf("a denial ended the session or the refresh token: %q", got)
			}
		})
	}
}

func TestActionsThatRedirect(t *testing.T) {
	t.Parallel()
	s := serve(t, backends)
	p := browse(t, s)
	rt := p.offline()
	s.reconfigure(t, act(tenant.Action{Name: "Terms", Redirect: &tenant.Redirect{URL: terms}}))
	got := p.get(request(s, "prompt", "none")).fragment(t)
	if got.Get("error") != "interaction_required" || got.Get("error_description") != "External interaction required" {
		t.Errorf("in silence: %v", got)
	}
	if a := p.renew(rt); a.StatusCode != 200 {
		t.Errorf("a refresh has nobody to send anywhere: %s %s", a.Status, a.body)
	}
	// With the session, and after a login.
	for _, from := range []func() answer{func() answer { return p.get(request(s)) }, func() answer { return p.login(request(s, "prompt", "login")) }} {
		at := mustURL(t, from().Header.Get("Location"))
		state := at.Query().Get("state")
		if at.Host != "terms.example.test" || at.Query().Get("version") != "2" || !strings.HasPrefix(state, "hKFo2SB") {
			t.Fatalf("sent to %q", at)
		}
		back := "/continue?state=" + url.QueryEscape(state)
		if a := browse(t, s).get(back); a.StatusCode != 400 || !strings.Contains(a.body, "find your session") {
			t.Errorf("another browser comes back: %s", a.Status)
		}
		res := p.get(back)
		if to := res.Header.Get("Location"); !strings.HasPrefix(to, "/authorize/resume?") {
			t.Fatalf("back, and on to %q: %s", to, res.body)
		}
		if a := p.get(back); a.StatusCode != 400 {
			t.Errorf("back twice: %s %q", a.Status, a.Header.Get("Location"))
		}
		if got := p.get(res.Header.Get("Location")).fragment(t); got.Get("access_token") == "" || got.Get("state") != "the-state" {
			t.Errorf("the request goes on: %v", got)
		}
	}
	if got := p.silent(); got != "interaction_required" {
		t.Errorf("in silence, afterwards: %q", got)
	}
	policy := 0
	for _, e := range s.Events(0) {
		if d := event.Of[event.Policy](e); d.Decision == event.Redirect && d.URL == terms {
			policy++
		}
	}
	if policy != 4 {
		t.Errorf("%d events tell of the redirects, want 4", policy)
	}
}

func TestARedirectOnce(t *testing.T) {
	t.Parallel()
	s := serve(t, act(tenant.Action{Name: "Terms", Redirect: &tenant.Redirect{URL: terms, Once: true}}))
	p := browse(t, s)
	at := mustURL(t, p.login(request(s)).Header.Get("Location"))
	res := p.post("/continue", form("state", at.Query().Get("state")))
	if got := p.get(res.Header.Get("Location")).fragment(t); got.Get("access_token") == "" {
		t.Fatalf("%s %v", res.Status, got)
	}
	if got := p.silent(); got != "" {
		t.Errorf("in silence, after the terms were accepted: %q", got)
	}
	other := browse(t, s)
	if got := other.login(request(s)).fragment(t); got.Get("access_token") == "" {
		t.Errorf("in another browser: %v", got)
	}
	s.Reset()
	if at := p.login(request(s)).Header.Get("Location"); !strings.HasPrefix(at, "https://terms.example.test/") {
		t.Errorf("after a reset: %q", at)
	}
}

// Actions run in their order; the pipeline goes on behind a redirect, and the second factor comes after all of them.
func TestTheOrderOfActions(t *testing.T) {
	t.Parallel()
	s := serve(t, social)
	s.reconfigure(t, act(
		tenant.Action{Name: "Factor", MFA: &tenant.SecondFactor{}},
		tenant.Action{Name: "Terms", Redirect: &tenant.Redirect{URL: terms}},
		tenant.Action{Name: "Survey", Redirect: &tenant.Redirect{URL: "https://survey.example.test/"}},
		tenant.Action{Name: "Weekend", Connection: "github", Deny: "Not at the weekend"},
	))
	p := browse(t, s)
	from := p.login(request(s))
	for _, host := range []string{"terms.example.test", "survey.example.test"} {
		at := mustURL(t, from.Header.Get("Location"))
		if at.Host != host {
			t.Fatalf("at %q, want %s", at, host)
		}
		from = p.get(p.get("/continue?state=" + url.QueryEscape(at.Query().Get("state"))).Header.Get("Location"))
	}
	if got := p.prove(from).fragment(t); got.Get("access_token") == "" {
		t.Errorf("%v", got)
	}
}

func TestARedirectBeforeADenial(t *testing.T) {
	t.Parallel()
	s := serve(t, act(tenant.Action{Name: "Terms", Redirect: &tenant.Redirect{URL: terms}}, tenant.Action{Name: "Weekend", Deny: "Not at the weekend"}))
	p := browse(t, s)
	at := mustURL(t, p.login(request(s)).Header.Get("Location"))
	if at.Host != "terms.example.test" {
		t.Fatalf("at %q", at)
	}
	got := p.get(p.get("/continue?state=" + url.QueryEscape(at.Query().Get("state"))).Header.Get("Location")).fragment(t)
	if got.Get("error") != "access_denied" {
		t.Errorf("behind the redirect: %v", got)
	}
	if got := p.get(request(s, "prompt", "none")).fragment(t); got.Get("error") != "interaction_required" {
		t.Errorf("in silence: %v", got)
	}
}

// A user who is deleted takes no Action along: the tenant stays valid.
func TestAnActionForAUserWhoIsGone(t *testing.T) {
	t.Parallel()
	s := serve(t, act(tenant.Action{User: "grace@example.test", Deny: "No"}))
	if i := slices.IndexFunc(s.Snapshot().Users, func(u *tenant.User) bool { return u.Email == "grace@example.test" }); i >= 0 {
		t.Fatal("the tenant has Grace")
	}
	if got := browse(t, s).login(request(s)).fragment(t); got.Get("access_token") == "" {
		t.Errorf("%v", got)
	}
}
