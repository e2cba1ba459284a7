package diagnose

import (
	"net/http"
	"strings"
	"time"

	"renewal.example/mockauth0/diagnosis"
)

// refusedTokens is an error that the token endpoint sent to a renewal.
func refusedTokens(s *scene) []finding {
	l, failed := s.log("fertft", "ferrt", "feacft", "f")
	if !failed || s.endpoint != "token" || !s.concerns() {
		return nil
	}
	code, text := l.text("error"), l.description
	said := saw(l, "the tenant refused: %s (%s)", code, text)
	if found := policy(s, l, code, text, said); found != nil {
		return found
	}
	if found := s.refusedRefresh(l); found != nil {
		return found
	}
	switch why := l.text("why"); {
	case code == "access_denied" && text == "Unauthorized":
		return clientRefused(l, said, why)
	case among(text, "Grant type"):
		return one(diagnosis.GrantTypeDisabled, inTheReply, diagnosis.Certain, said)
	case among(why, "the code has expired"):
		evidence := []diagnosis.Evidence{said}
		if asked := s.ofSilentCode(); asked != nil {
			evidence = append(evidence, saw(asked.answer, "the code was issued %s before", ago(asked.last, l.date)))
		}
		return one(diagnosis.CodeExpired, inTheReply, diagnosis.Certain, evidence...)
	case l.typ == "feacft":
		evidence := []diagnosis.Evidence{said}
		if why != "" {
			evidence = append(evidence, saw(l, "%s", why))
		}
		if done := s.exchangedBefore(); done.seq != 0 {
			evidence = append(evidence, saw(done, "a code of the same browser was exchanged %s before: something sends the request twice", ago(done.date, l.date)))
		}
		return one(diagnosis.CodeRefused, inTheReply, diagnosis.Certain, evidence...)
	case among(text, "Missing required parameter: refresh_token"):
		return one(diagnosis.RefreshTokenMissing, inTheReply, diagnosis.Certain, said)
	case l.typ == "ferrt":
		return rotatingRefused(l, said)
	case code == "invalid_request", code == "invalid_scope", code == "unsupported_grant_type", code == "unauthorized_client":
		return one(diagnosis.RequestInvalid, inTheReply, diagnosis.Certain, said)
	case code == "too_many_requests":
		return one(diagnosis.RateLimited, inTheReply, diagnosis.Certain, said)
	case code == "server_error", code == "temporarily_unavailable":
		return one(diagnosis.ServerError, inTheReply, diagnosis.Certain, said)
	}
	return one(diagnosis.Unexplained, inTheReply, diagnosis.Possible, said)
}

// clientRefused is an application that the token endpoint does not take: it answers alike whether it does not know it or misses its
// secret, and only a tenant that runs tells which.
func clientRefused(l noted, said diagnosis.Evidence, why string) []finding {
	switch {
	case among(why, "there is no client"):
		return one(diagnosis.ClientUnknown, inTheReply, diagnosis.Certain, said, saw(l, "%s", why))
	case why != "":
		return one(diagnosis.ClientSecretDemanded, inTheReply, diagnosis.Certain, said, saw(l, "%s", why))
	}
	return append(one(diagnosis.ClientSecretDemanded, inTheReply, diagnosis.Likely, said), one(diagnosis.ClientUnknown, inTheReply, diagnosis.Possible, missed("the answer is the same for a client id that the tenant does not have"))...)
}

// rotatingRefused is an entry of a real tenant's log, whose type alone tells that a rotating refresh token was refused: Auth0 writes
// it when it detects a reuse, though not only then (https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes).
func rotatingRefused(l noted, said diagnosis.Evidence) []finding {
	return []finding{
		{diagnosis.RefreshTokenReused, inTheReply, diagnosis.Likely, []diagnosis.Evidence{said, saw(l, "the entry's type is ferrt: the exchange of a rotating refresh token failed, as it does when an old one is used again")}},
		{diagnosis.RefreshTokenRevoked, inTheReply, diagnosis.Possible, []diagnosis.Evidence{missed("its family may have been revoked before")}},
		{diagnosis.RefreshTokenExpired, inTheReply, diagnosis.Possible, []diagnosis.Evidence{missed("its idle or absolute lifetime may be over")}},
	}
}

// exchangedBefore is the newest exchange of a code by the same application and browser, where this one's code had been used.
func (s *scene) exchangedBefore() noted {
	for x := range s.history.before(s.exchange) {
		if done, ok := x.log("seacft"); ok && s.usedCode() && x.client == s.client && x.agent() == s.agent() {
			return done
		}
	}
	return noted{}
}

// refusedRefresh is a refresh token that is not good any more.
func (s *scene) refusedRefresh(l noted) []finding {
	f := s.history.families[l.text("family")]
	switch l.text("reason") {
	case "reused":
		return s.reused(l, f)
	case "expired":
		evidence := []diagnosis.Evidence{saw(l, "its idle or absolute lifetime is over")}
		if f != nil && f.issued.seq != 0 {
			evidence = append(evidence, saw(f.issued, "it came of a login %s before", ago(f.issued.date, l.date)))
		}
		return one(diagnosis.RefreshTokenExpired, inTheReply, diagnosis.Certain, evidence...)
	case "gone":
		return s.gone(l, f)
	case "foreign", "never_issued", "other_client":
		return one(diagnosis.RefreshTokenUnknown, inTheReply, diagnosis.Certain, saw(l, "%s", l.text("why")))
	}
	return nil
}

// reused is the use of a refresh token that had been replaced: its replacement was lost on the way, or never kept.
func (s *scene) reused(l noted, f *family) []finding {
	reuse := finding{diagnosis.RefreshTokenReused, inTheReply, diagnosis.Certain, []diagnosis.Evidence{saw(l, "the refresh token had been replaced: %s", l.text("why"))}}
	for x := range s.history.before(s.exchange) {
		done, ok := x.log("sertft", "seacft")
		if !ok || f == nil || done.text("family") != f.id {
			continue
		}
		if lost := x.lost(); lost != nil {
			return []finding{
				{diagnosis.AnswerLost, onTheWay, diagnosis.Certain, append([]diagnosis.Evidence{saw(done, "the exchange before this one took effect, and replaced the token")}, append(lost, reuse.evidence...)...)},
				weakerTo(reuse, diagnosis.Likely),
			}
		}
		reuse.evidence = append(reuse.evidence, saw(done, "the exchange that replaced it was %s before", ago(done.date, l.date)))
		if l.date.Sub(done.date) < 10*time.Second {
			reuse.evidence = append(reuse.evidence, missed("two exchanges so close are two tabs, or a request that was sent again"))
		}
		break
	}
	return []finding{reuse}
}

// lost tells of an answer that did not reach the app although the request took effect; nil when nothing says so.
func (x *exchange) lost() []diagnosis.Evidence {
	switch {
	case x.unanswered.seq != 0:
		return []diagnosis.Evidence{saw(x.unanswered, "its answer did not arrive: %s", x.unanswered.description)}
	case x.answer.text("body") != "":
		return []diagnosis.Evidence{saw(x.answer, "its answer could not be read: the body was %s", x.answer.text("body"))}
	case x.answer.int("status") >= 400:
		return []diagnosis.Evidence{saw(x.answer, "its answer was replaced by the status %d", x.answer.int("status"))}
	case x.answer.seq == 0:
		return []diagnosis.Evidence{saw(x.asked, "it has no answer")}
	case time.Duration(x.answer.int("took_ms"))*time.Millisecond >= x.patience():
		return []diagnosis.Evidence{saw(x.answer, "its answer came after %d s, which is too late", x.answer.int("took_ms")/1000)}
	case x.asked.text("origin") != "" && x.answer.text("allow_origin") == "":
		return []diagnosis.Evidence{saw(x.answer, "the page was not allowed to read its answer")}
	}
	return nil
}

// gone is a refresh token whose family the tenant does not have.
func (s *scene) gone(l noted, f *family) []finding {
	if s.state.FamilyAlive(l.text("family")) {
		return one(diagnosis.RefreshTokenUnknown, inTheReply, diagnosis.Certain, saw(l, "the tenant did not find the refresh token, although nothing has ended it"))
	}
	for _, e := range s.history.withdrawn {
		if e.Seq < l.seq && e.ClientID == s.client && e.UserID == s.user && s.user != "" || f != nil && e.Seq < l.seq && e.ClientID == f.client && e.UserID == f.user && e.UserID != "" {
			return one(diagnosis.ConsentWithdrawn, inTheReply, diagnosis.Certain, saw(note(e), "the person's consent was withdrawn %s before, and its refresh tokens with it", ago(e.Date, l.date)))
		}
	}
	switch {
	case f != nil && f.ended.seq != 0 && f.ended.seq < l.seq && f.ended.typ == "ferrt":
		return one(diagnosis.RefreshTokenReused, inTheReply, diagnosis.Certain, saw(f.ended, "an old token of this family was used %s before, so all of it was revoked", ago(f.ended.date, l.date)))
	case f != nil && f.ended.seq != 0 && f.ended.seq < l.seq:
		return one(diagnosis.RefreshTokenRevoked, inTheReply, diagnosis.Certain, saw(f.ended, "the refresh token was revoked %s before", ago(f.ended.date, l.date)))
	case f != nil && f.issued.seq != 0:
		return []finding{
			{diagnosis.RefreshTokenRevoked, inTheReply, diagnosis.Likely, []diagnosis.Evidence{saw(l, "the tenant has no such refresh token"), saw(f.issued, "it was issued %s before", ago(f.issued.date, l.date))}},
			{diagnosis.RefreshTokenExpired, inTheReply, diagnosis.Possible, []diagnosis.Evidence{missed("tokens that have expired are forgotten after a while")}},
		}
	}
	return []finding{
		{diagnosis.RefreshTokenUnknown, inTheReply, diagnosis.Likely, []diagnosis.Evidence{saw(l, "the tenant has no such refresh token, and did not issue it as far as can be seen")}},
		{diagnosis.RefreshTokenRevoked, inTheReply, diagnosis.Possible, []diagnosis.Evidence{missed("it may have been revoked earlier")}},
	}
}

func weakerTo(f finding, confidence diagnosis.Confidence) finding {
	f.confidence = confidence
	return f
}

// pages are answers by their status alone, for which the log of the tenant has no entry of its own.
func pages(s *scene) []finding {
	status := s.answer.int("status")
	if status < 400 || !s.concerns() {
		return nil
	}
	frame := ""
	if s.silent() {
		frame = "; it is a page inside a frame, which no SDK can read"
	}
	said := saw(s.answer, "the answer was %d %s%s", status, http.StatusText(int(status)), frame)
	if note := s.answer.text("note"); note != "" {
		said.Text += ": " + note
	}
	switch {
	case status == http.StatusTooManyRequests:
		evidence := []diagnosis.Evidence{said}
		if l, ok := s.log("api_limit"); ok {
			evidence = append(evidence, saw(l, "%s", l.description))
		}
		if n := s.recent(time.Minute); n > 3 {
			evidence = append(evidence, missed("this browser sent %d requests for tokens within the minute before", n))
		}
		return one(diagnosis.RateLimited, inTheReply, diagnosis.Certain, evidence...)
	case status >= 500:
		if l, ok := s.failure(); ok && s.explained(l) {
			return nil
		}
		return one(diagnosis.ServerError, inTheReply, diagnosis.Certain, said)
	}
	if l, ok := s.failure(); ok && s.explained(l) {
		return nil
	}
	if s.silent() {
		return s.framedPage(status, said)
	}
	return one(diagnosis.RequestInvalid, inTheReply, diagnosis.Likely, said)
}

// framedPage is an error page inside a frame. A tenant that runs wrote down why it showed one; of a recording without the page's
// words its status is left, which is 400 for an origin that is not listed and 403 for a callback.
func (s *scene) framedPage(status int64, said diagnosis.Evidence) []finding {
	page := finding{diagnosis.ErrorPageInFrame, inTheReply, diagnosis.Likely, []diagnosis.Evidence{said}}
	if !s.recording() {
		return []finding{page}
	}
	login, renewed := s.accepted()
	unread := missed("what the page says was not recorded")
	callback := finding{diagnosis.CallbackMismatch, inTheReply, diagnosis.Possible, []diagnosis.Evidence{unread, saw(s.asked, "redirect_uri is %s", s.query("redirect_uri"))}}
	switch {
	case renewed.seq != 0:
		page.evidence = append(page.evidence, unread, saw(renewed, "a silent request with the same redirect_uri went well before"))
		return []finding{page}
	case status == http.StatusBadRequest && s.query("response_mode") == "web_message":
		where := finding{diagnosis.WebOriginMissing, inTheReply, diagnosis.Likely, []diagnosis.Evidence{said, unread,
			saw(s.asked, "with response_mode=web_message, 400 is the status of an origin that is not among the Allowed Web Origins: %s", origin(s.query("redirect_uri")))}}
		if login.seq != 0 {
			where.evidence = append(where.evidence, saw(login, "a login with the same redirect_uri went well, so the callback is listed"))
			return []finding{where, weakerTo(page, diagnosis.Possible)}
		}
		return []finding{where, callback, weakerTo(page, diagnosis.Possible)}
	case login.seq != 0:
		return []finding{page}
	case status == http.StatusForbidden:
		callback.confidence = diagnosis.Likely
		callback.evidence = append([]diagnosis.Evidence{said}, callback.evidence...)
		return []finding{callback, weakerTo(page, diagnosis.Possible)}
	}
	return []finding{page, callback}
}

// accepted are the newest login and the newest silent request of this application with the same redirect_uri that went well.
func (s *scene) accepted() (login, renewed noted) {
	uri := s.query("redirect_uri")
	for x := range s.history.before(s.exchange) {
		to, _, _ := strings.Cut(x.answer.text("location"), "#")
		to, _, _ = strings.Cut(to, "?")
		if l, ok := x.log("s"); ok && login.seq == 0 && x.client == s.client && (to == uri || x.query("redirect_uri") == uri) {
			login = l
		}
		if l, ok := x.log("ssa"); ok && renewed.seq == 0 && x.client == s.client && x.query("redirect_uri") == uri {
			renewed = l
		}
	}
	return login, renewed
}

// recording tells that what is judged is no running tenant, whose state can be asked and whose log tells all.
func (s *scene) recording() bool {
	_, blind := s.state.(blind)
	return blind
}

// explained tells whether the log says more about a refusal than its status.
func (s *scene) explained(l noted) bool {
	if l.text("error") == "" && l.description == "" {
		return false
	}
	if l.text("error") == "server_error" {
		return among(l.description, "sso user")
	}
	return true
}

// recent counts the requests for tokens of this browser in a time before this one.
func (s *scene) recent(within time.Duration) int {
	n := 0
	for x := range s.history.before(s.exchange) {
		if s.began.Sub(x.began) > within {
			break
		}
		if x.renewal() && x.agent() == s.agent() && x.client == s.client {
			n++
		}
	}
	return n
}

// loginPage is a request from a frame that leads to the login page, which refuses to be framed.
func loginPage(s *scene) []finding {
	if s.endpoint != "authorize" || s.silent() || !s.framed() || s.answer.int("status") != http.StatusFound {
		return nil
	}
	if origin(s.answer.text("location")) == origin(s.query("redirect_uri")) {
		return nil
	}
	return one(diagnosis.LoginPageInFrame, inTheReply, diagnosis.Certain, saw(s.asked, "the request came from a frame and without prompt=none"),
		saw(s.answer, "it leads to a page that a person has to see"))
}
