package directory

import (
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/tenant"
)

// Effect changes who is found: nil is nobody. It acts where a renewal looks for its user, beside the seams of what else a renewal
// looks for (session, refresh token): a person can be blocked or deleted for one kind of request only there.
type Effect interface {
	ChangeUser(u *tenant.User) *tenant.User
}

// Find is the user of an id, nil when there is none, as the effects that apply to the exchange leave it.
func Find(x *httpx.Exchange, tn *tenant.Config, id string) *tenant.User {
	u := tn.UserByID(id)
	if u == nil || !x.Meets(httpx.SeamUser) {
		return u
	}
	for _, e := range httpx.Effects[Effect](x, httpx.SeamUser, u) {
		if u = e.ChangeUser(u); u == nil {
			return nil
		}
	}
	return u
}

// FindUser is the user with an id, or the first one of a connection with an e-mail address or a user name; nil: there is none.
func FindUser(tn *tenant.Config, who string) *tenant.User {
	if u := tn.UserByID(who); u != nil {
		return u
	}
	for _, c := range tn.Connections {
		if u := tn.FindUser(c.Name, who); u != nil {
			return u
		}
	}
	return nil
}
