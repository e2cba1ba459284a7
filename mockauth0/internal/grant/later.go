package grant

import (
	"net/http"

	"renewal.example/mockauth0/internal/oauth"
)

// later are the grants that Auth0 has and this version does not serve, with the log code of their failures.
func later() map[string]string {
	return map[string]string{
		"urn:ietf:params:oauth:grant-type:device_code":                                       "fede",
		"urn:ietf:params:oauth:grant-type:token-exchange":                                    "fecte",
		"urn:ietf:params:oauth:grant-type:jwt-bearer":                                        "f",
		"urn:openid:params:grant-type:ciba":                                                  "f",
		"urn:okta:params:oauth:grant-type:webauthn":                                          "f",
		"urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token": "f",
		"http://auth0.com/oauth/grant-type/passwordless/otp":                                 "fepotpft",
		"http://auth0.com/oauth/grant-type/mfa-otp":                                          "feotpft",
		"http://auth0.com/oauth/grant-type/mfa-oob":                                          "feoobft",
		"http://auth0.com/oauth/grant-type/mfa-recovery-code":                                "fercft",
	}
}

// unsupported tells a grant that is not in the table: one of Auth0's says that it comes later, so that nobody looks for
// a mistake of their own; any other is answered as at Auth0.
func (s *Service) unsupported(name string) (kind, *oauth.Error) {
	if code, ok := later()[name]; ok {
		return kind{logBad: code}, &oauth.Error{Code: "not_implemented", Status: http.StatusNotImplemented,
			Description: "mockauth0 does not serve the grant type " + name + " yet. Auth0 does: your request may be right."}
	}
	return kind{logBad: "f"}, &oauth.Error{Code: "unsupported_grant_type", Status: s.Tenant().Mock.UnsupportedGrant, Description: oauth.Clip("Unsupported grant type: " + name)}
}
