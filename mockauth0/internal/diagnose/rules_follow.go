package diagnose

import (
	"time"

	"renewal.example/mockauth0/diagnosis"
)

// afterLogout is a refresh token that is exchanged although the session that it came from was ended by the app's logout.
func afterLogout(s *scene) []finding {
	l, ok := s.log("sertft")
	if !ok || s.endpoint != "token" {
		return nil
	}
	f := s.history.families[l.text("family")]
	if f == nil {
		return nil
	}
	ended := s.history.sessions[f.session]
	if ended == nil || ended.ended.seq == 0 || ended.ended.text("why") != "logout" || ended.ended.seq > l.seq {
		return nil
	}
	if by := s.history.byID[ended.endedBy]; by == nil || by.client != s.client || by.agent() != s.agent() {
		return nil
	}
	return one(diagnosis.RenewalAfterLogout, afterwards, diagnosis.Certain, saw(ended.ended, "the app logged the person out %s before", ago(ended.ended.date, l.date)),
		saw(l, "it still holds the refresh token of that login, and used it"))
}

// A storm is more renewals than any app needs.
const (
	stormSize = 6
	stormTime = 20 * time.Second
)

// storm is a renewal that comes at once after others. The first that goes too far is told, and then one a minute.
func storm(s *scene) []finding {
	if !s.renewal() || s.asked.text("fetch_mode") == "" { // not a browser
		return nil
	}
	first, overflowing := s.run()
	if overflowing != nil {
		return one(diagnosis.LifetimeOverflowsTimer, afterwards, diagnosis.Certain,
			saw(overflowing.answer, "the token lives %d s (%d days); a JavaScript timer takes 2147483 s (24.8 days)", overflowing.expiresIn(), overflowing.expiresIn()/86400),
			saw(s.asked, "the next renewal came %s later", ago(overflowing.last, s.began)))
	}
	if first == nil {
		return nil
	}
	return one(diagnosis.RenewalStorm, afterwards, diagnosis.Likely, saw(first.asked, "this is the renewal number %d of this application and browser within %s", s.recent(stormTime)+1, ago(first.began, s.began)),
		saw(s.asked, "nobody has done anything in between that asks for it"))
}

// run looks at the renewals just before: the first of a storm, or the one whose token's life overflows a timer.
func (s *scene) run() (first, overflowing *exchange) {
	n := 1
	for x := range s.history.before(s.exchange) {
		if s.began.Sub(x.began) > stormTime {
			break
		}
		if !x.renewal() && x.grant() != "authorization_code" || x.agent() != s.agent() || x.client != s.client {
			continue
		}
		if _, ok := x.succeeded(); ok && x.expiresIn() > biggestTimer {
			return nil, x
		}
		if !x.renewal() || x.query("audience") != s.query("audience") {
			continue
		}
		if n++; n >= stormSize {
			return x, nil
		}
	}
	return nil, nil
}

// twoSDKs are two different SDKs that renew in one page at the same time.
func twoSDKs(s *scene) []finding {
	if !s.silent() || s.sdk() == "" || s.page() == "" {
		return nil
	}
	for x := range s.history.before(s.exchange) {
		if s.began.Sub(x.began) > 5*time.Second {
			break
		}
		if x.silent() && x.page() == s.page() && x.agent() == s.agent() && x.sdk() != "" && x.sdk() != s.sdk() {
			return one(diagnosis.TwoSDKs, afterwards, diagnosis.Likely, saw(x.asked, "%s asked from a page of %s", x.sdk(), s.page()), saw(s.asked, "%s asked from there %s later", s.sdk(), ago(x.began, s.began)))
		}
	}
	return nil
}

// rejected is a request that shows that the app did not take the good answer of the renewal just before.
func rejected(s *scene) []finding {
	if s.endpoint != "authorize" || s.asked.text("fetch_mode") == "" {
		return nil
	}
	again := s.silent()
	if !again && (!s.interactive() || s.query("prompt") != "" || s.query("screen_hint") != "") {
		return nil
	}
	for x := range s.history.before(s.exchange) {
		if s.began.Sub(x.began) > 10*time.Second {
			return nil
		}
		if x.agent() != s.agent() {
			continue
		}
		if x.endpoint == "logout" || x.endpoint == "oidc.logout" || x.interactive() || x.endpoint == "authorize.resume" {
			return nil
		}
		l, ok := x.log("ssa")
		if !ok || x.client != s.client || x.endpoint != "authorize" || x.diagnosed {
			continue
		}
		switch {
		case len(x.tokens) == 0 && x.framed() && !s.history.exchanged(x) && x.query("audience") == s.query("audience") && x.query("scope") == s.query("scope"):
			return one(diagnosis.AppRejectedTheAnswer, afterwards, diagnosis.Likely, saw(l, "the renewal %s before went well and brought a code", ago(x.began, s.began)),
				missed("the app never exchanged it"), saw(s.asked, "and asked again"))
		case !again:
			return one(diagnosis.AppRejectedTheAnswer, afterwards, diagnosis.Likely, saw(l, "the renewal %s before went well", ago(x.began, s.began)),
				saw(s.asked, "the app sent the person to the login page all the same"))
		}
		return nil
	}
	return nil
}
