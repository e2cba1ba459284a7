package fault

import "renewal.example/mockauth0/internal/names"

// Values of Effect.JWKS.
const (
	JWKSStale = "stale" // the set lacks the key that signs, as a cache has it after a rotation
	JWKSEmpty = "empty" // the set has no keys
)

var jwksKind = kind{
	name:  "jwks",
	given: func(e *Effect) bool { return e.JWKS != "" },
	check: func(e *Effect, p *Problems) {
		if e.JWKS == "unreachable" {
			p.add("do.jwks", `do.jwks is "unreachable": that is do.status, do.hang or do.connection with when.endpoint "jwks"`)
			return
		}
		among(p, "do.jwks", e.JWKS, JWKSStale, JWKSEmpty)
	},
	acts: "where the keys are served", where: []string{names.JWKS},
}
