package mockauth0

import (
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/diagnose"
)

// Diagnoses says why renewals failed: every silent request and every exchange of a refresh token that did, by what the
// tenant observed of it, oldest first. It looks at the kept events; a renewal that succeeded has no diagnosis.
func (t *Tenant) Diagnoses() []diagnosis.Diagnosis { return t.diagnosesAfter(0) }

// ExpectRenewal says that a page of a client (id or name) is open from now on, so that its next renewal has to come: by a
// tenant time, or, with the zero time, when its newest token expires. One that does not come is diagnosed. The tenant cannot
// know of itself that somebody looks at a page.
func (t *Tenant) ExpectRenewal(client string, by time.Time) {
	t.engine.Expect(diagnose.Expectation{ClientID: t.manager.ClientID(client), Since: t.clock.Now(), By: by})
}

// AppReport is what an application says of a renewal that failed for it: what its SDK handed over. Client and Began are
// enough: then it says that the application asked, and has no new token.
type AppReport struct {
	Client           string    // id or name
	Began            time.Time // tenant time at which the application asked its SDK
	Ended            time.Time // tenant time at which it gave up; zero: when the report is made
	Loaded           time.Time // tenant time at which its page was reloaded; zero: it was not, or nobody knows
	Error            string    // code of the error; "": there was none
	Text             string    // of the error
	UnexpectedResult string    // what was handed over as a result and is no token

	// What whoever drives the page sees of it, without the SDK's words.
	ClockAhead time.Duration // how far the page's clock is ahead of the tenant's (negative: behind); zero: it is right, or nobody knows
	Isolated   bool          // the page is cross-origin isolated: self.crossOriginIsolated
	Audience   string        // of the token that the application asked for; "": that of its login, or nobody knows
}

// Report gives the tenant what an application says of a renewal that failed for it, so that failures are diagnosed too that
// nobody sees from here: a request that never came, an answer that the application did not take. Whoever drives the page
// may report it; the rest of the diagnosis needs nothing of it. A second report of the same renewal replaces the first.
func (t *Tenant) Report(r AppReport) {
	t.diagnosesAfter(0)
	t.engine.Report(diagnose.Report{
		ClientID: t.manager.ClientID(r.Client), Began: r.Began, Ended: r.Ended, Loaded: r.Loaded, Error: r.Error, Text: r.Text,
		UnexpectedResult: r.UnexpectedResult, ClockAhead: r.ClockAhead, Isolated: r.Isolated, Audience: r.Audience,
	}, t.clock.Now())
}

// StopExpecting takes back what ExpectRenewal and ExpectRenewals said of a client: its page was closed.
func (t *Tenant) StopExpecting(client string) {
	t.engine.CancelExpectation(t.manager.ClientID(client))
}

func (t *Tenant) diagnosesAfter(n uint64) []diagnosis.Diagnosis {
	now := t.clock.Now() // before the events are read: what had to come by now is among them, if it came
	events, _ := t.events.Since(t.engine.Last())
	t.engine.Read(events, now)
	return t.engine.After(n)
}

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

// ExpectRenewals says how many renewals of a client (id or name) succeed from now until a tenant time, no more and no fewer; the zero
// time: until SettleExpectations. A renewal is a silent request or an exchange of a refresh token. Expectations tells how it went.
func (t *Tenant) ExpectRenewals(client string, renewals int, until time.Time) Expectation {
	return counted(t.engine.Count(t.manager.ClientID(client), renewals, t.clock.Now(), until))
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
		out = append(out, Expectation{ClientID: e.ClientID, Since: e.Since, By: e.By, State: expectationState(e.Met, e.Failed)})
	}
	return append(out, listOf(t.engine.Counted(t.clock.Now(), end, client), counted)...)
}

func counted(c diagnose.Counted) Expectation {
	return Expectation{ID: c.ID, ClientID: c.ClientID, Since: c.Since, Until: c.Until, Renewals: &c.Renewals, Seen: c.Seen,
		State: expectationState(c.Met, c.Failed)}
}

func expectationState(met, failed bool) ExpectationState {
	switch {
	case met:
		return ExpectationMet
	case failed:
		return ExpectationFailed
	}
	return ExpectationOpen
}

// tenantState is what the diagnosis asks of the tenant beside its events.
type tenantState struct{ t *Tenant }

func (s tenantState) DevKeys(connection string) bool {
	c := s.t.Snapshot().Connection(connection)
	return c != nil && c.DevKeys
}

func (s tenantState) CustomDomain() string { return s.t.entry.Custom.Host }

func (s tenantState) SessionAlive(id string) bool { return s.t.manager.SessionAlive(id) }

func (s tenantState) FamilyAlive(id string) bool { return s.t.manager.FamilyAlive(id) }
