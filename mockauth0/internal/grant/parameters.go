package grant

import (
	"net/http"
	"net/url"

	"renewal.example/mockauth0/internal/httpx"
)

// once are the parameters that may be given only once (RFC 6749 §3.2).
var once = [...]string{"grant_type", "client_id", "client_secret", "code", "redirect_uri", "code_verifier", "refresh_token",
	"scope", "audience", "username", "password", "realm", "organization", "client_assertion", "client_assertion_type", "token"}

// parameters reads a form or a JSON object: SDKs send both (fact 4-bodies). Unknown parameters are ignored.
func parameters(r *http.Request) (url.Values, error) {
	v, _, err := httpx.Body(r, once[:]...)
	return v, err
}
