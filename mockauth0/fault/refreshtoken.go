package fault

import "renewal.example/mockauth0/internal/httpx"

func refreshTokenGroup() group {
	return group{
		name:  "refresh_token",
		given: func(e *Effect) bool { return e.RefreshToken != "" },
		check: func(e *Effect, p *Problems) { among(p, "do.refresh_token", e.RefreshToken, "gone") },
		build: func(*Effect) any { return goneToken{} },
		seam:  httpx.SeamFamily, acts: "where a refresh token is looked for", where: []string{"token"}, known: []string{"client", "grant"},
	}
}

// goneToken makes a request's refresh token unknown. The token is good again for the next request.
type goneToken struct{}

func (goneToken) String() string { return "refresh token gone" }

// LoseFamily implements state.FamilyEffect.
func (goneToken) LoseFamily() {}
