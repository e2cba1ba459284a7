package fault

import (
	"maps"
	"slices"
)

// facts says which members of a `when` can apply at each endpoint that meets faults: a fault that names another
// one would wait forever.
func facts() map[string][]string {
	all := []string{"client", "prompt", "response_mode", "user", "connection"}
	return map[string][]string{
		"authorize":         all,
		"authorize.resume":  all,
		"login":             {"client", "user", "connection"},
		"continue":          nil,
		"organization":      all,
		"consent":           all,
		"confirmation":      all,
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
		"token":             {"client", "user", "connection"},
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

// Endpoints are the names that when.endpoint may have, sorted.
func Endpoints() []string { return slices.Sorted(maps.Keys(facts())) }

// named are the members that a match sets, besides the endpoint.
func (m Match) named() []string {
	var out []string
	for _, f := range []struct{ name, value string }{{"client", m.Client}, {"prompt", m.Prompt}, {"response_mode", m.ResponseMode}, {"user", m.User}, {"connection", m.Connection}} {
		if f.value != "" {
			out = append(out, f.name)
		}
	}
	return out
}
