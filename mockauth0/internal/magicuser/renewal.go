package magicuser

import (
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/respond"
	"renewal.example/mockauth0/tenant"
)

// blocked implements directory.Effect: by now the person is blocked.
type blocked struct{}

func (blocked) ChangeUser(u *tenant.User) *tenant.User {
	changed := *u
	changed.Blocked = true
	return &changed
}

// deleted implements directory.Effect: by now the person is gone.
type deleted struct{}

func (deleted) ChangeUser(*tenant.User) *tenant.User { return nil }

// withdrawn implements respond.Refusal: by now the person's consent is withdrawn. Another error comes before it.
type withdrawn struct{}

func (withdrawn) Refuse(r *respond.Response) {
	if r.Err == nil {
		r.Err = &oauth.Error{Code: "consent_required", Description: "Consent required", Reason: event.ConsentRequired}
	}
}

// limited implements httpx.Effect: too many requests.
type limited struct{}

func (limited) BeforeCommit(x *httpx.Exchange) (*httpx.Result, error) {
	return nil, &httpx.Interrupt{Err: x.TooMany(time.Minute)}
}
