package fault

import (
	"slices"
	"strings"

	"renewal.example/mockauth0/internal/names"
)

// Endpoints are the names that when.endpoint may have, sorted.
func Endpoints() []string { return names.EndpointNames() }

// named are the facts that a match sets, besides the endpoint.
func (m *Match) named() []string {
	var out []string
	for _, f := range []struct{ name, value string }{
		{names.FactClient, m.Client}, {names.FactGrant, m.Grant}, {names.FactPrompt, m.Prompt},
		{names.FactResponseMode, m.ResponseMode}, {names.FactUser, m.User}, {names.FactConnection, m.Connection},
	} {
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
		if _, known := names.EndpointOf(e); !known {
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

// knownAt tells whether a fact becomes known at an endpoint.
func knownAt(endpoint, fact string) bool {
	e, _ := names.EndpointOf(endpoint)
	return slices.Contains(e.Facts, fact)
}

// knows tells whether a fact is known at an endpoint by the time the group's effect acts there.
func (g group) knows(at, fact string) bool {
	return knownAt(at, fact) && (g.known == nil || slices.Contains(g.known, fact))
}

// candidates are the endpoints at which the group may act: the one named, or all of its own.
func (g group) candidates(at string) []string {
	switch {
	case at != "":
		return []string{at}
	case g.where != nil:
		return g.where
	}
	return Endpoints()
}

// unknown says why a fact is not known where the group acts, "" when it is.
func (g group) unknown(at, fact string) string {
	if slices.ContainsFunc(g.candidates(at), func(e string) bool { return g.knows(e, fact) }) {
		return ""
	}
	switch {
	case at != "" && knownAt(at, fact):
		return "do." + g.name + " acts " + g.acts + ", before the " + fact + " is known"
	case at != "":
		return fact + " is not known at the endpoint " + at
	}
	return "do." + g.name + " acts " + g.place() + ", where " + fact + " is not known"
}

// together tells whether there is an endpoint at which all the facts are known.
func (g group) together(at string, named []string) bool {
	return len(named) == 0 || slices.ContainsFunc(g.candidates(at), func(e string) bool {
		return !slices.ContainsFunc(named, func(fact string) bool { return !g.knows(e, fact) })
	})
}
