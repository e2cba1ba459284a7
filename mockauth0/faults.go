package mockauth0

import (
	"errors"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/faults"
	"renewal.example/mockauth0/internal/httpx"
)

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
	if err := faults.Check(f, t.Snapshot(), t.entry.Domain); err != nil {
		return fault.Fault{}, err
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
func (t *Tenant) Disarm(id string) int {
	removed, live := t.plan.Disarm(id)
	for _, f := range live {
		t.emit(event.Event{Kind: event.KindFault, Description: "fault disarmed",
			Data: &event.Fault{Change: event.FaultDisarmed, ID: f.ID, Name: f.Name, Fired: f.Fired, Times: f.Times}})
	}
	return removed
}
