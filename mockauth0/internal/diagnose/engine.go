package diagnose

import (
	"slices"
	"sync"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
)

// State is what the diagnosis asks of a running tenant beside its events.
type State interface {
	DevKeys(connection string) bool // the connection uses Auth0's developer keys
	CustomDomain() string           // the tenant's second host[:port]; "": it has none, or nobody knows
	SessionAlive(id string) bool
	FamilyAlive(id string) bool // of refresh tokens
}

// Engine reads a tenant's events and finds out why renewals failed. Safe for concurrent use.
type Engine struct {
	source Source
	state  State

	mu        sync.Mutex
	history   history
	diagnoses []kept
	next      uint64 // number of the next diagnosis
	last      uint64 // number of the newest event that was read
	expected  []Expectation

	settledBefore []Settled
	counts        counts
}

// kept is a diagnosis as the engine keeps it.
type kept struct {
	diagnosis.Diagnosis
	reported bool      // an application's report is its evidence, so that a second report of the same renewal replaces it
	began    time.Time // when the renewal that was reported began
}

// New makes an engine for a tenant that runs. With nil as its state, only its events tell of it.
func New(state State) *Engine {
	if state == nil {
		state = unknownState{}
	}
	return newEngine(RunningTenant, state)
}

// NewImport makes an engine for events that were read from a recording or from a tenant's log.
func NewImport(source Source) *Engine { return newEngine(source, unknownState{}) }

func newEngine(source Source, state State) *Engine {
	return &Engine{source: source, state: state, history: newHistory(source), next: 1}
}

// unknownState is a State of which nothing is known.
type unknownState struct{}

func (unknownState) DevKeys(string) bool      { return false }
func (unknownState) CustomDomain() string     { return "" }
func (unknownState) SessionAlive(string) bool { return false }
func (unknownState) FamilyAlive(string) bool  { return false }

// Last is the number of the newest event that was read: the next ones to read come after it.
func (g *Engine) Last() uint64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.last
}

// Forget puts the engine back to its start, but for the numbers of diagnoses and events.
func (g *Engine) Forget() {
	g.counts.forget("")
	g.mu.Lock()
	defer g.mu.Unlock()
	g.history, g.diagnoses, g.expected, g.settledBefore = newHistory(g.source), nil, nil, nil
}

// Read takes events in order, and then looks at what waits when the tenant's clock shows now. It skips what it has read
// before, and what a test armed: events of faults tell it nothing.
func (g *Engine) Read(events []event.Event, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, e := range events {
		g.history.pass(e.Seq)
		if e.Seq != 0 && e.Seq <= g.last || e.Kind == event.KindFault {
			continue
		}
		g.last = max(g.last, e.Seq)
		x := g.history.take(e)
		if x != nil && (e.Kind == event.KindResponse || e.Kind == event.KindNoAnswer) {
			g.judge(x, e.Date)
		}
	}
	for _, x := range g.history.exchanges {
		if !x.over() && !x.diagnosed {
			g.judge(x, now)
		}
	}
	g.lookForAbsences(now)
}

// After are the diagnoses with a number above n, oldest first.
func (g *Engine) After(n uint64) []diagnosis.Diagnosis {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := []diagnosis.Diagnosis{}
	for _, d := range g.diagnoses {
		if d.Seq > n {
			out = append(out, d.Diagnosis)
		}
	}
	return out
}

// judge lets the rules look at an exchange, once each time that it can have changed.
func (g *Engine) judge(x *exchange, now time.Time) {
	if x.diagnosed {
		return
	}
	x.claimed = x.claimed || g.expects(x)
	in := &ruleInput{x, &g.history, g.state, now}
	var found []finding
	for _, r := range rules() {
		found = append(found, r.find(in)...)
	}
	if found = weigh(found); len(found) == 0 {
		if !x.failed() || !in.concerns() {
			return
		}
		found = one(diagnosis.Unexplained, inReply, diagnosis.Possible, saw(x.answer, "the renewal failed: %s", x.outcome()))
	}
	x.diagnosed = true
	g.keep(kept{Diagnosis: diagnosis.Diagnosis{
		Date: now, Request: x.id, Endpoint: x.endpoint, ClientID: x.client, Client: x.clientName, UserID: x.user,
		Kind: g.history.kindOf(x), Outcome: x.outcome(), Causes: causes(found, x.facts()),
	}})
}

// expects tells whether somebody has said that a page of the request's application is open and has to renew.
func (g *Engine) expects(x *exchange) bool {
	return slices.ContainsFunc(g.expected, func(e Expectation) bool { return e.ClientID == x.client && !x.began.Before(e.Since) })
}

// keep numbers a diagnosis.
func (g *Engine) keep(d kept) {
	d.Seq = g.next
	g.next++
	g.diagnoses = append(g.diagnoses, d)
	if len(g.diagnoses) > keepDiagnoses {
		g.diagnoses = g.diagnoses[1:]
	}
}
