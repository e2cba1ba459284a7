package manage

import (
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/state"
)

// Sessions are the SSO sessions that are alive, oldest first.
func (s *Service) Sessions() []state.Session { return s.SSO.Live(s.Clock.Now()) }

// EndSessions ends the SSO sessions of a user who goes by a name, or all when it is "". It returns how many there were.
func (s *Service) EndSessions(user string) int {
	return s.SSO.EndAll(s.Exchange(), s.userID(user), event.Revoked)
}

// EndSession ends the SSO session with an id; false: there is none, or it is over.
func (s *Service) EndSession(id string) bool {
	return s.SessionAlive(id) && s.SSO.End(s.Exchange(), id, event.Revoked)
}

// ExpireSession makes one of a session's lives, "idle" or "absolute", be over at this moment, without moving the clock; false: there is
// no such session or life.
func (s *Service) ExpireSession(id, life string) bool {
	why := overBy(life)
	return why != "" && s.SSO.Expire(s.Exchange(), id, why)
}

// overBy is why something is over whose life of this name is; "": there is no such life.
func overBy(life string) event.Reason {
	switch life {
	case idleLife:
		return event.IdleExpired
	case absoluteLife:
		return event.AbsoluteExpired
	}
	return ""
}

// SessionAlive tells whether a session can still be used.
func (s *Service) SessionAlive(id string) bool { return s.SSO.Alive(s.Exchange(), id) }
