// Package faults holds the armed faults of a tenant, and what each does. Effects implement the interfaces of the seams at which they
// act and know nothing of endpoints; endpoints know nothing of faults. What may be written, and what it means, is package fault.
package faults

import (
	"fmt"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/httpx"
)

// Plan is the set of armed faults of one tenant. It is what exchanges ask for effects. The zero value is an
// empty plan. Safe for concurrent use.
type Plan struct {
	seams  atomic.Uint32 // at which a fault can still fire: without any, a request pays one atomic load for a seam
	mu     sync.Mutex
	faults []*armed
	bySeam atomic.Pointer[index] // the same; replaced, never changed, so that who looks needs no lock
	next   int
}

// index holds faults by the bit of their seam, in the order in which they were armed.
type index [32][]*armed

func (p *Plan) of(s httpx.Seam) []*armed {
	if i := p.bySeam.Load(); i != nil {
		return i[bits.TrailingZeros32(uint32(s))&31]
	}
	return nil
}

// Arm adds a fault at a time of the tenant's and returns it with its id, and with the seed of what it leaves to chance.
func (p *Plan) Arm(f fault.Fault, now time.Time) (fault.Fault, error) { return p.add(f, now, false) }

// Set is Arm in place of the fault with the same id, if there is one.
func (p *Plan) Set(f fault.Fault, now time.Time) (fault.Fault, error) { return p.add(f, now, true) }

func (p *Plan) add(f fault.Fault, now time.Time, replace bool) (fault.Fault, error) {
	if err := f.Validate(); err != nil {
		return fault.Fault{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	f.Fired = 0
	if f.ID == "" {
		p.next++
		f.ID = fmt.Sprintf("fault-%d", p.next)
	}
	at := slices.IndexFunc(p.faults, func(a *armed) bool { return a.ID == f.ID })
	if at >= 0 && !replace {
		return fault.Fault{}, fmt.Errorf("a fault with the id %q is armed already: remove it first, or leave id out", f.ID)
	}
	a, err := arm(f, now)
	if err != nil {
		return fault.Fault{}, err
	}
	for i, other := range p.faults {
		if err := contradiction(other, a); err != nil && i != at {
			return fault.Fault{}, err
		}
	}
	if at >= 0 {
		p.faults[at] = a
	} else {
		p.faults = append(p.faults, a)
	}
	p.count()
	return a.Fault, nil
}

// Faults lists what is armed, in order, and how often each has fired.
func (p *Plan) Faults() []fault.Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]fault.Fault, len(p.faults))
	for i, a := range p.faults {
		out[i] = a.Fault
	}
	return out
}

// Disarm removes the fault with an id, or all of them (""). It returns how many it removed, and those of them that could still fire.
func (p *Plan) Disarm(id string) (removed int, live []fault.Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = slices.DeleteFunc(p.faults, func(a *armed) bool {
		if id != "" && a.ID != id {
			return false
		}
		if removed++; !a.spent() {
			live = append(live, a.Fault)
		}
		return true
	})
	p.count()
	return removed, live
}

// keepSpent is how many faults that cannot fire any more stay listed; older ones are forgotten.
const keepSpent = 100

// count brings what requests ask without the lock up to date, and forgets the oldest spent faults.
func (p *Plan) count() {
	live, seams := 0, httpx.Seam(0)
	for _, a := range p.faults {
		if !a.spent() {
			live++
			seams |= a.seam
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
	var by index
	for _, a := range p.faults {
		i := bits.TrailingZeros32(uint32(a.seam))
		by[i] = append(by[i], a)
	}
	p.bySeam.Store(&by)
	p.seams.Store(uint32(seams))
}

// Empty reports whether no fault can fire.
func (p *Plan) Empty() bool { return p.seams.Load() == 0 }

// Meets implements httpx.Planner. A request that a fault has met goes on meeting it, spent or not: the second of its tokens,
// say.
func (p *Plan) Meets(x *httpx.Exchange, s httpx.Seam) bool {
	if httpx.Seam(p.seams.Load())&s == 0 && !x.Touched() {
		return false
	}
	for _, a := range p.of(s) {
		if !a.applies(x) { // most often so, and known without the lock
			continue
		}
		p.mu.Lock()
		met := a.meets(x)
		p.mu.Unlock()
		if met {
			return true
		}
	}
	return false
}

// Take implements httpx.Planner. Of the effects of one kind only the first acts, unless they add up, and one that ends the
// request comes last, whenever it was armed; the others of its kind wait for their next request. A fault that has had its
// number of requests stays listed, spent.
func (p *Plan) Take(x *httpx.Exchange, s httpx.Seam, subject any) []any {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []any
	var kinds []string
	var end *armed
	for _, a := range p.of(s) {
		switch {
		case !a.applies(x) || !a.meets(x) || !a.concerns(subject) || !a.chosen(x):
		case a.ends:
			if end == nil {
				end = a
			}
		case a.adds || !slices.Contains(kinds, a.kind):
			out = append(out, a.fire(x))
			kinds = append(kinds, a.kind)
		}
	}
	if end != nil {
		out = append(out, end.fire(x))
	}
	if len(out) > 0 || x.Touched() {
		p.count()
	}
	return out
}
