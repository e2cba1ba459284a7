package diagnose

import (
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/names"
)

// afterLogout is a refresh token that is exchanged although the session that it came from was ended by the app's logout.
func afterLogout(s *ruleInput) []finding {
	l, ok := s.log(event.SuccessExchangeRefreshToken)
	if !ok || s.endpoint != names.Token {
		return nil
	}
	f := s.history.families[l.Family]
	if f == nil {
		return nil
	}
	of := s.history.sessions[f.session]
	if of == nil || !of.ended.made() || of.ended.Why != event.LoggedOut || of.ended.seq > s.asked.seq {
		return nil
	}
	by := s.history.byID[of.endedBy]
	if by == nil || by.client != s.client || !s.compare(by).same() {
		return nil
	}
	return one(diagnosis.RenewalAfterLogout, afterwards, s.compare(by).atMost(diagnosis.Certain),
		saw(of.ended, "the app logged the person out %s before", ago(of.ended.date, l.date)),
		shows(diagnosis.AfterExchange, saw(l, "it still holds the refresh token of that login, and used it")))
}

// A storm is more renewals than any app needs.
const (
	stormSize = 6
	stormTime = 20 * time.Second
)

// storm is a renewal that comes at once after others.
func storm(s *ruleInput) []finding {
	if !s.renewal() || s.asked.FetchMode == "" { // not a browser
		return nil
	}
	before := s.renewalsJustBefore()
	c := before.browser
	if x := before.overflowing; x != nil {
		return one(diagnosis.LifetimeOverflowsTimer, afterwards, c.atMost(diagnosis.Certain),
			saw(x.answer, "the token lives %d s (%d days); a JavaScript timer takes %d s (24.8 days)",
				x.expiresIn(), x.expiresIn()/86400, biggestTimer),
			saw(s.asked, "the next renewal came %s later", ago(x.last, s.began)))
	}
	if before.n < stormSize {
		return nil
	}
	counted := saw(before.first.asked, "this is the renewal number %d of this application and browser within %s", before.n,
		ago(before.first.began, s.began))
	x := before.token
	switch {
	case x != nil && time.Duration(x.expiresIn())*time.Second <= stormTime:
		return one(diagnosis.RenewalStorm, afterwards, c.atMost(diagnosis.Likely), counted,
			saw(x.answer, "the token of the one before lives %d s", x.expiresIn()))
	case s.silent():
		return one(diagnosis.RenewalStorm, afterwards, diagnosis.Possible, counted, missed("a page asks once whenever it is loaded: where it "+
			"was loaded as often, by reloads, in several tabs, or by tests that share one login, nothing is wrong"))
	}
	return one(diagnosis.RenewalStorm, afterwards, c.atMost(diagnosis.Likely), counted)
}

// burst are the renewals of one application and browser in the time of a storm, with the one that is judged.
type burst struct {
	n           int
	first       *exchange // the oldest
	token       *exchange // what brought the newest token before the one that is judged; nil: none of which it is known how long it lives
	overflowing *exchange // what brought a token whose life overflows a timer; nil: nothing did
	browser     comparison
}

// renewalsJustBefore are the renewals of a storm, and what brought their tokens.
func (s *ruleInput) renewalsJustBefore() burst {
	b := burst{n: 1, first: s.exchange}
	for x := range s.history.within(s.exchange, stormTime) {
		c := s.compare(x)
		if !x.renewal() && x.grant() != names.GrantAuthorizationCode || x.client != s.client || !c.same() {
			continue
		}
		b.browser = c
		if _, ok := x.succeeded(); ok && x.expiresIn() > biggestTimer {
			b.overflowing = x
			return b
		}
		if x.expiresIn() > 0 && b.token == nil {
			b.token = x
		}
		if x.renewal() && x.alike(s.exchange, "audience") {
			b.n, b.first = b.n+1, x
		}
	}
	return b
}

// twoSDKs are two different SDKs that renew in one page at the same time.
func twoSDKs(s *ruleInput) []finding {
	if !s.silent() || s.sdk() == "" || s.page() == "" {
		return nil
	}
	for x := range s.history.within(s.exchange, 5*time.Second) {
		if !x.silent() || x.page() != s.page() || x.sdk() == "" || x.sdk() == s.sdk() || !s.compare(x).same() {
			continue
		}
		asked := []diagnosis.Evidence{saw(x.asked, "%s asked from a page of %s", x.sdk(), s.page()),
			saw(s.asked, "%s asked from there %s later", s.sdk(), ago(x.began, s.began))}
		if x.over() && x.ended() < s.asked.seq {
			return one(diagnosis.TwoSDKs, afterwards, diagnosis.Possible, append(asked, missed("the first had its answer by then, "+
				"and the second may be of another tab"))...)
		}
		return one(diagnosis.TwoSDKs, afterwards, s.compare(x).atMost(diagnosis.Likely), asked...)
	}
	return nil
}

// rejected is a request that shows that the app did not take the good answer of the renewal just before.
func rejected(s *ruleInput) []finding {
	if s.endpoint != names.Authorize || s.asked.FetchMode == "" {
		return nil
	}
	again := s.silent()
	if !again && (!s.interactive() || s.query("prompt") != "" || s.query("screen_hint") != "") {
		return nil
	}
	for x := range s.history.within(s.exchange, 10*time.Second) {
		c := s.compare(x)
		if !c.same() {
			continue
		}
		if x.logsOut() || x.interactive() || x.endpoint == names.Resume || x.calledForMore() {
			return nil
		}
		l, ok := x.log(event.SuccessSilentAuth)
		if !ok || x.client != s.client || x.endpoint != names.Authorize || x.diagnosed {
			continue
		}
		if l.seq > s.asked.seq || x.last.After(s.began) { // it had no answer to take when it asked again
			continue
		}
		switch {
		case s.history.leftCode(x) && x.alike(s.exchange, "audience") && x.alike(s.exchange, "scope"):
			return one(diagnosis.AppRejectedTheAnswer, afterwards, diagnosis.Possible,
				saw(l, "the renewal %s before succeeded and brought a code", ago(x.began, s.began)),
				missed("nobody had exchanged it by then"), saw(s.asked, "and the app asked again"),
				missed("a page that is reloaded at that moment, or another tab, does so too, and then nothing is wrong"))
		case !again && s.asksForTheSame(x):
			return one(diagnosis.AppRejectedTheAnswer, afterwards, c.atMost(diagnosis.Likely),
				saw(l, "the renewal %s before succeeded", ago(x.began, s.began)),
				saw(s.asked, "the app sent the person to the login page all the same"))
		}
		return nil
	}
	return nil
}

// calledForMore tells of a request for tokens that failed, or brought what an app refuses with reason: the app had no good answer.
func (x *exchange) calledForMore() bool {
	failed := x.failed() || x.unanswered.made()
	return x.silent() && failed || x.endpoint == names.Token && (failed || x.diagnosed)
}

// asksForTheSame tells whether a login is for no more than what a renewal brought: not for another API, scope, account or factor.
func (s *ruleInput) asksForTheSame(x *exchange) bool {
	for _, name := range []string{"audience", "scope", "connection", "organization", "acr_values", "max_age"} {
		if !s.alike(x, name) {
			return false
		}
	}
	return true
}

// leftCode tells of a frame that brought nothing but a code, which nobody exchanged.
func (h *history) leftCode(x *exchange) bool {
	return len(x.tokens) == 0 && x.framed() && !h.codeExchanged(x)
}
