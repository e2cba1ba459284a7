package routes

import (
	"net/http"
	"slices"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/mint"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/tenant"
)

// member is one of discovery's: a value, or nil for an endpoint, whose address comes from the registry.
type member struct {
	name  string
	value any
}

// members are Auth0's in Auth0's order, those of its larger plans last (facts 3.4-order, 3.4-only-what-is-served).
func members(tn *tenant.Config) []member {
	return []member{
		{"authorization_endpoint", nil},
		{"token_endpoint", nil},
		{"device_authorization_endpoint", nil},
		{"userinfo_endpoint", nil},
		{"mfa_challenge_endpoint", nil},
		{"jwks_uri", nil},
		{"registration_endpoint", nil},
		{"revocation_endpoint", nil},
		{"scopes_supported", []string{
			"openid", "profile", "offline_access", "name", "given_name", "family_name", "nickname", "email", "email_verified",
			"picture", "created_at", "identities", "phone", "address",
		}},
		{"response_types_supported", []string{
			"code", "token", "id_token", "code token", "code id_token", "token id_token", "code token id_token",
		}},
		{"code_challenge_methods_supported", []string{"S256", "plain"}},
		{"response_modes_supported", []string{"query", "fragment", "form_post"}},
		{"subject_types_supported", []string{"public"}},
		{"token_endpoint_auth_methods_supported", []string{"client_secret_basic", "client_secret_post", "private_key_jwt"}},
		{"token_endpoint_auth_signing_alg_values_supported", []string{"RS256", "RS384", "PS256"}},
		{"claims_supported", []string{
			"aud", "auth_time", "created_at", "email", "email_verified", "exp", "family_name", "given_name", "iat",
			"identities", "iss", "name", "nickname", "phone_number", "picture", "sub",
		}},
		{"request_uri_parameter_supported", false},
		{"request_parameter_supported", false},
		{"backchannel_authentication_endpoint", nil},
		{"id_token_signing_alg_values_supported", []string{"HS256", "RS256", "PS256"}},
		{"end_session_endpoint", nil},
		{"pushed_authorization_request_endpoint", nil},
		{"require_pushed_authorization_requests", set(tn.Settings.RequirePushedRequests)},
		// A matter of the plan at Auth0; here, of its being used.
		{"backchannel_logout_supported", set(receivesLogouts(tn))},
		{"backchannel_logout_session_supported", set(receivesLogouts(tn))},
		{"authorization_response_iss_parameter_supported", set(tn.Settings.ResponseIssuer)},
	}
}

// set is true, or nothing at all: members that are false by default are left out.
func set(flag bool) any {
	if flag {
		return true
	}
	return nil
}

func receivesLogouts(tn *tenant.Config) bool {
	return slices.ContainsFunc(tn.Clients, func(c *tenant.Client) bool { return len(c.BackchannelLogout.URLs) > 0 })
}

// discovery is OpenID Connect Discovery 1.0 §4.
func (e *Endpoints) discovery(x *httpx.Exchange, _ *http.Request) (*httpx.Result, error) {
	tn := e.Tenant()
	var body []byte
	var err error
	if x.Meets(httpx.SeamDiscovery) { // effects change a document of this request's own
		doc := describe(tn, x.Origin, x.Issuer())
		for _, e := range httpx.Effects[mint.DocumentEffect](x, httpx.SeamDiscovery, &doc) {
			e.ChangeDocument(&doc)
		}
		body, err = doc.Payload()
	} else {
		body, err = e.documents.get(tn, x.Issuer(), func() ([]byte, error) {
			doc := describe(tn, x.Origin, x.Issuer())
			return doc.Payload()
		})
	}
	if err != nil {
		return nil, err
	}
	return (&httpx.Result{Body: body, Carries: sentDiscovery(x.Issuer())}).Set("Content-Type", "application/json; charset=utf-8").
		Set("Cache-Control", "public, max-age=15, stale-while-revalidate=15, stale-if-error=86400"), nil
}

// describe makes the document. What is not served, or hidden by the tenant's settings, is not advertised.
func describe(tn *tenant.Config, origin, issuer string) mint.Spec {
	hidden := map[string]bool{
		"end_session_endpoint":                  tn.Settings.HideEndSession,
		"pushed_authorization_request_endpoint": tn.Settings.NoPushedRequests,
	}
	served := map[string]any{}
	for _, t := range names.Endpoints() {
		if t.Member != "" && !hidden[t.Member] {
			served[t.Member] = origin + t.Paths[0]
		}
	}
	doc := mint.Spec{Claims: []mint.Claim{{Name: "issuer", Value: issuer}}}
	for _, m := range members(tn) {
		if m.value == nil {
			m.value = served[m.name]
		}
		if m.value != nil {
			doc.Claims = append(doc.Claims, mint.Claim{Name: m.name, Value: m.value})
		}
	}
	return doc
}
