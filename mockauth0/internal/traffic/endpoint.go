package traffic

import "strings"

// Endpoint names what a path of a tenant is, as the route table does; "" is none of them.
func Endpoint(path string) string {
	switch path {
	case "/authorize":
		return "authorize"
	case "/authorize/resume":
		return "authorize.resume"
	case "/oauth/token":
		return "token"
	case "/oauth/revoke":
		return "revoke"
	case "/oauth/par":
		return "par"
	case "/userinfo":
		return "userinfo"
	case "/.well-known/jwks.json":
		return "jwks"
	case "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server":
		return "discovery"
	case "/v2/logout":
		return "logout"
	case "/oidc/logout":
		return "oidc.logout"
	case "/co/authenticate":
		return "co.authenticate"
	case "/user/ssodata", "/user/ssodata/":
		return "ssodata"
	case "/continue":
		return "continue"
	case "/login", "/u/login":
		return "login"
	case "/login/callback":
		return "classic.callback"
	case "/usernamepassword/login":
		return "classic.login"
	}
	switch {
	case strings.HasPrefix(path, "/u/login/"):
		return "login"
	case strings.HasPrefix(path, "/u/consent"):
		return "consent"
	case strings.HasPrefix(path, "/u/mfa"), path == "/mf":
		return "mfa"
	}
	return ""
}

// TenantDomain tells a domain that Auth0 gives to tenants (acme.eu.auth0.com), not one of Auth0's own services.
func TenantDomain(host string) bool {
	name, ok := strings.CutSuffix(host, ".auth0.com")
	if !ok {
		return false
	}
	label, region, _ := strings.Cut(name, ".")
	switch label {
	case "", "cdn", "static", "manage", "www", "community", "support", "login", "marketplace", "auth", "accounts", "samples", "status", "blog":
		return region != ""
	}
	return true
}

// HostOf is a host as this package writes it: lower case, without the port that https has anyway.
func HostOf(authority string) string {
	return strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(authority), ":443"), ".")
}
