package diagnose

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
)

// exchange is one HTTP request with all that the tenant wrote down about it.
type exchange struct {
	id, endpoint       string
	client, clientName string
	user, userName     string
	connection         string
	began, last        time.Time  // tenant time
	asked              request    // the request
	answer             response   // not made: there was none so far
	unanswered         noResponse // the event that says that none came; not made: nothing says so
	logs               []logEntry
	sessions           []sessionChange
	tokens             []sentToken // as sent
	decisions          []decision  // of the tenant's login flow
	browser            *browser
	claimed            bool // an application says that it was a renewal, or somebody expected one
	diagnosed          bool
}

func newExchange(id string) *exchange {
	return &exchange{
		id: id, browser: &browser{}, asked: request{Request: &event.Request{}}, answer: response{Response: &event.Response{}},
		unanswered: noResponse{NoAnswer: &event.NoAnswer{}},
	}
}

// take adds an event to its exchange.
func (x *exchange) take(e event.Event) {
	x.last, x.endpoint = e.Date, e.Endpoint
	x.client, x.clientName = cmp.Or(e.ClientID, x.client), cmp.Or(e.ClientName, x.clientName)
	x.user, x.userName = cmp.Or(e.UserID, x.user), cmp.Or(e.UserName, x.userName)
	x.connection = cmp.Or(e.Connection, x.connection)
	at := ref{e.Seq, e.Date}
	switch d := e.Data.(type) {
	case *event.Request:
		x.asked, x.began = request{at, d}, e.Date
	case *event.Response:
		x.answer = response{at, d}
	case *event.NoAnswer:
		x.unanswered = noResponse{at, d}
	case *event.LogEntry:
		x.logs = append(x.logs, logEntry{at, d, e.Type, e.Description})
	case *event.Session:
		x.sessions = append(x.sessions, sessionChange{at, d})
	case *event.Token:
		x.tokens = append(x.tokens, sentToken{at, d})
	case *event.Policy:
		x.decisions = append(x.decisions, decision{at, d})
	}
	if x.client == "" {
		x.client = x.query("client_id")
	}
}

func (x *exchange) over() bool { return x.answer.made() || x.unanswered.made() }

// ended is the number of the event that ended it; 0: it is not over.
func (x *exchange) ended() uint64 { return max(x.answer.seq, x.unanswered.seq) }

// query is a parameter of the request; "" where it has none or, in a recording, where its value was taken out.
func (x *exchange) query(name string) string { return x.asked.Query.Get(name) }

// alike tells that two requests have the same value of a parameter. Where that of one is not known, they have not, as far as is known.
func (x *exchange) alike(y *exchange, name string) bool {
	return !x.asked.Unknown.Has(name) && !y.asked.Unknown.Has(name) && x.query(name) == y.query(name)
}

// log is the newest entry of one of some types of Auth0's log.
func (x *exchange) log(codes ...event.LogCode) (logEntry, bool) {
	for _, l := range slices.Backward(x.logs) {
		if slices.Contains(codes, l.code) {
			return l, true
		}
	}
	return logEntry{LogEntry: &event.LogEntry{}}, false
}

// warned is the warning with a reason in Auth0's log; a request may have several.
func (x *exchange) warned(reason event.Reason) (logEntry, bool) {
	for _, l := range x.logs {
		if l.code == event.Warning && l.Reason == reason {
			return l, true
		}
	}
	return logEntry{LogEntry: &event.LogEntry{}}, false
}

func (x *exchange) silent() bool {
	return (x.endpoint == names.Authorize || x.endpoint == names.Resume) && x.sentBy(http.MethodGet, http.MethodPost) &&
		slices.Contains(strings.Fields(x.query("prompt")), "none")
}

// interactive is a request that may show the person something, in the browser's own window.
func (x *exchange) interactive() bool {
	return x.endpoint == names.Authorize && !x.silent() && !x.framed() && !x.asked.Unknown.Has("prompt")
}

// framed tells whether the answer lives in a frame.
func (x *exchange) framed() bool { return x.asked.FetchDest == "iframe" }

// logsOut tells whether the request ends a session by its endpoint.
func (x *exchange) logsOut() bool {
	return x.endpoint == names.Logout || x.endpoint == names.OIDCLogout
}

// grant is the grant type of a token request, as far as it is known.
func (x *exchange) grant() string {
	if x.answer.Grant != "" {
		return x.answer.Grant
	}
	for _, l := range x.logs {
		if l.Grant != "" {
			return l.Grant
		}
	}
	return ""
}

// refresh tells whether the request exchanges a refresh token.
func (x *exchange) refresh() bool {
	return x.endpoint == names.Token && x.grant() == names.GrantRefreshToken
}

// renewal tells whether the request is one by which apps renew.
func (x *exchange) renewal() bool { return x.silent() || x.refresh() }

// succeeded is the log's entry of a success: of a silent request, of a token exchange.
func (x *exchange) succeeded() (logEntry, bool) {
	return x.log(event.SuccessSilentAuth, event.SuccessLogin, event.SuccessExchangeRefreshToken, event.SuccessExchangeCode)
}

// failure is the log's entry of a failure.
func (x *exchange) failure() (logEntry, bool) {
	return x.log(event.FailedSilentAuth, event.FailedLogin, event.FailedExchangeRefreshToken, event.FailedExchangeRotatingRefresh,
		event.FailedExchangeCode)
}

// usedSession is the session by which an authorization request was answered.
func (x *exchange) usedSession() string {
	l, _ := x.log(event.SuccessSilentAuth, event.SuccessLogin)
	return l.Session
}

// reply are the members of the authorization response as sent.
func (x *exchange) reply() event.Members {
	if x.answer.Response.Response != nil {
		return x.answer.Response.Response
	}
	return parameters(x.answer.Location)
}

// mode is how the authorization response was sent.
func (x *exchange) mode() oauth.Mode {
	switch {
	case x.answer.Mode != "":
		return oauth.Mode(x.answer.Mode)
	case x.answer.Location == "":
		return ""
	case strings.Contains(x.answer.Location, "#"):
		return oauth.ModeFragment
	}
	return oauth.ModeQuery
}

// page is the origin of the app's page, as far as the browser tells it.
func (x *exchange) page() string {
	if o := x.asked.Origin; o != "" && o != "null" {
		return o
	}
	return origin(x.asked.Referer)
}

// sdk is what sent the request, as it says itself.
func (x *exchange) sdk() string { return cmp.Or(sdk(x.asked.Auth0Client), sdk(x.query("auth0Client"))) }

// sentCookie tells whether the browser sent one of some cookies.
func (x *exchange) sentCookie(cookies ...string) bool {
	return slices.ContainsFunc(cookies, func(name string) bool { return slices.Contains(x.asked.Cookies, name) })
}

// token is the newest token of a kind.
func (x *exchange) token(kind event.TokenKind) (sentToken, bool) {
	for _, t := range slices.Backward(x.tokens) {
		if t.Token.Token == kind {
			return t, true
		}
	}
	return sentToken{Token: &event.Token{}}, false
}

// unusable is why the browser's session does not serve this request; not made: nothing says so.
func (x *exchange) unusable() sessionChange {
	for _, s := range slices.Backward(x.sessions) {
		if s.Change == event.SessionNotUsable {
			return s
		}
	}
	return sessionChange{Session: &event.Session{}}
}

// decided is what the login flow (Actions, the policy for a second factor) decided last.
func (x *exchange) decided() (decision, bool) {
	if len(x.decisions) == 0 {
		return decision{Policy: &event.Policy{}}, false
	}
	return x.decisions[len(x.decisions)-1], true
}

// expiresIn is the life of the access token that the answer states, in seconds; 0 when it states none.
func (x *exchange) expiresIn() int64 {
	for _, l := range x.logs {
		if l.ExpiresIn != 0 {
			return l.ExpiresIn
		}
	}
	if n, ok := number(x.reply(), "expires_in"); ok {
		return n
	}
	n, err := strconv.ParseInt(x.reply().Text("expires_in"), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// failed tells whether the app got anything but what it asked for.
func (x *exchange) failed() bool { return x.answer.Status >= 400 || x.reply().Text("error") != "" }

func (x *exchange) kind() diagnosis.Kind {
	switch {
	case x.refresh(), x.endpoint == names.Token+names.Preflight:
		return diagnosis.KindRefresh
	case x.endpoint == names.Authorize && !x.silent():
		return diagnosis.KindLogin
	}
	return diagnosis.KindSilent
}

// kindOf is the kind of an exchange. A token request that was refused before anybody read which grant it uses, as a rate limit does, is
// told by what its application did last: got a code silently, or has a refresh token.
func (h *history) kindOf(x *exchange) diagnosis.Kind {
	if x.endpoint != names.Token || x.grant() != "" {
		return x.kind()
	}
	for _, e := range slices.Backward(h.exchanges) {
		if e == x || x.client != "" && e.client != x.client || e.began.After(x.began) {
			continue
		}
		switch {
		case e.silent():
			return diagnosis.KindSilent
		case e.refresh(), slices.ContainsFunc(e.logs, func(l logEntry) bool { return h.families[l.Family] != nil }):
			return diagnosis.KindRefresh
		}
	}
	return x.kind()
}

// outcome is what the app got, in a few words.
func (x *exchange) outcome() string {
	status, code := x.answer.Status, x.reply().Text("error")
	if l, ok := x.failure(); ok && code == "" && x.endpoint == names.Token {
		code = l.Error
	}
	switch {
	case x.unanswered.made():
		return x.unanswered.outcome()
	case !x.answer.made():
		return "no answer so far"
	case code != "":
		return code
	case status >= 400 && x.silent() && x.inFrame():
		return fmt.Sprintf("an error page (%d %s) inside a frame", status, http.StatusText(status))
	case status >= 400 && x.silent():
		return fmt.Sprintf("an error page (%d %s)", status, http.StatusText(status))
	case status >= 400:
		return fmt.Sprintf("%d %s", status, http.StatusText(status))
	}
	return cmp.Or(string(x.answer.Body), "an answer without an error")
}
