package login

import (
	"slices"

	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/tenant"
)

// AllowedOrigin tells whether an origin is a client's: whether scripts of its pages may read the tenant's answers and log
// people in. It is Auth0's union for cross-origin reads: Allowed Origins (CORS), the origins of callbacks, and, as long as
// mock.yaml's cors_web_origins says so, Allowed Web Origins (facts 4-cors-union, 7-cors-union).
func AllowedOrigin(tn *tenant.Config, c *tenant.Client, origin string) bool {
	if tn.Mock.CORSWebOrigins != "ignore" && oauth.MatchOrigin(c.WebOrigins, origin) {
		return true
	}
	listed := func(o *tenant.Organization) bool {
		if oauth.MatchOrigin(c.AllowedOriginsFor(o), origin) {
			return true
		}
		return slices.ContainsFunc(c.CallbacksFor(o), func(callback string) bool {
			own, ok := oauth.OriginOf(callback)
			return ok && oauth.MatchOrigin([]string{own}, origin)
		})
	}
	// A read names no organization: an origin of any of them will do.
	return listed(nil) || c.OrganizationUsage != "deny" && slices.ContainsFunc(tn.Organizations, listed)
}
