package fault

import "renewal.example/mockauth0/internal/names"

// RefreshTokenGone is the Effect.RefreshToken that the tenant does not know.
const RefreshTokenGone = "gone"

var refreshTokenKind = kind{
	name:  "refresh_token",
	given: func(e *Effect) bool { return e.RefreshToken != "" },
	check: func(e *Effect, p *Problems) { among(p, "do.refresh_token", e.RefreshToken, RefreshTokenGone) },
	acts:  "where a refresh token is looked for",
	where: []string{names.Token},
	known: []string{names.FactClient, names.FactGrant},
}
