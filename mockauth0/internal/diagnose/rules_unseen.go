package diagnose

import (
	"cmp"
	"strings"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
)

// How long a tenant that is set up as usual remembers a session
// (https://auth0.com/docs/manage-users/sessions/session-lifetime-limits).
const (
	usualIdle     = 72 * time.Hour
	usualAbsolute = 168 * time.Hour
)

// unseenCookies is a login_required of which nobody wrote down whether the browser sent its session cookie: the log of a real
// tenant does not say, and browsers leave cookies out of what they record. What is left is the time since the login.
func unseenCookies(s *ruleInput) []finding {
	l, failed := s.log(event.FailedSilentAuth)
	if !failed || !s.silent() || l.Error != errLoginRequired || s.unusable().made() || s.asked.Cookies != nil ||
		l.Reason == event.SecondFactorDue {
		return nil
	}
	unknown := missed("whether the browser sent the session cookie was not recorded")
	hidden := s.asked.Unknown.Has(event.CookieHeader)
	if hidden {
		unknown = missed("which cookies the browser sent was taken out of the recording")
	}
	cookies := found(diagnosis.ThirdPartyCookiesBlocked, inReply, diagnosis.Possible, unknown)
	if habit := cookieHabit(s.asked.UserAgent); habit != "" {
		cookies.evidence = append(cookies.evidence, saw(s.asked, "the browser is %s, which %s", s.asked.UserAgent, habit))
	}
	none := found(diagnosis.NoSession, inReply, diagnosis.Possible, unknown)
	by, used, c := s.newest(event.SuccessLogin, event.SuccessSilentAuth)
	if out := s.unseenLogout(by, used); out != nil {
		return append(out, cookies, none)
	}
	if !used.made() {
		none.evidence = append(none.evidence, missed("no login with this application was seen before"))
		return []finding{none, cookies}
	}
	usage := s.inUse(by, used)
	if warned, sameAs, ok := s.devKeysWarned(by); ok {
		return append(one(diagnosis.DevKeys, inReply, sameAs.atMost(diagnosis.Likely),
			saw(warned, "the tenant warned of it: %s", warned.text), usage), cookies)
	}
	asUsual := missed("a tenant that is set up as usual forgets a session after 72 h without use, and after 168 h at the latest")
	_, login, _ := s.newest(event.SuccessLogin)
	switch age := l.date.Sub(used.date); {
	case age >= usualIdle:
		return append(one(diagnosis.SessionIdleExpired, inReply, diagnosis.Possible, usage, asUsual, unknown), cookies, none)
	case login.made() && l.date.Sub(login.date) >= usualAbsolute:
		began := saw(login, "the newest login that was seen is %s old", ago(login.date, l.date))
		return append(one(diagnosis.SessionAbsoluteExpired, inReply, diagnosis.Possible, began, asUsual, unknown), cookies, none)
	case age < time.Hour && c.same() && !hidden:
		cookies.confidence = c.atMost(diagnosis.Likely)
	}
	cookies.evidence, none.evidence = append(cookies.evidence, usage), append(none.evidence, usage)
	return []finding{cookies, none}
}

// inUse is the newest use of a session before the request. Whether it is the browser's own is known where a recording is of one browser,
// or where both are of one person.
func (s *ruleInput) inUse(by *exchange, used logEntry) diagnosis.Evidence {
	which := "a session of this application"
	if s.compare(by).known() || s.user != "" && s.user == by.user {
		which = "the session"
	}
	return saw(used, "%s was last seen in use %s before", which, ago(used.date, s.began))
}

// cookieHabit is what a browser does with third-party cookies as it is installed, by what it calls itself; "": it may do either.
func cookieHabit(userAgent string) string {
	named := func(name string) bool { return strings.Contains(userAgent, name) }
	switch {
	case named("Chrome/"):
		return ""
	case named("Firefox/"): // its heuristic privacy.restrict3rdpartystorage.heuristic.navigation
		return "withholds third-party cookies, unless the person has clicked through a login by redirect"
	case named("Safari/"), named("Brave/"):
		return "withholds third-party cookies"
	}
	return ""
}

// newest is the newest log entry of some types, of this application and in what may be this browser, and its exchange.
func (s *ruleInput) newest(codes ...event.LogCode) (*exchange, logEntry, comparison) {
	for x := range s.history.before(s.exchange) {
		if l, ok := x.log(codes...); ok && x.client == s.client && s.compare(x).possible() && s.mayBeOf(x) && s.sharesCookies(x) {
			return x, l, s.compare(x)
		}
	}
	return nil, logEntry{LogEntry: &event.LogEntry{}}, comparison{}
}

// devKeysWarned is the tenant's own warning that somebody logged in to this application with developer keys, as far as it may be of this
// person and this browser. by is where the session was last used.
func (s *ruleInput) devKeysWarned(by *exchange) (logEntry, comparison, bool) {
	for x := range s.history.before(s.exchange) {
		w, ok := x.warned(event.DevelopmentKeys)
		if ok && x.client == s.client && s.compare(x).possible() && s.mayBeOf(x) && ofOnePerson(x, by) {
			return w, s.compare(x), true
		}
	}
	return logEntry{}, comparison{}, false
}

// ofOnePerson tells whether two requests may be of one person; by may be nil.
func ofOnePerson(x, by *exchange) bool {
	return by == nil || by.user == "" || x.user == "" || by.user == x.user
}

// mayBeOf tells whether two requests may be of one person: nothing says that they are of two.
func (s *ruleInput) mayBeOf(x *exchange) bool {
	return ofOnePerson(s.exchange, x)
}

// unseenLogout is a logout since the session was last seen in use, as far as it may be of this person and this browser; nil when
// there is none. used is that use, by an exchange; none where it was not seen.
func (s *ruleInput) unseenLogout(by *exchange, used logEntry) []finding {
	for x := range s.history.before(s.exchange) {
		l, ok := x.log(event.SuccessLogout, event.FailedLogout)
		if used.made() && x.asked.seq < used.seq {
			return nil
		}
		if !ok || !s.endsSessionOf(x, l, by, used) {
			continue
		}
		confidence := s.compare(x).atMost(diagnosis.Likely)
		if l.code == event.FailedLogout {
			confidence = diagnosis.Possible
		}
		code, who := diagnosis.LoggedOut, "the person logged out"
		if x.client != "" && x.client == s.client {
			code, who = diagnosis.RenewalAfterLogout, "the app logged the person out"
		}
		out := saw(l, "%s %s before, and no login was seen since", who, ago(l.date, s.began))
		if l.code == event.FailedLogout {
			out = saw(l, "%s %s before; the tenant refused where it leads to (%s), and may have ended the session all the same",
				who, ago(l.date, s.began), l.text)
		}
		evidence := []diagnosis.Evidence{out}
		if used.made() {
			evidence = append(evidence, s.inUse(by, used))
		}
		return one(code, inReply, confidence, evidence...)
	}
	return nil
}

// endsSessionOf tells whether a logout may have ended the session of this request: that which was last used or, where a record names
// no session, one of the same person in what may be the same browser.
func (s *ruleInput) endsSessionOf(x *exchange, l logEntry, by *exchange, used logEntry) bool {
	switch {
	case !s.compare(x).possible(), !s.mayBeOf(x), !s.sharesCookies(x):
		return false
	case used.Session != "" && l.Session != "":
		return used.Session == l.Session
	}
	return ofOnePerson(x, by)
}

// refusedUnseen is a refresh token that a tenant refused without a word of why, as real ones do: it has expired, was revoked, had
// been replaced, is not known, or the person's consent was withdrawn. What was seen of it before comes first.
func (s *ruleInput) refusedUnseen(l logEntry) []finding {
	if !s.imported() || l.code == event.FailedExchangeRotatingRefresh {
		return nil
	}
	said := saw(l, "the tenant refused: %s (%s), which does not tell more", l.Error, l.text)
	var seen, others []finding
	for _, code := range []diagnosis.Code{
		diagnosis.RefreshTokenExpired, diagnosis.RefreshTokenRevoked, diagnosis.RefreshTokenReused, diagnosis.RefreshTokenUnknown,
		diagnosis.ConsentWithdrawn,
	} {
		if hint := s.refusalHint(code); hint.Text != "" {
			seen = append(seen, found(code, inReply, diagnosis.Possible, said, hint))
		} else {
			others = append(others, found(code, inReply, diagnosis.Possible, said))
		}
	}
	return append(seen, others...)
}

// usualRefreshIdle is how long a refresh token lives without use where an application is set up as usual
// (https://auth0.com/docs/secure/tokens/refresh-tokens/configure-refresh-token-expiration).
const usualRefreshIdle = 15 * 24 * time.Hour

// refusalHint is what was seen before that speaks for a cause; without text when nothing does. Where the token itself is not known,
// it is of this person's other refresh tokens for this application.
func (s *ruleInput) refusalHint(code diagnosis.Code) diagnosis.Evidence {
	used := false // a refresh token of this person was seen in use
	for x := range s.history.before(s.exchange) {
		l, ok := x.succeeded()
		if token := s.query("refresh_token"); token != "" && ok && l.RefreshToken && x.query("refresh_token") == token {
			if code == diagnosis.RefreshTokenReused {
				return saw(l, "this refresh token was exchanged %s before, and replaced", ago(l.date, s.began))
			}
		}
		if s.user == "" || x.user != s.user || x.client != "" && x.client != s.client {
			continue
		}
		if hint := s.hintOf(x, code); hint.Text != "" {
			return hint
		}
		if l, ok := x.log(event.SuccessExchangeRefreshToken, event.SuccessExchangeCode); ok && !used {
			used = true
			if code == diagnosis.RefreshTokenExpired && s.began.Sub(l.date) >= usualRefreshIdle {
				return saw(l, "this person's newest exchange with the app was %s before; an app that is set up as usual has refresh tokens "+
					"that expire after 15 days without use", ago(l.date, s.began))
			}
		}
	}
	return diagnosis.Evidence{}
}

// hintOf is what an earlier request of this person tells of a cause.
func (s *ruleInput) hintOf(x *exchange, code diagnosis.Code) diagnosis.Evidence {
	for _, hint := range []struct {
		of   event.LogCode
		to   diagnosis.Code
		what string
	}{
		{event.FailedExchangeRotatingRefresh, diagnosis.RefreshTokenReused, "an old refresh token of this person and app was used %s before: " +
			"that revokes all of its line"},
		{event.SuccessRevokeRefreshToken, diagnosis.RefreshTokenRevoked, "a refresh token of this person was revoked %s before"},
		{event.ResourceCleanup, diagnosis.RefreshTokenRevoked, "the tenant deleted refresh tokens of this person %s before: there were too many"},
	} {
		if l, ok := x.log(hint.of); ok && hint.to == code {
			return saw(l, hint.what, ago(l.date, s.began))
		}
	}
	return diagnosis.Evidence{}
}

// withheldByLog is a record that says that a page's request failed by CORS.
func (s *ruleInput) withheldByLog() []finding {
	l, ok := s.log(event.FailedByCORS)
	if !ok {
		return nil
	}
	evidence := []diagnosis.Evidence{
		saw(l, "the tenant wrote down that a request of a page failed by CORS: %s", cmp.Or(l.text, string(l.code))),
	}
	if s.asked.Origin != "" {
		evidence = append(evidence, saw(s.asked, "the page is of %s", s.asked.Origin))
	}
	return one(diagnosis.CORSMissing, inDelivery, diagnosis.Likely, append(evidence,
		missed("what the request was for is not in the record: it need not have been a renewal"))...)
}
