package recording

import (
	"strings"

	"renewal.example/mockauth0/internal/names"
)

// Endpoint names what a path of a tenant is; "" is none of its endpoints. The pages of one login count as one: which of them a
// person saw is the tenant's setting.
func Endpoint(path string) string {
	switch name := names.EndpointAt(path); name {
	case names.LoginIdentifier, names.LoginPassword:
		return names.Login
	default:
		return name
	}
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
