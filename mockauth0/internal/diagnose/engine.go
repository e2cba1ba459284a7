package diagnose

import (
	"cmp"
	"fmt"
	"net/http"
	"sync"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
)

// Engine reads a tenant's events and finds out why renewals failed. Safe for concurrent use.
type Engine struct {
	state State

	mu        sync.Mutex
	history   history
	diagnoses []entry
	next      uint64 // number of the next diagnosis
	last      uint64 // number of the newest event that was read
	expected  []Expectation
}

// entry is a diagnosis as the engine keeps it.
type entry struct {
	diagnosis.Diagnosis
	reported bool      // an application's report is its evidence, so that a second report of the same renewal replaces it
	began    time.Time // when the renewal that was reported began
}

// New makes an engine; state may be nil when only events are there.
func New(state State) *Engine {
	if state == nil {
		state = blind{}
	}
	return &Engine{state: state, history: newHistory(), next: 1}
}

// blind is a State of which nothing is known.
type blind struct{}

func (blind) DevKeys(string) bool      { return false }
func (blind) SessionAlive(string) bool { return false }
func (blind) FamilyAlive(string) bool  { return false }

// Last is the number of the newest event that was read: the next ones to read come after it.
func (g *Engine) Last() uint64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.last
}

// Forget puts the engine back to its start, but for the numbers of diagnoses and events.
func (g *Engine) Forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.history, g.diagnoses, g.expected = newHistory(), nil, nil
}

// Read takes events in order, and then looks at what waits when the tenant's clock shows now. What was read before is passed
// over, as is what a test armed: events of faults say nothing to it.
func (g *Engine) Read(events []event.Event, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, e := range events {
		if e.Seq != 0 && e.Seq <= g.last || e.Kind == event.KindFault {
			continue
		}
		g.last = max(g.last, e.Seq)
		x := g.history.take(e)
		if x == nil {
			continue
		}
		if e.Kind == event.KindResponse || e.Kind == event.KindNoAnswer {
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
	s := &scene{x, &g.history, g.state, now}
	var found []finding
	for _, r := range rules() {
		found = append(found, r.find(s)...)
	}
	if found = weigh(found); len(found) == 0 {
		if !x.failed() || !s.concerns() {
			return
		}
		found = one(diagnosis.Unexplained, inTheReply, diagnosis.Possible, saw(x.answer, "the renewal failed: %s", x.outcome()))
	}
	x.diagnosed = true
	g.add(entry{Diagnosis: diagnosis.Diagnosis{Date: now, Request: x.id, Endpoint: x.endpoint, ClientID: x.client, Client: x.clientName, UserID: x.user, Kind: x.kind(), Outcome: x.outcome(), Causes: causes(found)}})
}

func (g *Engine) add(d entry) {
	d.Seq = g.next
	g.next++
	g.diagnoses = append(g.diagnoses, d)
	if len(g.diagnoses) > keepDiagnoses {
		g.diagnoses = g.diagnoses[1:]
	}
}

// failed tells whether the app got anything but what it asked for.
func (x *exchange) failed() bool {
	return x.answer.int("status") >= 400 || x.response().text("error") != ""
}

func (x *exchange) kind() diagnosis.Kind {
	switch {
	case x.endpoint == "token" && x.grant() == "refresh_token", x.endpoint == "token.preflight":
		return diagnosis.KindRefresh
	case x.endpoint == "authorize" && !x.silent():
		return diagnosis.KindLogin
	}
	return diagnosis.KindSilent
}

// outcome is what the app got, in a few words.
func (x *exchange) outcome() string {
	status := x.answer.int("status")
	code := x.response().text("error")
	if l, ok := x.failure(); ok && code == "" && x.endpoint == "token" {
		code = l.text("error")
	}
	switch {
	case x.unanswered.seq != 0:
		return "no answer: " + x.unanswered.description
	case x.answer.seq == 0:
		return "no answer so far"
	case code != "":
		return code
	case status >= 400 && x.silent():
		return fmt.Sprintf("an error page (%d %s) inside a frame", status, http.StatusText(int(status)))
	case status >= 400:
		return fmt.Sprintf("%d %s", status, http.StatusText(int(status)))
	}
	return cmp.Or(x.answer.text("body"), "an answer without an error")
}
