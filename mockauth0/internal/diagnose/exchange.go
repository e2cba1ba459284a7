package diagnose

import (
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/event"
)

// exchange is one request with all that the tenant wrote down about it.
type exchange struct {
	id, endpoint       string
	client, clientName string
	user, userName     string
	connection         string
	began, last        time.Time // tenant time
	asked              noted     // the request
	answer             noted     // the response; seq 0: there was none so far
	unanswered         noted     // the event that tells that none came; seq 0: nothing tells so
	logs               []noted   // entries of Auth0's log
	sessions           []noted   // what happened to SSO sessions
	tokens             []noted   // as sent
	policies           []noted   // what the tenant's login flow decided
	diagnosed          bool
}

// take adds an event to its exchange.
func (x *exchange) take(e event.Event) {
	n := note(e)
	x.last = e.Date
	x.endpoint = e.Endpoint
	for _, f := range []struct {
		kept *string
		told string
	}{{&x.client, e.ClientID}, {&x.clientName, e.ClientName}, {&x.user, e.UserID}, {&x.userName, e.UserName}, {&x.connection, e.Connection}} {
		if f.told != "" {
			*f.kept = f.told
		}
	}
	switch e.Kind {
	case event.KindRequest:
		x.asked, x.began = n, e.Date
	case event.KindResponse:
		x.answer = n
	case event.KindNoAnswer:
		x.unanswered = n
	case event.KindLog:
		x.logs = append(x.logs, n)
	case event.KindSession:
		x.sessions = append(x.sessions, n)
	case event.KindToken:
		x.tokens = append(x.tokens, n)
	case event.KindPolicy:
		x.policies = append(x.policies, n)
	}
	if x.client == "" {
		x.client = x.query("client_id")
	}
}

func (x *exchange) over() bool { return x.answer.seq != 0 || x.unanswered.seq != 0 }

func (x *exchange) query(name string) string {
	list := texts(x.asked.object("query")[name])
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// log is the newest entry of one of some types of Auth0's log.
func (x *exchange) log(types ...string) (noted, bool) {
	for _, l := range slices.Backward(x.logs) {
		if slices.Contains(types, l.typ) {
			return l, true
		}
	}
	return noted{}, false
}

func (x *exchange) silent() bool {
	return (x.endpoint == "authorize" || x.endpoint == "authorize.resume") && slices.Contains(strings.Fields(x.query("prompt")), "none")
}

// interactive is a request that may show the person something, in the browser's own window.
func (x *exchange) interactive() bool {
	return x.endpoint == "authorize" && !x.silent() && !x.framed()
}

// framed tells whether the answer lives in a frame.
func (x *exchange) framed() bool { return x.asked.text("fetch_dest") == "iframe" }

// grant is the grant type of a token request, as far as it is known.
func (x *exchange) grant() string {
	if g := x.answer.text("grant"); g != "" {
		return g
	}
	for _, l := range x.logs {
		if g := l.text("grant"); g != "" {
			return g
		}
	}
	return ""
}

// renewal tells whether the request is one by which apps renew.
func (x *exchange) renewal() bool {
	return x.silent() || x.endpoint == "token" && x.grant() == "refresh_token"
}

// succeeded is the log's entry of a success: of a silent request, of a token exchange.
func (x *exchange) succeeded() (noted, bool) { return x.log("ssa", "s", "sertft", "seacft") }

// failure is the log's entry of a failure.
func (x *exchange) failure() (noted, bool) { return x.log("fsa", "f", "fertft", "ferrt", "feacft") }

// response are the members of the authorization response as sent.
func (x *exchange) response() details {
	if said := x.answer.object("response"); said != nil {
		return said
	}
	d := details{}
	for name, values := range pairs(x.answer.text("location")) {
		d[name] = values[0]
	}
	return d
}

// mode is how the authorization response was sent.
func (x *exchange) mode() string {
	if m := x.answer.text("mode"); m != "" {
		return m
	}
	location := x.answer.text("location")
	switch {
	case location == "":
		return ""
	case strings.Contains(location, "#"):
		return "fragment"
	}
	return "query"
}

// page is the origin of the app's page, as far as the browser tells it.
func (x *exchange) page() string {
	if o := x.asked.text("origin"); o != "" && o != "null" {
		return o
	}
	return origin(x.asked.text("referer"))
}

// sdk is what sent the request, as it says itself.
func (x *exchange) sdk() string {
	if s := sdk(x.asked.text("auth0_client")); s != "" {
		return s
	}
	return sdk(x.query("auth0Client"))
}

// device is the browser by the tenant's own cookie. A browser that sent none gets a new one with every answer.
func (x *exchange) device() string {
	if cookies := x.asked.texts("cookies"); slices.Contains(cookies, "did") || slices.Contains(cookies, "did_compat") {
		return x.answer.text("device")
	}
	return ""
}

// agent is the browser as far as its name and its address tell.
func (x *exchange) agent() string {
	address := x.asked.text("remote")
	if i := strings.LastIndexByte(address, ':'); i >= 0 {
		address = address[:i]
	}
	return x.asked.text("user_agent") + " " + address
}

// sameBrowser tells whether two requests may come from one browser: their devices are the same, or one has none and all
// else fits.
func (x *exchange) sameBrowser(y *exchange) bool {
	if a, b := x.device(), y.device(); a != "" && b != "" {
		return a == b
	}
	return x.agent() == y.agent()
}

// cookie tells whether the browser sent the session cookie.
func (x *exchange) cookie() bool {
	cookies := x.asked.texts("cookies")
	return slices.Contains(cookies, "auth0") || slices.Contains(cookies, "auth0_compat")
}

// token is the newest token of a kind.
func (x *exchange) token(kind string) (noted, bool) {
	for _, t := range slices.Backward(x.tokens) {
		if t.description == kind {
			return t, true
		}
	}
	return noted{}, false
}

// unusable is why the browser's session does not serve this request: the word of the event, and the session's id.
func (x *exchange) unusable() (n noted, why, session string) {
	for _, s := range slices.Backward(x.sessions) {
		if s.description == "session not usable" {
			return s, s.text("why"), s.text("session")
		}
	}
	return noted{}, "", ""
}

// decision is what the login flow (Actions, the policy for a second factor) decided last.
func (x *exchange) decision() (noted, bool) {
	if len(x.policies) == 0 {
		return noted{}, false
	}
	return x.policies[len(x.policies)-1], true
}
