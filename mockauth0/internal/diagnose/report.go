package diagnose

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/explain"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
)

// Report is what an application says of its renewal: what its SDK handed over. The tenant cannot see that; whoever drives
// the page reports it, as a person would who reads the console.
type Report struct {
	ClientID         string
	Began            time.Time // tenant time at which the application asked its SDK
	Ended            time.Time // tenant time at which it gave up; zero: it waits, or nobody looked
	Loaded           time.Time // tenant time at which the page was reloaded; zero: it was not, or nobody knows
	Error            string    // code of the error; "": there was none
	Text             string    // of the error
	UnexpectedResult string    // what was handed over as a result and is no token

	ClockAhead time.Duration // how far the page's clock is ahead of the tenant's (negative: behind); zero: it is right, or nobody knows
	Isolated   bool          // the page is cross-origin isolated
	Audience   string        // of what the application asked for; "": that of its login, or nobody knows
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

// mentions tells whether the error contains one of some words of SDKs and browsers, given in lower case.
func (r Report) mentions(words ...string) bool {
	text := strings.ToLower(r.Error + " " + r.Text)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// Report takes the report of a renewal that failed for the application. What the tenant has diagnosed since it began explains
// it; otherwise the report itself is the evidence, beside what the tenant saw: nothing, or a renewal that succeeded.
func (g *Engine) Report(r Report, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.diagnoses = slices.DeleteFunc(g.diagnoses, func(d kept) bool { return d.reported && d.ClientID == r.ClientID && d.began.Equal(r.Began) })
	g.claim(r, now)
	diagnosed, succeeded, pending := g.history.reported(r)
	several := !g.history.oneBrowser(r.ClientID)
	if diagnosed != nil && (!several || g.fits(diagnosed, r)) {
		g.attach(diagnosed, r)
		return
	}
	reported := missed("the application reports %s", r.said())
	if r.wordless() {
		reported = missed("the application asked for a renewal %s before, and has no new token", ago(r.Began, now))
	}
	if r.Ended.IsZero() {
		r.Ended = now
	}
	d := diagnosis.Diagnosis{Date: now, ClientID: r.ClientID, Kind: diagnosis.KindAbsence, Outcome: r.said()}
	if x := cmp.Or(succeeded, pending); x != nil {
		d.Request, d.Endpoint, d.Client, d.UserID, d.Kind = x.id, x.endpoint, x.clientName, x.user, g.history.kindOf(x)
	}
	var all []finding
	var shown diagnosis.Facts
	switch {
	case succeeded != nil:
		all, shown = g.history.refusedByTheApp(r, succeeded, reported), succeeded.facts()
	case pending != nil:
		all, shown = g.history.leftByTheApp(r, pending, reported), pending.facts()
	default:
		all = g.history.neverCame(r, reported, now)
	}
	if several && (diagnosed != nil || succeeded != nil || pending != nil) {
		all = ofAnybody(all, r, reported)
	}
	d.Causes = causes(all, shown)
	g.keep(kept{Diagnosis: d, reported: true, began: r.Began})
}

// fits tells whether a report may be of a request that was diagnosed: it has no words of its own, or some that mean one of its causes.
func (g *Engine) fits(x *exchange, r Report) bool {
	means, known := explain.Of(r.Error + " " + r.Text)
	return !known || slices.ContainsFunc(g.diagnoses, func(d kept) bool {
		return d.Request == x.id && slices.ContainsFunc(d.Causes, func(c diagnosis.Cause) bool { return slices.Contains(means, c.Code) })
	})
}

// ofAnybody are the findings of a report where several browsers use the application: what the tenant saw may be of another one, and then
// nothing of this one came. Where the report says so itself, that comes first.
func ofAnybody(all []finding, r Report, reported diagnosis.Evidence) (out []finding) {
	unsure := missed("several browsers use this application, and the report does not tell which of them it is of")
	never := found(diagnosis.RequestNeverCame, inDelivery, diagnosis.Possible, reported, unsure)
	for _, f := range all {
		if f.code != diagnosis.RequestNeverCame {
			f.evidence = append(f.evidence, unsure)
			out = append(out, weakerTo(f, diagnosis.Possible))
		}
	}
	if means, _ := explain.Of(r.Error + " " + r.Text); slices.Index(means, diagnosis.RequestNeverCame) == 0 {
		return append([]finding{never}, out...)
	}
	return append(out, never)
}

// claim judges the requests again that looked as if an application only asked who is there: it says now that one was its renewal.
func (g *Engine) claim(r Report, now time.Time) {
	for _, x := range g.history.exchanges {
		if x.client == r.ClientID && !x.began.Before(r.Began) && x.renewal() && x.over() && x.failed() && !x.diagnosed {
			x.claimed = true
			g.judge(x, now)
		}
	}
}

// reported are the requests that a report may be of: the first that was diagnosed since the application asked or, where none
// was, the newest renewals that succeeded and that have no answer.
func (h *history) reported(r Report) (diagnosed, succeeded, pending *exchange) {
	for _, x := range h.exchanges {
		if x.began.Before(r.Began) || x.client != "" && x.client != r.ClientID {
			continue
		}
		if x.diagnosed {
			return x, nil, nil
		}
		if !x.renewal() || x.client != r.ClientID {
			continue
		}
		if _, ok := x.succeeded(); ok {
			succeeded = x
		} else if x.unanswered.made() || !x.over() {
			pending = x
		}
	}
	return nil, succeeded, pending
}

// attach adds what the application says to the diagnosis of its request.
func (g *Engine) attach(x *exchange, r Report) {
	for i := range g.diagnoses {
		if d := &g.diagnoses[i]; d.Request == x.id && len(d.Causes) > 0 {
			d.App = r.said()
		}
	}
}

// neverCame is for a renewal of which the tenant saw nothing.
func (h *history) neverCame(r Report, reported diagnosis.Evidence, now time.Time) []finding {
	absent := found(diagnosis.RequestNeverCame, inDelivery, diagnosis.Certain, reported,
		missed("no renewal of it reached the tenant since it began, %s ago", ago(r.Began, now)))
	certain := func(code diagnosis.Code, evidence ...diagnosis.Evidence) []finding {
		return []finding{
			found(code, inDelivery, diagnosis.Certain, append([]diagnosis.Evidence{reported}, evidence...)...),
			weakerTo(absent, diagnosis.Likely),
		}
	}
	_, none := h.withoutRefreshToken(r.ClientID)
	out := h.logoutWithoutLogin(r.ClientID)
	switch {
	case h.handshake.made() && !h.handshake.date.Before(r.Began):
		return []finding{
			found(diagnosis.TLSFailed, inDelivery, diagnosis.Likely, reported,
				saw(h.handshake, "a connection failed before any request: %s", h.handshake.Failure),
				missed("whether it was the app's is not known")),
			weakerTo(absent, diagnosis.Likely),
		}
	case r.mentions("cross-origin isolated"):
		return certain(diagnosis.CrossOriginIsolated)
	case out != nil && h.oneBrowser(r.ClientID) && (r.wordless() || r.mentions("refresh token", "refresh_token")):
		return certain(diagnosis.RenewalAfterLogout,
			saw(out.asked, "the app logged the person out %s before, and nobody has logged in since", ago(out.last, now)))
	case r.wordless() && r.Isolated && !h.broughtRefreshToken(r.ClientID):
		return []finding{found(diagnosis.CrossOriginIsolated, inDelivery, diagnosis.Likely, reported,
			missed("the page is cross-origin isolated, and some SDKs do not even ask then")), weakerTo(absent, diagnosis.Likely)}
	case none && !r.mentions("fetch", "timeout"), r.mentions("missing refresh token", "missing_refresh_token"):
		return []finding{h.lacksRefreshToken(r, reported, now), weakerTo(absent, diagnosis.Likely)}
	case r.wordless():
		return h.mayHaveLost(r, absent, now)
	}
	return []finding{absent}
}

// logoutWithoutLogin is the logout of an application after which nobody has logged in with it; nil: there is none.
func (h *history) logoutWithoutLogin(client string) *exchange {
	for _, x := range slices.Backward(h.exchanges) {
		if x.client != client {
			continue
		}
		if x.logsOut() {
			return x
		}
		if _, in := x.log(event.SuccessLogin, event.SuccessExchangeCode, event.SuccessSilentAuth); in {
			return nil
		}
	}
	return nil
}

// refusedByTheApp is for a renewal that succeeded for the tenant and not for the application.
func (h *history) refusedByTheApp(r Report, x *exchange, reported diagnosis.Evidence) []finding {
	l, _ := x.succeeded()
	var all []finding
	add := func(code diagnosis.Code, confidence diagnosis.Confidence, more ...diagnosis.Evidence) {
		evidence := []diagnosis.Evidence{reported, saw(l, "the tenant's answer was right: %s", l.text)}
		all = append(all, found(code, afterwards, confidence, append(evidence, more...)...))
	}
	causes, known := explain.Of(r.Error + " " + r.Text + " " + r.UnexpectedResult)
	tooLate, expired := h.expiredByThePage(r, x)
	switch {
	case r.wordless() && expired:
		add(diagnosis.AppClockWrong, diagnosis.Likely, tooLate)
	case r.UnexpectedResult != "" && !known:
		add(diagnosis.ForeignMessage, diagnosis.Likely, missed("what the application took for the answer did not come from the tenant"))
	case slices.Contains(causes, diagnosis.AppClockWrong):
		add(diagnosis.AppClockWrong, diagnosis.Likely, missed("the token's times are right by the tenant's clock"))
	case slices.Contains(causes, diagnosis.TwoSDKs):
		if other, c := h.alongside(x); other != nil {
			add(diagnosis.TwoSDKs, c.atMost(diagnosis.Likely),
				saw(other.asked, "another request of this browser was under way at the same time (%s)", cmp.Or(other.sdk(), "no SDK named")))
		}
	case slices.Index(causes, diagnosis.AnswerUnusable) == 0:
		add(diagnosis.RequestNeverCame, diagnosis.Possible,
			missed("something between the browser and the page changes answers: a service worker, a proxy"))
	case r.mentions("timeout"), r.wordless() && x.gaveUp(r.Ended.Sub(x.began)):
		add(diagnosis.CrossOriginIsolated, diagnosis.Likely,
			missed("the answer reached the browser in time, and the page went on waiting: it never received it"))
	case r.wordless() && h.unusedCode(x):
		add(diagnosis.RequestNeverCame, diagnosis.Likely,
			missed("the code that it brought was never exchanged: the request for that did not reach the tenant"))
	}
	confidence := diagnosis.Likely
	if len(all) > 0 {
		confidence = diagnosis.Possible
	}
	add(diagnosis.AppRejectedTheAnswer, confidence)
	return all
}

// usualLeeway is by how much SDKs let a token's times be off (auth0-spa-js: leeway, 60 s).
const usualLeeway = time.Minute

// expiredByThePage tells of a page whose clock is ahead by more than the ID token of a renewal lives: for the page it has expired when it
// arrives. What an app makes of that is its own affair; SDKs that look at exp refuse it.
func (h *history) expiredByThePage(r Report, x *exchange) (diagnosis.Evidence, bool) {
	token, ok := h.idTokenOf(x)
	issued, known := number(token.Claims, "iat")
	expires, has := number(token.Claims, "exp")
	life := time.Duration(expires-issued) * time.Second
	if !ok || !known || !has || r.ClockAhead <= life+usualLeeway {
		return diagnosis.Evidence{}, false
	}
	return saw(token, "the page's clock is %s ahead of the tenant's, and the ID token lives %s: by that clock it has expired on arrival",
		ago(time.Time{}, time.Time{}.Add(r.ClockAhead)), ago(time.Time{}, time.Time{}.Add(life))), true
}

// idTokenOf is the ID token that a renewal brought: in its own answer, or in that of the exchange of its code.
func (h *history) idTokenOf(x *exchange) (sentToken, bool) {
	if token, ok := x.token(event.IDToken); ok {
		return token, true
	}
	for _, y := range slices.Backward(h.exchanges) {
		if l, ok := y.log(event.SuccessExchangeCode); ok && l.AskedBy == x.id {
			return y.token(event.IDToken)
		}
	}
	return sentToken{Token: &event.Token{}}, false
}

// unusedCode tells whether an authorization request brought nothing but a code, which nobody exchanged.
func (h *history) unusedCode(x *exchange) bool {
	return x.endpoint == names.Authorize && x.query("response_type") == "code" && !h.codeExchanged(x)
}

// leftByTheApp is for a request that the application did not wait for.
func (h *history) leftByTheApp(r Report, x *exchange, reported diagnosis.Evidence) []finding {
	left, gone := saw(x.asked, "the request was not answered yet"), r.Ended
	if x.unanswered.made() {
		left, gone = saw(x.unanswered, "%s before the answer", x.unanswered.words()), x.unanswered.date
	}
	if r.UnexpectedResult != "" || r.readAnAnswer() {
		if other, c := h.alongside(x); other != nil && other.answer.made() && !other.last.Before(x.began) {
			return one(diagnosis.TwoSDKs, inDelivery, c.atMost(diagnosis.Likely), reported, left,
				saw(other.answer, "another request of this browser was answered meanwhile (%s)", cmp.Or(other.sdk(), "no SDK named")))
		}
		return one(diagnosis.ForeignMessage, inDelivery, diagnosis.Likely, reported, left,
			missed("so what it took for the answer came from somebody else"))
	}
	late := found(diagnosis.AnswerLate, inDelivery, diagnosis.Likely, reported, left)
	if !r.wordless() || !x.framed() || x.query("response_mode") == string(oauth.ModeWebMessage) || x.gaveUp(gone.Sub(x.began)) {
		return []finding{late}
	}
	// By renewAuth, which takes any message for the answer; other ways of renewing look at where one comes from.
	early := missed("apps wait %s, and it gave up after %s: it took another message for the answer, or waits for less",
		x.patience(), ago(x.began, gone))
	return []finding{
		found(diagnosis.ForeignMessage, inDelivery, diagnosis.Likely, reported, left, early),
		weakerTo(late, diagnosis.Possible),
	}
}

// readAnAnswer tells of an error that only an answer leads to: its state or its nonce is not the one that was sent.
func (r Report) readAnAnswer() bool {
	causes, _ := explain.Of(r.Error + " " + r.Text)
	return slices.Contains(causes, diagnosis.StateWrong) || slices.Contains(causes, diagnosis.NonceWrong)
}

// alongside is another silent request of the same browser that was under way at the same time.
func (h *history) alongside(x *exchange) (*exchange, comparison) {
	for _, y := range h.exchanges {
		if y == x || !y.silent() || y.client != x.client || y.began.After(x.last) || y.last.Before(x.began.Add(-5*time.Second)) {
			continue
		}
		if c := h.browsers.compare(x, y); c.same() {
			return y, c
		}
	}
	return nil, comparison{}
}
