package grant_test

import (
	"net/url"
	"strings"
	"testing"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// warnings are the reasons of the warnings that a tenant wrote after an event.
func warnings(s *mockauth0.Server, after uint64) string {
	var all []string
	for _, e := range s.Events(after) {
		if e.Type == event.Warning {
			all = append(all, string(event.Of[event.LogEntry](e).Reason))
		}
	}
	return strings.Join(all, " ")
}

func last(s *mockauth0.Server) uint64 {
	events := s.Events(0)
	return events[len(events)-1].Seq
}

// TestRefreshTokensForSeveralAPIs: the client never gets a token for another API than it asked for without hearing of it.
func TestRefreshTokensForSeveralAPIs(t *testing.T) {
	t.Parallel()
	const api, stock, online = "https://api.example.test/", "https://stock.example.test/", "https://online.example.test/"
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Backends(tn)
		tn.ResourceServers = append(tn.ResourceServers, &tenant.ResourceServer{Identifier: stock, Scopes: []tenant.Scope{{Value: "read:stock"}}})
		tn.Clients[0].RefreshPolicies = []tenant.RefreshPolicy{
			{Audience: api, Scopes: []string{"read:all", "write:all", "no:such"}}, {Audience: stock, Scopes: []string{"read:stock"}},
			{Audience: "https://gone.example.test/"},
		}
	})
	p := tenanttest.Browse(t, s)
	rt := p.Offline() // for api, with openid profile read:all
	for _, tc := range []struct {
		name, audience, scope string
		status                int
		warned                string
	}{
		{"an API of the policies", stock, "read:stock", 501, ""},
		{"an API of the policies, no scope", stock, "", 501, ""},
		{"an API of no policy", online, "openid", 200, "audience_ignored"},
		{"a policy for an API that does not exist", "https://gone.example.test/", "", 200, "audience_ignored"},
		{"the API of the login, more by its policy", api, "", 200, "policy_ignored"},
		{"no audience, more by its policy", "", "", 200, "policy_ignored"},
		{"the API of the login, scopes that it gave", api, "openid read:all", 200, ""},
		{"the API of the login, a scope of its policy", api, "openid write:all", 200, "policy_ignored"},
	} {
		before := last(s)
		got := p.Renew(rt, "audience", tc.audience, "scope", tc.scope)
		if got.StatusCode != tc.status || warnings(s, before) != tc.warned {
			t.Errorf("%s: %s %s, warnings %q, want %d and %q", tc.name, got.Status, got.Text, warnings(s, before), tc.status, tc.warned)
		}
		if e := tenanttest.LastLog(s); tc.status == 501 && (event.Of[event.LogEntry](e).Reason != event.NotImplemented ||
			!strings.Contains(got.Member(t, "error_description"), "refresh_token.policies")) {
			t.Errorf("%s: %s, log %+v", tc.name, got.Text, e)
		}
		if tc.status == 200 {
			if c := tenanttest.Claims(t, got.Member(t, "access_token")); !strings.Contains(strings.Trim(toText(c["aud"]), "[]"), api) {
				t.Errorf("%s: aud %v", tc.name, c["aud"])
			}
		}
	}
}

func toText(aud any) string {
	if list, ok := aud.([]any); ok && len(list) > 0 {
		aud = list[0]
	}
	text, _ := aud.(string)
	return text
}

// TestProofsOfPossession: a token that is not bound to a key never passes for one that is.
func TestProofsOfPossession(t *testing.T) {
	t.Parallel()
	const api = "https://api.example.test/"
	for _, tc := range []struct {
		name     string
		setting  tenant.ProofOfPossession
		client   bool // require_proof_of_possession
		audience string
		proof    string
		status   int
		warned   string
	}{
		{"no proof", tenant.ProofOfPossession{}, false, api, "", 200, ""},
		{"an API without it", tenant.ProofOfPossession{}, false, api, "proof", 200, "dpop_ignored"},
		{"an API that has none", tenant.ProofOfPossession{Mechanism: "none", Required: true}, false, api, "proof", 200, "dpop_ignored"},
		{"an API that takes it", tenant.ProofOfPossession{Mechanism: "dpop"}, false, api, "proof", 501, ""},
		{"an API that takes it, no proof", tenant.ProofOfPossession{Mechanism: "dpop"}, false, api, "", 200, ""},
		{"an API that demands it, no proof", tenant.ProofOfPossession{Mechanism: "dpop", Required: true}, false, api, "", 501, ""},
		{"an API that demands it of public clients", tenant.ProofOfPossession{Mechanism: "dpop", Required: true, PublicOnly: true}, false, api, "", 200, ""},
		{"an API that demands certificates", tenant.ProofOfPossession{Mechanism: "mtls", Required: true}, false, api, "", 501, ""},
		{"an API that takes certificates", tenant.ProofOfPossession{Mechanism: "mtls"}, false, api, "proof", 200, "dpop_ignored"},
		{"a client that demands it", tenant.ProofOfPossession{}, true, api, "", 501, ""},
		{"no API", tenant.ProofOfPossession{}, false, "", "proof", 501, ""},
	} {
		s := tenanttest.Serve(t, func(tn *tenant.Config) {
			tenanttest.Backends(tn)
			tn.ResourceServers[0].ProofOfPossession = tc.setting
			tn.Clients[1].RequireProof = tc.client
		})
		p := tenanttest.Browse(t, s)
		form := url.Values{"grant_type": {"password"}, "client_id": {"web"}, "client_secret": {"web+secret%21"}, "username": {"ada@example.test"},
			"password": {"Analytical-Engine-1"}, "audience": {tc.audience}}
		header := []string{"Content-Type", "application/x-www-form-urlencoded"}
		if tc.proof != "" {
			header = append(header, "DPoP", tc.proof)
		}
		got := p.Ask("POST", "/oauth/token", form.Encode(), header...)
		if got.StatusCode != tc.status || warnings(s, 0) != tc.warned {
			t.Errorf("%s: %s %s, warnings %q", tc.name, got.Status, got.Text, warnings(s, 0))
		}
		if tc.status == 501 && !strings.Contains(got.Member(t, "error_description"), "bind tokens to a key") {
			t.Errorf("%s: %s", tc.name, got.Text)
		}
	}
}

// TestARefusedProofUsesUpNothing: the code and the refresh token are good for a client without DPoP.
func TestARefusedProofUsesUpNothing(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Backends(tn)
		tn.Clients[0].RefreshToken.Rotating = true
		tn.ResourceServers[0].ProofOfPossession.Mechanism = "dpop"
	})
	p := tenanttest.Browse(t, s)
	rt := p.Offline()
	form := url.Values{"grant_type": {"refresh_token"}, "client_id": {s.Snapshot().Clients[0].ClientID}, "refresh_token": {rt}}
	if got := p.Ask("POST", "/oauth/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "DPoP",
		"proof"); got.StatusCode != 501 {
		t.Errorf("with a proof: %s %s", got.Status, got.Text)
	}
	if got := p.Renew(rt); got.StatusCode != 200 {
		t.Errorf("afterwards: %s %s", got.Status, got.Text)
	}
}
