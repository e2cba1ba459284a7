package authorize_test

import (
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/tenanttest"
)

func TestOrganizationsOfARequest(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Customers)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	configure := func(usage string, names bool) {
		t.Helper()
		next := s.Snapshot().Clone()
		next.Clients[0].OrganizationUsage, next.Settings.OrganizationNames = usage, names
		if err := s.Reload(next); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		usage        string
		names        bool
		asked        string
		id, name     any
		code, reason string
	}{
		{usage: "allow", asked: ""},
		{usage: "allow", asked: "org_acme", id: "org_acme"},
		{usage: "allow", names: true, asked: "org_acme", id: "org_acme", name: "acme"},
		{usage: "allow", names: true, asked: "ACME", id: "org_acme", name: "acme"},
		{usage: "require", asked: "org_open", id: "org_open"},
		{usage: "allow", asked: "acme", code: "invalid_request", reason: "authorization request parameter organization must be an organization id"},
		{usage: "allow", asked: "org_nobody", code: "invalid_request", reason: "the organization was not found"},
		{usage: "allow", names: true, asked: "nobody", code: "invalid_request", reason: "the organization was not found"},
		{usage: "allow", asked: "org_empty", code: "access_denied", reason: "user " + s.Snapshot().Users[0].ID + " is not part of the org_empty organization"},
		{usage: "require", asked: "", code: "invalid_request", reason: "parameter organization is required for this client"},
		{usage: "deny", asked: "org_acme", code: "invalid_request", reason: "parameter organization is not allowed for this client"},
	} {
		configure(tc.usage, tc.names)
		got := p.Get(tenanttest.Request(s, "prompt", "none", "organization", tc.asked)).Fragment(t)
		if got.Get("error") != tc.code || got.Get("error_description") != tc.reason || got.Get("state") != "the-state" {
			t.Errorf("%+v: %v", tc, got)
		}
		if tc.code != "" {
			continue
		}
		for _, name := range []string{"id_token", "access_token"} {
			c := tenanttest.Claims(t, got.Get(name))
			if c["org_id"] != tc.id || c["org_name"] != tc.name {
				t.Errorf("%+v: %s: %v %v", tc, name, c["org_id"], c["org_name"])
			}
		}
	}
	configure("allow", true)
	other := tenanttest.Browse(t, s)
	got := other.Login(tenanttest.Request(s, "organization", "org_empty")).Fragment(t)
	if got.Get("error") != "access_denied" || !strings.HasSuffix(got.Get("error_description"), "is not part of the org_empty organization") {
		t.Errorf("an outsider after a login: %v", got)
	}
	if order := tenanttest.ClaimOrder(t, p.Get(tenanttest.Request(s, "prompt", "none", "organization", "org_acme")).Fragment(t).
		Get("access_token")); order != "iss sub aud iat exp scope azp org_id org_name" {
		t.Error(order)
	}
}

// The organization goes along with a code and with the refresh tokens that come of it.
func TestOrganizationOfACode(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Customers)
	p := tenanttest.Browse(t, s)
	got := p.Exchange(p.Code("organization", "org_acme", "scope", "openid offline_access"))
	next := p.Token("grant_type", "refresh_token", "client_id", s.Snapshot().Clients[0].ClientID, "refresh_token",
		got.Member(t, "refresh_token"))
	for _, a := range []tenanttest.Answer{got, next} {
		if c := tenanttest.Claims(t, a.Member(t, "id_token")); c["org_id"] != "org_acme" ||
			tenanttest.Claims(t, a.Member(t, "access_token"))["org_id"] != "org_acme" {
			t.Errorf("%v", c)
		}
	}
	left := s.Snapshot().Clone()
	left.Organizations[0].Members = nil
	if err := s.Reload(left); err != nil {
		t.Fatal(err)
	}
	if got := p.Token("grant_type", "refresh_token", "client_id", s.Snapshot().Clients[0].ClientID, "refresh_token",
		got.Member(t, "refresh_token")); got.StatusCode != 403 || !strings.Contains(got.Text, "is not part of the org_acme organization") {
		t.Errorf("a user who left: %s %s", got.Status, got.Text)
	}
}

func TestOrganizationPlaceholders(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Customers)
	p := tenanttest.Browse(t, s)
	for _, tc := range []struct {
		organization, callback string
		want                   int
	}{
		{"org_acme", "https://acme.app.example.test/cb", 302},
		{"org_acme", "https://open.app.example.test/cb", 403},
		{"", "https://acme.app.example.test/cb", 403},
		{"org_nobody", "https://acme.app.example.test/cb", 403},
		{"org_acme", "https://{organization_name}.app.example.test/cb", 403},
		{"", "https://{organization_name}.app.example.test/cb", 403},
	} {
		if got := p.Get(tenanttest.Request(s, "organization", tc.organization, "redirect_uri", tc.callback)); got.StatusCode != tc.want {
			t.Errorf("%q at %s: %s", tc.organization, tc.callback, got.Status)
		}
	}
	for origin, want := range map[string]bool{
		"https://acme.api.example.test": true, "https://open.app.example.test": true, "https://nobody.api.example.test": false,
		"https://{organization_name}.api.example.test": false,
	} {
		got := p.Ask("GET", "/userinfo", "", "Origin", origin)
		if (got.Header.Get("Access-Control-Allow-Origin") == origin) != want {
			t.Errorf("%s: %q", origin, got.Header.Get("Access-Control-Allow-Origin"))
		}
	}
	denied := s.Snapshot().Clone()
	denied.Clients[0].OrganizationUsage = "deny"
	if err := s.Reload(denied); err != nil {
		t.Fatal(err)
	}
	if got := p.Get(tenanttest.Request(s, "organization", "org_acme", "redirect_uri", "https://acme.app.example.test/cb")); got.StatusCode !=
		403 {
		t.Errorf("a client without organizations: %s", got.Status)
	}
	if got := p.Ask("GET", "/userinfo", "", "Origin", "https://acme.api.example.test"); got.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("an origin of an organization, for a client without organizations")
	}
}
