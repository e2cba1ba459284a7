package diagnose

import (
	"fmt"
	"time"

	"renewal.example/mockauth0/event"
)

// How much of the past is kept: what a person would scroll back to, not more.
const (
	keepExchanges = 600
	keepSessions  = 400
	keepFamilies  = 400
	keepDiagnoses = 300
)

// life is an SSO session as its events tell it.
type life struct {
	id, user, connection string
	begun, ended         noted  // ended.seq 0: it lives, as far as is known
	begunBy, endedBy     string // ids of the exchanges
}

// family is a line of refresh tokens.
type family struct {
	id, client, user string
	issued           noted
	session          string // of the login that it came from
	ended            noted  // seq 0: nothing tells that it has ended
	endedBy          string // id of the exchange
}

// history is what was seen so far, bounded.
type history struct {
	exchanges []*exchange // by their beginning
	byID      map[string]*exchange
	sessions  map[string]*life
	families  map[string]*family
	order     []string // ids of sessions, oldest first
	lines     []string // ids of families, oldest first
	withdrawn []event.Event
	kids      map[string]bool // of keys that have signed tokens which verify
	handshake noted           // the newest TLS handshake that failed
	keys      *exchange       // the newest answer with the JWKS
}

func newHistory() history {
	return history{byID: map[string]*exchange{}, sessions: map[string]*life{}, families: map[string]*family{}, kids: map[string]bool{}}
}

// take files an event, and gives its exchange; nil for events that belong to none.
func (h *history) take(e event.Event) *exchange {
	if e.Kind == event.KindGrant && e.Description == "consent withdrawn" {
		h.withdrawn = append(h.withdrawn, e)
		h.withdrawn = h.withdrawn[max(0, len(h.withdrawn)-100):]
	}
	if e.Kind == event.KindSession {
		h.session(e)
	}
	if e.Kind == event.KindHandshake {
		h.handshake = note(e)
	}
	if e.Request == "" {
		h.family(&exchange{}, e) // an administrator's doing
		return nil
	}
	x := h.byID[e.Request]
	if x == nil {
		if e.Kind != event.KindRequest { // its beginning was dropped before anybody looked
			return nil
		}
		x = &exchange{id: e.Request}
		h.byID[e.Request] = x
		h.exchanges = append(h.exchanges, x)
		if len(h.exchanges) > keepExchanges {
			delete(h.byID, h.exchanges[0].id)
			h.exchanges = h.exchanges[1:]
		}
	}
	x.take(e)
	switch d := detailsOf(e); {
	case e.Kind == event.KindToken && d.text("verifies") == "key":
		h.kids[d.text("kid")] = true
	case e.Kind == event.KindLog:
		h.family(x, e)
	case e.Kind == event.KindResponse && e.Endpoint == "jwks":
		h.keys = x
	}
	return x
}

// session follows the lives of sessions. They go on where the tenant tells so without a request: an administrator's doing.
func (h *history) session(e event.Event) {
	id := detailsOf(e).text("session")
	if id == "" || e.Description == "session not usable" {
		return
	}
	s := h.sessions[id]
	if s == nil {
		s = &life{id: id}
		h.sessions[id] = s
		h.order = append(h.order, id)
		if len(h.order) > keepSessions {
			delete(h.sessions, h.order[0])
			h.order = h.order[1:]
		}
	}
	s.user, s.connection = e.UserID, e.Connection
	switch e.Description {
	case "session begun":
		s.begun, s.begunBy = note(e), e.Request
	case "session ended", "session expired":
		s.ended, s.endedBy = note(e), e.Request
	}
}

// family follows refresh tokens by the log's entries of their exchanges.
func (h *history) family(x *exchange, e event.Event) {
	d := detailsOf(e)
	id := d.text("family")
	if id == "" || e.Kind != event.KindLog {
		return
	}
	f := h.families[id]
	if f == nil {
		f = &family{id: id}
		h.families[id] = f
		h.lines = append(h.lines, id)
		if len(h.lines) > keepFamilies {
			delete(h.families, h.lines[0])
			h.lines = h.lines[1:]
		}
	}
	switch e.Type {
	case "seacft":
		f.issued, f.client, f.user = note(e), x.client, x.user
		if asked := h.byID[d.text("asked_by")]; asked != nil {
			f.session = asked.usedSession()
		}
	case "ferrt", "srrt":
		if f.ended.seq == 0 {
			f.ended, f.endedBy = note(e), x.id
		}
	}
}

// usedSession is the session by which an authorization request was answered.
func (x *exchange) usedSession() string {
	if l, ok := x.log("ssa", "s"); ok {
		return l.text("session")
	}
	return ""
}

// before gives the exchanges that began before x, the newest first.
func (h *history) before(x *exchange) func(func(*exchange) bool) {
	return func(yield func(*exchange) bool) {
		for i := len(h.exchanges) - 1; i >= 0; i-- {
			y := h.exchanges[i]
			if y.asked.seq >= x.asked.seq {
				continue
			}
			if !yield(y) {
				return
			}
		}
	}
}

// aliveAt tells whether a session lived when an event happened, as far as is known.
func (s *life) aliveAt(seq uint64) bool {
	return s.begun.seq != 0 && s.begun.seq < seq && (s.ended.seq == 0 || s.ended.seq > seq)
}

// ago is the time between two events, for people.
func ago(from, to time.Time) string {
	d := to.Sub(from)
	switch {
	case d < time.Second:
		return "a moment"
	case d < 2*time.Minute:
		return plural(int(d/time.Second), "second")
	case d < 2*time.Hour:
		return plural(int(d/time.Minute), "minute")
	case d < 48*time.Hour:
		return plural(int(d/time.Hour), "hour")
	}
	return plural(int(d/(24*time.Hour)), "day")
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
