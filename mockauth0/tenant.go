package mockauth0

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/backchannel"
	"renewal.example/mockauth0/internal/bruteforce"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/diagnose"
	"renewal.example/mockauth0/internal/directory"
	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/eventlog"
	"renewal.example/mockauth0/internal/faults"
	"renewal.example/mockauth0/internal/follow"
	"renewal.example/mockauth0/internal/grant"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/internal/manage"
	"renewal.example/mockauth0/internal/ratelimit"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/internal/tenants"
	"renewal.example/mockauth0/internal/token"
	"renewal.example/mockauth0/tenant"
)

// Hold is a request that waits on tenant time, because of a latency or a hang fault.
type Hold struct {
	ID     uint64    `json:"id"`             // counted from 1
	Reason string    `json:"reason"`         // what holds it, for people
	Until  time.Time `json:"until,omitzero"` // tenant time at which it goes on; zero: when it is released or its client goes away
}

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
	counts     renewalCounts
	tallies    tallies
	scenarios  scenarios
	sessions   *session.Registry
	refresh    *grant.RefreshSigner
	logins     *login.Service
	manager    *manage.Service
	sender     *backchannel.Sender
	learning   sync.Mutex          // of changes to the configuration that begin with what it is now
	learner    tenant.Learner      // nil: nothing is learned
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
	t.tallies.heard(e)
	t.counts.heard(e)
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

// startClock sets the clock as mock.yaml says.
func (t *Tenant) startClock() {
	mock := t.Snapshot().Mock
	t.clock.Thaw()
	if mock.ClockFrozen {
		t.clock.Freeze()
	}
	if mock.ClockStart.IsZero() {
		t.clock.SetOffset(0)
	} else {
		t.clock.Set(mock.ClockStart)
	}
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
	return t.reload(t.under(next))
}

func (t *Tenant) reload(next *tenant.Config) error {
	t.learning.Lock()
	defer t.learning.Unlock()
	next = t.kept(next.Clone())
	if err := next.Validate(); err != nil {
		t.emit(event.Event{Kind: event.KindConfig, Description: "configuration refused",
			Data: &event.Config{Change: event.ConfigRefused, Problems: err.Error()}})
		return err
	}
	if err := t.people.Replace(next); err != nil {
		return err
	}
	t.emit(event.Event{Kind: event.KindConfig, Description: "configuration loaded",
		Data: &event.Config{Change: event.ConfigLoaded, Clients: len(next.Clients), Users: len(next.Users)}})
	return nil
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

// Now is the tenant's time.
func (t *Tenant) Now() time.Time { return t.clock.Now() }

// Advance moves the tenant's clock by d and returns the new time. Tokens, sessions and held requests follow, and so do programs that
// follow the clock: every move of it waits for them, up to 5 s. Event.Clock names those that did not follow.
func (t *Tenant) Advance(d time.Duration) time.Time {
	now := t.clock.Advance(d)
	t.moved()
	return now
}

// SetOffset makes the tenant's clock run d ahead of real time (negative: behind).
func (t *Tenant) SetOffset(d time.Duration) {
	t.clock.SetOffset(d)
	t.moved()
}

// SetTime moves the tenant's clock to now.
func (t *Tenant) SetTime(now time.Time) {
	t.clock.Set(now)
	t.moved()
}

// Freeze stops the tenant's clock; it still moves by Advance, SetOffset and SetTime.
func (t *Tenant) Freeze() {
	t.clock.Freeze()
	t.moved()
}

// Thaw lets a frozen clock run on.
func (t *Tenant) Thaw() {
	t.clock.Thaw()
	t.moved()
}

// Holds lists the requests that wait on tenant time.
func (t *Tenant) Holds() []Hold {
	return listOf(t.clock.Holds(), func(h clock.Hold) Hold { return Hold(h) })
}

func (t *Tenant) moved() {
	t.emit(event.Event{Kind: event.KindClock, Description: "clock moved",
		Data: &event.Clock{OffsetMS: t.clock.Offset().Milliseconds(), Frozen: t.clock.Frozen()}})
	t.sessions.TellExpired(t.manager.Exchange())
	t.followed(nil)
}

// Events are the kept events with a sequence number above after, oldest first. The newest 4096 are kept
// unless Options.EventCapacity says otherwise.
func (t *Tenant) Events(after uint64) []event.Event {
	events, _ := t.events.Since(after)
	return events
}

// Subscription delivers events in order. A reader that is slower than its buffer gets one event of event.KindGap in place of
// those that it missed.
type Subscription struct {
	C   <-chan event.Event // closed by Close
	log *eventlog.Subscription
}

// Close ends the subscription. It may be called more than once.
func (s *Subscription) Close() { s.log.Close() }

// Subscribe delivers the kept events after a sequence number and then new ones as they come. Close it when done.
func (t *Tenant) Subscribe(after uint64) *Subscription {
	s := t.events.Subscribe(after, 0)
	return &Subscription{C: s.C, log: s}
}

// Arm adds a fault and returns it with its id; an impossible fault is an error that says what is wrong.
func (t *Tenant) Arm(f fault.Fault) (fault.Fault, error) { return t.arm(f, t.plan.Arm) }

// SetFault arms a fault in place of the one with its id, which it needs, if there is one: to do so twice is as good as once. An
// impossible fault is an error, and the one before stays.
func (t *Tenant) SetFault(f fault.Fault) (fault.Fault, error) {
	if f.ID == "" {
		return fault.Fault{}, errors.New("SetFault needs a fault with an id")
	}
	return t.arm(f, t.plan.Set)
}

func (t *Tenant) arm(f fault.Fault, at func(fault.Fault, time.Time) (fault.Fault, error)) (fault.Fault, error) {
	if c := f.When.Client; c != "" && t.Snapshot().ClientByID(c) == nil && t.Snapshot().ClientByName(c) == nil {
		return fault.Fault{}, fmt.Errorf("when.client: this tenant has no client with the id or the name %q", c)
	}
	if c := f.When.Connection; c != "" && !slices.ContainsFunc(t.Snapshot().Connections, func(known *tenant.Connection) bool {
		return strings.EqualFold(known.Name, c)
	}) {
		return fault.Fault{}, fmt.Errorf("when.connection: this tenant has no connection %q", c)
	}
	if who := f.Do.Session; who != "" && who != "lost" && manage.FindUser(t.Snapshot(), who) == nil {
		return fault.Fault{}, fmt.Errorf("do.session: this tenant has no user with the id or the e-mail address %q; for no "+
			"session at all write lost", who)
	}
	if f.Do.Connection == "tls" && t.entry.Domain.Plain {
		return fault.Fault{}, fmt.Errorf("do.connection: %s is by plain http, so there is no TLS handshake that could fail; serve the tenant by "+
			"https, or let connection: reset break the connection off", t.entry.Domain)
	}
	if host := t.entry.Domain.Name(); f.Do.Connection == "tls" && net.ParseIP(host) != nil {
		return fault.Fault{}, fmt.Errorf("do.connection: clients that reach the tenant by the address %s name nobody in the TLS handshake, and "+
			"those are left alone; give the tenant a domain", host)
	}
	f, err := at(f, t.clock.Now())
	if err != nil {
		return f, err
	}
	t.emit(event.Event{Kind: event.KindFault, Description: "fault armed",
		Data: &event.Fault{Change: event.FaultArmed, ID: f.ID, Name: f.Name, Seed: f.When.Seed, JitterSeed: f.Do.Seed}})
	if f.Do.Connection == "tls" {
		t.server.conns.Retire(t.server.base.Done(), t) // it is for new connections: clients shall need some
	}
	return f, nil
}

// handshake lets the effects on new connections act.
func (t *Tenant) handshake() error {
	x := t.manager.Exchange()
	x.Plan = t.plan
	for _, e := range httpx.Effects[httpx.HandshakeEffect](x, httpx.SeamHandshake, nil) {
		if err := e.Handshake(); err != nil {
			return err
		}
	}
	return nil
}

// Faults lists the armed faults and how often each has fired.
func (t *Tenant) Faults() []fault.Fault { return t.plan.Faults() }

// Disarm removes the fault with an id, or all faults when id is "". It returns how many were removed.
func (t *Tenant) Disarm(id string) int { return t.plan.Disarm(id) }

// Reset puts the tenant back to its start: users and passwords as loaded, no sessions, grants, transactions, tokens, faults
// and events; the clock as configured, the signing keys as they were. Requests that a fault held are cut without an answer.
func (t *Tenant) Reset() {
	t.plan.Disarm("")
	t.gate.Open()
	t.forgetScenarios()
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
	t.counts.forget("")
	t.followed(nil)
}
