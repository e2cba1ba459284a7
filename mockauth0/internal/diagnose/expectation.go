package diagnose

import (
	"slices"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/names"
)

// Expectation says that a page of an application is open, so that its renewals have to come: without it, their absence
// says nothing. Somebody who sees the page gives it: a harness, or a person.
type Expectation struct {
	ClientID string    // whose page is open
	Since    time.Time // tenant time from which a renewal counts
	By       time.Time // tenant time by which it has to come; zero: when the newest token expires
}

// Settled is an expectation and what has become of it.
type Settled struct {
	Expectation
	Met, Failed bool // neither: it is open
}

// keepSettled is how many expectations that were met, or were not, stay listed.
const keepSettled = 100

// Expectations are those that are settled, oldest first, and then those that are open.
func (g *Engine) Expectations() []Settled {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := slices.Clone(g.settledBefore)
	for _, e := range g.expected {
		out = append(out, Settled{Expectation: e})
	}
	return out
}

// grace is how much later than the token's expiry a renewal may come.
const grace = 10 * time.Second

// Expect adds an expectation; it is met, or found not to be, once.
func (g *Engine) Expect(e Expectation) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.expected = slices.DeleteFunc(g.expected, func(old Expectation) bool { return old.ClientID == e.ClientID && old.By.Equal(e.By) })
	g.expected = append(g.expected, e)
	g.expected = g.expected[max(0, len(g.expected)-100):]
}

// CancelExpectation takes the expectations of a client back: its page was closed.
func (g *Engine) CancelExpectation(clientID string) {
	g.counts.forget(clientID)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.expected = slices.DeleteFunc(g.expected, func(e Expectation) bool { return e.ClientID == clientID })
	g.settledBefore = slices.DeleteFunc(g.settledBefore, func(e Settled) bool { return e.ClientID == clientID })
}

func (g *Engine) lookForAbsences(now time.Time) {
	g.expected = slices.DeleteFunc(g.expected, func(e Expectation) bool {
		over, met := g.settled(e, now)
		if over {
			g.settledBefore = append(g.settledBefore, Settled{e, met, !met})
			g.settledBefore = g.settledBefore[max(0, len(g.settledBefore)-keepSettled):]
		}
		return over
	})
}

// settled tells whether an expectation is over, and whether it was met; one that was not is diagnosed.
func (g *Engine) settled(e Expectation, now time.Time) (over, met bool) {
	var newest *exchange // that brought a token
	for _, x := range g.history.exchanges {
		if x.endpoint == names.Token+names.Preflight && x.diagnosed && !x.began.Before(e.Since) {
			return true, false // the browser asked whether it may, and may not
		}
		if x.client != e.ClientID {
			continue
		}
		if x.renewal() && !x.began.Before(e.Since) {
			return true, true
		}
		if _, ok := x.succeeded(); ok && x.expiresIn() > 0 {
			newest = x
		}
	}
	due := e.By
	if due.IsZero() {
		if newest == nil {
			return false, false
		}
		due = newest.last.Add(time.Duration(newest.expiresIn())*time.Second + grace)
	}
	if !now.After(due) { // a renewal that comes at that very moment is in time
		return false, false
	}
	d := diagnosis.Diagnosis{Date: now, ClientID: e.ClientID, Kind: diagnosis.KindAbsence, Outcome: "nothing"}
	evidence := []diagnosis.Evidence{missed("a page of the application is open, and no renewal of it came")}
	if newest != nil {
		d.Client, d.UserID = newest.clientName, newest.user
		evidence = append(evidence,
			saw(newest.answer, "its newest token was issued %s ago and lives %d s", ago(newest.last, now), newest.expiresIn()))
	}
	absent := found(diagnosis.RequestNeverCame, inDelivery, diagnosis.Certain, evidence...)
	all := []finding{absent}
	if f, ok := g.history.withoutRefreshToken(e.ClientID); ok {
		all = []finding{f, weakerTo(absent, diagnosis.Likely)}
	}
	d.Causes = causes(weigh(all), 0)
	g.keep(kept{Diagnosis: d})
	return true, false
}
