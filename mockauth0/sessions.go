package mockauth0

import (
	"time"

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
func (t *Tenant) Sessions() []Session { return listOf(t.manager.Sessions(), sessionOf) }

func sessionOf(s state.Session) Session {
	return Session{ID: s.ID, UserID: s.UserID, Connection: s.Connection, AuthTime: s.AuthTime, CreatedAt: s.CreatedAt,
		LastActivity: s.LastActivity, IdleExpires: s.IdleExpires, Expires: s.Expires, Clients: s.Clients, SecondFactor: s.SecondFactor}
}

// EndSessions ends the SSO sessions of a user (user_id, e-mail address or user name), or all when it is "", as an
// administrator would. It returns how many there were.
func (t *Tenant) EndSessions(user string) int {
	return t.manager.EndSessions(user)
}

// EndSession ends the SSO session with an id, as an administrator would; false: there is none, or it is over.
func (t *Tenant) EndSession(id string) bool { return t.manager.EndSession(id) }

// Lives that ExpireSession and ExpireRefreshToken end.
const (
	IdleLife     = "idle"     // which use prolongs
	AbsoluteLife = "absolute" // which nothing prolongs
)

// ExpireSession makes one of a session's lives be over at this moment, IdleLife or AbsoluteLife, without moving the clock; false:
// there is no such session or life.
func (t *Tenant) ExpireSession(id, life string) bool {
	return t.manager.ExpireSession(id, life)
}

// RefreshToken is what stands behind a refresh token and all that came of it by rotation; the token itself is not kept. Times are
// the tenant's.
type RefreshToken struct {
	ID           string    `json:"id"` // of the family that rotation makes; events name it as LogEntry.Family
	ClientID     string    `json:"client_id"`
	UserID       string    `json:"user_id"`                    // "auth0|…"
	Connection   string    `json:"connection"`                 // name of the connection of the login
	Audience     string    `json:"audience"`                   // identifier of the API; "": none
	Scopes       []string  `json:"scope"`                      // as granted, offline_access among them
	SessionID    string    `json:"session_id"`                 // of the login it came from, which it outlives
	Organization string    `json:"organization,omitempty"`     // id; "": none
	Issued       time.Time `json:"created_at"`                 // when the first one was issued
	Expires      time.Time `json:"expires_at,omitzero"`        // end of its absolute life, which rotation does not prolong; zero: none
	IdleExpires  time.Time `json:"idle_expires_at,omitzero"`   // when it expires unless it is exchanged before; zero: never
	Rotating     bool      `json:"rotating"`                   // an exchange replaces it
	Rotated      time.Time `json:"last_exchanged_at,omitzero"` // when an exchange last replaced it; zero: never
}

// RefreshTokens lists what stands behind the refresh tokens that are still good, oldest first.
func (t *Tenant) RefreshTokens() []RefreshToken {
	return listOf(t.manager.RefreshTokens(), func(f state.Family) RefreshToken {
		return RefreshToken{ID: f.ID, ClientID: f.ClientID, UserID: f.UserID, Connection: f.Connection, Audience: f.Audience,
			Scopes: f.Scopes, SessionID: f.SessionID, Organization: f.Organization, Issued: f.Issued, Expires: f.Expires,
			IdleExpires: f.IdleExpires, Rotating: f.Rotating, Rotated: f.Rotated}
	})
}

// RevokeRefreshTokens revokes refresh tokens, each with all that came of it by rotation. user (user_id, e-mail address or
// user name) and client (id or name) narrow it; "" is any. It returns how many there were.
func (t *Tenant) RevokeRefreshTokens(user, client string) (revoked int) {
	return t.manager.RevokeRefreshTokens(user, client)
}

// RevokeRefreshToken revokes the refresh token with an id of RefreshTokens, with all that came of it by rotation; false: there is none, or
// it is over.
func (t *Tenant) RevokeRefreshToken(id string) bool { return t.manager.RevokeRefreshToken(id) }

// ExpireRefreshToken makes one of the lives of the refresh token with an id of RefreshTokens be over at this moment, IdleLife or
// AbsoluteLife, without moving the clock; false: there is no such refresh token or life.
func (t *Tenant) ExpireRefreshToken(id, life string) bool {
	return t.manager.ExpireRefreshToken(id, life)
}

// Grant is what a user let a client do with an API. Its JSON form is that of Auth0's GET /api/v2/grants.
type Grant struct {
	ID       string    `json:"id"`
	ClientID string    `json:"clientID"`
	UserID   string    `json:"user_id"`    // "auth0|…"
	Audience string    `json:"audience"`   // identifier of the API; of a request without one: the tenant's /userinfo
	Scopes   []string  `json:"scope"`      // that the user agreed to
	Created  time.Time `json:"created_at"` // tenant time of the first consent
}

// Grants lists what users let clients do, oldest first: the consent they gave and have not withdrawn.
func (t *Tenant) Grants() []Grant {
	return listOf(t.manager.Grants(), func(g state.Grant) Grant {
		return Grant{ID: g.ID, ClientID: g.ClientID, UserID: g.UserID, Audience: g.Audience, Scopes: g.Scopes, Created: g.Created}
	})
}

// WithdrawGrants takes back what a user let a client do, and revokes the refresh tokens that came of it, as deleting a
// grant does at Auth0. user (user_id, e-mail address or user name) and client (id or name) narrow it; "" is all of them. It
// returns how many grants there were.
func (t *Tenant) WithdrawGrants(user, client string) int {
	return t.manager.WithdrawGrants(user, client)
}
