package mockauth0

import (
	"net/http"

	"renewal.example/mockauth0/internal/authorize"
	"renewal.example/mockauth0/internal/backchannel"
	"renewal.example/mockauth0/internal/bruteforce"
	"renewal.example/mockauth0/internal/classic"
	"renewal.example/mockauth0/internal/database"
	"renewal.example/mockauth0/internal/grant"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/internal/lock"
	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/internal/logout"
	"renewal.example/mockauth0/internal/magicuser"
	"renewal.example/mockauth0/internal/mail"
	"renewal.example/mockauth0/internal/manage"
	"renewal.example/mockauth0/internal/routes"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/token"
	"renewal.example/mockauth0/internal/userinfo"
)

// shared is what all tenants of a server have in common.
type shared struct {
	templates *login.Templates
	mux       *routes.Mux
}

func newShared() (*shared, error) {
	templates, err := login.NewTemplates()
	return &shared{templates, routes.NewMux()}, err
}

// mount puts a tenant's endpoints together. armed is what their requests meet, besides what a magic user meets; nil: neither.
func (t *Tenant) mount(o *Options, with *shared, armed httpx.Planner) http.Handler {
	pages := &login.Pages{Templates: with.templates, Tenant: t.Snapshot}
	ring := func() *keys.Ring { return t.ring }
	t.tokens = &token.Issuer{Tenant: t.Snapshot, Origin: t.URL(), Ring: ring, Store: t.store}
	t.sender = backchannel.New(backchannel.Options{Tenant: t.Snapshot, Tokens: t.tokens, Emit: t.emit, CA: o.CA.Certificate()})
	t.sessions = session.NewRegistry(t.store, t.Snapshot, t.sender)
	t.sessions.Plain = t.entry.Domain.Plain
	t.refresh = grant.NewRefreshSigner()
	mails := &mail.Sender{Store: t.store}
	t.guard = &bruteforce.Guard{Tenant: t.Snapshot, Mail: mails}
	t.logins = &login.Service{Pages: pages, Sessions: t.sessions, Store: t.store, Guard: t.guard, Mail: mails}
	grants := &grant.Service{
		Tenant: t.Snapshot, Store: t.store, Tokens: t.tokens, Signer: t.refresh, Quotas: &t.quotas, Guard: t.guard,
		Learn: t.learn,
	}
	entrance := &authorize.Service{
		Tenant: t.Snapshot, Sessions: t.sessions, Store: t.store, Login: t.logins, Tokens: t.tokens, Clients: grants,
		Learn: t.learn,
	}
	t.manager = &manage.Service{
		Origin: t.URL(), Clock: t.clock, Events: t.events, Log: t.log, People: t.people, Store: t.store, SSO: t.sessions, Guard: t.guard,
		Ring: t.ring, Issuer: t.tokens, Authorize: entrance, Exchanges: grants,
	}
	table := &routes.Endpoints{
		Authorize: entrance,
		Login:     t.logins,
		Grant:     grants,
		UserInfo:  &userinfo.Service{Tenant: t.Snapshot, Store: t.store, Ring: ring},
		Logout: &logout.Service{Tenant: t.Snapshot, Sessions: t.sessions, Store: t.store, Ring: ring, Pages: pages,
			Learn: t.learn},
		Database: &database.Service{Tenant: t.Snapshot, Directory: t.people, Sessions: t.sessions, Store: t.store,
			Pages: pages, Login: t.logins, Mail: mails},
		Classic:    &classic.Service{Tenant: t.Snapshot, Sessions: t.sessions, Store: t.store, Login: t.logins, Ring: ring},
		Lock:       &lock.Service{Tenant: t.Snapshot},
		Control:    controlOf(t),
		Ring:       ring,
		Tenant:     t.Snapshot,
		Limits:     &t.limits,
		Unexpected: t.unexpected,
	}
	var plan httpx.Planner
	if armed != nil {
		plan = &magicuser.Plan{Armed: armed, Tenant: t.Snapshot, Sessions: t.sessions, Store: t.store}
	}
	return table.Mount(with.mux, &httpx.Frame{
		Origin: t.entry.Origin, Clock: t.clock, Events: t.events, Log: t.log, Plan: plan,
		ErrorPage: pages.ErrorPage, Decorate: t.sessions.KeepDevice,
	})
}
