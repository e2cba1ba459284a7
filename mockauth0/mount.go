package mockauth0

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/authorize"
	"renewal.example/mockauth0/internal/backchannel"
	"renewal.example/mockauth0/internal/bruteforce"
	"renewal.example/mockauth0/internal/classic"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/control"
	"renewal.example/mockauth0/internal/database"
	"renewal.example/mockauth0/internal/grant"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/internal/lock"
	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/internal/logout"
	"renewal.example/mockauth0/internal/magicuser"
	"renewal.example/mockauth0/internal/mail"
	"renewal.example/mockauth0/internal/routes"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/state"
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
	t.grants, t.authorize = grants, &authorize.Service{
		Tenant: t.Snapshot, Sessions: t.sessions, Store: t.store, Login: t.logins, Tokens: t.tokens, Clients: grants,
		Learn: t.learn,
	}
	table := &routes.Endpoints{
		Authorize: t.authorize,
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

// controlOf is the control API of a tenant.
func controlOf(t *Tenant) *control.Service {
	return &control.Service{Tenant: t, Clock: controlledClock{t.clock, t}, Followers: t.followers, Events: t.events, Faults: t,
		Sessions: controlledLists{t}, Logins: controlledLogins{t}, Health: health{t}, Scenarios: controlledScenarios{t},
		Grants: controlledLists{t}, RefreshTokens: controlledLists{t}, Users: t, Keys: controlledLists{t},
		Diagnoses: controlledDiagnoses{t}, Tenants: controlledTenants{t}, Snapshots: controlledState{t}}
}

// controlledLists are a tenant for its control API, which lists what is alive as the store holds it.
type controlledLists struct{ *Tenant }

func (c controlledLists) Sessions() []state.Session     { return c.sessions.Live(c.clock.Now()) }
func (c controlledLists) Grants() []state.Grant         { return c.store.Grants() }
func (c controlledLists) RefreshTokens() []state.Family { return c.families() }
func (c controlledLists) Keys() ([]keys.Info, error)    { return c.ring.Keys() }

// controlledClock is a tenant's clock for its control API, which tells of each move itself.
type controlledClock struct {
	*clock.Clock
	tenant *Tenant
}

func (c controlledClock) HoldRequests(most time.Duration) { c.tenant.gate.Shut(most) }

func (c controlledClock) Moved(waitFor []string) (late []string) {
	c.tenant.gate.Open()
	c.tenant.tellExpired()
	return c.tenant.followed(waitFor)
}

// controlledDiagnoses are a tenant's diagnoses for its control API.
type controlledDiagnoses struct{ *Tenant }

func (d controlledDiagnoses) DiagnosesAfter(n uint64) []diagnosis.Diagnosis {
	return d.diagnosesAfter(n)
}

// Expect is ExpectRenewal for whoever may have the wrong name.
func (d controlledDiagnoses) Expect(client string, by time.Time) error {
	if tn := d.Snapshot(); tn.ClientByName(client) == nil && tn.ClientByID(client) == nil {
		return fmt.Errorf("this tenant has no client with the id or the name %q", client)
	}
	d.ExpectRenewal(client, by)
	return nil
}

func (d controlledDiagnoses) ExpectRenewals(client string, renewals int, until time.Time) (any, error) {
	if _, err := d.client(client); err != nil {
		return nil, err
	}
	return d.Tenant.ExpectRenewals(client, renewals, until), nil
}

func (d controlledDiagnoses) ListExpectations(client string, end bool) any {
	id := d.clientID(client)
	return slices.DeleteFunc(d.expectations(end, id), func(e Expectation) bool { return id != "" && e.ClientID != id })
}
