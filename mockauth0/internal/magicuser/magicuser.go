// Package magicuser makes the failures of magic users: those whom mock.yaml gives a renewal (users.<name>.renewal), so that they
// can log in and cannot renew. Each failure is an effect at one of the seams at which armed faults act, for requests of that
// person alone; no endpoint knows of them. What the tenant's policy decides (an Action, a second factor) is no effect: see
// tenant.Config.ActionsOf.
//
// These effects leave no event of their own: the diagnosis finds the cause by what it observes, as for anybody else.
package magicuser

import (
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// Plan is the plan of a tenant with magic users: what was armed, and then what happens to the person. Its fields are required.
type Plan struct {
	Armed    httpx.Planner
	Tenant   func() *tenant.Config
	Sessions *session.Registry
	Store    state.Store
}

// seams are those at which a magic user can fail.
const seams = httpx.SeamHTTP | httpx.SeamUser | httpx.SeamRefusal | httpx.SeamAnswer

// Meets implements httpx.Planner.
func (p *Plan) Meets(x *httpx.Exchange, s httpx.Seam) bool {
	return p.Armed.Meets(x, s) || p.effect(x, s) != nil
}

// Take implements httpx.Planner.
func (p *Plan) Take(x *httpx.Exchange, s httpx.Seam, subject any) (out []any) {
	if p.Armed.Meets(x, s) {
		out = p.Armed.Take(x, s, subject)
	}
	if e := p.effect(x, s); e != nil {
		out = append(out, e)
	}
	return out
}

// effect is what happens at a seam to the person whom an exchange is about; nil for almost everybody.
func (p *Plan) effect(x *httpx.Exchange, s httpx.Seam) any {
	if s&seams == 0 || x.Facts.UserID == "" {
		return nil
	}
	u := p.Tenant().UserByID(x.Facts.UserID)
	if u == nil || u.Renewal == "" {
		return nil
	}
	if s == httpx.SeamAnswer {
		return p.afterLogin(x, u.Renewal)
	}
	if !renewing(x) {
		return nil
	}
	return atRenewal(x, s, u.Renewal)
}

// renewing reports whether a request renews tokens without the person.
func renewing(x *httpx.Exchange) bool {
	return x.Facts.Endpoint == names.Authorize && x.Facts.Silent() || x.Facts.Grant == names.GrantRefreshToken
}

// atRenewal is what a silent request or a refresh meets.
func atRenewal(x *httpx.Exchange, s httpx.Seam, renewal string) any {
	switch {
	case s == httpx.SeamUser && renewal == tenant.RenewalBlocked:
		return blocked{}
	case s == httpx.SeamUser && renewal == tenant.RenewalDeleted:
		return deleted{}
	case s == httpx.SeamRefusal && renewal == tenant.RenewalConsent && x.Facts.Silent():
		return withdrawn{}
	case s == httpx.SeamHTTP && renewal == tenant.RenewalLimited && x.Facts.Point == httpx.Resolved:
		return limited{}
	}
	return nil
}

// afterLogin is what happens when somebody has logged in, or has been given a refresh token.
func (p *Plan) afterLogin(x *httpx.Exchange, renewal string) any {
	switch {
	case x.Facts.Endpoint == names.Resume && cutsSession(renewal):
		return cutSession{p, renewal}
	case x.Facts.FamilyID != "" && x.Facts.Grant != names.GrantRefreshToken &&
		(renewal == tenant.RenewalRevoked || renewal == tenant.RenewalConsent):
		return revokeFamily{p}
	}
	return nil
}
