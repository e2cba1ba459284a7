package mockauth0

import (
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/tenant"
)

// TestTheDiscoveryDocument: whole, and in Auth0's order, so that a diff with a real tenant's shows differences only.
func TestTheDiscoveryDocument(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	want := `{
"issuer":"https://T/",
"authorization_endpoint":"https://T/authorize",
"token_endpoint":"https://T/oauth/token",
"userinfo_endpoint":"https://T/userinfo",
"jwks_uri":"https://T/.well-known/jwks.json",
"revocation_endpoint":"https://T/oauth/revoke",
"scopes_supported":["openid","profile","offline_access","name","given_name","family_name","nickname","email","email_verified","picture","created_at","identities","phone","address"],
"response_types_supported":["code","token","id_token","code token","code id_token","token id_token","code token id_token"],
"code_challenge_methods_supported":["S256","plain"],
"response_modes_supported":["query","fragment","form_post"],
"subject_types_supported":["public"],
"token_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post","private_key_jwt"],
"token_endpoint_auth_signing_alg_values_supported":["RS256","RS384","PS256"],
"claims_supported":["aud","auth_time","created_at","email","email_verified","exp","family_name","given_name","iat","identities","iss","name","nickname","phone_number","picture","sub"],
"request_uri_parameter_supported":false,
"request_parameter_supported":false,
"id_token_signing_alg_values_supported":["HS256","RS256","PS256"],
"end_session_endpoint":"https://T/oidc/logout",
"pushed_authorization_request_endpoint":"https://T/oauth/par"}`
	got := browse(t, s).get("/.well-known/openid-configuration").body
	if want = strings.ReplaceAll(strings.ReplaceAll(want, "\n", ""), "https://T/", s.Issuer()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Rotation is the client's, whatever grant the family came from.
func TestRotationOfThePasswordGrant(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		backends(tn)
		tn.Clients[1].RefreshToken = tenant.RefreshToken{Rotating: true, Lifetime: time.Hour}
	})
	p := browse(t, s)
	secret := []string{"client_id", "web", "client_secret", "web+secret%21"}
	first := p.token(append(secret, "grant_type", "password", "scope", "offline_access", "username", "ada@example.test", "password", "Analytical-Engine-1")...).member(t, "refresh_token")
	renew := func(token string) answer {
		return p.token(append(secret, "grant_type", "refresh_token", "refresh_token", token)...)
	}
	second := renew(first).member(t, "refresh_token")
	if second == "" || second == first {
		t.Fatalf("not rotated: %q", second)
	}
	if got := renew(first); got.body != reusedRT {
		t.Errorf("the old one: %s", got.body)
	}
	if got := renew(second); got.body != unknownRT {
		t.Errorf("after the reuse: %s", got.body)
	}
}
