package mockauth0

import "time"

// Expiry is the end of the life of something.
type Expiry struct {
	What     string    `json:"what"`                // "access_token", "id_token", "session" or "refresh_token"
	ID       string    `json:"id,omitempty"`        // of the session or the refresh token
	ClientID string    `json:"client_id,omitempty"` // of the client that holds the token
	UserID   string    `json:"user_id,omitempty"`
	At       time.Time `json:"at"` // tenant time
}

// NextExpiry is what expires next, after now: the newest token of a user at a client, as far as the kept events tell, a session or a
// refresh token. ok is false when nothing does.
func (t *Tenant) NextExpiry() (next Expiry, ok bool) {
	expiry, ok := t.manager.NextExpiry()
	return Expiry(expiry), ok
}
