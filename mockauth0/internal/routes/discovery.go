package routes

import (
	"net/http"
	"slices"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/mint"
	"renewal.example/mockauth0/tenant"
)

// discovery is OpenID Connect Discovery 1.0 §4, with Auth0's members in Auth0's order; endpoints come from the
// table, so what is not served is not advertised.
func (e *Endpoints) discovery(x *httpx.Exchange, _ *http.Request) (*httpx.Result, error) {
	served := map[string]string{}
	for _, t := range e.table() {
		if t.member != "" {
			served[t.member] = x.Origin + t.path
		}
	}
	doc := mint.Spec{Claims: []mint.Claim{{Name: "issuer", Value: x.Issuer()}}}
	tn := e.Tenant()
	hidden := map[string]bool{"end_session_endpoint": tn.Settings.HideEndSession, "pushed_authorization_request_endpoint": tn.Settings.NoPushedRequests}
	for _, m := range []string{"authorization_endpoint", "token_endpoint", "device_authorization_endpoint", "userinfo_endpoint", "jwks_uri", "revocation_endpoint", "end_session_endpoint", "pushed_authorization_request_endpoint"} {
		if served[m] != "" && !hidden[m] {
			doc.Claims = append(doc.Claims, mint.Claim{Name: m, Value: served[m]})
		}
	}
	doc.Claims = append(doc.Claims,
		mint.Claim{Name: "scopes_supported", Value: []string{"openid", "profile", "offline_access", "name", "given_name", "family_name", "nickname", "email", "email_verified", "picture", "created_at", "identities", "phone", "address"}},
		mint.Claim{Name: "response_types_supported", Value: []string{"code", "token", "id_token", "code token", "code id_token", "token id_token", "code token id_token"}},
		mint.Claim{Name: "code_challenge_methods_supported", Value: []string{"S256", "plain"}},
		mint.Claim{Name: "response_modes_supported", Value: []string{"query", "fragment", "form_post"}},
		mint.Claim{Name: "subject_types_supported", Value: []string{"public"}},
		mint.Claim{Name: "token_endpoint_auth_methods_supported", Value: []string{"client_secret_basic", "client_secret_post", "private_key_jwt"}},
		mint.Claim{Name: "token_endpoint_auth_signing_alg_values_supported", Value: []string{"RS256", "RS384", "PS256"}},
		mint.Claim{Name: "claims_supported", Value: []string{"aud", "auth_time", "created_at", "email", "email_verified", "exp", "family_name", "given_name", "iat", "identities", "iss", "name", "nickname", "phone_number", "picture", "sub"}},
		mint.Claim{Name: "request_uri_parameter_supported", Value: false},
		mint.Claim{Name: "request_parameter_supported", Value: false},
		mint.Claim{Name: "id_token_signing_alg_values_supported", Value: []string{"HS256", "RS256", "PS256"}},
	)
	if slices.ContainsFunc(tn.Clients, func(c *tenant.Client) bool { return len(c.BackchannelLogout.URLs) > 0 }) {
		doc.Claims = append(doc.Claims, // a matter of the plan at Auth0; here, of its being used
			mint.Claim{Name: "backchannel_logout_supported", Value: true}, mint.Claim{Name: "backchannel_logout_session_supported", Value: true})
	}
	if tn.Settings.RequirePushedRequests {
		doc.Set("require_pushed_authorization_requests", true)
	}
	body, err := doc.Payload()
	if err != nil {
		return nil, err
	}
	return (&httpx.Result{Body: body}).Set("Content-Type", "application/json; charset=utf-8").
		Set("Cache-Control", "public, max-age=15, stale-while-revalidate=15, stale-if-error=86400"), nil
}
