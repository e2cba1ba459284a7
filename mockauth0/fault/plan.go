package fault

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"renewal.example/mockauth0/internal/event"
	"renewal.example/mockauth0/internal/httpx"
)

// Plan is the set of armed faults of one tenant. It is what exchanges ask for effects. The zero value is an
// empty plan. Safe for concurrent use.
type Plan struct {
	live   atomic.Int32 // how many faults can still fire: a request without any pays one atomic load for a seam
	mu     sync.Mutex
	faults []*armed
	next   int
}

type armed struct {
	Fault
	effect any
}

// Arm adds a fault and returns it with its id.
func (p *Plan) Arm(f Fault) (Fault, error) {
	if err := f.Validate(); err != nil {
		return Fault{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	f.Fired = 0
	if f.ID == "" {
		p.next++
		f.ID = fmt.Sprintf("fault-%d", p.next)
	}
	if slices.ContainsFunc(p.faults, func(a *armed) bool { return a.ID == f.ID }) {
		return Fault{}, fmt.Errorf("a fault with the id %q is armed already: remove it first, or leave id out", f.ID)
	}
	p.faults = append(p.faults, &armed{Fault: f, effect: f.Do.effect()})
	p.count()
	return f, nil
}

// Faults lists what is armed, in order, and how often each has fired.
func (p *Plan) Faults() []Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]Fault, len(p.faults))
	for i, a := range p.faults {
		out[i] = a.Fault
	}
	return out
}

// Disarm removes the fault with an id, or all of them ("" ); it returns how many were removed.
func (p *Plan) Disarm(id string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := len(p.faults)
	p.faults = slices.DeleteFunc(p.faults, func(a *armed) bool { return id == "" || a.ID == id })
	p.count()
	return before - len(p.faults)
}

// keepSpent is how many faults that cannot fire any more stay listed; older ones are forgotten.
const keepSpent = 100

func (a *armed) spent() bool { return a.Times > 0 && a.Fired >= a.Times }

// count brings what requests ask without the lock up to date, and forgets the oldest spent faults.
func (p *Plan) count() {
	live := 0
	for _, a := range p.faults {
		if !a.spent() {
			live++
		}
	}
	excess := len(p.faults) - live - keepSpent
	p.faults = slices.DeleteFunc(p.faults, func(a *armed) bool {
		if excess > 0 && a.spent() {
			excess--
			return true
		}
		return false
	})
	p.live.Store(int32(live))
}

// Empty implements httpx.Planner.
func (p *Plan) Empty() bool { return p.live.Load() == 0 }

// Take implements httpx.Planner. A fault that has had its number of effects stays listed, spent.
func (p *Plan) Take(x *httpx.Exchange, want func(any) bool) []any {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []any
	for _, a := range p.faults {
		if a.spent() || !want(a.effect) || !a.When.matches(&x.Facts) || !a.ripe(x) {
			continue
		}
		a.Fired++
		out = append(out, a.effect)
		last := a.Do.Latency == 0 // any other effect ends the request: the faults after it wait for the next one
		x.Emit(event.Event{Kind: event.KindFault, Description: "fault fired", Details: map[string]any{"fault": a.ID, "name": a.Name, "fired": a.Fired, "times": a.Times}})
		if last {
			break
		}
	}
	if len(out) > 0 {
		p.count()
	}
	return out
}

// ripe keeps an HTTP effect from acting at several points of one request: it acts at the first point at
// which all the facts that its `when` names are known.
func (a *armed) ripe(x *httpx.Exchange) bool {
	if _, http := a.effect.(httpx.Effect); !http {
		return true
	}
	return x.Facts.Point == a.When.point()
}

// point is the first point at which every fact of the match is known.
func (m Match) point() httpx.Point {
	switch {
	case m.User != "" || m.Connection != "":
		return httpx.Resolved
	case m.Client != "" || m.Prompt != "" || m.ResponseMode != "":
		return httpx.Parsed
	}
	return httpx.Routed
}

func (m Match) matches(f *httpx.Facts) bool {
	is := func(want string, have ...string) bool {
		return want == "" || slices.ContainsFunc(have, func(h string) bool { return h != "" && strings.EqualFold(h, want) })
	}
	return is(m.Endpoint, f.Endpoint) && is(m.Client, f.ClientID, f.ClientName) && is(m.Prompt, f.Prompt) &&
		is(m.ResponseMode, f.ResponseMode) && is(m.User, f.UserID, f.UserName) && is(m.Connection, f.Connection)
}
