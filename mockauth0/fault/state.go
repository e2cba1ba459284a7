package fault

import (
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/respond"
)

// responding is a group whose effect changes how an authorization response is sent.
func responding(name string, given func(*Effect) bool, check func(*Effect, *Problems), build func(*Effect) any) group {
	return group{name: name, given: given, check: check, build: build, seam: httpx.SeamResponse,
		acts: "where an authorization response is sent", where: answering()}
}

func stateGroup() group {
	return responding("state", func(e *Effect) bool { return e.State != "" },
		func(e *Effect, p *Problems) { among(p, "do.state", e.State, "missing", "wrong") },
		func(e *Effect) any { return wrongState{e.State == "missing"} })
}

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
