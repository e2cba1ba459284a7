package mockauth0

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/adopt"
	"renewal.example/mockauth0/internal/authorize"
	"renewal.example/mockauth0/internal/backchannel"
	"renewal.example/mockauth0/internal/bruteforce"
	"renewal.example/mockauth0/internal/classic"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/database"
	"renewal.example/mockauth0/internal/diagnose"
	"renewal.example/mockauth0/internal/directory"
	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/eventlog"
	"renewal.example/mockauth0/internal/faults"
	"renewal.example/mockauth0/internal/follow"
	"renewal.example/mockauth0/internal/grant"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/internal/lock"
	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/internal/logout"
	"renewal.example/mockauth0/internal/magicuser"
	"renewal.example/mockauth0/internal/mail"
	"renewal.example/mockauth0/internal/manage"
	"renewal.example/mockauth0/internal/ratelimit"
	"renewal.example/mockauth0/internal/routes"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/internal/tenants"
	"renewal.example/mockauth0/internal/token"
	"renewal.example/mockauth0/internal/userinfo"
	"renewal.example/mockauth0/tenant"
)

// Tenant is one fake tenant on a server: its own domain, clock, sessions, faults and events.
type Tenant struct {
	server    *Server
	entry     tenants.Entry[*Tenant] // its name and its domains
	people    *directory.Directory
	ring      *keys.Ring
	lease     *keys.Lease // of the keys in ring; nil: they are shared
	clock     *clock.Clock
	gate      clock.Gate // shut while another program's clocks may be ahead
	followers *follow.Followers
	events    *eventlog.Log
	plan      *faults.Plan
	store     state.Store
	tokens    *token.Issuer
	limits    ratelimit.Limits
	quotas    ratelimit.Limits
	guard     *bruteforce.Guard
	log       *slog.Logger
	handler   http.Handler

	engine     *diagnose.Engine
	tally      eventlog.Tally
	scenarios  *adopt.Scenarios
	sessions   *session.Registry
	refresh    *grant.RefreshSigner
	logins     *login.Service
	manager    *manage.Service
	sender     *backchannel.Sender
	learning   *directory.Learning
	unexpected func(*http.Request) // hears of requests to unknown paths
	derived    tenants.Derived     // configurations of tenants that were made like this one
}

// newTenant builds a tenant of the server with all its endpoints. The snapshot is validated, and nobody changes it. own: it is the
// server's own tenant.
func (s *Server) newTenant(snapshot *tenant.Config, at domain.Domain, own bool) (*Tenant, error) {
	o := &s.options
	custom := domain.New(snapshot.Mock.CustomDomain, at.Plain)
	if err := custom.Check(); custom.Host != "" && err != nil {
		return nil, err
	}
	t := &Tenant{server: s, clock: clock.New(time.Time{}),
		events: eventlog.New(o.EventCapacity), plan: &faults.Plan{}, store: state.NewMemory(), log: o.Logger, unexpected: o.unexpected}
	t.entry = tenants.Entry[*Tenant]{Tenant: t, Number: s.made.Add(1), Domain: at, Custom: custom}
	t.events.Observe(t.heard)
	t.followers = follow.New(t.clock)
	t.people = directory.New(snapshot)
	t.learning = directory.NewLearning(t.people, o.Logger)
	t.scenarios = adopt.NewScenarios(s.catalogue, scenarioTenant{t}, o.Logger)
	t.engine = diagnose.New(tenantState{t})
	t.startClock()
	if err := t.takeKeys(own || o.ShareKeys); err != nil {
		return nil, err
	}
	t.handler = t.mount(o, s.shared, t.plan)
	return t, nil
}

// heard counts an event as it is appended.
func (t *Tenant) heard(e *event.Event) {
	t.tally.Heard(e)
	t.engine.Heard(e)
}

// takeKeys gives the tenant its signing keys: shared with other tenants, or its own.
func (t *Tenant) takeKeys(shared bool) (err error) {
	pool := t.server.options.Keys.(*keys.Pool)
	if shared {
		t.ring, err = keys.NewRing(pool, t.entry.Domain.Host)
		return err
	}
	t.lease = pool.Lease()
	t.ring = keys.NewLeasedRing(t.lease, t.entry.Domain.Host)
	return nil
}

// Domain is what an SDK takes as `domain`: the tenant's host[:port]; by plain http with the scheme, http://localhost:4480.
func (t *Tenant) Domain() string { return t.entry.Domain.String() }

// CustomDomain is the second host[:port] that the tenant answers at, mock.yaml's custom_domain, written as Domain; "": none.
func (t *Tenant) CustomDomain() string {
	if t.entry.Custom.Host == "" {
		return ""
	}
	return t.entry.Custom.String()
}

// HTTP tells whether the tenant is by plain http.
func (t *Tenant) HTTP() bool { return t.entry.Domain.Plain }

// URL is the domain with its scheme, without a final slash.
func (t *Tenant) URL() string { return t.entry.Domain.URL() }

// Issuer is the iss of every token: URL with a final slash, as Auth0 writes it.
func (t *Tenant) Issuer() string { return t.URL() + "/" }

// Handler answers the tenant's requests, whatever their Host, for use behind a listener of one's own. The control API
// alone looks at Host: it answers as Domain and CustomDomain, at localhost and at loopback addresses, with any port. Who may
// reach it is for that listener to decide.
func (t *Tenant) Handler() http.Handler { return t.handler }

// Snapshot is the configuration in force. Do not change it: Clone it, change the clone, and Reload.
func (t *Tenant) Snapshot() *tenant.Config { return t.people.Snapshot() }

// Reload replaces the configuration by a copy of next; sessions, tokens and faults stay. An invalid one is
// refused with all its problems and the old one stays in force.
func (t *Tenant) Reload(next *tenant.Config) error {
	if next == nil {
		return errors.New("mockauth0: Reload needs a tenant; the old one stays in force")
	}
	return t.learning.Load(t.manager.Exchange(), t.scenarios.Over(next))
}

// listOf is a list of the library's own values in the form that callers get.
func listOf[From, To any](list []From, as func(From) To) []To {
	if list == nil {
		return nil
	}
	out := make([]To, len(list))
	for i, one := range list {
		out[i] = as(one)
	}
	return out
}

func (t *Tenant) emit(e event.Event) { t.manager.Emit(e) }

// Reset puts the tenant back to its start: users and passwords as loaded, no sessions, grants, transactions, tokens, faults
// and events; the clock as configured, the signing keys as they were. Requests that a fault held are cut without an answer.
func (t *Tenant) Reset() {
	t.plan.Disarm("")
	t.gate.Open()
	t.scenarios.Forget()
	t.clock.Release()
	t.sender.Forget()
	t.people.Reset()
	t.store.Reset()
	t.ring.Reset()
	t.limits.Reset()
	t.quotas.Reset()
	t.guard.Reset()
	t.startClock()
	t.events.Clear()
	t.engine.Forget()
	t.followed(nil)
}

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
		Learn: t.learning.Learn,
	}
	entrance := &authorize.Service{
		Tenant: t.Snapshot, Sessions: t.sessions, Store: t.store, Login: t.logins, Tokens: t.tokens, Clients: grants,
		Learn: t.learning.Learn,
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
			Learn: t.learning.Learn},
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
		ErrorPage: pages.ErrorPage, Decorate: t.sessions.KeepDevice, DeviceOf: t.sessions.DeviceOf,
	})
}
