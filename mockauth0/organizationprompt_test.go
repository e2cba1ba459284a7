package mockauth0

import (
	"strings"
	"testing"

	"renewal.example/mockauth0/tenant"
)

// prompting is a tenant whose first client requires an organization and asks for it.
func prompting(behavior string) func(*tenant.Config) {
	return func(tn *tenant.Config) {
		organized(tn)
		tn.Clients[0].OrganizationUsage, tn.Clients[0].OrganizationPrompt = "require", behavior
		tn.Organizations = append(tn.Organizations, &tenant.Organization{Name: "beta", ID: "org_beta", DisplayName: "Beta <& Sons>", Members: []string{"ada@example.test"}})
		tn.Organizations[2].Connections = nil // open is nobody's here
	}
}

func TestThePersonNamesTheOrganization(t *testing.T) {
	t.Parallel()
	chosen := func(t *testing.T, a answer) any {
		t.Helper()
		return claimsOf(t, a.fragment(t).Get("id_token"))["org_id"]
	}
	t.Run("after the login", func(t *testing.T) {
		s := serve(t, prompting("post_login_prompt"))
		p := browse(t, s)
		to := p.login(request(s)).Header.Get("Location")
		page := p.get(to)
		if !strings.HasPrefix(to, "/u/organization?state=") || !strings.Contains(page.body, `value="org_acme">acme</button>`) || !strings.Contains(page.body, "Beta &lt;&amp; Sons&gt;") ||
			strings.Contains(page.body, "org_empty") || page.Header.Get("X-Frame-Options") != "deny" {
			t.Fatalf("%q\n%s", to, page.body)
		}
		state := stateOf(t, to)
		for _, other := range []string{"org_empty", "acme", "", "<script>"} {
			if got := p.post("/u/organization", form("state", state, "organization", other)); got.StatusCode != 400 || !strings.Contains(got.body, "The organization was not found.") {
				t.Errorf("%q: %s", other, got.Status)
			}
		}
		resume := p.post("/u/organization", form("state", state, "organization", "org_beta")).Header.Get("Location")
		if got := chosen(t, p.get(resume)); got != "org_beta" {
			t.Errorf("org_id is %v", got)
		}
		// The session knows no organization: the next request asks again, and a silent one cannot.
		if got := p.get(request(s)).Header.Get("Location"); !strings.HasPrefix(got, "/u/organization?state=") {
			t.Errorf("with a session: %q", got)
		}
		silent := p.get(request(s, "prompt", "none")).fragment(t)
		if silent.Get("error") != "invalid_request" || silent.Get("error_description") != "parameter organization is required for this client" {
			t.Errorf("in silence: %v", silent)
		}
		if got := p.get(request(s, "prompt", "none", "organization", "org_acme")); chosen(t, got) != "org_acme" {
			t.Errorf("named by the request: %v", got.Header)
		}
		if got := browse(t, s).get(to); got.StatusCode != 400 {
			t.Errorf("another browser: %s", got.Status)
		}
	})
	t.Run("one alone needs no question", func(t *testing.T) {
		s := serve(t, func(tn *tenant.Config) { prompting("post_login_prompt")(tn); tn.Organizations = tn.Organizations[:2] })
		if got := chosen(t, browse(t, s).login(request(s))); got != "org_acme" {
			t.Errorf("org_id is %v", got)
		}
	})
	t.Run("none", func(t *testing.T) {
		s := serve(t, func(tn *tenant.Config) { prompting("post_login_prompt")(tn); tn.Organizations = tn.Organizations[1:2] })
		got := browse(t, s).login(request(s)).fragment(t)
		if got.Get("error") != "invalid_request" || got.Get("error_description") != "client requires organization membership, but user does not belong to any organization" {
			t.Errorf("%v", got)
		}
	})
	t.Run("before the login", func(t *testing.T) {
		s := serve(t, prompting("pre_login_prompt"))
		p := browse(t, s)
		to := p.get(request(s)).Header.Get("Location")
		page := p.get(to)
		if !strings.HasPrefix(to, "/u/organization?state=") || !strings.Contains(page.body, `name="organization" value=""`) || strings.Contains(page.body, "acme") {
			t.Fatalf("%q\n%s", to, page.body)
		}
		state := stateOf(t, to)
		if got := p.get("/u/login?state=" + state).Header.Get("Location"); got != "" && !strings.HasPrefix(got, "/u/organization") {
			t.Errorf("the login page leads to %q", got)
		}
		wrong := p.post("/u/organization", form("state", state, "organization", `no"body`))
		if wrong.StatusCode != 400 || !strings.Contains(wrong.body, `value="no&#34;body"`) {
			t.Errorf("an unknown name: %s\n%s", wrong.Status, wrong.body)
		}
		login := p.post("/u/organization", form("state", state, "organization", " ACME ")).Header.Get("Location")
		if !strings.HasPrefix(login, "/u/login?state=") {
			t.Fatalf("leads to %q", login)
		}
		res := p.post("/u/login", form("state", state, "username", "ada@example.test", "password", "Analytical-Engine-1"))
		if got := chosen(t, p.get(res.Header.Get("Location"))); got != "org_acme" {
			t.Errorf("org_id is %v", got)
		}
		if got := p.get(to); got.StatusCode != 400 {
			t.Errorf("the page afterwards: %s", got.Status)
		}
	})
	t.Run("no prompt", func(t *testing.T) {
		s := serve(t, prompting("no_prompt"))
		if got := browse(t, s).get(request(s)).fragment(t); got.Get("error_description") != "parameter organization is required for this client" {
			t.Errorf("%v", got)
		}
	})
}
