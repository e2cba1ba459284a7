package manage

import (
	"slices"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/state"
)

// RefreshTokens are what stands behind the refresh tokens whose time is not over, oldest first.
func (s *Service) RefreshTokens() []state.Family {
	now := s.Clock.Now()
	return slices.DeleteFunc(s.Store.Families(), func(f state.Family) bool { return f.Expired(now) })
}

// FamilyAlive tells whether a refresh token can still be used.
func (s *Service) FamilyAlive(id string) bool {
	family, ok := s.Store.Family(id)
	return ok && !family.Expired(s.Clock.Now())
}

// RevokeRefreshTokens revokes refresh tokens, each with all that came of it by rotation. user and client narrow it; "" is any. It
// returns how many there were.
func (s *Service) RevokeRefreshTokens(user, client string) (revoked int) {
	userID, clientID := s.userID(user), s.ClientID(client)
	for _, f := range s.RefreshTokens() {
		if (userID == "" || f.UserID == userID) && (clientID == "" || f.ClientID == clientID) && s.revoke(f) {
			revoked++
		}
	}
	return revoked
}

func (s *Service) revoke(f state.Family) bool {
	if !s.Store.DeleteFamily(f.ID) {
		return false
	}
	s.Emit(event.Event{
		Kind: event.KindLog, Type: event.SuccessRevokeRefreshToken, UserID: f.UserID, ClientID: f.ClientID, Connection: f.Connection,
		Description: "Successfully revoked a refresh token", Data: &event.LogEntry{Family: f.ID},
	})
	return true
}

// RevokeRefreshToken revokes the refresh token with an id, with all that came of it by rotation; false: there is none, or it is over.
func (s *Service) RevokeRefreshToken(id string) bool {
	f, ok := s.Store.Family(id)
	return ok && !f.Expired(s.Clock.Now()) && s.revoke(f)
}

// ExpireRefreshToken makes one of the lives of a refresh token, "idle" or "absolute", be over at this moment, without moving the clock;
// false: there is no such refresh token or life.
func (s *Service) ExpireRefreshToken(id, life string) bool {
	now, why, over := s.Clock.Now(), overBy(life), false
	if why == "" {
		return false
	}
	f, found, _ := s.Store.UpdateFamily(id, func(f *state.Family) error { // a change without an error
		over = f.Expired(now)
		if why == event.IdleExpired {
			f.IdleExpires = now
		} else {
			f.Expires = now
		}
		return nil
	})
	if found && !over {
		s.Emit(event.Event{
			Kind: event.KindRefreshToken, UserID: f.UserID, ClientID: f.ClientID, Connection: f.Connection,
			Description: "refresh token made to expire", Data: &event.RefreshToken{Change: event.RefreshTokenExpired, ID: f.ID, Why: why},
		})
	}
	return found
}
