package diagnose

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/names"
)

// session is a silent request that found no session it could use.
func session(s *ruleInput) []finding {
	if !s.silent() {
		return nil
	}
	l, failed := s.log(event.FailedSilentAuth)
	if failed && l.Error != errLoginRequired {
		return nil
	}
	n := s.unusable()
	if !n.made() || !failed && s.answer.made() {
		return nil
	}
	certain := func(code diagnosis.Code, evidence ...diagnosis.Evidence) []finding {
		return one(code, inReply, diagnosis.Certain, evidence...)
	}
	switch n.Why {
	case event.NoCookie:
		return s.noCookie(n)
	case event.BadSignature:
		return certain(diagnosis.SessionCookieInvalid, saw(n, "the browser sent a session cookie whose signature is not this tenant's"))
	case event.UnknownSession:
		if s.asksWhoIsThere() {
			return nil
		}
		return s.endedSession(n, n.ID, saw(n, "the browser sent the cookie of a session that is not there any more"))
	case event.IdleExpired:
		return certain(diagnosis.SessionIdleExpired, s.expiry(n, "idle")...)
	case event.AbsoluteExpired:
		return certain(diagnosis.SessionAbsoluteExpired, s.expiry(n, "absolute")...)
	case event.LoginTooOld:
		return certain(diagnosis.SessionTooOld,
			saw(s.asked, "the request has max_age=%s", s.query("max_age")), saw(n, "the login is older than that"))
	case event.OtherConnection:
		return certain(diagnosis.SessionOtherConnection,
			saw(s.asked, "the request names the connection %s", s.query("connection")), saw(n, "the session is of another one"))
	case event.ConnectionNotEnabled:
		return certain(diagnosis.ConnectionUnusable, saw(n, "the session's connection is not enabled for this application"))
	case event.HintOfAnother:
		return certain(diagnosis.AnotherUsersSession,
			shows(diagnosis.HintNamesAnother, saw(n, "id_token_hint names another user than the session")))
	}
	return nil
}

// expiry is a session whose time was over.
func (s *ruleInput) expiry(n sessionChange, which string) []diagnosis.Evidence {
	evidence := []diagnosis.Evidence{saw(n, "the browser sent the cookie of a session whose %s lifetime is over", which)}
	if l := s.history.sessions[n.ID]; l != nil && l.begun.made() {
		evidence = append(evidence, saw(l.begun, "the session began %s before", ago(l.begun.date, n.date)))
	}
	return evidence
}

// noCookie is a request without the session cookie: withheld by the browser, of another host, never set, gone, or never there.
func (s *ruleInput) noCookie(n sessionChange) []finding {
	what := "request"
	if s.framed() {
		what = "frame's request"
	}
	bare := saw(s.asked, "the %s carried no session cookie (auth0)", what)
	login := s.latestLogin()
	if all := s.otherDomain(n, login, bare); all != nil {
		return all
	}
	if s.withholds() || s.ownSiteOnly() {
		return s.withheldCookie(n, login, bare)
	}
	if s.asksWhoIsThere() {
		return nil
	}
	if dev := s.devKeys(login, n); dev != nil {
		return dev
	}
	if login.aliveAt(n.ref) {
		return s.missingCookie(n, login, bare)
	}
	if login.session != nil && login.session.ended.made() {
		return append(s.endedOfLogin(n, login, bare), found(diagnosis.NoSession, inReply, diagnosis.Possible, bare))
	}
	if s.fetchUnknown() {
		return whereverFrom(bare)
	}
	confidence := diagnosis.Certain
	if s.imported() || s.history.partial {
		confidence = diagnosis.Likely
	}
	return one(diagnosis.NoSession, inReply, confidence, bare, missed("no login with this browser was seen"))
}

// withholds tells of a browser that says that it withholds cookies from this frame, and gives it none. Firefox can say so of a
// frame to which it gives cookies.
func (s *ruleInput) withholds() bool {
	return (s.asked.StorageAccess == "none" || s.asked.StorageAccess == "inactive") && len(s.asked.Cookies) == 0
}

// ownSiteOnly tells of a frame that no browser gives the tenant's cookies, whatever its settings: by plain http they are SameSite=Lax, and
// the frame is of another site than the page.
func (s *ruleInput) ownSiteOnly() bool {
	return s.asked.Scheme == "http" && s.inFrame() && s.asked.FetchSite == "cross-site"
}

// cookiesCome tells whether the browser sends the tenant's cookies with this request, as far as it has any: it says so, the request
// is of the tenant's own site or of a window of its own, or a cookie came that a window got.
func (s *ruleInput) cookiesCome() bool {
	if s.ownSiteOnly() {
		return false
	}
	switch s.asked.StorageAccess {
	case "active":
		return true
	case "none", "inactive":
		return s.sentCookie(names.DeviceCookie, names.DeviceCookieCompat) && len(s.browser.root().visited) > 0
	}
	return slices.Contains([]string{"same-origin", "same-site", "none"}, s.asked.FetchSite) || s.inWindow() ||
		s.sentCookie(names.DeviceCookie, names.DeviceCookieCompat) && len(s.browser.root().visited) > 0
}

// withheldCookie is a frame from which the browser says that it withholds cookies.
func (s *ruleInput) withheldCookie(n sessionChange, login pastLogin, bare diagnosis.Evidence) []finding {
	if s.asksWhoIsThere() {
		return nil
	}
	sign := saw(s.asked, "Sec-Fetch-Storage-Access: %s says that the browser withholds cookies from this frame: "+
		"they are third-party cookies there", s.asked.StorageAccess)
	if s.ownSiteOnly() {
		sign = shows(diagnosis.OwnSiteCookie, saw(s.asked, "the tenant is by plain http, so its cookies are SameSite=Lax, and the frame is of "+
			"another site than the page (Sec-Fetch-Site: cross-site)"))
	}
	blocked := found(diagnosis.ThirdPartyCookiesBlocked, inReply, diagnosis.Likely, bare, sign)
	blocked.evidence = append(blocked.evidence, s.aboutFrame()...)
	dev := s.devKeys(login, n)
	if !login.aliveAt(n.ref) {
		return append(dev, blocked, found(diagnosis.NoSession, inReply, diagnosis.Possible, missed("no login with this browser was seen")))
	}
	if !slices.ContainsFunc(s.logins(), func(p pastLogin) bool { return !p.aliveAt(n.ref) }) {
		blocked.confidence = login.browser.atMost(diagnosis.Certain) // whichever browser it is, it has a session
	}
	blocked.evidence = append(blocked.evidence, login.alive(n))
	return append(dev, blocked)
}

// aboutFrame is what tells one frame without cookies from another: what is around the app, what the app has beside the cookie, and
// whether a remedy is done already.
func (s *ruleInput) aboutFrame() (all []diagnosis.Evidence) {
	if s.asked.FetchSite == "same-site" || s.asked.FetchSite == "same-origin" {
		all = append(all, shows(diagnosis.EmbeddedApp, saw(s.asked, "app and tenant are of one site (Sec-Fetch-Site: %s), so a page of another "+
			"site is around the app", s.asked.FetchSite)))
	}
	if l, ok := s.refreshTokenOfLogin(); ok && s.asksOffline() {
		all = append(all, shows(diagnosis.HasRefreshToken, saw(l, "the login brought a refresh token %s before", ago(l.date, s.began))))
	}
	if custom := s.state.CustomDomain(); custom != "" && !strings.EqualFold(custom, s.asked.Host) {
		all = append(all, shows(diagnosis.CustomDomainUnused, saw(s.asked, "the request went to %s, and the tenant has the custom domain %s",
			s.asked.Host, custom)))
	}
	return all
}

// refreshTokenOfLogin is the newest exchange of a login's code; false unless each of the logins that may be this browser's, and whose
// code was exchanged, brought a refresh token.
func (s *ruleInput) refreshTokenOfLogin() (newest logEntry, ok bool) {
	for _, login := range s.logins() {
		l, exchanged := s.history.exchangeOf(login.at)
		switch {
		case !exchanged:
		case !l.RefreshToken:
			return newest, false
		case !ok:
			newest, ok = l, true
		}
	}
	return newest, ok
}

// asksOffline tells of a request that asks for a refresh token, as those of an app do that renews with them.
func (s *ruleInput) asksOffline() bool {
	return slices.Contains(strings.Fields(s.query("scope")), "offline_access")
}

// missingCookie is a request without a session cookie although the session of the latest login lives.
func (s *ruleInput) missingCookie(n sessionChange, login pastLogin, bare diagnosis.Evidence) []finding {
	if all := s.cookieNotSet(n, login, bare); all != nil {
		return all
	}
	alive := login.alive(n)
	if sign, ok := s.foreignFrame(); ok {
		blocked := found(diagnosis.ThirdPartyCookiesBlocked, inReply, s.sure(login, diagnosis.Likely), bare, alive, sign)
		blocked.evidence = append(blocked.evidence, s.aboutFrame()...)
		return []finding{
			blocked, found(diagnosis.NoSession, inReply, diagnosis.Possible, bare, missed("the browser's cookies may have been cleared")),
		}
	}
	if s.fetchUnknown() {
		return whereverFrom(bare, alive)
	}
	why := saw(s.asked, "and nothing says that the browser withholds cookies here: they were cleared, or it is another browser")
	if login.browser.known() && s.sentCookie(names.DeviceCookie, names.DeviceCookieCompat) {
		why = shows(diagnosis.DeviceKnown, saw(s.asked, "the browser of that login sent its device cookie (did), so it withholds none here"))
	}
	all := one(diagnosis.NoSession, inReply, s.sure(login, diagnosis.Likely), bare, alive, why)
	if by := s.history.byID[login.session.begunBy]; by != nil && slices.Contains(by.answer.Transient, names.SessionCookie) {
		all[0].evidence = append(all[0].evidence, shows(diagnosis.NotPersistent, saw(by.answer, "the login's answer set it without an expiry")))
	}
	if s.asked.StorageAccess == "none" && !s.cookiesCome() {
		all[0].confidence = diagnosis.Possible
		all = append(all, found(diagnosis.ThirdPartyCookiesBlocked, inReply, diagnosis.Possible, bare,
			saw(s.asked, "Sec-Fetch-Storage-Access is none, and a cookie came all the same, so it is no proof")))
	}
	return all
}

// fetchUnknown tells that the headers that say where a request comes from were taken out of the recording.
func (s *ruleInput) fetchUnknown() bool {
	return slices.ContainsFunc([]string{"Sec-Fetch-Site", "Sec-Fetch-Dest", "Sec-Fetch-Storage-Access"}, s.asked.Unknown.Has)
}

// whereverFrom is a request without a session cookie of which it is not known whether the browser withheld it.
func whereverFrom(evidence ...diagnosis.Evidence) []finding {
	evidence = append(evidence, missed("whether it came from a frame of another site was taken out of the recording"))
	return []finding{
		found(diagnosis.ThirdPartyCookiesBlocked, inReply, diagnosis.Possible, evidence...),
		found(diagnosis.NoSession, inReply, diagnosis.Possible, evidence...),
	}
}

// foreignFrame is the sign of a browser that withholds cookies and does not say so: a frame of another site got none at all, or only
// one that the tenant set in such a frame before. A browser that partitions cookies keeps that one apart from the login's.
func (s *ruleInput) foreignFrame() (diagnosis.Evidence, bool) {
	if !s.framed() || s.asked.FetchSite != "cross-site" || s.asked.StorageAccess == "active" {
		return diagnosis.Evidence{}, false
	}
	root := s.browser.root()
	switch {
	case s.bareForeignFrame():
		return saw(s.asked, "the frame is of another site than the page, and not even the device cookie came"), true
	case root.partitioned(), root.born.made() && s.history.browsers.source == Recording:
		return shows(diagnosis.PartitionedCookie, saw(root.born, "the device cookie (did) that came was set in the frame, by the "+
			"answer to a request without cookies, and not at the login: the browser keeps the frame's cookies apart")), true
	}
	return diagnosis.Evidence{}, false
}

// sure lowers the confidence of a finding about the browser of a login: a guess is possible at most, and so is one of several.
func (s *ruleInput) sure(login pastLogin, confidence diagnosis.Confidence) diagnosis.Confidence {
	if !login.browser.known() && len(s.logins()) > 1 {
		return diagnosis.Possible
	}
	return login.browser.atMost(confidence)
}

// asksWhoIsThere tells of an app that looks for a session, when it is loaded for instance, in a browser with which nobody has
// logged in to it, or on the page that a logout has led to: that nobody is there is the right answer, and no renewal failed. An import
// may begin after the login, so nothing of the kind is known there; and where an application says that it was a renewal, it was one.
func (s *ruleInput) asksWhoIsThere() bool {
	if s.imported() || s.claimed {
		return false
	}
	n := s.unusable()
	l, failed := s.log(event.FailedSilentAuth)
	if !failed || l.Error != errLoginRequired {
		return false
	}
	login := s.latestLogin()
	switch {
	case s.loadedByLogout(cmp.Or(s.history.sessions[n.ID], login.session)):
		return true
	case n.Why != event.NoCookie:
		return false
	case login.at == nil:
		return !s.loggedInElsewhere(n) && !((s.withholds() || s.ownSiteOnly()) && s.history.anySession(n.ref))
	case login.browser.known() || !s.cookiesCome():
		return false
	}
	// The browser of a login would have sent that login's device cookie at least, unless its answer set none.
	return s.cookieNotSet(n, login, diagnosis.Evidence{}) == nil
}

// loadTime is how long a page that a logout leads to may take until it asks who is there.
const loadTime = 10 * time.Second

// loadedByLogout tells of the first frame of a page that the app's logout has just led to. The page that was there before is gone with
// its timers, so this one asks as it does whenever it is loaded. Another tab whose timer fires at that very moment looks the same.
func (s *ruleInput) loadedByLogout(l *life) bool {
	if l == nil || !l.ended.made() || l.ended.Why != event.LoggedOut || !s.framed() || s.page() == "" {
		return false
	}
	out := s.history.byID[l.endedBy]
	if out == nil || out.client != s.client || out.asked.FetchDest != "document" || origin(out.answer.Location) != s.page() ||
		!s.compare(out).same() || s.began.Before(out.last) || s.began.Sub(out.last) > loadTime {
		return false
	}
	for x := range s.history.before(s.exchange) {
		if x == out {
			return true
		}
		if x.silent() && x.client == s.client && s.compare(x).same() {
			return false // it asks again, or the other tab does
		}
	}
	return false
}

// loggedInElsewhere tells whether the application has a session at another of the tenant's hosts.
func (s *ruleInput) loggedInElsewhere(n sessionChange) bool {
	return slices.ContainsFunc(s.loginsAt(func(x *exchange) bool { return !s.sharesCookies(x) }),
		func(p pastLogin) bool { return p.aliveAt(n.ref) })
}

// otherDomain is a session that was begun at another host of the tenant: its cookie stays there.
func (s *ruleInput) otherDomain(n sessionChange, here pastLogin, bare diagnosis.Evidence) []finding {
	if here.aliveAt(n.ref) || here.at != nil && here.browser.known() {
		return nil
	}
	elsewhere := s.loginsAt(func(x *exchange) bool { return !s.sharesCookies(x) })
	i := slices.IndexFunc(elsewhere, func(p pastLogin) bool { return p.aliveAt(n.ref) })
	if i < 0 {
		return nil
	}
	login := elsewhere[i]
	confidence := login.browser.atMost(diagnosis.Certain)
	switch {
	case login.browser.known():
	case len(elsewhere) > 1 || here.at != nil:
		confidence = diagnosis.Possible
	default:
		confidence = diagnosis.Likely
	}
	all := one(diagnosis.SessionAtOtherDomain, inReply, confidence, bare, login.alive(n),
		saw(login.at.asked, "the login was at %s", login.at.host()), saw(s.asked, "the request went to %s", s.host()))
	return append(all, found(diagnosis.NoSession, inReply, diagnosis.Possible, missed("no login at this domain was seen")))
}

// cookieNotSet is a login whose answer came to the browser without the cookie of the session that it began: shown is what
// the browser sends in its place, nothing or the cookie of an older session.
func (s *ruleInput) cookieNotSet(n sessionChange, login pastLogin, shown diagnosis.Evidence) []finding {
	if !login.aliveAt(n.ref) {
		return nil
	}
	begun := login.session.begun
	by := s.history.byID[login.session.begunBy]
	if by == nil || !by.answer.made() || slices.Contains(by.answer.SetCookies, names.SessionCookie) ||
		by.answer.Unknown.Has(event.SetCookieHeader) {
		return nil
	}
	return one(diagnosis.SessionCookieNotSet, inReply, s.sure(login, diagnosis.Certain), shown,
		saw(begun, "the session began %s ago", ago(begun.date, n.date)), saw(by.answer, "the login's answer set no session cookie"))
}

// pastLogin is a login with an application in what may be the browser of a request.
type pastLogin struct {
	at      *exchange // nil: there was none
	session *life     // that it began; nil: none is known
	browser comparison
}

// aliveAt tells whether the session that it began lived at a moment.
func (p pastLogin) aliveAt(at ref) bool { return p.session != nil && p.session.aliveAt(at) }

// alive is the evidence of that.
func (p pastLogin) alive(n sessionChange) diagnosis.Evidence {
	begun := p.session.begun
	return shows(diagnosis.SessionAlive, saw(begun, "a session begun %s ago on this application is alive", ago(begun.date, n.date)))
}

// latestLogin is the newest login with this application in this browser or, where none is known, in what may be this browser.
func (s *ruleInput) latestLogin() pastLogin {
	if all := s.logins(); len(all) > 0 {
		return all[0]
	}
	return pastLogin{}
}

// logins are the newest login with this application at this host in this browser or, where none is known, in each that may be this
// browser, the newest first.
func (s *ruleInput) logins() []pastLogin { return s.loginsAt(s.sharesCookies) }

// loginsAt are those of logins at some hosts.
func (s *ruleInput) loginsAt(host func(*exchange) bool) []pastLogin {
	var all []pastLogin
	seen := map[*browser]bool{}
	for x := range s.history.before(s.exchange) {
		l, ok := x.log(event.SuccessLogin)
		if !ok || x.client != s.client || !host(x) {
			continue
		}
		login := pastLogin{x, s.history.sessions[l.Session], s.compare(x)}
		switch root := x.browser.root(); {
		case login.browser.known():
			return []pastLogin{login}
		case login.browser.possible() && !seen[root]:
			seen[root] = true
			all = append(all, login)
		}
	}
	return all
}

// devKeys is a login by a connection with Auth0's developer keys, which leaves no session.
func (s *ruleInput) devKeys(login pastLogin, n sessionChange) []finding {
	if login.at == nil || login.at.connection == "" || login.session != nil && login.session.begun.made() ||
		login.at.answer.Unknown.Has(event.SetCookieHeader) {
		return nil
	}
	l, _ := login.at.log(event.SuccessLogin)
	seen := saw(l, "the person logged in with %s %s ago, and that left no session", login.at.connection, ago(l.date, n.date))
	if s.state.DevKeys(login.at.connection) {
		return one(diagnosis.DevKeys, inReply, s.sure(login, diagnosis.Certain), seen,
			missed("the connection %s uses Auth0's developer keys", login.at.connection))
	}
	return one(diagnosis.DevKeys, inReply, s.sure(login, diagnosis.Likely), seen)
}

// endedSession is a session that the tenant does not know any more. shown is what the browser sent of it.
func (s *ruleInput) endedSession(n sessionChange, id string, shown diagnosis.Evidence) []finding {
	if all := s.cookieNotSet(n, s.latestLogin(), shown); all != nil {
		return all
	}
	certain := func(code diagnosis.Code, evidence ...diagnosis.Evidence) []finding {
		return one(code, inReply, diagnosis.Certain, evidence...)
	}
	l := s.history.sessions[id]
	if l == nil || !l.ended.made() || l.ended.seq > n.seq {
		return s.lostSession(n, id, shown)
	}
	switch why := l.ended.Why; why {
	case event.IdleExpired:
		return certain(diagnosis.SessionIdleExpired, saw(l.ended, "the session's idle lifetime was over"), shown)
	case event.AbsoluteExpired:
		return certain(diagnosis.SessionAbsoluteExpired, saw(l.ended, "the session's absolute lifetime was over"), shown)
	case event.LoggedOut:
		return s.loggedOut(n, l)
	default:
		how := map[event.Reason]diagnosis.Facts{
			event.Replaced: diagnosis.ReplacedByLogin, event.PasswordChanged: diagnosis.PasswordHasChanged, event.Revoked: diagnosis.RevokedByAdmin,
		}[why]
		return certain(diagnosis.SessionEnded,
			shows(how, saw(l.ended, "the session was ended %s before: %s", ago(l.ended.date, n.date), why)), shown)
	}
}

// endedOfLogin is the end of the session of a login. Where nothing shows that it was this browser's, it may be another's.
func (s *ruleInput) endedOfLogin(n sessionChange, login pastLogin, bare diagnosis.Evidence) []finding {
	all := s.endedSession(n, login.session.id, bare)
	if login.browser.known() {
		return all
	}
	for i := range all {
		all[i].confidence = diagnosis.Possible
	}
	return all
}

// lostSession is a cookie whose session is gone although nothing has ended it, as far as is known.
func (s *ruleInput) lostSession(n sessionChange, id string, cookie diagnosis.Evidence) []finding {
	l := s.history.sessions[id]
	begun := l != nil && l.begun.made()
	if !begun && !s.state.SessionAlive(id) {
		return one(diagnosis.SessionEnded, inReply, diagnosis.Likely, cookie, missed("who ended it was not seen"))
	}
	evidence := []diagnosis.Evidence{
		saw(n, "the browser sent a valid session cookie, and the tenant found no session for it"), missed("nothing has ended the session"),
	}
	if begun {
		evidence = append(evidence, saw(l.begun, "it began %s before", ago(l.begun.date, n.date)))
	}
	return one(diagnosis.SessionLost, inReply, diagnosis.Certain, evidence...)
}

// loggedOut tells a logout of the app's own from one elsewhere.
func (s *ruleInput) loggedOut(n sessionChange, l *life) []finding {
	if s.asked.seq < l.ended.seq {
		return one(diagnosis.LoggedOut, inReply, diagnosis.Certain, saw(s.asked, "the renewal was under way"),
			saw(l.ended, "and the person logged out before it was answered"))
	}
	by := s.history.byID[l.endedBy]
	if by != nil && s.ownLogout(by) {
		if c := s.compare(by); c.same() {
			out := saw(l.ended, "the app logged the person out %s before", ago(l.ended.date, n.date))
			if s.imported() && s.loadedByLogout(l) { // nobody can say any more that it was a renewal
				return one(diagnosis.RenewalAfterLogout, inReply, diagnosis.Possible, out, missed(
					"the page that the logout led to may have asked whether somebody is there, and then nothing is wrong"))
			}
			return one(diagnosis.RenewalAfterLogout, inReply, c.atMost(diagnosis.Certain), out,
				saw(s.asked, "it sent this renewal after that, from the same browser"))
		}
	}
	from := "by a request that names no application,"
	if by != nil && by.client != "" {
		from = "from " + cmp.Or(by.clientName, by.client)
	}
	return one(diagnosis.LoggedOut, inReply, diagnosis.Certain,
		saw(l.ended, "the person logged out %s %s before", from, ago(l.ended.date, n.date)))
}

// ownLogout tells whether a logout was this application's: it names it or, where it names none, came from a page of the same origin.
func (s *ruleInput) ownLogout(by *exchange) bool {
	return by.client == s.client || by.client == "" && s.page() != "" && by.page() == s.page()
}

// users are renewals that bring tokens for somebody else than the browser's session was made for.
func users(s *ruleInput) []finding {
	l, ok := s.log(event.SuccessSilentAuth)
	if !ok || !s.silent() {
		return nil
	}
	used := s.history.sessions[l.Session]
	for x := range s.history.before(s.exchange) {
		c := s.compare(x)
		if !c.same() || c.guessed && s.imported() { // a log is of many people whose browsers have one name
			continue
		}
		for _, n := range x.sessions {
			if n.Change != event.SessionBegun {
				continue
			}
			begun := s.history.sessions[n.ID]
			if begun == nil || begun.user == s.user || used != nil && used.id == begun.id {
				return nil
			}
			return one(diagnosis.AnotherUsersSession, inReply, c.atMost(diagnosis.Certain),
				saw(n, "the browser's latest login was of %s", begun.user), saw(l, "the renewal was answered for %s", s.user))
		}
	}
	return nil
}
