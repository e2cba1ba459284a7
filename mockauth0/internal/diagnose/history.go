package diagnose

import (
	"slices"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/names"
)

// How much of the past is kept: what a person would scroll back to, not more.
const (
	keepExchanges   = 600
	keepSessions    = 400
	keepFamilies    = 400
	keepWithdrawals = 100
	keepDiagnoses   = 300
)

// life is an SSO session as its events tell it.
type life struct {
	id, user     string
	begun, ended sessionChange // ended not made: it lives, as far as is known
	begunBy      string        // id of the exchange
	endedBy      string        // id of the exchange
}

// family is a line of refresh tokens.
type family struct {
	id, client, user string
	issued           logEntry
	session          string   // of the login that it came from
	ended            logEntry // not made: nothing tells that it has ended
}

// history is what was seen so far, bounded.
type history struct {
	exchanges    []*exchange // by their beginning
	byID         map[string]*exchange
	browsers     browsers
	sessions     map[string]*life
	sessionOrder []string // ids, oldest first
	families     map[string]*family
	familyOrder  []string // ids, oldest first
	withdrawals  []withdrawal
	signingKeys  map[string]bool // ids of keys that have signed tokens which verify
	handshake    handshake       // the newest TLS handshake that failed
	moved        ref             // when the tenant's clock was last moved
	newest       uint64          // number of the newest event
	partial      bool            // events were missed, or are forgotten by now
}

func newHistory(source Source) history {
	return history{
		byID: map[string]*exchange{}, browsers: newBrowsers(source), sessions: map[string]*life{}, families: map[string]*family{},
		signingKeys: map[string]bool{}, handshake: handshake{Handshake: &event.Handshake{}},
	}
}

// take files an event, and gives its exchange; nil for events that belong to none.
func (h *history) take(e event.Event) *exchange {
	e = e.Made()
	at := ref{e.Seq, e.Date}
	switch d := e.Data.(type) {
	case *event.Clock:
		h.moved = at
	case *event.Grant:
		h.consent(e, d)
	case *event.Session:
		h.session(e, d)
	case *event.Handshake:
		h.handshake = handshake{at, d}
	}
	x := h.exchange(e)
	if x != nil {
		x.take(e)
		h.browsers.see(x, e, h.byID)
	}
	switch d := e.Data.(type) {
	case *event.Token:
		if x != nil && d.Verifies == event.VerifiesByKey {
			h.signingKeys[d.KeyID] = true
		}
	case *event.LogEntry:
		if x != nil || e.Request == "" { // without a request: an administrator's doing
			h.family(x, e, d)
		}
	}
	return x
}

// pass counts an event: where numbers are left out, events were missed.
func (h *history) pass(seq uint64) {
	h.partial = h.partial || h.newest != 0 && seq > h.newest+1
	h.newest = max(h.newest, seq)
}

// exchange is that of an event, a new one for a request; nil: it belongs to none, or to one whose beginning nobody has read.
func (h *history) exchange(e event.Event) *exchange {
	x := h.byID[e.Request]
	if x != nil || e.Request == "" || e.Kind != event.KindRequest {
		return x
	}
	x = newExchange(e.Request)
	h.byID[e.Request] = x
	h.exchanges = append(h.exchanges, x)
	if len(h.exchanges) > keepExchanges {
		delete(h.byID, h.exchanges[0].id)
		h.exchanges, h.partial = h.exchanges[1:], true
	}
	return x
}

// consent follows which consents were taken back, and which of them were given once more.
func (h *history) consent(e event.Event, d *event.Grant) {
	at := ref{e.Seq, e.Date}
	if d.Change == event.ConsentWithdrawn {
		h.withdrawals = append(h.withdrawals, withdrawal{ref: at, clientID: e.ClientID, userID: e.UserID, audience: d.Audience})
		h.withdrawals = h.withdrawals[max(0, len(h.withdrawals)-keepWithdrawals):]
		return
	}
	for i := range h.withdrawals {
		if w := &h.withdrawals[i]; !w.given.made() && w.clientID == e.ClientID && w.userID == e.UserID && w.audience == d.Audience {
			w.given = at
		}
	}
}

// session follows the lives of sessions. They go on where the tenant says so without a request: an administrator's doing.
func (h *history) session(e event.Event, d *event.Session) {
	if d.ID == "" || d.Change == event.SessionNotUsable {
		return
	}
	s := h.sessions[d.ID]
	if s == nil {
		none := sessionChange{Session: &event.Session{}}
		s = &life{id: d.ID, begun: none, ended: none}
		h.sessions[d.ID] = s
		if h.sessionOrder = append(h.sessionOrder, d.ID); len(h.sessionOrder) > keepSessions {
			delete(h.sessions, h.sessionOrder[0])
			h.sessionOrder = h.sessionOrder[1:]
		}
	}
	s.user = e.UserID
	at := ref{e.Seq, e.Date}
	switch d.Change {
	case event.SessionBegun:
		s.begun, s.begunBy = sessionChange{at, d}, e.Request
	case event.SessionEnded, event.SessionExpired:
		s.ended, s.endedBy = sessionChange{at, d}, e.Request
	}
}

// family follows refresh tokens by the log's entries of their exchanges.
func (h *history) family(x *exchange, e event.Event, d *event.LogEntry) {
	if d.Family == "" {
		return
	}
	f := h.families[d.Family]
	if f == nil {
		none := logEntry{LogEntry: &event.LogEntry{}}
		f = &family{id: d.Family, issued: none, ended: none}
		h.families[d.Family] = f
		if h.familyOrder = append(h.familyOrder, d.Family); len(h.familyOrder) > keepFamilies {
			delete(h.families, h.familyOrder[0])
			h.familyOrder = h.familyOrder[1:]
		}
	}
	l := logEntry{ref{e.Seq, e.Date}, d, e.Type, e.Description}
	switch e.Type {
	case event.SuccessExchangeCode:
		f.issued = l
		if x != nil {
			f.client, f.user = x.client, x.user
		}
		if asked := h.byID[d.AskedBy]; asked != nil {
			f.session = asked.usedSession()
		}
	case event.FailedExchangeRotatingRefresh, event.SuccessRevokeRefreshToken:
		if !f.ended.made() {
			f.ended = l
		}
	}
}

// before gives the exchanges that began before x, the newest first.
func (h *history) before(x *exchange) func(func(*exchange) bool) {
	return func(yield func(*exchange) bool) {
		for _, y := range slices.Backward(h.exchanges) {
			if y.asked.seq < x.asked.seq && !yield(y) {
				return
			}
		}
	}
}

// within gives the exchanges that began before x and not longer than so long before, the newest first.
func (h *history) within(x *exchange, d time.Duration) func(func(*exchange) bool) {
	return func(yield func(*exchange) bool) {
		for y := range h.before(x) {
			if x.began.Sub(y.began) > d || !yield(y) {
				return
			}
		}
	}
}

// codeExchanged tells whether the code of an authorization request was exchanged.
func (h *history) codeExchanged(x *exchange) bool {
	return slices.ContainsFunc(h.exchanges, func(y *exchange) bool {
		return y.endpoint == names.Token && slices.ContainsFunc(y.logs, func(l logEntry) bool { return l.AskedBy == x.id })
	})
}

// exchangeOf is the log's entry of the exchange of an authorization request's code; false: nobody has exchanged it.
func (h *history) exchangeOf(asked *exchange) (logEntry, bool) {
	for _, y := range h.exchanges {
		if l, ok := y.log(event.SuccessExchangeCode); ok && asked != nil && l.AskedBy == asked.id {
			return l, true
		}
	}
	return logEntry{LogEntry: &event.LogEntry{}}, false
}

// anySession tells whether any session lived when an event happened: one of another application, or one that no page began.
func (h *history) anySession(at ref) bool {
	for _, s := range h.sessions {
		if s.aliveAt(at) {
			return true
		}
	}
	return false
}

// aliveAt tells whether a session lived when an event happened, as far as is known.
func (s *life) aliveAt(at ref) bool {
	return s.begun.made() && s.begun.seq < at.seq && (!s.ended.made() || s.ended.seq > at.seq)
}
