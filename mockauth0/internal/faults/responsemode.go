package faults

import (
	"fmt"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/respond"
)

func newResponseMode(e *fault.Effect) fmt.Stringer { return responseMode{oauth.Mode(e.ResponseMode)} }

// responseMode answers in another mode than the one asked for.
type responseMode struct{ mode oauth.Mode }

func (m responseMode) String() string { return "answered by " + string(m.mode) }

func (m responseMode) concerns(subject any) bool {
	r, ok := subject.(*respond.Response)
	return ok && r.Mode != m.mode
}

func (m responseMode) ChangeResponse(r *respond.Response) { r.Mode = m.mode }
