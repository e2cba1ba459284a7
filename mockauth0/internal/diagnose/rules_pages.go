package diagnose

import (
	"net/http"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
)

// pages are answers by their status alone, for which the log of the tenant has no entry of its own.
func pages(s *ruleInput) []finding {
	status := s.answer.Status
	if status < 400 || !s.concerns() {
		return nil
	}
	frame := ""
	if s.silent() && s.inFrame() {
		frame = "; it is a page inside a frame, which no SDK can read"
	}
	said := saw(s.answer, "the answer was %d %s%s", status, http.StatusText(status), frame)
	if note := s.answer.Note; note != "" {
		said.Text += ": " + note
	}
	if status == http.StatusTooManyRequests {
		return s.limited(said)
	}
	if l, ok := s.failure(); ok && l.explains() {
		return nil
	}
	switch {
	case status >= 500:
		return one(diagnosis.ServerError, inReply, diagnosis.Certain, said)
	case s.silent():
		return s.errorPage(said)
	}
	refused := found(diagnosis.RequestInvalid, inReply, diagnosis.Likely, shows(diagnosis.StatusOnly, said))
	if s.answer.Unknown.Has(event.UnknownBody) {
		refused.confidence = diagnosis.Possible
		refused.evidence = append(refused.evidence, missed("what the answer says was not recorded"))
	}
	return []finding{refused}
}

// limited is an answer of the rate limit.
func (s *ruleInput) limited(said diagnosis.Evidence) []finding {
	evidence := []diagnosis.Evidence{said}
	if l, ok := s.log(event.RateLimited); ok {
		evidence = append(evidence, saw(l, "%s", l.text))
	}
	if n := s.recent(time.Minute); n > 3 {
		evidence = append(evidence, missed("this browser sent %d requests for tokens within the minute before", n))
	}
	return one(diagnosis.RateLimited, inReply, diagnosis.Certain, evidence...)
}

// errorPage is an error page in place of an answer to a silent request. A tenant that runs wrote down why it showed one; of a
// recording without the page's words its status is left, which is 400 for an origin that is not listed and 403 for a callback.
func (s *ruleInput) errorPage(said diagnosis.Evidence) []finding {
	page := found(diagnosis.ErrorPageInFrame, inReply, diagnosis.Likely, said)
	if !s.inFrame() {
		page.code = diagnosis.ErrorPageShown
	}
	if !s.imported() {
		return []finding{page}
	}
	login, renewed := s.accepted()
	if !s.answer.Unknown.Has(event.UnknownBody) {
		page.evidence = append(page.evidence, missed("the page has no words of Auth0's that say why: it may be another server's on the way"))
		return []finding{page}
	}
	unread := missed("what the page says was not recorded")
	callback := found(diagnosis.CallbackMismatch, inReply, diagnosis.Possible, unread,
		saw(s.asked, "redirect_uri is %s", s.query("redirect_uri")))
	switch {
	case renewed.made():
		page.evidence = append(page.evidence, unread, saw(renewed, "a silent request with the same redirect_uri succeeded before"))
		return []finding{page}
	case s.answer.Status == http.StatusBadRequest && s.query("response_mode") == string(oauth.ModeWebMessage):
		where := found(diagnosis.WebOriginMissing, inReply, diagnosis.Likely, said, unread,
			saw(s.asked, "with response_mode=web_message, 400 is the status of an origin that is not among the Allowed Web Origins: %s",
				origin(s.query("redirect_uri"))))
		if login.made() {
			where.evidence = append(where.evidence, saw(login, "a login with the same redirect_uri succeeded, so the callback is listed"))
			return []finding{where, weakerTo(page, diagnosis.Possible)}
		}
		return []finding{where, callback, weakerTo(page, diagnosis.Possible)}
	case login.made():
		return []finding{page}
	case s.answer.Status == http.StatusForbidden:
		callback.confidence = diagnosis.Likely
		callback.evidence = append([]diagnosis.Evidence{said}, callback.evidence...)
		return []finding{callback, weakerTo(page, diagnosis.Possible)}
	}
	return []finding{page, callback}
}

// accepted are the newest login and the newest silent request of this application with the same redirect_uri that succeeded.
func (s *ruleInput) accepted() (login, renewed logEntry) {
	uri := s.query("redirect_uri")
	for x := range s.history.before(s.exchange) {
		if x.client != s.client {
			continue
		}
		asked := x.alike(s.exchange, "redirect_uri")
		if l, ok := x.log(event.SuccessLogin); ok && !login.made() && (asked || uri != "" && oauth.WithoutQuery(x.answer.Location) == uri) {
			login = l
		}
		if l, ok := x.log(event.SuccessSilentAuth); ok && !renewed.made() && asked {
			renewed = l
		}
	}
	return login, renewed
}

// explains tells whether a log entry says more about a refusal than the status of its answer.
func (l logEntry) explains() bool {
	if l.Error == errServerError {
		return l.Reason == event.UserUnknown
	}
	return l.Error != "" || l.text != ""
}

// recent counts the requests for tokens of this browser in a time before this one.
func (s *ruleInput) recent(d time.Duration) int {
	n := 0
	for x := range s.history.within(s.exchange, d) {
		if x.renewal() && x.client == s.client && s.compare(x).same() {
			n++
		}
	}
	return n
}

// leadsToLogin tells of a request from a frame that was not silent and is redirected to somewhere else than the callback.
func (s *ruleInput) leadsToLogin() bool {
	if s.asked.Unknown.Has("redirect_uri") || s.asked.Unknown.Has("prompt") || s.answer.Unknown.Has(event.LocationHeader) {
		return false
	}
	return s.endpoint == names.Authorize && !s.silent() && s.framed() && s.answer.Status == http.StatusFound &&
		origin(s.answer.Location) != origin(s.query("redirect_uri"))
}
