package grant_test

import (
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// What Auth0 has and this tenant has not yet must not look like a mistake of the app.
func TestGrantsThatComeLater(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	for grant, log := range map[string]event.LogCode{
		"urn:ietf:params:oauth:grant-type:device_code": "fede", "urn:ietf:params:oauth:grant-type:token-exchange": "fecte",
		"urn:ietf:params:oauth:grant-type:jwt-bearer": "f", "urn:openid:params:grant-type:ciba": "f",
		"http://auth0.com/oauth/grant-type/passwordless/otp": "fepotpft", "http://auth0.com/oauth/grant-type/mfa-otp": "feotpft",
		"http://auth0.com/oauth/grant-type/mfa-oob": "feoobft", "http://auth0.com/oauth/grant-type/mfa-recovery-code": "fercft",
	} {
		got := p.Token("grant_type", grant, "client_id", "x")
		if got.StatusCode != 501 || got.Member(t, "error") != "not_implemented" || !strings.Contains(got.Member(t, "error_description"), grant) {
			t.Errorf("%s: %s %s", grant, got.Status, got.Text)
		}
		if e := tenanttest.LastLog(s); e.Type != log || !strings.Contains(e.Description, grant) {
			t.Errorf("%s: log %s %q, want %s", grant, e.Type, e.Description, log)
		}
	}
}

func TestStatusOfAnUnsupportedGrant(t *testing.T) {
	t.Parallel()
	for setting, want := range map[int]int{0: 403, 501: 501} {
		s := tenanttest.Serve(t, func(tn *tenant.Config) { tn.Mock.UnsupportedGrant = setting })
		got := tenanttest.Browse(t, s).Token("grant_type", "magic")
		if got.StatusCode != want || got.Text != `{"error":"unsupported_grant_type","error_description":"Unsupported grant type: magic"}` {
			t.Errorf("%d: %s %s", setting, got.Status, got.Text)
		}
	}
}

// A machine acts for an organization only where its client grant and the organization let it.
func TestMachinesOfOrganizations(t *testing.T) {
	t.Parallel()
	const audience = "https://api.example.test/"
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Customers(tn)
		tn.Organizations[0].Grants = []tenant.Permit{{Client: "Machine", Audience: audience}}
	})
	p := tenanttest.Browse(t, s)
	for _, tc := range []struct {
		usage string
		any   bool
		asked string
		want  any // org_id, or the error's description
	}{
		{"", false, "", nil},
		{"", false, "org_acme", "parameter organization is not allowed for this client"},
		{"deny", true, "org_acme", "parameter organization is not allowed for this client"},
		{"allow", false, "", nil},
		{"allow", false, "org_acme", "org_acme"},
		{"allow", false, "org_open", "client machine is not part of the org_open organization"},
		{"allow", true, "org_open", "org_open"},
		{"allow", true, "org_nobody", "the organization was not found"},
		{"require", true, "", "parameter organization is required for this client"},
	} {
		next := s.Snapshot().Clone()
		next.ClientGrants[0].OrganizationUsage, next.ClientGrants[0].AllowAnyOrganization = tc.usage, tc.any
		if err := s.Reload(next); err != nil {
			t.Fatal(err)
		}
		got := p.Token("grant_type", "client_credentials", "client_id", "machine", "client_secret", "machine-secret", "audience", audience,
			"organization", tc.asked)
		if got.StatusCode != 200 {
			if got.Member(t, "error_description") != tc.want {
				t.Errorf("%+v: %s %s", tc, got.Status, got.Text)
			}
			continue
		}
		if id := tenanttest.Claims(t, got.Member(t, "access_token"))["org_id"]; id != tc.want {
			t.Errorf("%+v: org_id %v", tc, id)
		}
	}
}

// The tenant's flag decides whether /oauth/revoke ends one refresh token or all that the person granted with it.
func TestRevocationOfTheWholeGrant(t *testing.T) {
	t.Parallel()
	for _, whole := range []bool{false, true} {
		s := tenanttest.Serve(t, func(tn *tenant.Config) {
			tenanttest.Backends(tn)
			tn.Settings.RevokeDeletesGrant = whole
			tn.ResourceServers[1].AllowOfflineAccess = true
		})
		p := tenanttest.Browse(t, s)
		client := s.Snapshot().Clients[0].ClientID
		renew := func(token string) int {
			return p.Token("grant_type", "refresh_token", "client_id", client, "refresh_token", token).StatusCode
		}
		first := p.Exchange(p.Code("scope", "openid offline_access")).Member(t, "refresh_token")
		second := p.Exchange(p.Code("scope", "openid offline_access")).Member(t, "refresh_token")
		other := p.Exchange(p.Code("scope", "openid offline_access", "audience", "https://online.example.test/")).Member(t, "refresh_token")
		if got := p.Ask("POST", "/oauth/revoke", tenanttest.Form("client_id", client, "token", first).Encode(), "Content-Type",
			"application/x-www-form-urlencoded"); got.StatusCode != 200 {
			t.Fatalf("%s %s", got.Status, got.Text)
		}
		if renew(first) != 403 || (renew(second) == 200) == whole || renew(other) != 200 {
			t.Errorf("whole grant %v: %d %d %d", whole, renew(first), renew(second), renew(other))
		}
	}
}

func TestQuotasOfMachines(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Backends(tn)
		tn.Clients[2].TokenQuota = tenant.TokenQuota{PerHour: 2, PerDay: 3}
	})
	p := tenanttest.Browse(t, s)
	ask := func(secret string) tenanttest.Answer {
		return p.Token("grant_type", "client_credentials", "client_id", "machine", "client_secret", secret, "audience",
			"https://api.example.test/")
	}
	for range 3 { // what is refused for another reason costs nothing
		if got := ask("wrong"); got.StatusCode != 401 || got.Header.Get("Auth0-Client-Quota-Limit") != "" {
			t.Fatalf("%s", got.Status)
		}
	}
	for i, want := range []string{
		"b=per_hour;q=2;r=1;t=1800,b=per_day;q=3;r=2;t=28800", "b=per_hour;q=2;r=0;t=3600,b=per_day;q=3;r=1;t=57600",
	} {
		if got := ask("machine-secret"); got.StatusCode != 200 || got.Header.Get("Auth0-Client-Quota-Limit") != want {
			t.Errorf("%d: %s %q", i, got.Status, got.Header.Get("Auth0-Client-Quota-Limit"))
		}
	}
	got := ask("machine-secret")
	if got.StatusCode != 429 || got.Text != `{"error":"too_many_requests","error_description":"Client quota exceeded"}` ||
		got.Header.Get("Retry-After") != "1800" {
		t.Errorf("one too many: %s %s %q", got.Status, got.Text, got.Header.Get("Retry-After"))
	}
	if e := tenanttest.LastLog(s); e.Type != "feccft" || e.Description != "Client quota exceeded" {
		t.Errorf("log: %+v", e)
	}
	s.Advance(30 * time.Minute)
	if got := ask("machine-secret"); got.StatusCode != 200 {
		t.Errorf("half an hour later: %s", got.Status)
	}
	s.Advance(time.Hour)
	if got := ask("machine-secret"); got.StatusCode != 429 || got.Header.Get("Retry-After") == "" {
		t.Errorf("the day's quota: %s", got.Status)
	}
	s.Reset()
	if got := ask("machine-secret"); got.StatusCode != 200 {
		t.Errorf("after Reset: %s", got.Status)
	}
}
