package fault

import "time"

var lifetimeKind = kind{
	name:  "lifetime",
	given: func(e *Effect) bool { return e.Lifetime != 0 },
	check: func(e *Effect, p *Problems) {
		if d := time.Duration(e.Lifetime); d < time.Second || d%time.Second != 0 {
			p.add("do.lifetime", "do.lifetime is %s: give whole seconds, at least 1s; for a token that has expired already see do.claims.shift", d)
		}
	},
	acts: whereTokensAreMade, where: issuing,
}
