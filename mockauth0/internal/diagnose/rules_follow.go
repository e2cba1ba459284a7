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
	if of == nil || !of.ended.made() || of.ended.Why != event.LoggedOut || of.ended.seq > l.seq {
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

// storm is a renewal that comes at once after others. The first that goes too far is reported, and then one a minute.
func storm(s *ruleInput) []finding {
	if !s.renewal() || s.asked.FetchMode == "" { // not a browser
		return nil
	}
	first, overflowing, c := s.renewalsJustBefore()
	if x := overflowing; x != nil {
		return one(diagnosis.LifetimeOverflowsTimer, afterwards, c.atMost(diagnosis.Certain),
			saw(x.answer, "the token lives %d s (%d days); a JavaScript timer takes %d s (24.8 days)",
				x.expiresIn(), x.expiresIn()/86400, biggestTimer),
			saw(s.asked, "the next renewal came %s later", ago(x.last, s.began)))
	}
	if first == nil {
		return nil
	}
	return one(diagnosis.RenewalStorm, afterwards, c.atMost(diagnosis.Likely),
		saw(first.asked, "this is the renewal number %d of this application and browser within %s",
			s.recent(stormTime)+1, ago(first.began, s.began)),
		saw(s.asked, "and nothing happened in between that calls for it"))
}

// renewalsJustBefore are the first of a storm, or the renewal whose token's life overflows a timer.
func (s *ruleInput) renewalsJustBefore() (first, overflowing *exchange, c comparison) {
	n := 1
	for x := range s.history.within(s.exchange, stormTime) {
		c = s.compare(x)
		if !x.renewal() && x.grant() != names.GrantAuthorizationCode || x.client != s.client || !c.same() {
			continue
		}
		if _, ok := x.succeeded(); ok && x.expiresIn() > biggestTimer {
			return nil, x, c
		}
		if !x.renewal() || !x.alike(s.exchange, "audience") {
			continue
		}
		if n++; n >= stormSize {
			return x, nil, c
		}
	}
	return nil, nil, c
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
		return one(diagnosis.TwoSDKs, afterwards, s.compare(x).atMost(diagnosis.Likely),
			saw(x.asked, "%s asked from a page of %s", x.sdk(), s.page()),
			saw(s.asked, "%s asked from there %s later", s.sdk(), ago(x.began, s.began)))
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
		if x.logsOut() || x.interactive() || x.endpoint == names.Resume {
			return nil
		}
		l, ok := x.log(event.SuccessSilentAuth)
		if !ok || x.client != s.client || x.endpoint != names.Authorize || x.diagnosed {
			continue
		}
		if l.seq > s.asked.seq { // it had no answer to take when it asked again
			continue
		}
		switch {
		case s.history.leftCode(x) && x.alike(s.exchange, "audience") && x.alike(s.exchange, "scope"):
			return one(diagnosis.AppRejectedTheAnswer, afterwards, c.atMost(diagnosis.Likely),
				saw(l, "the renewal %s before succeeded and brought a code", ago(x.began, s.began)),
				missed("the app never exchanged it"), saw(s.asked, "and asked again"))
		case !again:
			return one(diagnosis.AppRejectedTheAnswer, afterwards, c.atMost(diagnosis.Likely),
				saw(l, "the renewal %s before succeeded", ago(x.began, s.began)),
				saw(s.asked, "the app sent the person to the login page all the same"))
		}
		return nil
	}
	return nil
}

// leftCode tells of a frame that brought nothing but a code, which nobody exchanged.
func (h *history) leftCode(x *exchange) bool {
	return len(x.tokens) == 0 && x.framed() && !h.codeExchanged(x)
}
