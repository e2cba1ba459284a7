package diagnose

import (
	"slices"
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
	cookies := found(diagnosis.ThirdPartyCookiesBlocked, inReply, diagnosis.Possible, unknown)
	if withholdsCookies(s.asked.UserAgent) {
		cookies.evidence = append(cookies.evidence, saw(s.asked, "the browser is %s, which withholds third-party cookies", s.asked.UserAgent))
	}
	none := found(diagnosis.NoSession, inReply, diagnosis.Possible, unknown)
	used, c := s.newest(event.SuccessLogin, event.SuccessSilentAuth)
	if !used.made() {
		none.evidence = append(none.evidence, missed("no login with this application was seen before"))
		return []finding{none, cookies}
	}
	usage := saw(used, "the session was last seen in use %s before", ago(used.date, l.date))
	if warned, ok := s.devKeysWarned(); ok {
		return append(one(diagnosis.DevKeys, inReply, diagnosis.Likely, saw(warned, "the tenant warned of it: %s", warned.text), usage), cookies)
	}
	asUsual := missed("a tenant that is set up as usual forgets a session after 72 h without use, and after 168 h at the latest")
	login, _ := s.newest(event.SuccessLogin)
	switch age := l.date.Sub(used.date); {
	case age >= usualIdle:
		return append(one(diagnosis.SessionIdleExpired, inReply, diagnosis.Possible, usage, asUsual, unknown), cookies, none)
	case login.made() && l.date.Sub(login.date) >= usualAbsolute:
		began := saw(login, "the newest login that was seen is %s old", ago(login.date, l.date))
		return append(one(diagnosis.SessionAbsoluteExpired, inReply, diagnosis.Possible, began, asUsual, unknown), cookies, none)
	case age < time.Hour && c.same():
		cookies.confidence = c.atMost(diagnosis.Likely)
	}
	cookies.evidence, none.evidence = append(cookies.evidence, usage), append(none.evidence, usage)
	return []finding{cookies, none}
}

// withholdsCookies tells of browsers that withhold third-party cookies as they are installed, by what they call themselves.
func withholdsCookies(userAgent string) bool {
	named := func(name string) bool { return strings.Contains(userAgent, name) }
	return slices.ContainsFunc([]string{"Safari/", "Firefox/", "Brave/"}, named) && !named("Chrome/")
}

// newest is the newest log entry of some types, of this application in what may be this browser.
func (s *ruleInput) newest(codes ...event.LogCode) (logEntry, comparison) {
	for x := range s.history.before(s.exchange) {
		if l, ok := x.log(codes...); ok && x.client == s.client && s.compare(x).possible() {
			return l, s.compare(x)
		}
	}
	return logEntry{LogEntry: &event.LogEntry{}}, comparison{}
}

// devKeysWarned is the tenant's own warning that this application's people log in with developer keys.
func (s *ruleInput) devKeysWarned() (logEntry, bool) {
	for x := range s.history.before(s.exchange) {
		if w, ok := x.log(event.Warning); ok && x.client == s.client && w.Reason == event.DevelopmentKeys {
			return w, true
		}
	}
	return logEntry{}, false
}
