package magicuser

import (
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

func cutsSession(renewal string) bool {
	return renewal == tenant.RenewalIdle || renewal == tenant.RenewalAbsolute || renewal == tenant.RenewalEnded
}

// cutSession implements httpx.AnswerEffect: the session that the login began is over, while the browser keeps its cookie.
type cutSession struct {
	plan    *Plan
	renewal string
}

func (c cutSession) AfterCommit(x *httpx.Exchange, res *httpx.Result) (*httpx.Result, error) {
	id, now := x.Facts.SessionID, x.Now()
	switch c.renewal {
	case tenant.RenewalIdle:
		c.plan.Store.UpdateSession(id, func(s *state.Session) { s.IdleExpires = now })
	case tenant.RenewalAbsolute:
		c.plan.Store.UpdateSession(id, func(s *state.Session) { s.Expires = now })
	case tenant.RenewalEnded:
		c.plan.Sessions.End(x, id, event.Revoked)
	}
	return res, nil
}

// revokeFamily implements httpx.AnswerEffect: the refresh token that the client gets is revoked already.
type revokeFamily struct{ plan *Plan }

func (r revokeFamily) AfterCommit(x *httpx.Exchange, res *httpx.Result) (*httpx.Result, error) {
	if r.plan.Store.DeleteFamily(x.Facts.FamilyID) {
		x.Emit(event.Event{Kind: event.KindLog, Type: event.SuccessRevokeRefreshToken, Description: "Successfully revoked a refresh token"})
	}
	return res, nil
}
