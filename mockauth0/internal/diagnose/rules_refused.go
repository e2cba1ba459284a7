package diagnose

import (
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/names"
)

// refusedTokens is an error that the token endpoint sent to a renewal.
func refusedTokens(s *ruleInput) []finding {
	l, failed := s.log(event.FailedExchangeRefreshToken, event.FailedExchangeRotatingRefresh, event.FailedExchangeCode, event.FailedLogin)
	if !failed || s.endpoint != names.Token || !s.concerns() {
		return nil
	}
	said := saw(l, "the tenant refused: %s (%s)", l.Error, l.text)
	if all := s.refusedPerson(l, said); all != nil {
		return all
	}
	if all := s.refusedRefresh(l); all != nil {
		return all
	}
	switch {
	case l.Error == errAccessDenied:
		return clientRefused(l, said)
	case l.Reason == event.GrantTypeNotAllowed:
		return one(diagnosis.GrantTypeDisabled, inReply, diagnosis.Certain, said)
	case l.Reason == event.CodeExpired, l.code == event.FailedExchangeCode:
		return s.refusedCode(l, said)
	case l.Reason == event.RefreshTokenNotSent:
		return one(diagnosis.RefreshTokenMissing, inReply, diagnosis.Certain, shows(diagnosis.TokenNotSent, said))
	case l.code == event.FailedExchangeRotatingRefresh:
		return rotatingRefused(l, said)
	}
	if l.Reason == event.NotImplemented || l.Error == errNotImplemented {
		return one(diagnosis.Unexplained, inReply, diagnosis.Certain, shows(diagnosis.NotServed, said))
	}
	switch l.Error {
	case errInvalidRequest, errInvalidScope, errUnsupportedGrant, errUnauthorizedClient:
		return one(diagnosis.RequestInvalid, inReply, diagnosis.Certain, said)
	case errTooManyRequests:
		return one(diagnosis.RateLimited, inReply, diagnosis.Certain, said)
	case errServerError, errTemporarily:
		return one(diagnosis.ServerError, inReply, diagnosis.Certain, said)
	}
	return one(diagnosis.Unexplained, inReply, diagnosis.Possible, said)
}

// clientRefused is an application that the token endpoint does not take. It answers alike whether it does not know the
// application or misses its secret, and only a tenant that runs tells which.
func clientRefused(l logEntry, said diagnosis.Evidence) []finding {
	evidence := []diagnosis.Evidence{said}
	if l.Cause != "" {
		evidence = append(evidence, saw(l, "%s", l.Cause))
	}
	switch l.Reason {
	case event.ClientUnknown:
		return one(diagnosis.ClientUnknown, inReply, diagnosis.Certain, evidence...)
	case event.ClientUnauthenticated:
		return one(diagnosis.ClientSecretDemanded, inReply, diagnosis.Certain, evidence...)
	}
	return []finding{
		found(diagnosis.ClientSecretDemanded, inReply, diagnosis.Likely, said),
		found(diagnosis.ClientUnknown, inReply, diagnosis.Possible,
			missed("the answer is the same for a client id that the tenant does not have")),
	}
}

// refusedCode is a code that is not good, or not any more.
func (s *ruleInput) refusedCode(l logEntry, said diagnosis.Evidence) []finding {
	evidence := []diagnosis.Evidence{said}
	if l.Reason == event.CodeExpired {
		if asked := s.ofSilentCode(); asked != nil {
			evidence = append(evidence, saw(asked.answer, "the code was issued %s before", ago(asked.last, l.date)))
		}
		return one(diagnosis.CodeExpired, inReply, diagnosis.Certain, evidence...)
	}
	switch l.Reason {
	case event.CodeUnknown, event.CodeUsed:
		evidence[0].Shows = diagnosis.CodeWasUsed
	case event.CodeOfAnotherClient, event.CodeOfAnotherCallback, event.CodeVerifierWrong:
		evidence[0].Shows = diagnosis.CodeNotOfRequest
	}
	if l.Cause != "" {
		evidence = append(evidence, saw(l, "%s", l.Cause))
	}
	if done, by := s.exchangedBefore(); done.made() {
		evidence = append(evidence, saw(done, "a code of %s was exchanged %s before: something sends the request twice",
			by, ago(done.date, l.date)))
	}
	return one(diagnosis.CodeRefused, inReply, diagnosis.Certain, evidence...)
}

// exchangedBefore is the newest exchange of a code by the same application in what may be the same browser, where this one's code
// had been used, and whose it was.
func (s *ruleInput) exchangedBefore() (done logEntry, whose string) {
	if !s.codeWasUsed() {
		return done, ""
	}
	for x := range s.history.before(s.exchange) {
		l, ok := x.log(event.SuccessExchangeCode)
		c := s.compare(x)
		switch {
		case !ok || x.client != s.client || !c.possible():
			continue
		case c.same() && !c.guessed:
			return l, "the same browser"
		}
		return l, "the same application"
	}
	return done, ""
}

// rotatingRefused is an entry of a real tenant's log, whose type alone says that a rotating refresh token was refused: Auth0 writes
// it when it detects a reuse, though not only then (https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes).
func rotatingRefused(l logEntry, said diagnosis.Evidence) []finding {
	return []finding{
		found(diagnosis.RefreshTokenReused, inReply, diagnosis.Likely, said,
			saw(l, "the entry's type is %s: the exchange of a rotating refresh token failed, as it does when an old one is used again", l.code)),
		found(diagnosis.RefreshTokenRevoked, inReply, diagnosis.Possible, missed("its family may have been revoked before")),
		found(diagnosis.RefreshTokenExpired, inReply, diagnosis.Possible, missed("its idle or absolute lifetime may be over")),
	}
}

// refusedRefresh is a refresh token that is not good any more.
func (s *ruleInput) refusedRefresh(l logEntry) []finding {
	f := s.history.families[l.Family]
	switch l.Reason {
	case event.RefreshReused:
		return s.reused(l, f)
	case event.Expired:
		evidence := []diagnosis.Evidence{saw(l, "its idle or absolute lifetime is over")}
		if f != nil && f.issued.made() {
			evidence = append(evidence, saw(f.issued, "the login that it comes from was %s before", ago(f.issued.date, l.date)))
		}
		return one(diagnosis.RefreshTokenExpired, inReply, diagnosis.Certain, evidence...)
	case event.RefreshGone:
		return s.gone(l, f)
	case event.RefreshForeign, event.RefreshNeverIssued, event.RefreshOfAnotherClient:
		return one(diagnosis.RefreshTokenUnknown, inReply, diagnosis.Certain, saw(l, "%s", l.Cause))
	case event.RefreshRefused:
		return s.refusedUnseen(l)
	}
	return nil
}

// reused is the use of a refresh token that had been replaced: its replacement was lost on the way, or never kept.
func (s *ruleInput) reused(l logEntry, f *family) []finding {
	reuse := found(diagnosis.RefreshTokenReused, inReply, diagnosis.Certain, saw(l, "the refresh token had been replaced: %s", l.Cause))
	x, done := s.history.newestOf(f, l)
	if x == nil {
		return []finding{reuse}
	}
	if lost, ok := x.lost(); ok && done.seq < s.asked.seq {
		evidence := []diagnosis.Evidence{saw(done, "the exchange before this one took effect, and replaced the token"), lost}
		return []finding{
			found(diagnosis.AnswerLost, inDelivery, diagnosis.Certain, append(evidence, reuse.evidence...)...),
			weakerTo(reuse, diagnosis.Likely),
		}
	}
	reuse.evidence = append(reuse.evidence, saw(done, "the newest exchange of its family was %s before", ago(done.date, l.date)))
	if l.date.Sub(done.date) < 10*time.Second {
		reuse.evidence = append(reuse.evidence, missed("two exchanges so close are two tabs, or a request that was sent again"))
	}
	return []finding{reuse}
}

// newestOf is the newest exchange of a family of refresh tokens before an entry of the log, whichever request
// came first; nil: none is known.
func (h *history) newestOf(f *family, l logEntry) (newest *exchange, done logEntry) {
	for _, x := range h.exchanges {
		e, ok := x.log(event.SuccessExchangeRefreshToken, event.SuccessExchangeCode)
		if ok && f != nil && e.Family == f.id && e.seq < l.seq && e.seq > done.seq {
			newest, done = x, e
		}
	}
	return newest, done
}

// lost tells of an answer that did not reach the app although the request took effect; false when nothing says so.
func (x *exchange) lost() (diagnosis.Evidence, bool) {
	a := x.answer
	switch {
	case x.unanswered.made():
		return saw(x.unanswered, "its answer did not arrive: %s", x.unanswered.words()), true
	case a.Body != "":
		return saw(a, "its answer could not be read: the body was %s", a.Body), true
	case a.Status >= 400:
		return saw(a, "its answer was replaced by the status %d", a.Status), true
	case !a.made():
		return saw(x.asked, "it has no answer"), true
	case a.Took() >= x.patience():
		return saw(a, "its answer came after %d s, which is too late", a.TookMS/1000), true
	case x.asked.Origin != "" && a.AllowOrigin == "" && !a.Unknown.Has(event.AllowOriginHeader):
		return saw(a, "the page was not allowed to read its answer"), true
	}
	return diagnosis.Evidence{}, false
}

// mayEndBy tells whether a withdrawal may have ended a family: it was issued before that, and nothing else had ended it.
func (f *family) mayEndBy(w withdrawal) bool {
	return f == nil || f.issued.seq < w.seq && (!f.ended.made() || w.seq < f.ended.seq)
}

// gone is a refresh token whose family the tenant does not have.
func (s *ruleInput) gone(l logEntry, f *family) []finding {
	if s.state.FamilyAlive(l.Family) {
		return one(diagnosis.RefreshTokenUnknown, inReply, diagnosis.Certain,
			saw(l, "the tenant did not find the refresh token, although nothing has ended it"))
	}
	for _, w := range s.history.withdrawals {
		mine := s.user != "" && w.clientID == s.client && w.userID == s.user
		if w.seq < l.seq && f.mayEndBy(w) && (mine || f != nil && w.clientID == f.client && w.userID == f.user && f.user != "") {
			return one(diagnosis.ConsentWithdrawn, inReply, diagnosis.Certain,
				saw(w, "the person's consent was withdrawn %s before, and its refresh tokens with it", ago(w.date, l.date)))
		}
	}
	switch {
	case f != nil && f.ended.made() && f.ended.seq < l.seq && f.ended.code == event.FailedExchangeRotatingRefresh:
		return one(diagnosis.RefreshTokenReused, inReply, diagnosis.Certain,
			saw(f.ended, "an old token of this family was used %s before, so all of it was revoked", ago(f.ended.date, l.date)))
	case f != nil && f.ended.made() && f.ended.seq < l.seq:
		return one(diagnosis.RefreshTokenRevoked, inReply, diagnosis.Certain,
			saw(f.ended, "the refresh token was revoked %s before", ago(f.ended.date, l.date)))
	case f != nil && f.issued.made():
		return []finding{
			found(diagnosis.RefreshTokenRevoked, inReply, diagnosis.Likely,
				saw(l, "the tenant has no such refresh token"), saw(f.issued, "it was issued %s before", ago(f.issued.date, l.date))),
			found(diagnosis.RefreshTokenExpired, inReply, diagnosis.Possible, missed("tokens that have expired are forgotten after a while")),
		}
	}
	return []finding{
		found(diagnosis.RefreshTokenUnknown, inReply, diagnosis.Likely,
			saw(l, "the tenant has no such refresh token, and did not issue it as far as can be seen")),
		found(diagnosis.RefreshTokenRevoked, inReply, diagnosis.Possible, missed("it may have been revoked earlier")),
	}
}
