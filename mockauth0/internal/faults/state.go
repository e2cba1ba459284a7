package faults

import (
	"fmt"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/respond"
)

func newState(e *fault.Effect) fmt.Stringer { return wrongState{e.State == fault.StateMissing} }

// wrongState answers for another request than the one that was made.
type wrongState struct{ missing bool }

func (s wrongState) String() string {
	if s.missing {
		return "state missing"
	}
	return "state wrong"
}

func (wrongState) concerns(subject any) bool {
	r, ok := subject.(*respond.Response)
	return ok && r.HasState
}

func (s wrongState) ChangeResponse(r *respond.Response) {
	if s.missing {
		r.State, r.HasState = "", false
		return
	}
	r.State = "of-another-request"
}
