package manage

import (
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/control"
)

// NextExpiry is what expires next, after now: the newest token of a user at a client, as far as the kept events tell, a session or a
// refresh token. ok is false when nothing does.
func (s *Service) NextExpiry() (next control.Expiry, ok bool) {
	now := s.Clock.Now()
	consider := func(e control.Expiry) {
		if e.At.After(now) && (!ok || e.At.Before(next.At)) {
			next, ok = e, true
		}
	}
	for _, one := range s.Sessions() {
		for _, at := range []time.Time{one.IdleExpires, one.Expires} {
			consider(control.Expiry{What: "session", ID: one.ID, UserID: one.UserID, At: at})
		}
	}
	for _, f := range s.RefreshTokens() {
		for _, at := range []time.Time{f.IdleExpires, f.Expires} {
			consider(control.Expiry{What: "refresh_token", ID: f.ID, ClientID: f.ClientID, UserID: f.UserID, At: at})
		}
	}
	for _, e := range s.newestTokens() {
		consider(e)
	}
	return next, ok
}

// newestTokens are the expiries of the newest tokens of each user at each client.
func (s *Service) newestTokens() map[control.Expiry]control.Expiry {
	newest := map[control.Expiry]control.Expiry{}
	events, _ := s.Events.Since(0)
	for _, e := range events {
		one := control.Expiry{ClientID: e.ClientID, UserID: e.UserID}
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
		newest[control.Expiry{What: one.What, ClientID: one.ClientID, UserID: one.UserID}] = one
	}
	return newest
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
