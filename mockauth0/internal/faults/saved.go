package faults

import (
	"encoding/json"
	"fmt"
	"time"

	"renewal.example/mockauth0/fault"
)

// Saved is a Plan for a snapshot.
type Saved struct {
	Faults []SavedFault
	Next   int // how many ids were given out
}

// SavedFault is an armed fault, and how far it has come.
type SavedFault struct {
	Fault          json.RawMessage // as package fault reads it
	Since          time.Time       // when it was armed
	Fired, Seen    int
	Chance, Jitter []byte // states of the sources of chance
}

// Save tells what is armed.
func (p *Plan) Save() (Saved, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := Saved{Next: p.next}
	for _, a := range p.faults {
		f := a.Fault
		f.Fired = 0 // a fault that is read has none
		text, err := json.Marshal(f)
		if err != nil {
			return s, fmt.Errorf("the fault %s: %w", a.ID, err)
		}
		one := SavedFault{Fault: text, Since: a.since, Fired: a.Fired, Seen: a.seen}
		if one.Chance, err = a.chance.save(); err == nil {
			one.Jitter, err = a.jitter.save()
		}
		if err != nil {
			return s, fmt.Errorf("the fault %s: %w", a.ID, err)
		}
		s.Faults = append(s.Faults, one)
	}
	return s, nil
}

func (d *dice) save() ([]byte, error) {
	if d == nil {
		return nil, nil
	}
	return d.source.MarshalBinary()
}

func (d *dice) load(state []byte) error {
	if d == nil || state == nil {
		return nil
	}
	return d.source.UnmarshalBinary(state)
}

// Prepare reads what was saved. load puts it in place of what is armed.
func (p *Plan) Prepare(s Saved) (load func(), err error) {
	var all []*armed
	for i, one := range s.Faults {
		f, err := fault.Decode(one.Fault)
		if err != nil {
			return nil, fmt.Errorf("faults[%d]: %w", i, err)
		}
		a, err := arm(f, one.Since)
		if err != nil {
			return nil, fmt.Errorf("faults[%d]: %w", i, err)
		}
		a.Fired, a.seen = one.Fired, one.Seen
		if err = a.chance.load(one.Chance); err == nil {
			err = a.jitter.load(one.Jitter)
		}
		if err != nil {
			return nil, fmt.Errorf("faults[%d]: %w", i, err)
		}
		all = append(all, a)
	}
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.faults, p.next = all, s.Next
		p.count()
	}, nil
}
