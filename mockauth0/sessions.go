package mockauth0

import (
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/state"
)

// Session is an SSO session of a browser. Times are the tenant's.
type Session struct {
	ID           string    `json:"id"`                        // 32 characters; the claim sid of ID tokens
	UserID       string    `json:"user_id"`                   // "auth0|…"
	Connection   string    `json:"connection"`                // name of the connection by which the user logged in
	AuthTime     time.Time `json:"authenticated_at"`          // when the person last proved who they are
	CreatedAt    time.Time `json:"created_at"`                // when it began
	LastActivity time.Time `json:"last_interacted_at"`        // when a login or a silent request last used it
	IdleExpires  time.Time `json:"idle_expires_at"`           // when it expires unless it is used before
	Expires      time.Time `json:"expires_at"`                // end of its absolute life
	Clients      []string  `json:"clients"`                   // ids of the clients that took part, in order
	SecondFactor time.Time `json:"second_factor_at,omitzero"` // when a second factor was last proved; zero: never
}

// Sessions lists the SSO sessions, oldest first.
func (t *Tenant) Sessions() []Session { return listOf(t.sessions.Live(t.clock.Now()), sessionOf) }

func sessionOf(s state.Session) Session {
	return Session{ID: s.ID, UserID: s.UserID, Connection: s.Connection, AuthTime: s.AuthTime, CreatedAt: s.CreatedAt,
		LastActivity: s.LastActivity, IdleExpires: s.IdleExpires, Expires: s.Expires, Clients: s.Clients, SecondFactor: s.SecondFactor}
}

// EndSessions ends the SSO sessions of a user (user_id, e-mail address or user name), or all when it is "", as an
// administrator would. It returns how many there were.
func (t *Tenant) EndSessions(user string) int {
	return t.sessions.EndAll(t.exchange(), t.userID(user), event.Revoked)
}

// EndSession ends the SSO session with an id, as an administrator would; false: there is none.
func (t *Tenant) EndSession(id string) bool { return t.sessions.End(t.exchange(), id, event.Revoked) }

// Lives that ExpireSession and ExpireRefreshToken end.
const (
	IdleLife     = "idle"     // which use prolongs
	AbsoluteLife = "absolute" // which nothing prolongs
)

// ExpireSession makes one of a session's lives be over at this moment, IdleLife or AbsoluteLife, without moving the clock; false:
// there is no such session or life.
func (t *Tenant) ExpireSession(id, life string) bool {
	now := t.clock.Now()
	_, found := t.store.UpdateSession(id, func(s *state.Session) {
		switch life {
		case IdleLife:
			s.IdleExpires = now
		case AbsoluteLife:
			s.Expires = now
		}
	})
	t.tellExpired()
	return found && (life == IdleLife || life == AbsoluteLife)
}
