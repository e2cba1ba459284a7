package faults

import (
	"fmt"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/state"
)

func newSession(e *fault.Effect) fmt.Stringer { return otherSession{e.Session} }

// otherSession makes a request find no session, or that of somebody else, who is logged in if need be. Nothing happens to
// the browser's own. As always, an answer that a session gave renews the cookie: from then on the browser has the other one.
type otherSession struct{ user string }

func (s otherSession) String() string {
	if s.user == fault.SessionLost {
		return "session lost"
	}
	return "session of " + s.user
}

// concerns leaves requests alone that have no session to lose. What a session's seam offers is why there is none.
func (s otherSession) concerns(subject any) bool {
	return s.user != fault.SessionLost || subject == event.Reason("")
}

func (s otherSession) ChangeSession(found state.Session, why event.Reason,
	others func(string) (state.Session, bool)) (state.Session, event.Reason) {
	if s.user == fault.SessionLost {
		return state.Session{ID: found.ID}, event.UnknownSession
	}
	if other, ok := others(s.user); ok {
		return other, ""
	}
	return found, why
}
