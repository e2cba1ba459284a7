package fault

import (
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/internal/names"
)

// Validate tells everything that is wrong with a fault at once; its error is Problems.
func (f *Fault) Validate() error { return f.problems().err() }

func (f *Fault) problems() (p Problems) {
	if f.Times < 0 {
		p.add("times", "times is %d: give 0 (until removed) or a positive number", f.Times)
	}
	f.When.check(&p)
	set := f.Do.kindsOf()
	switch {
	case len(set) == 0:
		p.add("do", "do is empty: set one of %s", strings.Join(Kinds(), ", "))
	case len(set) > 1:
		p.add("do", "do sets %d effects, %s: arm one fault for each", len(set), namesOf(set))
	}
	f.Do.misplaced(&p, set)
	for _, g := range set {
		if g.check != nil {
			g.check(&f.Do, &p)
		}
	}
	if len(set) == 1 {
		f.possible(set[0], &p)
	}
	return p
}

func namesOf(set []kind) string {
	var out []string
	for _, g := range set {
		out = append(out, g.name)
	}
	return strings.Join(out, " and ")
}

// misplaced reports what belongs to an effect that is not set.
func (e *Effect) misplaced(p *Problems, set []kind) {
	with := func(name string) bool { return slices.ContainsFunc(set, func(g kind) bool { return g.name == name }) }
	for _, s := range []struct {
		given bool
		name  string
		of    string
	}{
		{e.ErrorDescription != "", "error_description", "error"},
		{e.RetryAfter != 0, "retry_after", "status"},
		{e.Jitter != 0, "jitter", "latency"},
	} {
		if s.given && !with(s.of) {
			p.add("do."+s.name, "do.%s without do.%s", s.name, s.of)
		}
	}
	if e.Seed != 0 && e.Jitter == 0 {
		p.add("do.seed", "do.seed without do.jitter, which is all that is left to chance")
	}
	if e.At == "" {
		return
	}
	among(p, "do.at", e.At, "before", "after")
	for _, g := range set {
		switch {
		case g.timed:
		case (g.name == "body" || g.name == "headers") && e.At == "after": // they cannot act at any other time
		case g.name == "body" || g.name == "headers":
			p.add("do.at", `do.at is "before", when there is no answer yet whose %s could be changed: leave it out`, g.name)
		default:
			p.add("do.at", "do.at goes with latency, hang, status and the reset of a connection, not with %s", g.name)
		}
	}
}

// check looks at the numbers of a match and for values that no request has: the fault would wait for ever.
func (m *Match) check(p *Problems) {
	if m.Nth < 0 {
		p.add("when.nth", "when.nth is %d: the first request that matches is 1", m.Nth)
	}
	if m.After < 0 {
		p.add("when.after", "when.after is negative")
	}
	if m.Before < 0 {
		p.add("when.before", "when.before is negative")
	}
	if m.Before > 0 && m.After >= m.Before {
		p.add("when.before", "when.before is %s and when.after %s: there is no time between them",
			time.Duration(m.Before), time.Duration(m.After))
	}
	if !(m.Probability >= 0 && m.Probability <= 1) {
		p.add("when.probability", "when.probability is %v: give more than 0 and at most 1", m.Probability)
	}
	if m.Seed != 0 && m.Probability == 0 {
		p.add("when.seed", "when.seed without when.probability, which is all that is left to chance")
	}
	if m.Seed < 0 {
		p.add("when.seed", "when.seed is negative")
	}
	for _, word := range strings.Fields(m.Prompt) {
		sent(p, "when.prompt", word, "none", "login", "consent", "select_account")
	}
	if m.ResponseMode != "" {
		sent(p, "when.response_mode", m.ResponseMode, modes...)
	}
	if g := m.Grant; g != "" && !strings.Contains(g, ":") { // extension grants are URIs (RFC 6749 §4.5)
		sent(p, "when.grant", g, names.GrantTypes(func(k names.Grant) bool { return !k.Front && !strings.Contains(k.Type, ":") })...)
	}
}

// sent reports a value of a match that no request has.
func sent(p *Problems, path, value string, known ...string) {
	if !slices.Contains(known, strings.ToLower(value)) {
		p.add(path, "%s is %q, which no request has: give one of %s", path, value, strings.Join(known, ", "))
	}
}

// among reports a value that is none of those known.
func among(p *Problems, path, value string, known ...string) {
	if !slices.Contains(known, value) {
		p.add(path, "%s is %q: give one of %s", path, value, strings.Join(known, ", "))
	}
}
