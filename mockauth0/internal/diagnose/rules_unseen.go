package diagnose

import (
	"strings"
	"time"
)

// unseenCookies is a login_required of which nobody wrote down whether the browser sent its session cookie: the log of a real
// tenant does not tell, and browsers leave cookies out of what they record. What is left is the time since the login.
func unseenCookies(s *scene) []finding {
	l, failed := s.log("fsa")
	if n, _, _ := s.unusable(); !failed || !s.silent() || l.text("error") != "login_required" || n.seq != 0 || s.asked.has("cookies") || among(strings.ToLower(l.description), "multifactor", "mfa") {
		return nil
	}
	unknown := missed("whether the browser sent the session cookie was not recorded")
	cookies := finding{"third_party_cookies_blocked", inTheReply, Possible, []Evidence{unknown}}
	if agent := s.asked.text("user_agent"); among(agent, "Safari/", "Firefox/", "Brave/") && !among(agent, "Chrome/") {
		cookies.evidence = append(cookies.evidence, saw(s.asked, "the browser is %s, which withholds third-party cookies", agent))
	}
	none := finding{"no_session", inTheReply, Possible, []Evidence{unknown}}
	login, used := s.newest("s"), s.newest("s", "ssa")
	if used.seq == 0 {
		none.evidence = append(none.evidence, missed("no login with this application was seen before"))
		return []finding{none, cookies}
	}
	usage := saw(used, "the session was last seen in use %s before", ago(used.date, l.date))
	if warned, ok := s.devKeysWarned(); ok {
		return []finding{{"dev_keys", inTheReply, Likely, []Evidence{saw(warned, "the tenant warned of it: %s", warned.description), usage}}, cookies}
	}
	const asUsual = "a tenant that is set up as usual forgets a session after 72 h without use, and after 168 h at the latest"
	switch age := l.date.Sub(used.date); {
	case age >= 72*time.Hour:
		return []finding{{"session_idle_expired", inTheReply, Possible, []Evidence{usage, missed(asUsual), unknown}}, cookies, none}
	case login.seq != 0 && l.date.Sub(login.date) >= 168*time.Hour:
		began := saw(login, "the newest login that was seen is %s old", ago(login.date, l.date))
		return []finding{{"session_absolute_expired", inTheReply, Possible, []Evidence{began, missed(asUsual), unknown}}, cookies, none}
	case age < time.Hour:
		cookies.confidence = Likely
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
