package token_test

import (
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// TestTheManagementAPIIsAnAudienceOfEveryTenant: applications get tokens for it, and are told that it is not served; they never
// hear that it does not exist.
func TestTheManagementAPIIsAnAudienceOfEveryTenant(t *testing.T) {
	t.Parallel()
	const exported = "https://acme.eu.auth0.com/api/v2/"
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Backends(tn)
		tn.ClientGrants = append(tn.ClientGrants, &tenant.ClientGrant{Client: "Machine", Audience: exported, Scopes: []string{"read:users"}})
	})
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	own := s.URL() + "/api/v2/"
	warned := func() bool {
		return slices.ContainsFunc(s.Events(0), func(e event.Event) bool {
			return e.Type == event.Warning && event.Of[event.LogEntry](e).Reason == event.NotImplemented
		})
	}
	if warned() {
		t.Fatal("a warning of a login that has nothing to do with it")
	}

	got := p.Get(tenanttest.Request(s, "prompt", "none", "audience", own, "scope", "openid read:current_user read:users")).Fragment(t)
	c := tenanttest.Claims(t, got.Get("access_token"))
	if aud, _ := c["aud"].([]any); c["scope"] != "openid read:current_user" || len(aud) != 2 || aud[0] != own {
		t.Errorf("for a person: %v %v", got, c)
	}
	if !warned() {
		t.Error("no warning that the API is not served")
	}
	for _, audience := range []string{own, exported} { // the export's grant counts under either name
		token := p.Token("grant_type", "client_credentials", "audience", audience, "client_id", "machine", "client_secret", "machine-secret")
		if token.StatusCode != 200 {
			t.Fatalf("a machine with a client grant, %s: %s %s", audience, token.Status, token.Text)
		}
		if c := tenanttest.Claims(t, token.Member(t, "access_token")); c["aud"] != audience || c["scope"] != "read:users" {
			t.Errorf("a machine: %v", c)
		}
	}
	if token := p.Token("grant_type", "client_credentials", "audience", own, "client_id", "web", "client_secret", "web+secret%21"); !strings.
		Contains(token.Text, "Client is not authorized to access") {
		t.Errorf("a machine without a client grant: %s", token.Text)
	}
	if _, err := s.MintToken(mockauth0.TokenRequest{Client: "My App", User: "ada@example.test", Audience: own}); err != nil {
		t.Error(err)
	}
	if served := p.Ask("GET", "/api/v2/users/me", ""); served.StatusCode != 501 || !strings.Contains(served.Text, "does not serve") {
		t.Errorf("the API itself: %s %s", served.Status, served.Text)
	}

	foreign := p.Get(tenanttest.Request(s, "prompt", "none", "audience", "https://other.auth0.com/api/v2/")).Fragment(t)
	if foreign.Get("error_description") != "Service not found: https://other.auth0.com/api/v2/" {
		t.Errorf("the Management API of another tenant: %v", foreign)
	}
}
