package authorize_test

import (
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestThePersonNamesTheOrganization(t *testing.T) {
	t.Parallel()
	chosen := func(t *testing.T, a tenanttest.Answer) any {
		t.Helper()
		return tenanttest.Claims(t, a.Fragment(t).Get("id_token"))["org_id"]
	}
	t.Run("after the login", func(t *testing.T) {
		s := tenanttest.Serve(t, tenanttest.OrganizationPrompt("post_login_prompt"))
		p := tenanttest.Browse(t, s)
		to := p.Login(tenanttest.Request(s)).Header.Get("Location")
		page := p.Get(to)
		if !strings.HasPrefix(to, "/u/organization?state=") || !strings.Contains(page.Text, `value="org_acme">acme</button>`) ||
			!strings.Contains(page.Text, "Beta &lt;&amp; Sons&gt;") ||
			strings.Contains(page.Text, "org_empty") || page.Header.Get("X-Frame-Options") != "deny" {
			t.Fatalf("%q\n%s", to, page.Text)
		}
		state := tenanttest.StateOf(t, to)
		for _, other := range []string{"org_empty", "acme", "", "<script>"} {
			if got := p.Post("/u/organization", tenanttest.Form("state", state, "organization", other)); got.StatusCode != 400 ||
				!strings.Contains(got.Text, "The organization was not found.") {
				t.Errorf("%q: %s", other, got.Status)
			}
		}
		resume := p.Post("/u/organization", tenanttest.Form("state", state, "organization", "org_beta")).Header.Get("Location")
		if got := chosen(t, p.Get(resume)); got != "org_beta" {
			t.Errorf("org_id is %v", got)
		}
		// The session knows no organization: the next request asks again, and a silent one cannot.
		if got := p.Get(tenanttest.Request(s)).Header.Get("Location"); !strings.HasPrefix(got, "/u/organization?state=") {
			t.Errorf("with a session: %q", got)
		}
		silent := p.Get(tenanttest.Request(s, "prompt", "none")).Fragment(t)
		if silent.Get("error") != "invalid_request" || silent.Get("error_description") != "parameter organization is required for this client" {
			t.Errorf("in silence: %v", silent)
		}
		if got := p.Get(tenanttest.Request(s, "prompt", "none", "organization", "org_acme")); chosen(t, got) != "org_acme" {
			t.Errorf("named by the request: %v", got.Header)
		}
		if got := tenanttest.Browse(t, s).Get(to); got.StatusCode != 400 {
			t.Errorf("another browser: %s", got.Status)
		}
	})
	t.Run("one alone needs no question", func(t *testing.T) {
		s := tenanttest.Serve(t, func(tn *tenant.Config) {
			tenanttest.OrganizationPrompt("post_login_prompt")(tn)
			tn.Organizations = tn.Organizations[:2]
		})
		if got := chosen(t, tenanttest.Browse(t, s).Login(tenanttest.Request(s))); got != "org_acme" {
			t.Errorf("org_id is %v", got)
		}
	})
	t.Run("none", func(t *testing.T) {
		s := tenanttest.Serve(t, func(tn *tenant.Config) {
			tenanttest.OrganizationPrompt("post_login_prompt")(tn)
			tn.Organizations = tn.Organizations[1:2]
		})
		got := tenanttest.Browse(t, s).Login(tenanttest.Request(s)).Fragment(t)
		if got.Get("error") != "invalid_request" ||
			got.Get("error_description") != "client requires organization membership, but user does not belong to any organization" {
			t.Errorf("%v", got)
		}
	})
	t.Run("before the login", func(t *testing.T) {
		s := tenanttest.Serve(t, tenanttest.OrganizationPrompt("pre_login_prompt"))
		p := tenanttest.Browse(t, s)
		to := p.Get(tenanttest.Request(s)).Header.Get("Location")
		page := p.Get(to)
		if !strings.HasPrefix(to, "/u/organization?state=") || !strings.Contains(page.Text, `name="organization" value=""`) ||
			strings.Contains(page.Text, "acme") {
			t.Fatalf("%q\n%s", to, page.Text)
		}
		state := tenanttest.StateOf(t, to)
		if got := p.Get("/u/login?state=" + state).Header.Get("Location"); got != "" && !strings.HasPrefix(got, "/u/organization") {
			t.Errorf("the login page leads to %q", got)
		}
		wrong := p.Post("/u/organization", tenanttest.Form("state", state, "organization", `no"body`))
		if wrong.StatusCode != 400 || !strings.Contains(wrong.Text, `value="no&#34;body"`) {
			t.Errorf("an unknown name: %s\n%s", wrong.Status, wrong.Text)
		}
		login := p.Post("/u/organization", tenanttest.Form("state", state, "organization", " ACME ")).Header.Get("Location")
		if !strings.HasPrefix(login, "/u/login?state=") {
			t.Fatalf("leads to %q", login)
		}
		res := p.Post("/u/login", tenanttest.Form("state", state, "username", "ada@example.test", "password", "Analytical-Engine-1"))
		if got := chosen(t, p.Get(res.Header.Get("Location"))); got != "org_acme" {
			t.Errorf("org_id is %v", got)
		}
		if got := p.Get(to); got.StatusCode != 400 {
			t.Errorf("the page afterwards: %s", got.Status)
		}
	})
	t.Run("no prompt", func(t *testing.T) {
		s := tenanttest.Serve(t, tenanttest.OrganizationPrompt("no_prompt"))
		if got := tenanttest.Browse(t, s).Get(tenanttest.Request(s)).
			Fragment(t); got.Get("error_description") != "parameter organization is required for this client" {
			t.Errorf("%v", got)
		}
	})
}
