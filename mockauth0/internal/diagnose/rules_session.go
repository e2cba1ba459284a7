package diagnose

import (
	"slices"
	"strings"

	"renewal.example/mockauth0/diagnosis"
)

// session is a silent request that found no session it could use.
func session(s *scene) []finding {
	if !s.silent() {
		return nil
	}
	l, failed := s.log("fsa")
	if failed && l.text("error") != "login_required" {
		return nil
	}
	n, why, id := s.unusable()
	switch {
	case n.seq == 0 || !failed && s.answer.seq != 0:
		return nil
	case why == "no_cookie":
		return s.noCookie(n)
	case why == "bad_signature":
		return one(diagnosis.SessionCookieInvalid, inTheReply, diagnosis.Certain, saw(n, "the browser sent a session cookie whose signature is not this tenant's"))
	case why == "unknown":
		return s.endedSession(n, id)
	case why == "idle_expired":
		return one(diagnosis.SessionIdleExpired, inTheReply, diagnosis.Certain, s.expiry(n, id, "idle")...)
	case why == "absolute_expired":
		return one(diagnosis.SessionAbsoluteExpired, inTheReply, diagnosis.Certain, s.expiry(n, id, "absolute")...)
	case why == "max_age":
		return one(diagnosis.SessionTooOld, inTheReply, diagnosis.Certain, saw(s.asked, "the request has max_age=%s", s.query("max_age")), saw(n, "the login is older than that"))
	case why == "other_connection":
		return one(diagnosis.SessionOtherConnection, inTheReply, diagnosis.Certain, saw(s.asked, "the request names the connection %s", s.query("connection")), saw(n, "the session is of another one"))
	case why == "connection_not_enabled":
		return one(diagnosis.ConnectionUnusable, inTheReply, diagnosis.Certain, saw(n, "the session's connection is not enabled for this application"))
	case why == "id_token_hint":
		return one(diagnosis.AnotherUsersSession, inTheReply, diagnosis.Certain, saw(n, "id_token_hint names another user than the session"))
	}
	return nil
}

func one(code diagnosis.Code, at stage, confidence diagnosis.Confidence, evidence ...diagnosis.Evidence) []finding {
	return []finding{{code, at, confidence, evidence}}
}

// expiry tells of a session whose time was over.
func (s *scene) expiry(n noted, id, which string) []diagnosis.Evidence {
	evidence := []diagnosis.Evidence{saw(n, "the browser sent the cookie of a session whose %s lifetime is over", which)}
	if l := s.history.sessions[id]; l != nil && l.begun.seq != 0 {
		evidence = append(evidence, saw(l.begun, "the session began %s before", ago(l.begun.date, n.date)))
	}
	return evidence
}

// noCookie is a request without the session cookie: withheld by the browser, never set, gone, or never there.
func (s *scene) noCookie(n noted) []finding {
	login, begun := s.latestLogin()
	var alive *life
	if begun != nil && begun.aliveAt(n.seq) {
		alive = begun
	}
	what := "request"
	if s.framed() {
		what = "frame's request"
	}
	bare := saw(s.asked, "the %s carried no session cookie (auth0)", what)
	if s.asked.text("storage_access") == "none" {
		found := finding{diagnosis.ThirdPartyCookiesBlocked, inTheReply, diagnosis.Likely, []diagnosis.Evidence{bare,
			saw(s.asked, "Sec-Fetch-Storage-Access: none says that the browser withholds cookies from this frame: they are third-party cookies there")}}
		if alive != nil {
			found.confidence = diagnosis.Certain
			found.evidence = append(found.evidence, saw(alive.begun, "a session begun %s ago on this application is alive", ago(alive.begun.date, n.date)))
			return s.withDevKeys([]finding{found}, login, n)
		}
		return append(s.withDevKeys([]finding{found}, login, n), finding{diagnosis.NoSession, inTheReply, diagnosis.Possible, []diagnosis.Evidence{missed("no login with this browser was seen")}})
	}
	if dev := s.devKeys(login, n); dev != nil {
		return dev
	}
	if alive != nil {
		if found := s.cookieNotSet(n, bare); found != nil {
			return found
		}
		lives := saw(alive.begun, "a session begun %s ago on this application is alive", ago(alive.begun.date, n.date))
		if len(s.asked.texts("cookies")) == 0 && s.framed() && s.asked.text("storage_access") == "" && s.asked.text("fetch_site") == "cross-site" {
			return []finding{
				{diagnosis.ThirdPartyCookiesBlocked, inTheReply, diagnosis.Likely, []diagnosis.Evidence{bare, lives, saw(s.asked, "the frame is of another site than the page, and not even the device cookie came")}},
				{diagnosis.NoSession, inTheReply, diagnosis.Possible, []diagnosis.Evidence{bare, missed("the browser's cookies may have been cleared")}},
			}
		}
		return one(diagnosis.NoSession, inTheReply, diagnosis.Likely, bare, lives, saw(s.asked, "and nothing says that the browser withholds cookies here: they were cleared, or it is another browser"))
	}
	if begun != nil && begun.ended.seq != 0 {
		return append(s.endedSession(n, begun.id), finding{diagnosis.NoSession, inTheReply, diagnosis.Possible, []diagnosis.Evidence{bare}})
	}
	if s.asksWhoIsThere() {
		return nil
	}
	sure := diagnosis.Certain
	if s.recorded() {
		sure = diagnosis.Likely // the recording may have begun after the login
	}
	return one(diagnosis.NoSession, inTheReply, sure, bare, missed("no login with this browser was seen"))
}

// recorded tells whether this was read from a recording, before which nothing is known.
func (s *scene) recorded() bool {
	_, recording := s.state.(blind)
	return recording
}

// asksWhoIsThere tells of an app that looks for a session, when it is loaded for instance, in a browser with which nobody has
// logged in to it: that nobody is there is the right answer, and no renewal failed. A recording may begin after the login,
// so nothing of the kind is known there.
func (s *scene) asksWhoIsThere() bool {
	if s.recorded() {
		return false
	}
	l, failed := s.log("fsa")
	if _, why, _ := s.unusable(); !failed || l.text("error") != "login_required" || why != "no_cookie" {
		return false
	}
	login, begun := s.latestLogin()
	return login == nil && begun == nil
}

// cookieNotSet is a login whose answer came to the browser without the cookie of the session that it began: shown is what
// the browser sends in its place, nothing or the cookie of an older session.
func (s *scene) cookieNotSet(n noted, shown diagnosis.Evidence) []finding {
	_, begun := s.latestLogin()
	if begun == nil || !begun.aliveAt(n.seq) {
		return nil
	}
	by := s.history.byID[begun.begunBy]
	if by == nil || by.answer.seq == 0 || slices.Contains(by.answer.texts("set_cookies"), "auth0") {
		return nil
	}
	return one(diagnosis.SessionCookieNotSet, inTheReply, diagnosis.Certain, shown, saw(begun.begun, "the session began %s ago", ago(begun.begun.date, n.date)),
		saw(by.answer, "the login's answer set no session cookie"))
}

// latestLogin is the newest login with this application in what may be this browser, and the session that it began.
func (s *scene) latestLogin() (*exchange, *life) {
	for x := range s.history.before(s.exchange) {
		if l, ok := x.log("s"); ok && x.client == s.client && (x.agent() == s.agent()) {
			for _, one := range s.history.sessions {
				if one.id == l.text("session") {
					return x, one
				}
			}
			return x, nil
		}
	}
	return nil, nil
}

// devKeys is a login by a connection with Auth0's developer keys, which leaves no session.
func (s *scene) devKeys(login *exchange, n noted) []finding {
	if login == nil {
		return nil
	}
	l, _ := login.log("s")
	if began := s.history.sessions[l.text("session")]; began != nil && began.begun.seq != 0 {
		return nil
	}
	switch {
	case s.state.DevKeys(login.connection):
		return one(diagnosis.DevKeys, inTheReply, diagnosis.Certain, saw(l, "the person logged in with %s %s ago, and no session came of it", login.connection, ago(l.date, n.date)),
			missed("the connection %s uses Auth0's developer keys", login.connection))
	case login.connection != "":
		return one(diagnosis.DevKeys, inTheReply, diagnosis.Likely, saw(l, "the person logged in with %s %s ago, and no session came of it", login.connection, ago(l.date, n.date)))
	}
	return nil
}

// withDevKeys adds that the login left no session anyway.
func (s *scene) withDevKeys(found []finding, login *exchange, n noted) []finding {
	return append(s.devKeys(login, n), found...)
}

// endedSession is a cookie whose session the tenant does not know any more.
func (s *scene) endedSession(n noted, id string) []finding {
	cookie := saw(n, "the browser sent the cookie of a session that is not there any more")
	if found := s.cookieNotSet(n, cookie); found != nil {
		return found
	}
	l := s.history.sessions[id]
	if l == nil || l.ended.seq == 0 || l.ended.seq > n.seq {
		if l != nil && l.begun.seq != 0 || s.state.SessionAlive(id) {
			evidence := []diagnosis.Evidence{saw(n, "the browser sent a valid session cookie, and the tenant found no session for it"), missed("nothing has ended the session")}
			if l != nil && l.begun.seq != 0 {
				evidence = append(evidence, saw(l.begun, "it began %s before", ago(l.begun.date, n.date)))
			}
			return one(diagnosis.SessionLost, inTheReply, diagnosis.Certain, evidence...)
		}
		return one(diagnosis.SessionEnded, inTheReply, diagnosis.Likely, cookie, missed("who ended it was not seen"))
	}
	switch why := l.ended.text("why"); why {
	case "idle_expired":
		return one(diagnosis.SessionIdleExpired, inTheReply, diagnosis.Certain, saw(l.ended, "the session's idle lifetime was over"), cookie)
	case "absolute_expired":
		return one(diagnosis.SessionAbsoluteExpired, inTheReply, diagnosis.Certain, saw(l.ended, "the session's absolute lifetime was over"), cookie)
	case "logout":
		return s.loggedOut(n, l)
	default:
		return one(diagnosis.SessionEnded, inTheReply, diagnosis.Certain, saw(l.ended, "the session was ended %s before: %s", ago(l.ended.date, n.date), why), cookie)
	}
}

// loggedOut tells a logout of the app's own from one elsewhere.
func (s *scene) loggedOut(n noted, l *life) []finding {
	by := s.history.byID[l.endedBy]
	if by != nil && by.client == s.client && s.sameBrowser(by) {
		return one(diagnosis.RenewalAfterLogout, inTheReply, diagnosis.Certain, saw(l.ended, "the app logged the person out %s before", ago(l.ended.date, n.date)),
			saw(s.asked, "it sent this renewal after that, from the same browser"))
	}
	from := "elsewhere"
	if by != nil && by.clientName != "" {
		from = "from " + by.clientName
	}
	return one(diagnosis.LoggedOut, inTheReply, diagnosis.Certain, saw(l.ended, "the person logged out %s %s before", from, ago(l.ended.date, n.date)))
}

// refusedSilently is an error that the authorization endpoint sent, to the callback or on a page.
func refusedSilently(s *scene) []finding {
	l, failed := s.log("fsa")
	if !failed || !s.silent() {
		return nil
	}
	code, text := l.text("error"), l.description
	said := saw(l, "the tenant refused: %s (%s)", code, text)
	if found := policy(s, l, code, text, said); found != nil {
		return found
	}
	switch code {
	case "consent_required":
		return s.consent(l, said)
	case "interaction_required":
		return s.interaction(l, said)
	case "account_selection_required":
		return one(diagnosis.AccountSelectionNeeded, inTheReply, diagnosis.Certain, said)
	case "login_required":
		if n, _, _ := s.unusable(); n.seq != 0 || !s.asked.has("cookies") {
			return nil // the rules of sessions and of cookies tell more
		}
		if strings.Contains(s.asked.text("path"), "authorize") && s.query("organization") == "" && among(text, "organization") {
			return one(diagnosis.OrganizationRefused, inTheReply, diagnosis.Likely, said)
		}
		evidence := []diagnosis.Evidence{said}
		if s.cookie() {
			evidence = append(evidence, saw(s.asked, "the browser sent its session cookie, and nothing says that the session could not be used"))
		}
		return one(diagnosis.Unexplained, inTheReply, diagnosis.Possible, evidence...)
	case "invalid_request":
		return one(requestCause(text), inTheReply, diagnosis.Certain, said)
	case "unauthorized_client":
		switch {
		case among(text, "Callback URL mismatch", "list of allowed callback URLs"):
			return one(diagnosis.CallbackMismatch, inTheReply, diagnosis.Certain, said, saw(s.asked, "redirect_uri is %s", s.query("redirect_uri")))
		case among(text, "Grant type"):
			return one(diagnosis.GrantTypeDisabled, inTheReply, diagnosis.Certain, said)
		}
		return one(diagnosis.RequestInvalid, inTheReply, diagnosis.Likely, said)
	case "unsupported_response_type", "unsupported_response_mode", "request_not_supported", "request_uri_not_supported", "invalid_scope":
		return one(diagnosis.RequestInvalid, inTheReply, diagnosis.Certain, said)
	case "too_many_requests":
		return one(diagnosis.RateLimited, inTheReply, diagnosis.Certain, said)
	case "server_error", "temporarily_unavailable":
		return one(diagnosis.ServerError, inTheReply, diagnosis.Certain, said)
	}
	return nil
}

// requestCause tells which of the invalid requests one is, by Auth0's words.
func requestCause(text string) diagnosis.Code {
	switch {
	case among(text, "registered origin"):
		return diagnosis.WebOriginMissing
	case among(text, "organization"):
		return diagnosis.OrganizationRefused
	case among(text, "Unknown client"):
		return diagnosis.ClientUnknown
	case among(text, "connection"):
		return diagnosis.ConnectionUnusable
	case among(text, "not authorized to access resource server"):
		return diagnosis.AudienceUnknown
	}
	return diagnosis.RequestInvalid
}

// policy is what both endpoints refuse by the same words: people and Actions.
func policy(s *scene, l noted, code, text string, said diagnosis.Evidence) []finding {
	if p, ok := s.decision(); ok {
		code := map[string]diagnosis.Code{"access denied": diagnosis.ActionDenied, "redirect": diagnosis.ActionRedirects, "second factor due": diagnosis.MFADemanded}[p.description]
		if code != "" {
			return one(code, inTheReply, diagnosis.Certain, saw(p, "the login flow decided: %s (%s)", p.description, p.text("by")), said)
		}
	}
	switch {
	case among(text, "user is blocked"):
		return one(diagnosis.UserBlocked, inTheReply, diagnosis.Certain, said)
	case among(text, "Unable to construct sso user", "doesn't exist anymore"):
		return one(diagnosis.UserDeleted, inTheReply, diagnosis.Certain, said)
	case code == "mfa_required", among(strings.ToLower(text), "multifactor", "mfa"):
		return one(diagnosis.MFADemanded, inTheReply, diagnosis.Certain, said)
	case among(text, "Service not found", "Service not enabled"):
		return one(diagnosis.AudienceUnknown, inTheReply, diagnosis.Certain, said, saw(s.asked, "the request's audience is %q", s.query("audience")))
	case code == "access_denied" && among(text, "organization"):
		return one(diagnosis.OrganizationRefused, inTheReply, diagnosis.Certain, said)
	case code == "unauthorized", code == "access_denied" && text != "Unauthorized":
		return one(diagnosis.ActionDenied, inTheReply, diagnosis.Likely, said, missed("neither the user nor the application is refused as such, so an Action of the login flow is"))
	}
	return nil
}

// consent tells consent that was taken back from consent that was never given.
func (s *scene) consent(l noted, said diagnosis.Evidence) []finding {
	for _, e := range s.history.withdrawn {
		if e.Seq < l.seq && e.ClientID == s.client && (s.user == "" || e.UserID == s.user) {
			return one(diagnosis.ConsentWithdrawn, inTheReply, diagnosis.Certain, saw(note(e), "the person's consent was withdrawn %s before", ago(e.Date, l.date)), said)
		}
	}
	evidence := []diagnosis.Evidence{said}
	if uri := s.query("redirect_uri"); loopback(uri) {
		evidence = append(evidence, saw(s.asked, "the callback %s is on the person's own machine, so the application cannot be verified", uri))
	}
	return one(diagnosis.ConsentMissing, inTheReply, diagnosis.Certain, evidence...)
}

// interaction tells what the tenant wants of the person.
func (s *scene) interaction(_ noted, said diagnosis.Evidence) []finding {
	uri := s.query("redirect_uri")
	confirm := finding{diagnosis.ConfirmationNeeded, inTheReply, diagnosis.Likely, []diagnosis.Evidence{said, saw(s.asked, "the callback %s cannot be verified: it is on the person's machine or has a scheme of its own", uri)}}
	action := finding{diagnosis.ActionRedirects, inTheReply, diagnosis.Likely, []diagnosis.Evidence{said, missed("an Action of the login flow wants to show the person something")}}
	if loopback(uri) {
		return []finding{confirm, weakerTo(action, diagnosis.Possible)}
	}
	return []finding{action}
}
