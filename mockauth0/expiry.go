package mockauth0

import (
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/control"
)

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
	now := t.clock.Now()
	consider := func(e Expiry) {
		if e.At.After(now) && (!ok || e.At.Before(next.At)) {
			next, ok = e, true
		}
	}
	for _, s := range t.sessions.Live(now) {
		for _, at := range []time.Time{s.IdleExpires, s.Expires} {
			consider(Expiry{What: "session", ID: s.ID, UserID: s.UserID, At: at})
		}
	}
	for _, f := range t.families() {
		for _, at := range []time.Time{f.IdleExpires, f.Expires} {
			consider(Expiry{What: "refresh_token", ID: f.ID, ClientID: f.ClientID, UserID: f.UserID, At: at})
		}
	}
	for _, e := range t.newestTokens() {
		consider(e)
	}
	return next, ok
}

// newestTokens are the expiries of the newest tokens of each user at each client.
func (t *Tenant) newestTokens() map[Expiry]Expiry {
	newest := map[Expiry]Expiry{}
	events, _ := t.events.Since(0)
	for _, e := range events {
		one := Expiry{ClientID: e.ClientID, UserID: e.UserID}
		switch d := e.Data.(type) {
		case *event.Token:
			exp, ok := seconds(d.Claims["exp"])
			if !ok || d.Token == event.LogoutToken {
				continue
			}
			one.What, one.At = string(d.Token), time.Unix(exp, 0)
		case *event.LogEntry: // an opaque access token shows in this alone
			if d.ExpiresIn == 0 {
				continue
			}
			one.What, one.At = string(event.AccessToken), e.Date.Add(time.Duration(d.ExpiresIn)*time.Second)
		default:
			continue
		}
		newest[Expiry{What: one.What, ClientID: one.ClientID, UserID: one.UserID}] = one
	}
	return newest
}

func (c controlledClock) NextExpiry() (control.Expiry, bool) {
	e, ok := c.tenant.NextExpiry()
	return control.Expiry(e), ok
}

// seconds reads a number of a claim, of a token that was made here or was read.
func seconds(claim any) (int64, bool) {
	switch v := claim.(type) {
	case int64:
		return v, true
	case float64:
		return int64(v), true
	}
	return 0, false
}
