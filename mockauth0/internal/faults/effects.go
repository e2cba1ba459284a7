package faults

import (
	"fmt"
	"math/rand/v2"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/httpx"
)

// effect is what a fault does: a row of the table of them. Its maker gives the acting form, which implements the effect
// interface of the seam, and fmt.Stringer; what takes do.at implements httpx.AnswerEffect too.
type effect struct {
	kind string // as fault.Effect.Kind names it
	make func(e *fault.Effect) fmt.Stringer
	seam httpx.Seam
	adds bool // several of its kind may act on one request
	ends bool // the request goes no further
}

// effects is the table. Each acting form has a file of its own.
var effects = [...]effect{
	{kind: "latency", make: newLatency, seam: httpx.SeamHTTP, adds: true},
	{kind: "hang", make: newHang, seam: httpx.SeamHTTP, ends: true},
	{kind: "status", make: newStatus, seam: httpx.SeamHTTP, ends: true},
	{kind: "body", make: newBody, seam: httpx.SeamSent},
	{kind: "headers", make: newHeaders, seam: httpx.SeamSent, adds: true},
	{kind: "error", make: newResultError, seam: httpx.SeamRefusal},
	{kind: "state", make: newState, seam: httpx.SeamResponse},
	{kind: "target_origin", make: newTargetOrigin, seam: httpx.SeamResponse},
	{kind: "response_mode", make: newResponseMode, seam: httpx.SeamResponse},
	{kind: "post", make: newPost, seam: httpx.SeamResponse},
	{kind: "claims", make: newClaims, seam: httpx.SeamSpec, adds: true},
	{kind: "lifetime", make: newLifetime, seam: httpx.SeamLifetime},
	{kind: "token", make: newToken, seam: httpx.SeamSigned},
	{kind: "jwks", make: newJWKS, seam: httpx.SeamKeys},
	{kind: "discovery", make: newDiscovery, seam: httpx.SeamDiscovery, adds: true},
	{kind: "session", make: newSession, seam: httpx.SeamSession},
	{kind: "refresh_token", make: newRefreshToken, seam: httpx.SeamFamily},
	{kind: "connection", make: newReset, seam: httpx.SeamHTTP, ends: true},
}

// handshake is the effect of kind connection that comes before there is a request.
var handshake = effect{kind: "connection", make: newHandshake, seam: httpx.SeamHandshake, ends: true}

// effectOf is the row of a valid fault.
func effectOf(e *fault.Effect) (effect, error) {
	if e.Connection == fault.ConnectionTLS {
		return handshake, nil
	}
	kind := e.Kind()
	for _, one := range effects {
		if one.kind == kind {
			return one, nil
		}
	}
	return effect{}, fmt.Errorf("do.%s has no effect: this is a bug in mockauth0", kind)
}

// selective is an effect that finds nothing to do in some of what its seam offers; the others are left for it.
type selective interface {
	concerns(subject any) bool
}

// random is an effect that is different each time.
type random interface {
	draw(r *rand.Rand) any
}
