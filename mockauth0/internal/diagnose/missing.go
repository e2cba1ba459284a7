package diagnose

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/pattern"
)

// newestExchange is the newest request by which an application got tokens at the token endpoint, and its entry in the log; nil: there is
// none.
func (h *history) newestExchange(client string) (*exchange, logEntry) {
	for _, x := range slices.Backward(h.exchanges) {
		if l, ok := x.log(event.SuccessExchangeCode, event.SuccessExchangeRefreshToken); ok && x.client == client {
			return x, l
		}
	}
	return nil, logEntry{LogEntry: &event.LogEntry{}}
}

// oneBrowser tells whether all that renewed for an application, or exchanged a code, may have been one browser. Where nothing came of
// an application, and several use it, nobody knows which of them it is about.
func (h *history) oneBrowser(client string) bool {
	var first *exchange
	for _, x := range h.exchanges {
		_, ok := x.log(event.SuccessSilentAuth, event.SuccessExchangeCode, event.SuccessExchangeRefreshToken)
		if !ok || x.client != client {
			continue
		}
		if first == nil {
			first = x
		}
		if !h.browsers.compare(first, x).possible() {
			return false
		}
	}
	return true
}

// withoutRefreshToken tells of a client whose SDK has no refresh token although it asked for one: the login brought none,
// or the newest exchange of the one it had brought no other. An SDK that renews with one does not even ask then.
func (h *history) withoutRefreshToken(client string) (finding, bool) {
	x, l := h.newestExchange(client)
	if x == nil || l.RefreshToken || !h.oneBrowser(client) {
		return finding{}, false
	}
	if l.code == event.SuccessExchangeRefreshToken {
		return found(diagnosis.RefreshTokenMissing, inDelivery, diagnosis.Likely,
			shows(diagnosis.ExchangeBroughtNone, saw(l, "the newest exchange of a refresh token brought no new one")),
			missed("some SDKs keep none then (auth0-spa-js 2, with its worker)")), true
	}
	asked := h.requestOf(l)
	if asked == nil || !slices.Contains(strings.Fields(asked.query("scope")), "offline_access") {
		return finding{}, false
	}
	evidence := []diagnosis.Evidence{
		saw(asked.asked, "the login asked for offline_access"),
		saw(l, "the exchange of its code brought no refresh token (granted: %s)", l.Scope),
	}
	return found(diagnosis.RefreshTokenMissing, inDelivery, diagnosis.Certain, append(evidence, h.warnedOffline(l)...)...), true
}

// warnedOffline is the tenant's warning at a login that no refresh token comes of it, and why.
func (h *history) warnedOffline(exchanged logEntry) []diagnosis.Evidence {
	asked := h.byID[exchanged.AskedBy]
	if asked == nil {
		return nil
	}
	why := map[event.Reason]diagnosis.Facts{
		event.OfflineNotAllowed: diagnosis.OfflineNotAllowed, event.RefreshGrantOff: diagnosis.RefreshGrantOff,
	}
	for _, w := range asked.logs {
		if fact := why[w.Reason]; fact != 0 && w.code == event.Warning {
			return []diagnosis.Evidence{shows(fact, saw(w, "the tenant warned of it at the login: %s", w.text))}
		}
	}
	return nil
}

// requestOf is the authorization request whose code was exchanged; nil: it is not known. That of a login ends at another
// endpoint than it began.
func (h *history) requestOf(exchanged logEntry) *exchange {
	x := h.byID[exchanged.AskedBy]
	if x == nil || x.endpoint == names.Authorize {
		return x
	}
	for y := range h.before(x) {
		if y.endpoint == names.Authorize && y.client == x.client && h.browsers.compare(x, y).same() {
			return y
		}
	}
	return nil
}

// withoutWords is what auth0-spa-js says when it has no refresh token for what it asks for.
var withoutWords = pattern.Lazy(`(?i)missing refresh token \(audience: '([^']*)', scope: '([^']*)'\)`)

// wanted is what the application asked its SDK for, as far as the SDK says it.
func (r Report) wanted() (audience string, scope []string, ok bool) {
	m := withoutWords().FindStringSubmatch(r.Text)
	if m == nil {
		return "", nil, false
	}
	if m[1] == "default" { // of the tenant
		m[1] = ""
	}
	return m[1], strings.Fields(m[2]), true
}

// lacksRefreshToken is for an application that says that it has no refresh token: why it has none, as far as that was seen.
func (h *history) lacksRefreshToken(r Report, reported diagnosis.Evidence, now time.Time) finding {
	if f, ok := h.withoutRefreshToken(r.ClientID); ok {
		f.evidence = append([]diagnosis.Evidence{reported}, f.evidence...)
		if !r.wordless() {
			f.confidence = diagnosis.Certain
		}
		return f
	}
	return found(diagnosis.RefreshTokenMissing, inDelivery, diagnosis.Certain, append([]diagnosis.Evidence{reported},
		h.whyNoToken(r, now)...)...)
}

// whyNoToken compares what an application asks for with what its login brought.
func (h *history) whyNoToken(r Report, now time.Time) []diagnosis.Evidence {
	none := []diagnosis.Evidence{missed("for this audience and scope it has no refresh token, and asks nothing without one")}
	x, l := h.newestExchange(r.ClientID)
	if x == nil || !h.oneBrowser(r.ClientID) {
		return none
	}
	login := l
	if f := h.families[l.Family]; f != nil && f.issued.made() {
		login = f.issued
	}
	asked := h.requestOf(login)
	switch {
	case asked == nil:
		return none
	case !l.RefreshToken && !slices.Contains(strings.Fields(asked.query("scope")), "offline_access"):
		return []diagnosis.Evidence{shows(diagnosis.OfflineNotAsked,
			saw(asked.asked, "the login asked for %q, without offline_access", asked.query("scope")))}
	case !l.RefreshToken:
		return none
	}
	audience, scope, known := r.wanted()
	switch {
	case !known:
		return none
	case audience != asked.query("audience"):
		return []diagnosis.Evidence{ofAnother(asked, audience)}
	case slices.ContainsFunc(scope, func(s string) bool { return !slices.Contains(strings.Fields(asked.query("scope")), s) }):
		return []diagnosis.Evidence{shows(diagnosis.OfAnotherScope,
			saw(asked.asked, "the login asked for %q; the app asks for %q", asked.query("scope"), strings.Join(scope, " ")))}
	}
	issued := shows(diagnosis.LoginBroughtOne,
		saw(l, "the tenant issued a refresh token for this audience and scope %s before", ago(l.date, now)))
	return append([]diagnosis.Evidence{issued}, h.failedSince(x, l)...)
}

// failedSince is the newest request of an application for tokens that was answered with an error after it had got some by another. What
// fails before its body is read names no client; then it counts where it may be of the same browser.
func (h *history) failedSince(by *exchange, got logEntry) []diagnosis.Evidence {
	for _, x := range slices.Backward(h.exchanges) {
		failed := x.endpoint == names.Token && x.answer.made() && x.answer.Status >= http.StatusBadRequest && x.asked.seq > got.seq
		if failed && (x.client == by.client || x.client == "" && h.browsers.compare(x, by).possible()) {
			return []diagnosis.Evidence{shows(diagnosis.RequestFailedSince,
				saw(x.answer, "a request for tokens was answered %d after that", x.answer.Status))}
		}
	}
	return nil
}

// broughtRefreshToken tells whether the newest exchange of an application brought a refresh token.
func (h *history) broughtRefreshToken(client string) bool {
	x, l := h.newestExchange(client)
	return x != nil && l.RefreshToken
}

// forAnother is the login's refresh token where it is for another audience than what the application asked for now; false: it is not,
// or nobody knows.
func (h *history) forAnother(audience string, l logEntry) (diagnosis.Evidence, bool) {
	login := l
	if f := h.families[l.Family]; f != nil && f.issued.made() {
		login = f.issued
	}
	asked := h.requestOf(login)
	if audience == "" || asked == nil || asked.asked.Unknown.Has("audience") || asked.query("audience") == audience {
		return diagnosis.Evidence{}, false
	}
	return ofAnother(asked, audience), true
}

// ofAnother says that a login's refresh token is for another audience than what the application asks for.
func ofAnother(login *exchange, audience string) diagnosis.Evidence {
	return shows(diagnosis.OfAnotherAudience,
		saw(login.asked, "the login's refresh token is for the audience %q; the app asks for %q", login.query("audience"), audience))
}

// mayHaveLost is for an application that asked nothing, and says nothing of it. Where the tenant issued a refresh token, it may have
// lost that; where its page was reloaded since, it most likely has.
func (h *history) mayHaveLost(r Report, absent finding, now time.Time) []finding {
	x, l := h.newestExchange(r.ClientID)
	if x == nil || !l.RefreshToken || !h.oneBrowser(r.ClientID) {
		return []finding{absent}
	}
	if another, ok := h.forAnother(r.Audience, l); ok {
		missing := found(diagnosis.RefreshTokenMissing, inDelivery, diagnosis.Likely, another,
			missed("SDKs that keep a refresh token for each audience ask nothing without one"))
		return []finding{missing, weakerTo(absent, diagnosis.Likely)}
	}
	issued := shows(diagnosis.LoginBroughtOne, saw(l, "the tenant issued a refresh token %s before", ago(l.date, now)))
	if failed := h.failedSince(x, l); failed != nil && !r.Loaded.After(l.date) {
		evidence := append([]diagnosis.Evidence{issued}, failed...)
		lost := found(diagnosis.RefreshTokenMissing, inDelivery, diagnosis.Likely,
			append(evidence, missed("some SDKs keep none then (auth0-spa-js 2, with its worker), and ask nothing without one"))...)
		return []finding{lost, weakerTo(absent, diagnosis.Likely)}
	}
	if r.Loaded.After(l.date) {
		lost := found(diagnosis.RefreshTokenMissing, inDelivery, diagnosis.Likely, issued,
			missed("the page was reloaded %s later, and an app that has lost its refresh token asks nothing", ago(l.date, r.Loaded)))
		return []finding{lost, weakerTo(absent, diagnosis.Likely)}
	}
	return []finding{absent, found(diagnosis.RefreshTokenMissing, inDelivery, diagnosis.Possible, issued,
		missed("an app that has lost it, by a reload for instance, asks nothing"))}
}
