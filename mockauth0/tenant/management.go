package tenant

import "strings"

// managementPath ends the identifier of Auth0's own API.
const managementPath = "/api/v2/"

// IsManagementAPI reports whether an audience is that of Auth0's own API, https://TENANT/api/v2/, be it of this tenant or of
// another.
func IsManagementAPI(audience string) bool {
	return strings.HasPrefix(audience, "https://") && strings.HasSuffix(audience, managementPath)
}

// API gives the API of an audience, or nil. origin is https://host[:port] of the tenant: under it every tenant has the
// Management API, which no export lists (fact 4-management-audience). It is there too under the name that the configuration
// uses of it: client grants of an export name the real tenant.
func (t *Config) API(audience, origin string) *ResourceServer {
	if s := t.ResourceServer(audience); s != nil || !IsManagementAPI(audience) {
		return s
	}
	if audience != origin+managementPath && !t.speaksOf(audience) {
		return nil
	}
	s := &ResourceServer{Name: "Auth0 Management API", Identifier: audience, SkipConsent: true, Scopes: currentUserScopes()}
	s.complete()
	return s
}

// currentUserScopes are what an application may do with the Management API for its user. Everything else is for machines, which
// have what their client grants say
// (https://auth0.com/docs/secure/tokens/access-tokens/management-api-access-tokens/get-management-api-tokens-for-single-page-applications).
func currentUserScopes() []Scope {
	return []Scope{
		{Value: "read:current_user", Description: "Read current user"},
		{Value: "update:current_user_identities", Description: "Update current user identities"},
		{Value: "create:current_user_metadata", Description: "Create current user metadata"},
		{Value: "update:current_user_metadata", Description: "Update current user metadata"},
		{Value: "delete:current_user_metadata", Description: "Delete current user metadata"},
		{Value: "create:current_user_device_credentials", Description: "Create current user device credentials"},
		{Value: "delete:current_user_device_credentials", Description: "Delete current user device credentials"},
	}
}

// speaksOf reports whether the configuration names a Management API.
func (t *Config) speaksOf(audience string) bool {
	if t.Settings.DefaultAudience == audience {
		return true
	}
	for _, g := range t.ClientGrants {
		if g.Audience == audience {
			return true
		}
	}
	for _, r := range t.Roles {
		for _, p := range r.Permissions {
			if p.Audience == audience {
				return true
			}
		}
	}
	return false
}

// sameAPI reports whether two audiences are one API: a tenant has one Management API, whatever name it goes by.
func sameAPI(a, b string) bool { return a == b || IsManagementAPI(a) && IsManagementAPI(b) }
