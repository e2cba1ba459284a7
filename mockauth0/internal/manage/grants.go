package manage

import (
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/state"
)

// Grants are what users let clients do, oldest first.
func (s *Service) Grants() []state.Grant { return s.Store.Grants() }

// WithdrawGrants takes back what a user let a client do, and revokes the refresh tokens that came of it, as deleting a
// grant does at Auth0. user and client narrow it; "" is all of them. It returns how many grants there were.
func (s *Service) WithdrawGrants(user, client string) int {
	userID, clientID := s.userID(user), s.ClientID(client)
	gone := s.Store.DeleteGrants(func(g state.Grant) bool {
		return (userID == "" || g.UserID == userID) && (clientID == "" || g.ClientID == clientID)
	})
	for _, g := range gone {
		s.Store.DeleteFamilies(g.UserID, g.ClientID, g.Covers)
		s.Emit(event.Event{Kind: event.KindGrant, UserID: g.UserID, ClientID: g.ClientID, Description: "consent withdrawn",
			Data: &event.Grant{Change: event.ConsentWithdrawn, ID: g.ID, Audience: g.Audience}})
	}
	return len(gone)
}
