package fault

import (
	"maps"
	"slices"
	"strings"
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

// Endpoints are the names that when.endpoint may have, sorted.
func Endpoints() []string { return slices.Sorted(maps.Keys(facts())) }

// named are the facts that a match sets, besides the endpoint.
func (m *Match) named() []string {
	var out []string
	for _, f := range []struct{ name, value string }{{"client", m.Client}, {"grant", m.Grant}, {"prompt", m.Prompt},
		{"response_mode", m.ResponseMode}, {"user", m.User}, {"connection", m.Connection}} {
		if f.value != "" {
			out = append(out, f.name)
		}
	}
	return out
}

// possible tells why a fault could never act: its effect has no place at the endpoint, or its match names facts that are
// not known when the effect acts.
func (f *Fault) possible(g group, p *Problems) {
	e := f.When.Endpoint
	if e != "" {
		if _, known := facts()[e]; !known {
			p.add("when.endpoint", "when.endpoint is %q: give one of %s", e, strings.Join(Endpoints(), ", "))
			return
		}
		if g.where != nil && !slices.Contains(g.where, e) {
			p.add("when.endpoint", "do.%s acts %s; when.endpoint is %q", g.name, g.place(), e)
			return
		}
	}
	never := false
	for _, name := range f.When.named() {
		if reason := g.unknown(e, name); reason != "" {
			p.add("when."+name, "when.%s never applies: %s", name, reason)
			never = true
		}
	}
	if !never && !g.together(e, f.When.named()) {
		p.add("when", "when.%s never apply together: no endpoint knows all of them where do.%s acts", strings.Join(f.When.named(), " and when."), g.name)
	}
	if m := f.When.ResponseMode; m != "" {
		switch {
		case (g.name == "post" || g.name == "target_origin") && !strings.EqualFold(m, "web_message"):
			p.add("when.response_mode", "when.response_mode is %q: do.%s acts on web_message only", m, g.name)
		case strings.EqualFold(m, f.Do.ResponseMode):
			p.add("when.response_mode", "when.response_mode and do.response_mode are both %q: nothing would change", m)
		}
	}
}

// place says where a group acts.
func (g group) place() string {
	switch len(g.where) {
	case 0:
		return g.acts
	case 1:
		return g.acts + ", at the endpoint " + g.where[0]
	}
	return g.acts + ", at the endpoints " + strings.Join(g.where[:len(g.where)-1], ", ") + " and " + g.where[len(g.where)-1]
}

// knows tells whether a fact is known at an endpoint by the time the group's effect acts there.
func (g group) knows(endpoint, fact string) bool {
	return slices.Contains(facts()[endpoint], fact) && (g.known == nil || slices.Contains(g.known, fact))
}

// candidates are the endpoints at which the group may act: the one named, or all of its own.
func (g group) candidates(endpoint string) []string {
	switch {
	case endpoint != "":
		return []string{endpoint}
	case g.where != nil:
		return g.where
	}
	return Endpoints()
}

// unknown says why a fact is not known where the group acts, "" when it is.
func (g group) unknown(endpoint, fact string) string {
	if slices.ContainsFunc(g.candidates(endpoint), func(e string) bool { return g.knows(e, fact) }) {
		return ""
	}
	switch {
	case endpoint != "" && slices.Contains(facts()[endpoint], fact):
		return "do." + g.name + " acts " + g.acts + ", before the " + fact + " is known"
	case endpoint != "":
		return fact + " is not known at the endpoint " + endpoint
	}
	return "do." + g.name + " acts " + g.place() + ", where " + fact + " is not known"
}

// together tells whether there is an endpoint at which all the facts are known.
func (g group) together(endpoint string, named []string) bool {
	return len(named) == 0 || slices.ContainsFunc(g.candidates(endpoint), func(e string) bool {
		return !slices.ContainsFunc(named, func(fact string) bool { return !g.knows(e, fact) })
	})
}
