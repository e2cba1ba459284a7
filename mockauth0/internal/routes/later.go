package routes

import (
	"net/http"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
)

// Later are endpoints that Auth0 has and this version does not serve: they say so, instead of a bare 404 that would look like a
// mistake of the caller's. A path with a final slash stands for everything below it (fact 5-later; auth0.com/docs/api).
var Later = [...]string{
	"/oauth/device/code", "/activate", // device authorization
	"/mfa/challenge", "/mfa/associate", "/mfa/authenticators", "/mfa/authenticators/",
	"/passwordless/start", "/passwordless/verify", "/passwordless/verify_redirect",
	"/passkey/challenge", "/passkey/register",
	"/bc-authorize",                    // CIBA
	"/oidc/register",                   // dynamic client registration
	"/oauth/global-token-revocation/",  // by identity providers
	"/oauth/ro", "/oauth/access_token", // legacy grants
	"/tokeninfo", "/delegation", "/unlink", "/login/unlink", "/impersonate", // legacy
	"/samlp/", "/wsfed/", "/adfs/", "/FederationMetadata/", // other protocols
	"/api/v2/", "/me/", "/scim/", // Management, My Account
	"/user/geoloc/country",
}

// later answers for all of them.
func later(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	return nil, &oauth.Error{Code: "not_implemented", Status: http.StatusNotImplemented,
		Description: "mockauth0 does not serve " + r.URL.Path + " yet. Auth0 does: your request may be right."}
}

// notYet are the entries of the table for them: any method, and an answer that pages of the apps may read.
func notYet() []entry {
	var t []entry
	for _, path := range Later {
		t = append(t, entry{httpx.Route{Name: "later", Errors: httpx.ErrorJSON, CORS: httpx.CORSOrigins},
			[]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, path, later, ""})
	}
	return t
}
