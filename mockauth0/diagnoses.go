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
	Loaded           time.Time // tenant time at which its page was loaded anew; zero: it was not, or nobody knows
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
	t.counts.forget(t.manager.ClientID(client))
}

func (t *Tenant) diagnosesAfter(n uint64) []diagnosis.Diagnosis {
	now := t.clock.Now() // before the events are read: what had to come by now is among them, if it came
	events, _ := t.events.Since(t.engine.Last())
	t.engine.Read(events, now)
	return t.engine.After(n)
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
