// Package endpoint names the endpoints that meet faults and rate limits, as the route table does; a test in internal/routes
// holds it to that.
package endpoint

import (
	"maps"
	"slices"
)

// Facts says which facts of a request become known at each endpoint, of those that the `when` of a fault may name: one that
// names another would wait forever.
func Facts() map[string][]string {
	all := []string{"client", "prompt", "response_mode", "user", "connection"}
	return map[string][]string{
		"authorize":         all,
		"authorize.resume":  all,
		"login":             {"client", "user", "connection"},
		"continue":          nil,
		"organization":      all,
		"consent":           all,
		"confirmation":      all,
		"factor":            all,
		"login.identifier":  {"client"},
		"login.password":    {"client", "user", "connection"},
		"account":           {"client", "user", "connection"},
		"co.authenticate":   {"client", "user", "connection"},
		"co.verify":         all,
		"idp":               {"client", "user", "connection"},
		"logout":            {"client", "user", "connection"},
		"oidc.logout":       {"client", "user", "connection"},
		"logout.prompt":     {"client", "user", "connection"},
		"signup":            {"client", "user", "connection"},
		"signup.page":       {"client", "user", "connection"},
		"change_password":   {"client", "user", "connection"},
		"reset.request":     {"client", "user", "connection"},
		"reset":             {"user", "connection"},
		"unblock":           {"user", "connection"},
		"token":             {"client", "grant", "user", "connection"},
		"par":               {"client"},
		"revoke":            {"client"},
		"userinfo":          {"client", "user"},
		"jwks":              nil,
		"certificate":       nil,
		"discovery":         nil,
		"later":             nil,
		"lock":              {"client"},
		"classic.login":     {"client", "user", "connection"},
		"classic.challenge": nil,
		"classic.callback":  {"client", "user", "connection"},
		"ssodata":           {"user", "connection"},
	}
}

// Names are the names of the endpoints, sorted.
func Names() []string { return slices.Sorted(maps.Keys(Facts())) }
