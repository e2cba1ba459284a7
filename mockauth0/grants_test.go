package mockauth0

import (
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/tenant"
)

// What Auth0 has and this tenant has not yet must not look like a mistake of the app.
func TestGrantsThatComeLater(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := browse(t, s)
	for grant, log := range map[string]event.LogCode{
		"urn:ietf:params:oauth:grant-type:device_code": "fede", "urn:ietf:params:oauth:grant-type:token-exchange": "fecte", "urn:ietf:params:oauth:grant-type:jwt-bearer": "f",
		"urn:openid:params:grant-type:ciba": "f", "http://auth0.com/oauth/grant-type/passwordless/otp": "fepotpft", "http://auth0.com/oauth/grant-type/mfa-otp": "feotpft",
		"http://auth0.com/oauth/grant-type/mfa-oob": "feoobft", "http://auth0.com/oauth/grant-type/mfa-recovery-code": "fercft",
	} {
		got := p.token("grant_type", grant, "client_id", "x")
		if got.StatusCode != 501 || got.member(t, "error") != "not_implemented" || !strings.Contains(got.member(t, "error_description"), grant) {
			t.Errorf("%s: %s %s", grant, got.Status, got.body)
		}
		if e := lastLog(s); e.Type != log || !strings.Contains(e.Description, grant) {
			t.Errorf("%s: log %s %q, want %s", grant, e.Type, e.Description, log)
		}
	}
}

func TestStatusOfAnUnsupportedGrant(t *testing.T) {
	t.Parallel()
	for setting, want := range map[int]int{0: 403, 501: 501} {
		s := serve(t, func(tn *tenant.Config) { tn.Mock.UnsupportedGrant = setting })
		got := browse(t, s).token("grant_type", "magic")
		if got.StatusCode != want || got.body != `{"error":"unsupported_grant_type","error_description":"Unsupported grant type: magic"}` {
			t.Errorf("%d: %s %s", setting, got.Status, got.body)
		}
	}
}

// A machine acts for an organization only where its client grant and the organization let it.
func TestMachinesOfOrganizations(t *testing.T) {
	t.Parallel()
	const audience = "https://api.example.test/"
	s := serve(t, func(tn *tenant.Config) {
		customers(tn)
		tn.Organizations[0].Grants = []tenant.Permit{{Client: "Machine", Audience: audience}}
	})
	p := browse(t, s)
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
		got := p.token("grant_type", "client_credentials", "client_id", "machine", "client_secret", "machine-secret", "audience", audience, "organization", tc.asked)
		if got.StatusCode != 200 {
			if got.member(t, "error_description") != tc.want {
				t.Errorf("%+v: %s %s", tc, got.Status, got.body)
			}
			continue
		}
		if id := claimsOf(t, got.member(t, "access_token"))["org_id"]; id != tc.want {
			t.Errorf("%+v: org_id %v", tc, id)
		}
	}
}

// The tenant's flag decides whether /oauth/revoke ends one refresh token or all that the person granted with it.
func TestRevocationOfTheWholeGrant(t *testing.T) {
	t.Parallel()
	for _, whole := range []bool{false, true} {
		s := serve(t, func(tn *tenant.Config) {
			backends(tn)
			tn.Settings.RevokeDeletesGrant = whole
			tn.ResourceServers[1].AllowOfflineAccess = true
		})
		p := browse(t, s)
		client := s.Snapshot().Clients[0].ClientID
		renew := func(token string) int {
			return p.token("grant_type", "refresh_token", "client_id", client, "refresh_token", token).StatusCode
		}
		first := p.exchange(p.code("scope", "openid offline_access")).member(t, "refresh_token")
		second := p.exchange(p.code("scope", "openid offline_access")).member(t, "refresh_token")
		other := p.exchange(p.code("scope", "openid offline_access", "audience", "https://online.example.test/")).member(t, "refresh_token")
		if got := p.ask("POST", "/oauth/revoke", form("client_id", client, "token", first).Encode(), "Content-Type", "application/x-www-form-urlencoded"); got.StatusCode != 200 {
			t.Fatalf("%s %s", got.Status, got.body)
		}
		if renew(first) != 403 || (renew(second) == 200) == whole || renew(other) != 200 {
			t.Errorf("whole grant %v: %d %d %d", whole, renew(first), renew(second), renew(other))
		}
	}
}

func TestQuotasOfMachines(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		backends(tn)
		tn.Clients[2].TokenQuota = tenant.TokenQuota{PerHour: 2, PerDay: 3}
	})
	p := browse(t, s)
	ask := func(secret string) answer {
		return p.token("grant_type", "client_credentials", "client_id", "machine", "client_secret", secret, "audience", "https://api.example.test/")
	}
	for range 3 { // what is refused for another reason costs nothing
		if got := ask("wrong"); got.StatusCode != 401 || got.Header.Get("Auth0-Client-Quota-Limit") != "" {
			t.Fatalf("%s", got.Status)
		}
	}
	for i, want := range []string{"b=per_hour;q=2;r=1;t=1800,b=per_day;q=3;r=2;t=28800", "b=per_hour;q=2;r=0;t=3600,b=per_day;q=3;r=1;t=57600"} {
		if got := ask("machine-secret"); got.StatusCode != 200 || got.Header.Get("Auth0-Client-Quota-Limit") != want {
			t.Errorf("%d: %s %q", i, got.Status, got.Header.Get("Auth0-Client-Quota-Limit"))
		}
	}
	got := ask("machine-secret")
	if got.StatusCode != 429 || got.body != `{"error":"too_many_requests","error_description":"Client quota exceeded"}` || got.Header.Get("Retry-After") != "1800" {
		t.Errorf("one too many: %s %s %q", got.Status, got.body, got.Header.Get("Retry-After"))
	}
	if e := lastLog(s); e.Type != "feccft" || e.Description != "Client quota exceeded" {
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

// A grant without an API is of the tenant's own userinfo. It goes with its refresh tokens as any other does.
func TestTheGrantOfUserinfo(t *testing.T) {
	t.Parallel()
	p := asking(t, "classic", func(tn *tenant.Config) { tn.Settings.RevokeDeletesGrant = true })
	s := p.s
	client := s.Snapshot().Clients[0].ClientID
	back := p.answerPage(p.get(request(s, "redirect_uri", "http://localhost:3000", "response_type", "code", "scope", "openid offline_access", "audience", "",
		"code_challenge", s256(verifier), "code_challenge_method", "S256")), "accept")
	code := mustURL(t, back.Header.Get("Location")).Query().Get("code")
	token := p.exchange(code, "redirect_uri", "http://localhost:3000").member(t, "refresh_token")
	if len(s.Grants()) != 1 || token == "" {
		t.Fatalf("%d grants, token %q", len(s.Grants()), token)
	}
	if got := p.ask("POST", "/oauth/revoke", form("client_id", client, "token", token).Encode(), "Content-Type", "application/x-www-form-urlencoded"); got.StatusCode != 200 {
		t.Fatalf("%s %s", got.Status, got.body)
	}
	if got := s.Grants(); len(got) != 0 {
		t.Errorf("the consent is still there: %+v", got)
	}
}
