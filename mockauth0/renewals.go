package mockauth0

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/diagnose"
)

// ExpectationState says what has become of an expectation.
type ExpectationState string

// States of an expectation.
const (
	ExpectationOpen   ExpectationState = "open" // its time is not over
	ExpectationMet    ExpectationState = "met"
	ExpectationFailed ExpectationState = "failed"
)

// Expectation is what a test said of a client's renewals, and what has become of it. Times are the tenant's.
type Expectation struct {
	ID       string           `json:"id,omitempty"` // of those of ExpectRenewals
	ClientID string           `json:"client_id"`
	Since    time.Time        `json:"since"`              // from which renewals count
	By       time.Time        `json:"by,omitzero"`        // of ExpectRenewal: by which one has to come; zero: at the expiry of the newest token
	Renewals *int             `json:"renewals,omitempty"` // of ExpectRenewals: how many there have to be, no more and no fewer
	Until    time.Time        `json:"until,omitzero"`     // of ExpectRenewals: until then; zero: until SettleExpectations
	Seen     int              `json:"seen"`               // of ExpectRenewals: how many there were so far
	State    ExpectationState `json:"state"`
}

// renewalCounts are the expectations of a tenant that count renewals.
type renewalCounts struct {
	mu   sync.Mutex
	next int
	list []*Expectation // newest last, at most keepCounts
}

const keepCounts = 200

// heard counts a renewal. The event log calls it, whose lock it holds.
func (c *renewalCounts) heard(e *event.Event) {
	if e.Kind != event.KindLog || e.Type != event.SuccessSilentAuth && e.Type != event.SuccessExchangeRefreshToken {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, one := range c.list {
		if one.State == ExpectationOpen && one.ClientID == e.ClientID && (one.Until.IsZero() || !e.Date.After(one.Until)) {
			if one.Seen++; one.Seen > *one.Renewals {
				one.State = ExpectationFailed
			}
		}
	}
}

func (c *renewalCounts) add(client string, renewals int, now, until time.Time) Expectation {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next++
	one := &Expectation{ID: fmt.Sprintf("expectation-%d", c.next), ClientID: client, Since: now, Renewals: &renewals, Until: until,
		State: ExpectationOpen}
	c.list = append(c.list, one)
	c.list = c.list[max(0, len(c.list)-keepCounts):]
	return *one
}

// settled are the expectations as they stand at a time. With end those of a client ("": of any) end now.
func (c *renewalCounts) settled(now time.Time, end bool, client string) []Expectation {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]Expectation, 0, len(c.list))
	for _, one := range c.list {
		over := !one.Until.IsZero() && now.After(one.Until) || end && cmp.Or(client, one.ClientID) == one.ClientID
		if one.State == ExpectationOpen && over {
			one.State = ExpectationMet
			if one.Seen != *one.Renewals {
				one.State = ExpectationFailed
			}
		}
		out = append(out, *one)
	}
	return out
}

func (c *renewalCounts) forget(client string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = slices.DeleteFunc(c.list, func(e *Expectation) bool { return client == "" || e.ClientID == client })
}

// ExpectRenewals says how many renewals of a client (id or name) succeed from now until a tenant time, no more and no fewer; the zero
// time: until SettleExpectations. A renewal is a silent request or an exchange of a refresh token. Expectations tells how it went.
func (t *Tenant) ExpectRenewals(client string, renewals int, until time.Time) Expectation {
	return t.counts.add(t.manager.ClientID(client), renewals, t.clock.Now(), until)
}

// Expectations are those of ExpectRenewal and of ExpectRenewals, and how each stands at this moment. The newest 200 are kept.
func (t *Tenant) Expectations() []Expectation { return t.expectations(false, "") }

// SettleExpectations ends the expectations of a client (id or name; "": of all): those whose time is not over are judged now. It
// returns all, as Expectations does.
func (t *Tenant) SettleExpectations(client string) []Expectation {
	return t.expectations(true, t.manager.ClientID(client))
}

func (t *Tenant) expectations(end bool, client string) []Expectation {
	t.diagnosesAfter(0)
	out := []Expectation{}
	for _, e := range t.engine.Expectations() {
		out = append(out, Expectation{ClientID: e.ClientID, Since: e.Since, By: e.By, State: stateOf(e)})
	}
	return append(out, t.counts.settled(t.clock.Now(), end, client)...)
}

func stateOf(e diagnose.Settled) ExpectationState {
	switch {
	case e.Met:
		return ExpectationMet
	case e.Failed:
		return ExpectationFailed
	}
	return ExpectationOpen
}
