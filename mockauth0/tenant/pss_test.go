package tenant_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"renewal.example/mockauth0/tenant"
)

// TestPS256NeedsAJWKSWithoutAlgorithms: the tenant is served all the same, and who loads it reads why a verifier may refuse.
func TestPS256NeedsAJWKSWithoutAlgorithms(t *testing.T) {
	t.Parallel()
	const idTokens, accessTokens = "acme/tenant.yaml:2:83: ID tokens of ", "acme/tenant.yaml:3:77: access tokens of "
	for _, tc := range []struct {
		name, flags, client, api string
		want                     []string // beginnings
	}{
		{"RS256", "{}", "RS256", "RS256", nil},
		{"ID tokens", "{}", "PS256", "RS256", []string{idTokens}},
		{"access tokens", "{}", "RS256", "PS256", []string{accessTokens}},
		{"algorithms left out", "{remove_alg_from_jwks: true}", "PS256", "PS256", nil},
	} {
		config, err := tenant.Load(fstest.MapFS{"tenant.yaml": {Data: []byte("tenant: {flags: " + tc.flags + "}\n" +
			"clients: [{name: App, callbacks: ['http://localhost:1'], jwt_configuration: {alg: " + tc.client + "}}]\n" +
			"resourceServers: [{name: API, identifier: 'https://api.test/', signing_alg: " + tc.api + "}]\n" +
			"databases: [{name: Users, strategy: auth0, enabled_clients: [App]}]")}}, "acme", tenant.LoadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		fits := func(p tenant.Problem, beginning string) bool {
			return strings.HasPrefix(p.String(), beginning) && strings.Contains(p.Message, "remove_alg_from_jwks")
		}
		if !slices.EqualFunc(config.Warnings, tc.want, fits) {
			t.Errorf("%s: %v, want %q", tc.name, config.Warnings, tc.want)
		}
	}
}
