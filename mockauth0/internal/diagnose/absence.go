package diagnose

import (
	"slices"
	"time"

	"renewal.example/mockauth0/diagnosis"
)

// Expectation says that a page of an application is open, so that its renewals have to come: without it, their absence
// says nothing. Somebody who sees the page gives it: a harness, or a person.
type Expectation struct {
	ClientID string    // whose page is open
	Since    time.Time // tenant time from which a renewal counts
	By       time.Time // tenant time by which it has to come; zero: when the newest token expires
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
	g.mu.Lock()
	defer g.mu.Unlock()
	kept := g.expected[:0]
	for _, e := range g.expected {
		if e.ClientID != clientID {
			kept = append(kept, e)
		}
	}
	g.expected = kept
}

func (g *Engine) lookForAbsences(now time.Time) {
	kept := g.expected[:0]
	for _, e := range g.expected {
		if !g.settled(e, now) {
			kept = append(kept, e)
		}
	}
	g.expected = kept
}

// settled tells whether an expectation has been met or not; it tells of one that was not.
func (g *Engine) settled(e Expectation, now time.Time) bool {
	var newest *exchange // that brought a token
	for _, x := range g.history.exchanges {
		if x.endpoint == "token.preflight" && x.diagnosed && !x.began.Before(e.Since) {
			return true // the browser asked whether it may, and may not
		}
		if x.client != e.ClientID {
			continue
		}
		if x.renewal() && !x.began.Before(e.Since) {
			return true
		}
		if _, ok := x.succeeded(); ok && x.expiresIn() > 0 {
			newest = x
		}
	}
	due := e.By
	if due.IsZero() {
		if newest == nil {
			return false
		}
		due = newest.last.Add(time.Duration(newest.expiresIn())*time.Second + grace)
	}
	if !now.After(due) { // a renewal that comes at that very moment is in time
		return false
	}
	d := diagnosis.Diagnosis{Date: now, ClientID: e.ClientID, Kind: diagnosis.KindAbsence, Outcome: "nothing"}
	evidence := []diagnosis.Evidence{missed("a page of the application is open, and no renewal of it came")}
	if newest != nil {
		d.Client, d.UserID = newest.clientName, newest.user
		evidence = append(evidence, saw(newest.answer, "its newest token was issued %s ago and lives %d s", ago(newest.last, now), newest.expiresIn()))
	}
	found := one(diagnosis.RequestNeverCame, onTheWay, diagnosis.Certain, evidence...)
	if f := g.history.withoutRefreshToken(e.ClientID); f != nil {
		found = append([]finding{*f}, weakerTo(found[0], diagnosis.Likely))
	}
	d.Causes = causes(found)
	g.add(entry{Diagnosis: d})
	return true
}

// withoutRefreshToken tells of a client whose SDK has no refresh token although it asked for one: the login brought none,
// or the newest exchange of the one it had brought no other. An SDK that renews with one does not even ask then.
func (h *history) withoutRefreshToken(client string) *finding {
	for _, x := range slices.Backward(h.exchanges) {
		l, ok := x.log("seacft", "sertft")
		if !ok || x.client != client {
			continue
		}
		if l.flag("refresh_token") {
			return nil
		}
		if l.typ == "sertft" {
			return &finding{diagnosis.RefreshTokenMissing, onTheWay, diagnosis.Likely, []diagnosis.Evidence{saw(l, "the newest exchange of a refresh token brought no new one"),
				missed("some SDKs keep none then (auth0-spa-js 2, with its worker)")}}
		}
		asked := h.byID[l.text("asked_by")]
		if asked == nil || !among(h.scopeOf(asked), "offline_access") {
			return nil
		}
		return &finding{diagnosis.RefreshTokenMissing, onTheWay, diagnosis.Certain, []diagnosis.Evidence{saw(asked.asked, "the login asked for offline_access"), saw(l, "the exchange of its code brought no refresh token (granted: %s)", l.text("scope"))}}
	}
	return nil
}

// scopeOf is what an authorization request asked for. That of a login ends at another endpoint than it began.
func (h *history) scopeOf(x *exchange) string {
	if x.endpoint == "authorize" {
		return x.query("scope")
	}
	for y := range h.before(x) {
		if y.endpoint == "authorize" && y.client == x.client {
			return y.query("scope")
		}
	}
	return ""
}
