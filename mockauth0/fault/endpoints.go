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

// possible says why a fault could never act: its effect has no place at the endpoint, or its match names facts that are
// not known when the effect acts.
func (f *Fault) possible(k kind, p *Problems) {
	e := f.When.Endpoint
	if e != "" {
		if _, known := names.EndpointOf(e); !known {
			p.add("when.endpoint", "when.endpoint is %q: give one of %s", e, strings.Join(Endpoints(), ", "))
			return
		}
		if k.where != nil && !slices.Contains(k.where, e) {
			p.add("when.endpoint", "do.%s acts %s; when.endpoint is %q", k.name, k.place(), e)
			return
		}
	}
	never := false
	for _, name := range f.When.named() {
		if reason := k.unknown(e, name); reason != "" {
			p.add("when."+name, "when.%s never applies: %s", name, reason)
			never = true
		}
	}
	if !never && !k.together(e, f.When.named()) {
		p.add("when", "when.%s never apply together: no endpoint knows all of them where do.%s acts",
			strings.Join(f.When.named(), " and when."), k.name)
	}
	if m := f.When.ResponseMode; m != "" {
		switch {
		case (k.name == "post" || k.name == "target_origin") && !strings.EqualFold(m, "web_message"):
			p.add("when.response_mode", "when.response_mode is %q: do.%s acts on web_message only", m, k.name)
		case strings.EqualFold(m, f.Do.ResponseMode):
			p.add("when.response_mode", "when.response_mode and do.response_mode are both %q: nothing would change", m)
		}
	}
}
