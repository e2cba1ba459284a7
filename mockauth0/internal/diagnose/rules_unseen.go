package diagnose

import (
	"strings"
	"time"

	"renewal.example/mockauth0/diagnosis"
)

// unseenCookies is a login_required of which nobody wrote down whether the browser sent its session cookie: the log of a real
// tenant does not tell, and browsers leave cookies out of what they record. What is left is the time since the login.
func unseenCookies(s *scene) []finding {
	l, failed := s.log("fsa")
	if n, _, _ := s.unusable(); !failed || !s.silent() || l.text("error") != "login_required" || n.seq != 0 || s.asked.has("cookies") || among(strings.ToLower(l.description), "multifactor", "mfa") {
		return nil
	}
	unknown := missed("whether the browser sent the session cookie was not recorded")
	cookies := finding{diagnosis.ThirdPartyCookiesBlocked, inTheReply, diagnosis.Possible, []diagnosis.Evidence{unknown}}
	if agent := s.asked.text("user_agent"); among(agent, "Safari/", "Firefox/", "Brave/") && !among(agent, "Chrome/") {
		cookies.evidence = append(cookies.evidence, saw(s.asked, "the browser is %s, which withholds third-party cookies", agent))
	}
	none := finding{diagnosis.NoSession, inTheReply, diagnosis.Possible, []diagnosis.Evidence{unknown}}
	login, used := s.newest("s"), s.newest("s", "ssa")
	if used.seq == 0 {
		none.evidence = append(none.evidence, missed("no login with this application was seen before"))
		return []finding{none, cookies}
	}
	usage := saw(used, "the session was last seen in use %s before", ago(used.date, l.date))
	if warned, ok := s.devKeysWarned(); ok {
		return []finding{{diagnosis.DevKeys, inTheReply, diagnosis.Likely, []diagnosis.Evidence{saw(warned, "the tenant warned of it: %s", warned.description), usage}}, cookies}
	}
	const asUsual = "a tenant that is set up as usual forgets a session after 72 h without use, and after 168 h at the latest"
	switch age := l.date.Sub(used.date); {
	case age >= 72*time.Hour:
		return []finding{{diagnosis.SessionIdleExpired, inTheReply, diagnosis.Possible, []diagnosis.Evidence{usage, missed(asUsual), unknown}}, cookies, none}
	case login.seq != 0 && l.date.Sub(login.date) >= 168*time.Hour:
		began := saw(login, "the newest login that was seen is %s old", ago(login.date, l.date))
		return []finding{{diagnosis.SessionAbsoluteExpired, inTheReply, diagnosis.Possible, []diagnosis.Evidence{began, missed(asUsual), unknown}}, cookies, none}
	case age < time.Hour:
		cookies.confidence = diagnosis.Likely
	}
	cookies.evidence, none.evidence = append(cookies.evidence, usage), append(none.evidence, usage)
	return []finding{cookies, none}
}

// newest is the newest log entry of some types, of this application in what may be this browser.
func (s *scene) newest(types ...string) noted {
	for x := range s.history.before(s.exchange) {
		if l, ok := x.log(types...); ok && x.client == s.client && x.agent() == s.agent() {
			return l
		}
	}
	return noted{}
}

// devKeysWarned is the tenant's own warning that this application's people log in with developer keys.
func (s *scene) devKeysWarned() (noted, bool) {
	for x := range s.history.before(s.exchange) {
		if w, ok := x.log("w"); ok && x.client == s.client && among(strings.ToLower(w.description), "development keys", "developer keys") {
			return w, true
		}
	}
	return noted{}, false
}
