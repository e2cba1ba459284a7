package diagnose

import (
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/diagnosis"
)

// How long SDKs wait: for a frame (auth0.js, auth0-spa-js) and for the token endpoint (auth0-spa-js).
const (
	framePatience = 60 * time.Second
	fetchPatience = 10 * time.Second
)

// patience is how long an app waits for the answer of an endpoint.
func (x *exchange) patience() time.Duration {
	if x.endpoint == "token" {
		return fetchPatience
	}
	return framePatience
}

// gaveUp tells whether a wait ended because the app's patience did. An app begins to wait before its request arrives, so the
// tenant sees a little less of it.
func (x *exchange) gaveUp(waited time.Duration) bool { return waited > x.patience()-time.Second }

// concerns tells whether an exchange is part of a renewal, or of what an app needs to check its tokens.
func (s *scene) concerns() bool {
	return s.silent() && !s.asksWhoIsThere() || s.endpoint == "token" && (s.grant() == "refresh_token" || s.ofSilentCode() != nil || s.grant() == "") || s.endpoint == "ssodata"
}

// ofSilentCode is the silent request whose code a token request exchanges; nil when it is none.
func (s *scene) ofSilentCode() *exchange {
	if s.endpoint != "token" || s.grant() != "authorization_code" && s.grant() != "" {
		return nil
	}
	for _, l := range s.logs {
		if asked := l.text("asked_by"); asked != "" {
			if x := s.history.byID[asked]; x != nil && x.silent() {
				return x
			}
			return nil
		}
	}
	used := s.usedCode()
	for x := range s.history.before(s.exchange) { // refused before anybody looked at the code, or with one that is not there any more
		if l, ok := x.log("ssa"); ok && x.endpoint == "authorize" && strings.Contains(x.query("response_type"), "code") {
			if s.began.Sub(l.date) < framePatience && x.agent() == s.agent() && s.history.exchanged(x) == used {
				return x
			}
		}
		if x.interactive() {
			return nil
		}
	}
	return nil
}

// usedCode tells of a code that the tenant does not have: it gave it out, and somebody has exchanged it.
func (s *scene) usedCode() bool {
	l, refused := s.log("feacft")
	return refused && among(l.text("why"), "used before")
}

// exchanged tells whether the code of an authorization request was exchanged.
func (h *history) exchanged(x *exchange) bool {
	return slices.ContainsFunc(h.exchanges, func(y *exchange) bool {
		return y.endpoint == "token" && slices.ContainsFunc(y.logs, func(l noted) bool { return l.text("asked_by") == x.id })
	})
}

// waiting is a request that has no answer yet although nobody waits for it any more.
func waiting(s *scene) []finding {
	waited := s.now.Sub(s.began)
	if s.over() || !s.concerns() || waited < s.patience() {
		return nil
	}
	return []finding{{diagnosis.AnswerLate, onTheWay, diagnosis.Certain, []diagnosis.Evidence{
		saw(s.asked, "the request came %s of the tenant's time ago and has not been answered: apps wait %s for it", ago(s.began, s.now), s.patience())}}}
}

// noAnswer is a request whose client went away, or whose connection was cut.
func noAnswer(s *scene) []finding {
	n := s.unanswered
	if n.seq == 0 || !s.concerns() {
		return nil
	}
	took := time.Duration(n.int("took_ms")) * time.Millisecond
	done, acted := s.succeeded()
	gone := n.description == "the client went away"
	switch {
	case gone && s.gaveUp(took):
		return []finding{{diagnosis.AnswerLate, onTheWay, diagnosis.Certain, []diagnosis.Evidence{saw(n, "the client went away after %s of the tenant's time without an answer: it waits %s", took.Round(time.Second), s.patience())}}}
	case acted && s.endpoint == "token":
		return []finding{{diagnosis.AnswerLost, onTheWay, diagnosis.Certain, []diagnosis.Evidence{
			saw(done, "the exchange took effect (%s)", done.description), saw(n, "its answer did not arrive: %s", n.description)}}}
	case gone: // a page that was left, most likely: nobody waits for a renewal any more
		return nil
	}
	return []finding{{diagnosis.ConnectionCut, onTheWay, diagnosis.Certain, []diagnosis.Evidence{saw(n, "%s before the answer was complete", n.description)}}}
}

// late is an answer that came after the app's patience.
func late(s *scene) []finding {
	took := time.Duration(s.answer.int("took_ms")) * time.Millisecond
	if !s.concerns() || took < s.patience() {
		return nil
	}
	return []finding{{diagnosis.AnswerLate, onTheWay, diagnosis.Certain, []diagnosis.Evidence{
		saw(s.answer, "the answer came after %s of the tenant's time; apps wait %s", took.Round(time.Second), s.patience())}}}
}

// withheld is an answer that the browser does not let the page read.
func withheld(s *scene) []finding {
	preflight := s.endpoint == "token.preflight" || s.endpoint == "ssodata.preflight"
	from := s.asked.text("origin")
	if s.answer.seq == 0 || from == "" || !preflight && (s.endpoint != "token" && s.endpoint != "ssodata" || !s.concerns()) {
		return nil
	}
	allowed := s.answer.text("allow_origin")
	if s.answer.int("status") >= 500 { // of a gateway, which knows nothing of the tenant's origins: they are not the reason
		return nil
	}
	if allowed == from || allowed == "*" || s.asked.text("fetch_site") == "same-origin" {
		return nil
	}
	evidence := []diagnosis.Evidence{saw(s.asked, "the page of %s asked for %s", from, s.endpoint)}
	if l, ok := s.log("fco"); ok {
		evidence = append(evidence, saw(l, "the tenant does not list this origin: %s", l.description))
	}
	if allowed == "" {
		evidence = append(evidence, saw(s.answer, "the answer has no Access-Control-Allow-Origin, so the browser hides it from the page"))
	} else {
		evidence = append(evidence, saw(s.answer, "the answer allows %s and not this page, so the browser hides it", allowed))
	}
	return []finding{{diagnosis.CORSMissing, onTheWay, diagnosis.Certain, evidence}}
}

// spoilt is a body that is not the one that the endpoint made.
func spoilt(s *scene) []finding {
	how := s.answer.text("body")
	if how == "" || !s.concerns() {
		return nil
	}
	text := map[string]string{"empty": "the answer's body is empty", "cut": "the answer's body ends early", "garbage": "the answer's body is not what the endpoint wrote"}[how]
	found := []finding{{diagnosis.AnswerUnusable, onTheWay, diagnosis.Certain, []diagnosis.Evidence{saw(s.answer, "%s", text)}}}
	if done, ok := s.succeeded(); ok && s.endpoint == "token" {
		found = append(found, finding{diagnosis.AnswerLost, onTheWay, diagnosis.Likely, []diagnosis.Evidence{saw(done, "the exchange had taken effect (%s)", done.description), saw(s.answer, "%s", text)}})
	}
	return found
}

// framing is an answer for a frame that forbids to be framed.
func framing(s *scene) []finding {
	if !s.silent() || s.mode() != "web_message" && s.mode() != "form_post" {
		return nil
	}
	if v := s.answer.text("frame_options"); v != "" {
		return []finding{{diagnosis.FramingRefused, onTheWay, diagnosis.Certain, []diagnosis.Evidence{saw(s.answer, "the page for the frame was sent with X-Frame-Options: %s", v)}}}
	}
	for directive := range strings.SplitSeq(s.answer.text("csp"), ";") {
		words := strings.Fields(directive)
		if len(words) > 0 && strings.EqualFold(words[0], "frame-ancestors") && !slices.Contains(words, "*") && !slices.Contains(words, s.page()) {
			return []finding{{diagnosis.FramingRefused, onTheWay, diagnosis.Certain, []diagnosis.Evidence{saw(s.answer, "the page for the frame was sent with Content-Security-Policy: %s", strings.TrimSpace(directive))}}}
		}
	}
	return nil
}

// messages is what can go wrong between the frame and the page: the mode, the receiver, the number of messages.
func messages(s *scene) []finding {
	if !s.silent() || s.answer.seq == 0 || s.mode() == "" {
		return nil
	}
	asked, mode := s.query("response_mode"), s.mode()
	if asked != "" && asked != mode {
		return []finding{{diagnosis.ResponseModeWrong, onTheWay, diagnosis.Certain, []diagnosis.Evidence{
			saw(s.asked, "the app asked for response_mode=%s", asked), saw(s.answer, "the answer was sent by %s", mode)}}}
	}
	if mode != "web_message" {
		return nil
	}
	if s.answer.text("body") != "" { // the page cannot be read, and says nothing
		return nil
	}
	var found []finding
	to, posts := s.answer.text("to"), s.answer.int("posts")
	switch want := origin(s.query("redirect_uri")); {
	case want != "" && to != "" && to != want:
		found = append(found, finding{diagnosis.TargetOriginWrong, onTheWay, diagnosis.Certain, []diagnosis.Evidence{
			saw(s.asked, "redirect_uri is of %s", want), saw(s.answer, "the page posts its message to %s", to)}})
	case s.page() != "" && to != "" && to != s.page() && s.framed():
		found = append(found, finding{diagnosis.TargetOriginWrong, onTheWay, diagnosis.Likely, []diagnosis.Evidence{
			saw(s.asked, "the frame belongs to a page of %s", s.page()), saw(s.answer, "its message goes to %s, the origin of redirect_uri", to)}})
	}
	if others := s.answer.int("other_posts"); others > 0 {
		found = append(found, finding{diagnosis.ForeignMessage, onTheWay, diagnosis.Certain, []diagnosis.Evidence{saw(s.answer, "the frame posts another message beside the response")}})
	}
	switch {
	case posts == 0 && s.query("web_message_target") == "":
		found = append(found, finding{diagnosis.MessageNeverPosted, onTheWay, diagnosis.Certain, []diagnosis.Evidence{saw(s.answer, "the page in the frame posts no message")}})
	case posts > 1:
		found = append(found, finding{diagnosis.MessagePostedTwice, inTheParts, diagnosis.Certain, []diagnosis.Evidence{saw(s.answer, "the page in the frame posts its response %d times", posts)}})
	}
	return found
}
