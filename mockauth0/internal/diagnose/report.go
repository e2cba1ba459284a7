package diagnose

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/diagnosis"
)

// Report is what an application says of its renewal: what its SDK handed over. The tenant cannot see that; whoever drives
// the page tells it, as a person would who reads the console.
type Report struct {
	ClientID         string
	Began            time.Time // tenant time at which the application asked its SDK
	Ended            time.Time // tenant time at which it gave up; zero: it waits, or nobody looked
	Error            string    // code of the error; "": there was none
	Text             string    // of the error
	UnexpectedResult string    // what was handed over as a result and is no token
}

// wordless tells whether all that is known is that the application asked, and has no new token.
func (r Report) wordless() bool { return r.Error == "" && r.Text == "" && r.UnexpectedResult == "" }

// said is the report in one line.
func (r Report) said() string {
	switch {
	case r.Error != "" && r.Text != "" && r.Text != r.Error:
		return r.Error + ": " + r.Text
	case r.Error != "" || r.Text != "":
		return cmp.Or(r.Error, r.Text)
	case r.UnexpectedResult != "":
		return "a result that is no token: " + r.UnexpectedResult
	}
	return "no new token"
}

// Report takes the report of a renewal that failed for the application. What the tenant has diagnosed since it began explains
// it; otherwise the report itself is the evidence, beside what the tenant saw: nothing, or a renewal that went well.
func (g *Engine) Report(r Report, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.diagnoses = slices.DeleteFunc(g.diagnoses, func(d entry) bool { return d.reported && d.ClientID == r.ClientID && d.began.Equal(r.Began) })
	var good, gone *exchange
	for _, x := range g.history.exchanges {
		if x.began.Before(r.Began) || x.client != "" && x.client != r.ClientID {
			continue
		}
		if x.diagnosed {
			g.attach(x, r)
			return
		}
		if !x.renewal() || x.client != r.ClientID {
			continue
		}
		if _, ok := x.succeeded(); ok {
			good = x
		} else if x.unanswered.seq != 0 || !x.over() {
			gone = x
		}
	}
	reported := missed("the application reports %s", r.said())
	if r.wordless() {
		reported = missed("the application asked for a renewal %s before, and has no new token", ago(r.Began, now))
	}
	if r.Ended.IsZero() {
		r.Ended = now
	}
	d := diagnosis.Diagnosis{Date: now, ClientID: r.ClientID, Kind: diagnosis.KindSilent, Outcome: r.said()}
	var found []finding
	switch {
	case good != nil:
		d.Request, d.Endpoint, d.Client, d.UserID, d.Kind = good.id, good.endpoint, good.clientName, good.user, good.kind()
		found = g.refusedByTheApp(r, good, reported)
	case gone != nil:
		d.Request, d.Endpoint, d.Client, d.UserID, d.Kind = gone.id, gone.endpoint, gone.clientName, gone.user, gone.kind()
		found = leftByTheApp(r, gone, reported)
	default:
		d.Kind = diagnosis.KindAbsence
		found = g.neverCame(r, reported, now)
	}
	d.Causes = causes(found)
	g.add(entry{Diagnosis: d, reported: true, began: r.Began})
}

// neverCame is for a renewal of which the tenant saw nothing.
func (g *Engine) neverCame(r Report, reported diagnosis.Evidence, now time.Time) []finding {
	found := one(diagnosis.RequestNeverCame, onTheWay, diagnosis.Certain, reported, missed("no renewal of it reached the tenant since it began, %s ago", ago(r.Began, now)))
	before := func(code diagnosis.Code, confidence diagnosis.Confidence, evidence ...diagnosis.Evidence) []finding {
		return append(one(code, onTheWay, confidence, evidence...), weakerTo(found[0], diagnosis.Likely))
	}
	text := strings.ToLower(r.Error + " " + r.Text)
	f, out := g.history.withoutRefreshToken(r.ClientID), g.history.loggedOut(r.ClientID)
	switch {
	case g.history.handshake.seq != 0 && !g.history.handshake.date.Before(r.Began):
		return before(diagnosis.TLSFailed, diagnosis.Certain, reported, saw(g.history.handshake, "a connection failed before any request: %s", g.history.handshake.description))
	case among(text, "cross-origin isolated"):
		return before(diagnosis.CrossOriginIsolated, diagnosis.Certain, reported)
	case out != nil && (r.wordless() || among(text, "refresh token", "refresh_token")):
		return before(diagnosis.RenewalAfterLogout, diagnosis.Certain, reported, saw(out.asked, "the app logged the person out %s before, and nobody has logged in since", ago(out.last, now)))
	case f != nil && !among(text, "fetch", "timeout"):
		return append([]finding{*f}, weakerTo(found[0], diagnosis.Likely))
	case among(text, "missing refresh token", "missing_refresh_token"):
		return before(diagnosis.RefreshTokenMissing, diagnosis.Certain, reported, missed("for this audience and scope it has no refresh token, and asks nothing without one"))
	}
	return found
}

// loggedOut is the logout of an application after which nobody has logged in with it; nil: there is none.
func (h *history) loggedOut(client string) *exchange {
	for _, x := range slices.Backward(h.exchanges) {
		if x.client != client {
			continue
		}
		if x.endpoint == "logout" || x.endpoint == "oidc.logout" {
			return x
		}
		if _, in := x.log("s", "seacft", "ssa"); in {
			return nil
		}
	}
	return nil
}

// attach adds what the application says to the diagnosis of its request.
func (g *Engine) attach(x *exchange, r Report) {
	for i := range g.diagnoses {
		if d := &g.diagnoses[i]; d.Request == x.id && len(d.Causes) > 0 {
			d.App = r.said()
		}
	}
}

// refusedByTheApp is for a renewal that went well for the tenant and not for the application.
func (g *Engine) refusedByTheApp(r Report, x *exchange, reported diagnosis.Evidence) []finding {
	l, _ := x.succeeded()
	well := saw(l, "the tenant answered well: %s", l.description)
	m, known := MessageOf(r.Error + " " + r.Text + " " + r.UnexpectedResult)
	var found []finding
	add := func(code diagnosis.Code, confidence diagnosis.Confidence, more ...diagnosis.Evidence) {
		found = append(found, finding{code, afterwards, confidence, append([]diagnosis.Evidence{reported, well}, more...)})
	}
	text := strings.ToLower(r.Error + " " + r.Text)
	switch {
	case r.UnexpectedResult != "" && !known:
		add(diagnosis.ForeignMessage, diagnosis.Likely, missed("what the application took for the answer did not come from the tenant"))
	case known && slices.Contains(m.Causes, diagnosis.AppClockWrong):
		add(diagnosis.AppClockWrong, diagnosis.Likely, missed("the token's times are right by the tenant's clock"))
	case known && slices.Contains(m.Causes, diagnosis.TwoSDKs):
		if other := g.history.alongside(x); other != nil {
			add(diagnosis.TwoSDKs, diagnosis.Likely, saw(other.asked, "another request of this browser was under way at the same time (%s)", cmp.Or(other.sdk(), "no SDK named")))
		}
	case known && slices.Index(m.Causes, diagnosis.AnswerUnusable) == 0:
		add(diagnosis.RequestNeverCame, diagnosis.Possible, missed("something between the browser and the page changes answers: a service worker, a proxy"))
	case among(text, "timeout"), r.wordless() && x.gaveUp(r.Ended.Sub(x.began)):
		add(diagnosis.CrossOriginIsolated, diagnosis.Likely, missed("the answer reached the browser in time, and the page went on waiting for it: it never heard it"))
	case r.wordless() && g.history.unused(x):
		add(diagnosis.RequestNeverCame, diagnosis.Likely, missed("the code that it brought was never exchanged: what asks for that did not reach the tenant"))
	}
	add(diagnosis.AppRejectedTheAnswer, map[bool]diagnosis.Confidence{true: diagnosis.Possible, false: diagnosis.Likely}[len(found) > 0])
	return found
}

// unused tells whether an authorization request brought nothing but a code, which nobody exchanged.
func (h *history) unused(x *exchange) bool {
	return x.endpoint == "authorize" && x.query("response_type") == "code" && !h.exchanged(x)
}

// leftByTheApp is for a request that the application did not wait for.
func leftByTheApp(r Report, x *exchange, reported diagnosis.Evidence) []finding {
	left := saw(x.asked, "the request was not answered yet")
	gone := r.Ended
	if x.unanswered.seq != 0 {
		gone = x.unanswered.date
		left = saw(x.unanswered, "%s before the answer", x.unanswered.description)
	}
	if r.UnexpectedResult != "" {
		return one(diagnosis.ForeignMessage, onTheWay, diagnosis.Likely, reported, left, missed("so what it took for the answer came from somebody else"))
	}
	late := finding{diagnosis.AnswerLate, onTheWay, diagnosis.Likely, []diagnosis.Evidence{reported, left}}
	if r.wordless() && x.framed() && x.query("response_mode") != "web_message" && !x.gaveUp(gone.Sub(x.began)) {
		// By renewAuth, which takes any message for the answer; other ways of renewing look at where one comes from.
		early := missed("apps wait %s, and it gave up after %s: it took another message for the answer, or waits for less", x.patience(), ago(x.began, gone))
		return []finding{{diagnosis.ForeignMessage, onTheWay, diagnosis.Likely, []diagnosis.Evidence{reported, left, early}}, weakerTo(late, diagnosis.Possible)}
	}
	return []finding{late}
}

// alongside is another silent request of the same browser that was under way at the same time.
func (h *history) alongside(x *exchange) *exchange {
	for _, y := range h.exchanges {
		if y != x && y.silent() && y.agent() == x.agent() && y.client == x.client && !y.began.After(x.last) && !y.last.Before(x.began.Add(-5*time.Second)) {
			return y
		}
	}
	return nil
}
