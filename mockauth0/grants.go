package mockauth0

import (
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/state"
)

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
	return listOf(t.store.Grants(), func(g state.Grant) Grant {
		return Grant{ID: g.ID, ClientID: g.ClientID, UserID: g.UserID, Audience: g.Audience, Scopes: g.Scopes, Created: g.Created}
	})
}

// WithdrawGrants takes back what a user let a client do, and revokes the refresh tokens that came of it, as deleting a
// grant does at Auth0. user (user_id, e-mail address or user name) and client (id or name) narrow it; "" is all of them. It
// returns how many grants there were.
func (t *Tenant) WithdrawGrants(user, client string) int {
	userID, client := t.userID(user), t.clientID(client)
	gone := t.store.DeleteGrants(func(g state.Grant) bool {
		return (userID == "" || g.UserID == userID) && (client == "" || g.ClientID == client)
	})
	for _, g := range gone {
		t.store.DeleteFamilies(g.UserID, g.ClientID, g.Covers)
		t.emit(event.Event{Kind: event.KindGrant, UserID: g.UserID, ClientID: g.ClientID, Description: "consent withdrawn",
			Data: &event.Grant{Change: event.ConsentWithdrawn, ID: g.ID, Audience: g.Audience}})
	}
	return len(gone)
}
