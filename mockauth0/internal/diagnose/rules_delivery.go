package diagnose

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/explain"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
)

// How long SDKs wait: for a frame (auth0.js, auth0-spa-js) and for the token endpoint (auth0-spa-js).
const (
	framePatience = 60 * time.Second
	fetchPatience = 10 * time.Second
)

// patience is how long an app waits for the answer of an endpoint.
func (x *exchange) patience() time.Duration {
	if x.endpoint == names.Token {
		return fetchPatience
	}
	return framePatience
}

// gaveUp tells whether a wait ended because the app's patience did. An app begins to wait before its request arrives, so the
// tenant sees a little less of it.
func (x *exchange) gaveUp(waited time.Duration) bool { return waited > x.patience()-time.Second }

// concerns tells whether an exchange is part of a renewal, or of what an app needs to check its tokens.
func (s *ruleInput) concerns() bool {
	if s.endpoint == names.Token {
		return s.sentBy(http.MethodPost) && (s.grant() == names.GrantRefreshToken || s.unreadGrant() || s.ofSilentCode() != nil)
	}
	return s.silent() && !s.asksWhoIsThere() || s.endpoint == names.SSOData && s.reads()
}

// unreadGrant tells of a token request of which nobody knows what it exchanges: it failed before anybody read it, or a recording
// leaves it out. One that a tenant read and refused, since it names no grant type, is nobody's renewal.
func (s *ruleInput) unreadGrant() bool {
	_, read := s.failure()
	return s.grant() == "" && (s.imported() || !read)
}

// ofSilentCode is the silent request whose code a token request exchanges; nil when it is none.
func (s *ruleInput) ofSilentCode() *exchange {
	if s.endpoint != names.Token || s.grant() != names.GrantAuthorizationCode && s.grant() != "" {
		return nil
	}
	for _, l := range s.logs {
		if l.AskedBy == "" {
			continue
		}
		if x := s.history.byID[l.AskedBy]; x != nil && x.silent() {
			return x
		}
		return nil
	}
	// The request was refused before anybody looked at the code, or the code is not there any more.
	used := s.codeWasUsed()
	for x := range s.history.before(s.exchange) {
		if !s.compare(x).possible() {
			continue
		}
		l, ok := x.log(event.SuccessSilentAuth)
		if ok && x.endpoint == names.Authorize && strings.Contains(x.query("response_type"), "code") &&
			s.began.Sub(l.date) < framePatience && s.mayHaveAsked(x) && s.history.codeExchanged(x) == used {
			return x
		}
		if x.interactive() {
			return nil
		}
	}
	return nil
}

// mayHaveAsked tells whether the page that sent this request may be the one that sent another: they are of one origin and one
// application, as far as both are known.
func (s *ruleInput) mayHaveAsked(x *exchange) bool {
	return (s.client == "" || x.client == "" || s.client == x.client) && (s.page() == "" || x.page() == "" || s.page() == x.page())
}

// codeWasUsed tells of a code that the tenant does not have: it gave it out, and somebody has exchanged it.
func (s *ruleInput) codeWasUsed() bool {
	l, refused := s.log(event.FailedExchangeCode)
	return refused && (l.Reason == event.CodeUnknown || l.Reason == event.CodeUsed)
}

// waiting is a request that has no answer yet although nobody waits for it any more.
func waiting(s *ruleInput) []finding {
	if s.over() || !s.concerns() || s.now.Sub(s.began) < s.patience() {
		return nil
	}
	return one(diagnosis.AnswerLate, inDelivery, s.byTheClock(),
		s.waited(saw(s.asked, "the request came %s of the tenant's time ago and has not been answered: apps wait %s for it",
			ago(s.began, s.now), s.patience()))...)
}

// clockMoved tells whether somebody moved the tenant's clock while the request was under way.
func (s *ruleInput) clockMoved() bool { return s.history.moved.seq > s.asked.seq }

// byTheClock is how sure it is that an app has waited as long as the tenant's clock says: where that was moved, it may be that the app's
// was not.
func (s *ruleInput) byTheClock() diagnosis.Confidence {
	if s.clockMoved() {
		return diagnosis.Likely
	}
	return diagnosis.Certain
}

// waited is evidence of a wait, with what is not known of it.
func (s *ruleInput) waited(evidence ...diagnosis.Evidence) []diagnosis.Evidence {
	if s.clockMoved() {
		evidence = append(evidence, missed("the tenant's clock was moved meanwhile: an app whose clock did not follow waited less"))
	}
	return evidence
}

// noAnswer is a request whose client went away, or whose connection was cut.
func noAnswer(s *ruleInput) []finding {
	n := s.unanswered
	if !n.made() || !s.concerns() {
		return nil
	}
	took := time.Duration(n.TookMS) * time.Millisecond
	done, acted := s.succeeded()
	gone := n.Why == event.ClientGone
	switch {
	case gone && s.gaveUp(took):
		left := saw(n, "the client went away after %s of the tenant's time without an answer: apps wait %s", took.Round(time.Second),
			s.patience())
		if took < 2*s.patience() {
			return one(diagnosis.AnswerLate, inDelivery, diagnosis.Certain, left)
		}
		return one(diagnosis.AnswerLate, inDelivery, s.byTheClock(), s.waited(left)...)
	case acted && s.endpoint == names.Token:
		return one(diagnosis.AnswerLost, inDelivery, diagnosis.Certain,
			saw(done, "the exchange took effect (%s)", done.text), saw(n, "its answer did not arrive: %s", n.words()))
	case gone: // a page that was left, most likely: nobody waits for a renewal any more
		return nil
	case n.Why == "":
		return unansweredInRecording(n)
	}
	return one(diagnosis.ConnectionCut, inDelivery, diagnosis.Certain, saw(n, "%s before the answer was complete", n.words()))
}

// unansweredInRecording is a request of which a recording has no answer. What the browser says of it tells whether it was sent.
func unansweredInRecording(n noResponse) []finding {
	codes, known := explain.Of(n.Failure)
	said := saw(n, "the browser says %s", n.Failure)
	if !known {
		codes = []diagnosis.Code{diagnosis.RequestNeverCame, diagnosis.ConnectionCut, diagnosis.AnswerLate}
		said = saw(n, "the recording has no answer, and does not say why: %s", n.Failure)
	}
	all := make([]finding, len(codes))
	for i, code := range codes {
		all[i] = found(code, inDelivery, diagnosis.Possible, said)
	}
	if len(all) > 0 && len(all) <= 2 { // a code that has one meaning, and what may have come of it
		all[0].confidence = diagnosis.Certain
	}
	return all
}

// late is an answer that came after the app's patience.
func late(s *ruleInput) []finding {
	if !s.concerns() || s.answer.Took() < s.patience() {
		return nil
	}
	if s.history.browsers.source == Recording { // which has the whole answer: the browser waited for it
		if s.history.codeExchanged(s.exchange) {
			return nil
		}
		return one(diagnosis.AnswerLate, inDelivery, diagnosis.Possible, saw(s.answer, "the answer came after %s; many apps wait %s",
			s.answer.Took().Round(time.Second), s.patience()), missed("the browser took it, so this app may wait longer"))
	}
	return one(diagnosis.AnswerLate, inDelivery, s.byTheClock(), s.waited(
		saw(s.answer, "the answer came after %s of the tenant's time; apps wait %s", s.answer.Took().Round(time.Second), s.patience()))...)
}

// withheld is an answer that the browser does not let the page read.
func withheld(s *ruleInput) []finding {
	preflight := s.endpoint == names.Token+names.Preflight || s.endpoint == names.SSOData+names.Preflight
	from, allowed := s.asked.Origin, s.answer.AllowOrigin
	switch {
	case s.history.browsers.source == TenantLog: // which tells nothing of headers
		return s.withheldByLog()
	case !s.answer.made() || from == "" || s.answer.Unknown.Has(event.AllowOriginHeader):
		return nil
	case !preflight && (s.endpoint != names.Token && s.endpoint != names.SSOData || !s.concerns()):
		return nil
	case s.answer.Status >= 500: // of a gateway, which knows nothing of the tenant's origins: they are not the reason
		return nil
	case allowed == from || allowed == "*" || s.asked.FetchSite == "same-origin":
		return nil
	}
	evidence := []diagnosis.Evidence{saw(s.asked, "the page of %s asked for %s", from, s.endpoint)}
	l, unlisted := s.log(event.FailedByCORS)
	if unlisted {
		evidence = append(evidence, shows(diagnosis.OriginNotListed, saw(l, "the tenant does not list this origin: %s", l.text)))
	}
	if allowed == "" {
		hidden := saw(s.answer, "the answer has no Access-Control-Allow-Origin, so the browser hides it from the page")
		if !unlisted && !s.imported() { // a tenant that runs says when it does not list an origin
			hidden.Shows = diagnosis.HeaderRemoved
		}
		evidence = append(evidence, hidden)
	} else {
		evidence = append(evidence,
			shows(diagnosis.AnotherOrigin, saw(s.answer, "the answer allows %s and not this page, so the browser hides it", allowed)))
	}
	return one(diagnosis.CORSMissing, inDelivery, diagnosis.Certain, evidence...)
}

// changedBody is a body that is not the one that the endpoint made.
func changedBody(s *ruleInput) []finding {
	if s.answer.Body == "" || !s.concerns() {
		return nil
	}
	text := map[event.Body]string{
		event.BodyEmpty:   "the answer's body is empty",
		event.BodyCut:     "the answer's body ends early",
		event.BodyGarbage: "the answer's body is not what the endpoint wrote",
	}[s.answer.Body]
	all := one(diagnosis.AnswerUnusable, inDelivery, diagnosis.Certain, saw(s.answer, "%s", text))
	if done, ok := s.succeeded(); ok && s.endpoint == names.Token {
		all = append(all, found(diagnosis.AnswerLost, inDelivery, diagnosis.Likely,
			saw(done, "the exchange had taken effect (%s)", done.text), saw(s.answer, "%s", text)))
	}
	return all
}

// framing is an answer for a frame that forbids to be framed.
func framing(s *ruleInput) []finding {
	if !s.silent() || s.inWindow() || s.mode() != oauth.ModeWebMessage && s.mode() != oauth.ModeFormPost {
		return nil
	}
	refused := func(header, value string) []finding {
		return one(diagnosis.FramingRefused, inDelivery, diagnosis.Certain,
			saw(s.answer, "the page for the frame was sent with %s: %s", header, value))
	}
	if v := s.answer.FrameOptions; v != "" {
		return refused("X-Frame-Options", v)
	}
	for directive := range strings.SplitSeq(s.answer.CSP, ";") {
		words := strings.Fields(directive)
		if len(words) > 0 && strings.EqualFold(words[0], "frame-ancestors") && !slices.Contains(words, "*") && !slices.Contains(words, s.page()) {
			return refused("Content-Security-Policy", strings.TrimSpace(directive))
		}
	}
	return nil
}

// messages is what can go wrong between the frame and the page: the mode, the receiver, the number of messages.
func messages(s *ruleInput) []finding {
	mode := s.mode()
	if !s.silent() || s.inWindow() || !s.answer.made() || mode == "" {
		return nil
	}
	if asked := s.query("response_mode"); asked != "" && asked != string(mode) {
		return one(diagnosis.ResponseModeWrong, inDelivery, diagnosis.Certain,
			saw(s.asked, "the app asked for response_mode=%s", asked), saw(s.answer, "the answer was sent by %s", mode))
	}
	if mode != oauth.ModeWebMessage || s.answer.Body != "" { // a page that cannot be read posts nothing
		return nil
	}
	all := s.receiver()
	if s.answer.OtherPosts > 0 {
		all = append(all, found(diagnosis.ForeignMessage, inDelivery, diagnosis.Certain,
			saw(s.answer, "the frame posts another message beside the response")))
	}
	switch {
	case s.answer.Posts == 0 && s.query("web_message_target") == "":
		all = append(all, found(diagnosis.MessageNeverPosted, inDelivery, diagnosis.Certain,
			saw(s.answer, "the page in the frame posts no message")))
	case s.answer.Posts > 1:
		all = append(all, found(diagnosis.MessagePostedTwice, inContents, diagnosis.Certain,
			saw(s.answer, "the page in the frame posts its response %d times", s.answer.Posts)))
	}
	return all
}

// receiver is a message that goes to another origin than the page's.
func (s *ruleInput) receiver() []finding {
	if s.answer.Target == nil || *s.answer.Target == "" {
		return nil
	}
	to, want := *s.answer.Target, origin(s.query("redirect_uri"))
	switch {
	case want != "" && to != want:
		return one(diagnosis.TargetOriginWrong, inDelivery, diagnosis.Certain,
			saw(s.asked, "redirect_uri is of %s", want), saw(s.answer, "the page posts its message to %s", to))
	case s.page() != "" && to != s.page() && s.framed():
		return one(diagnosis.TargetOriginWrong, inDelivery, diagnosis.Likely,
			saw(s.asked, "the frame belongs to a page of %s", s.page()), saw(s.answer, "its message goes to %s, the origin of redirect_uri", to))
	}
	return nil
}
