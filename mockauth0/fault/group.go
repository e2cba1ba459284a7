package fault

import (
	"math/rand/v2"

	"renewal.example/mockauth0/internal/httpx"
)

// group is one kind of effect: a row of the table of them, which the file of the effect writes.
type group struct {
	name  string // as in the form
	given func(e *Effect) bool
	check func(e *Effect, p *Problems) // nil: there is nothing to check
	build func(e *Effect) any          // the acting form: it implements the effect interface of the seam, and fmt.Stringer
	seam  httpx.Seam
	acts  string   // where that is, for messages
	where []string // the endpoints that come to that seam; nil: all
	known []string // the facts that are known there, of those of the endpoint; nil: all
	timed bool     // takes do.at, and implements httpx.AnswerEffect too
	adds  bool     // several of its kind may act on one request
	ends  bool     // the request goes no further
}

// groups is the table of effects.
func groups() []group {
	return []group{latencyGroup(), hangGroup(), statusGroup(), bodyGroup(), headersGroup(), errorGroup(), stateGroup(), targetOriginGroup(),
		responseModeGroup(), postGroup(), claimsGroup(), lifetimeGroup(), tokenGroup(), jwksGroup(), discoveryGroup(), sessionGroup(),
		refreshTokenGroup(), resetGroup(), tlsGroup()}
}

// groupNames are those that people may choose from.
func groupNames() (names []string) {
	for _, g := range groups() {
		if len(names) == 0 || names[len(names)-1] != g.name {
			names = append(names, g.name)
		}
	}
	return names
}

// groupsOf are the ones that an effect sets; a valid one sets one.
func (e *Effect) groupsOf() (set []group) {
	for _, g := range groups() {
		if g.given(e) {
			set = append(set, g)
		}
	}
	return set
}

// choosy is an effect that finds nothing to do in some of what its seam offers; the others are left for it.
type choosy interface {
	concerns(subject any) bool
}

// random is an effect that is different each time.
type random interface {
	draw(r *rand.Rand) any
}

// seamOf is where the effect of a group acts.
func (g group) seamOf(e *Effect) httpx.Seam {
	if g.timed && e.At == "after" {
		return httpx.SeamAnswer
	}
	return g.seam
}
