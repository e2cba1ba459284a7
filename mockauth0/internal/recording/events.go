package recording

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/auth0text"
	"renewal.example/mockauth0/internal/names"
)

// Events are the exchanges as the tenant would have logged them, so that whoever reads a tenant's events can read these: a
// request, what became of the session, what the tenant's log says, the tokens, and the answer. Numbers begin with 1. Infer
// comes before it.
func (r *Recording) Events() []event.Event {
	b := &eventBuilder{
		codes: map[string]string{}, unasked: map[string]string{}, families: map[string]string{}, sessions: map[string]bool{},
		ended: map[string]bool{},
	}
	for _, e := range r.Exchanges {
		b.exchange(e, r.Place(e))
	}
	return b.out
}

// Place names where an exchange is in the file; it is the id of its request in events.
func (r *Recording) Place(e *Exchange) string {
	unit := "entry"
	if e.Log != nil {
		unit = cmp.Or(r.Unit, "line")
	}
	return fmt.Sprintf("%s-%d", unit, e.Place)
}

// eventBuilder makes events of exchanges in their order, and keeps what a tenant would know from those before.
type eventBuilder struct {
	out      []event.Event
	logins   int               // so far
	codes    map[string]string // stand-in of a code → request that it answers
	unasked  map[string]string // client → request whose code was taken out of the recording, and which nobody has exchanged yet
	families map[string]string // stand-in of a refresh token → its family
	ended    map[string]bool   // families that a reuse has ended
	sessions map[string]bool   // of a log: those that were seen

	signedIn []*browserSession // of a HAR
}

// browserSession is the session of one browser at one host.
type browserSession struct {
	host, browser string
	id            string // "": it has none now
}

// at is the session of the browser of an exchange at its host. Where a request does not say which browser sent it, it is any.
func (b *eventBuilder) at(e *Exchange) *browserSession {
	for _, s := range b.signedIn {
		if s.host == e.Host && (s.browser == e.Request.Browser || s.browser == "" || e.Request.Browser == "") {
			s.browser = cmp.Or(s.browser, e.Request.Browser)
			return s
		}
	}
	s := &browserSession{host: e.Host, browser: e.Request.Browser}
	b.signedIn = append(b.signedIn, s)
	return s
}

func (b *eventBuilder) add(base event.Event, description string, data event.Data) {
	base.Kind, base.Description, base.Data = data.Kind(), description, data
	base.Seq = uint64(len(b.out) + 1)
	b.out = append(b.out, base)
}

func (b *eventBuilder) exchange(e *Exchange, id string) {
	base := event.Event{
		Date: e.Start, Wall: e.Start, Request: id, Endpoint: e.Endpoint, ClientID: e.Client(), UserID: e.Person,
		Connection: e.Request.Params["connection"],
	}
	if e.Log != nil {
		base.ClientName, base.UserName, base.Connection = e.Log.ClientName, e.Log.Email, e.Log.Connection
	}
	b.add(base, e.method()+" "+e.Path, e.request())
	if e.Took > 0 {
		base.Date, base.Wall = e.Start.Add(e.Took), e.Start.Add(e.Took)
	}
	if why := e.unusable(); why != "" {
		b.add(base, "session not usable", &event.Session{Change: event.SessionNotUsable, Why: why})
	}
	b.session(e, base)
	b.log(e, base)
	for _, token := range e.Response.Tokens {
		data := token.data(e.issuer())
		if e.Request.Unknown.Has(event.HostHeader) {
			data.Issuer = "" // whom the app asked is not known
		}
		b.add(base, string(token.Kind), data)
	}
	switch {
	case e.Log == nil && !e.Response.Known && e.Response.Failure == "": // its answer was taken out of the recording
		untold := &event.Response{Unknown: event.Unknown{event.UnknownBody}, Device: browserOfRecording}
		for _, name := range weighedHeaders {
			untold.Unknown = untold.Unknown.With(name)
		}
		b.add(base, "not in the recording", untold)
		return
	case !e.Response.Known:
		b.add(base, e.Response.Failure, e.noAnswer())
		return
	}
	b.add(base, http.StatusText(e.Response.Status), e.response())
}

// session says when a session begins and ends: a HAR shows it by the cookie that a login sets, a log by its sessions' ids.
func (b *eventBuilder) session(e *Exchange, base event.Event) {
	begun := func(id string) { b.add(base, "session begun", &event.Session{Change: event.SessionBegun, ID: id}) }
	loggedOut := func(id string) {
		b.add(base, "session ended", &event.Session{Change: event.SessionEnded, ID: id, Why: event.LoggedOut})
	}
	if e.Log != nil {
		id := e.Log.Session
		switch {
		case id == "":
		case e.Log.Type == event.SuccessLogout:
			loggedOut(id)
		case !e.Log.Failed && !b.sessions[id]:
			b.sessions[id] = true
			begun(id)
		}
		return
	}
	switch s := b.at(e); {
	case e.Failed():
	case (e.Endpoint == names.Logout || e.Endpoint == names.OIDCLogout) && s.id != "":
		loggedOut(s.id)
		s.id = ""
	case s.id == "" && e.logsIn():
		b.logins++
		s.id = fmt.Sprintf("session-%d", b.logins)
		begun(s.id)
	}
}

// logsIn tells an answer that begins a session: it sets its cookie or, where the names of cookies were taken out, ends a login well.
func (e *Exchange) logsIn() bool {
	if e.Silent() || e.Request.Unknown.Has("prompt") {
		return false
	}
	r := e.Response
	return slices.Contains(r.Cookies, "auth0") ||
		r.Unknown.Has(event.SetCookieHeader) && (e.Endpoint == names.Authorize || e.Endpoint == names.Resume) &&
			slices.Contains(r.Granted, "code")
}

// log is what the tenant's log says.
func (b *eventBuilder) log(e *Exchange, base event.Event) {
	r := e.Response
	base.Type = e.logCode()
	description := r.Description
	if e.Log != nil {
		base.Type, description = e.Log.Type, e.Log.Description
		if base.Type == event.FailedLogin && e.Silent() {
			base.Type = event.FailedSilentAuth // nobody was asked anything: it failed as a silent request does
		}
	}
	if base.Type == "" {
		return
	}
	d := &event.LogEntry{Error: r.Error, Reason: cmp.Or(e.Reason(), auth0text.Reason(r.Error, description))}
	switch {
	case e.Log != nil:
		d.Session = e.Log.Session
	case base.Type == event.SuccessSilentAuth || base.Type == event.SuccessLogin:
		d.Session = b.at(e).id
	}
	switch {
	case r.Code != "":
		b.codes[r.Code] = base.Request
		delete(b.unasked, e.Client())
	case slices.Contains(r.Granted, "code"):
		b.unasked[e.Client()] = base.Request
	}
	if e.Endpoint == names.Token {
		b.tokenExchange(e, d)
	}
	b.add(base, description, d)
}

// tokenExchange writes down which request the code of an exchange answers, and to which line of refresh tokens it belongs.
func (b *eventBuilder) tokenExchange(e *Exchange, d *event.LogEntry) {
	r, sent := e.Response, e.Request.Params["refresh_token"]
	d.Grant, d.AskedBy = e.Request.Params["grant_type"], b.codes[e.Request.Params["code"]]
	if d.AskedBy == "" && d.Grant == names.GrantAuthorizationCode { // the newest one, where the codes themselves are not known
		d.AskedBy = b.unasked[e.Client()]
		delete(b.unasked, e.Client())
	}
	d.Family = b.families[sent]
	if e.Log != nil {
		d.Family = cmp.Or(d.Family, e.Log.Family)
	}
	if d.Family == "" {
		d.Family = strings.Replace(cmp.Or(sent, r.Refresh), "refresh_token", "family", 1)
	}
	for _, token := range []string{sent, r.Refresh} {
		if token != "" {
			b.families[token] = d.Family
		}
	}
	d.RefreshToken = r.Refresh != ""
	switch {
	case e.Reused():
		d.Cause = "the tenant took it for one that had been used before"
		b.ended[d.Family] = d.Family != ""
	case e.Refresh() && r.Error == "invalid_grant" && b.ended[d.Family]:
		d.Reason = event.RefreshGone
	}
}

// request is what the recording says of the request.
func (e *Exchange) request() *event.Request {
	q := e.Request
	d := &event.Request{
		Method: e.method(), Path: e.Path, Host: e.Host, Scheme: e.Scheme, Origin: q.Origin, Referer: q.Referer, UserAgent: q.Browser,
		FetchSite: q.Site, FetchDest: q.Dest, FetchMode: q.Mode, StorageAccess: q.Storage,
	}
	if e.Log == nil {
		d.Browser = browserOfRecording
	}
	if len(q.Params) > 0 {
		d.Query = event.Query{}
		for name, value := range q.Params {
			d.Query[name] = []string{value}
		}
	}
	d.Unknown = slices.Clone(q.Unknown)
	if q.cookiesTold() {
		d.Cookies = append([]string{}, q.Cookies...)
	}
	if q.SDK != "" {
		if client, err := json.Marshal(map[string]string{"name": q.SDK, "version": q.Version}); err == nil {
			d.Auth0Client = base64.StdEncoding.EncodeToString(client) // as it is sent
		}
	}
	return d
}

// method is GET where a log does not tell, but for token requests.
func (e *Exchange) method() string {
	switch {
	case e.Method != "":
		return e.Method
	case e.Endpoint == names.Token || e.Endpoint == names.Revoke:
		return http.MethodPost
	}
	return http.MethodGet
}

// cookiesTold tells whether the recording says which cookies were sent. Sec-Fetch-Storage-Access: none says so, too, where the recorder
// leaves cookies out; but Firefox writes it also where it sends some.
func (q *Request) cookiesTold() bool {
	return q.CookiesKnown || q.Storage == "none" && q.Browser != "" && !strings.HasPrefix(q.Browser, "Firefox/")
}

// unusable is why the tenant found no session, where the request shows it.
func (e *Exchange) unusable() event.Reason {
	if !e.Silent() || e.Response.Error != "login_required" || !e.Request.cookiesTold() {
		return ""
	}
	if slices.Contains(e.Request.Cookies, "auth0") || slices.Contains(e.Request.Cookies, "auth0_compat") {
		return ""
	}
	return event.NoCookie
}

// logCode is the type of the entry that a tenant would have made of an exchange.
func (e *Exchange) logCode() event.LogCode {
	failed := e.Response.Error != "" || e.Response.Status >= 400
	if !e.Response.Known || !e.Told() {
		return ""
	}
	pick := func(good, bad event.LogCode) event.LogCode {
		if failed {
			return bad
		}
		return good
	}
	switch e.Endpoint {
	case names.Authorize, names.Resume:
		switch {
		case e.Silent():
			return pick(event.SuccessSilentAuth, event.FailedSilentAuth)
		case failed:
			return event.FailedLogin
		case len(e.Response.Granted) > 0:
			return event.SuccessLogin
		}
	case names.Token:
		if e.Reused() {
			return event.FailedExchangeRotatingRefresh
		}
		grant, _ := names.GrantOf(e.Request.Params["grant_type"])
		return pick(grant.Success, grant.Failure)
	case names.Logout, names.OIDCLogout:
		return pick(event.SuccessLogout, event.FailedLogout)
	}
	return ""
}

// issuer is that of the tenant that was asked.
func (e *Exchange) issuer() string { return cmp.Or(e.Scheme, "https") + "://" + e.Host + "/" }

// data are those of a token as it was sent by an issuer. Whether its signature is right is not looked at: it is taken for what its alg
// promises.
func (t Token) data(issuer string) *event.Token {
	d := &event.Token{
		Token: t.Kind, Issuer: issuer, Alg: t.Alg, KeyID: t.Kid, Verifies: event.VerifiesByKey,
		Claims: event.Members{"iss": t.Issuer, "sub": t.Subject},
	}
	switch {
	case strings.HasPrefix(t.Alg, "HS"):
		d.Verifies = event.VerifiesBySecret
	case t.Alg == "" || strings.EqualFold(t.Alg, "none"):
		d.Verifies = event.VerifiesByNone
	}
	switch len(t.Audience) {
	case 0:
	case 1:
		d.Claims["aud"] = t.Audience[0]
	default:
		d.Claims["aud"] = append([]string{}, t.Audience...)
	}
	if t.Nonce != "" {
		d.Claims["nonce"] = t.Nonce
	}
	for name, at := range map[string]time.Time{"iat": t.Issued, "exp": t.Until} {
		if !at.IsZero() {
			d.Claims[name] = at.Unix()
		}
	}
	return d
}

// response is what the recording says of the answer.
func (e *Exchange) response() *event.Response {
	r := e.Response
	d := &event.Response{
		Status: max(0, r.Status), ContentType: r.Headers["content-type"], AllowOrigin: r.Headers["access-control-allow-origin"],
		FrameOptions: r.Headers["x-frame-options"], CSP: r.Headers["content-security-policy"], RetryAfter: r.Headers["retry-after"],
		Location: r.Location, Issuer: r.Issuer, SetCookies: slices.Clone(r.Cookies), Unknown: slices.Clone(r.Unknown),
		JWKSURI: r.Published[0], AuthorizeURL: r.Published[1], TokenURL: r.Published[2],
	}
	if r.Status >= 400 && r.Error != "" {
		d.Error, d.ErrorText = r.Error, r.Description
		d.Note = r.Error + ": " + r.Description
	}
	if r.BodyBroken {
		d.Body = event.BodyGarbage
	}
	if len(r.Keys) > 0 {
		d.KeyIDs = slices.Clone(r.Keys)
	}
	if e.Took >= time.Second {
		d.TookMS = e.Took.Milliseconds()
	}
	if e.Log == nil {
		d.Device = browserOfRecording
	}
	e.message(d)
	return d
}

// noAnswer is what is known of an answer that did not come.
func (e *Exchange) noAnswer() *event.NoAnswer {
	d := &event.NoAnswer{Failure: e.Response.Failure, TookMS: e.Took.Milliseconds()}
	for _, why := range []event.NoAnswerReason{event.ClientGone, event.ConnectionCut} {
		if d.Failure == why.Text() { // this repository's own recordings say so
			d.Why = why
		}
	}
	if e.GivenUp() {
		d.Why = event.ClientGone
	}
	return d
}

// browserOfRecording names the one browser that a HAR is of. A tenant's log is of many.
const browserOfRecording = "the browser of the HAR"

// message writes down what a page says that carries an authorization response.
func (e *Exchange) message(d *event.Response) {
	r := e.Response
	if e.Endpoint != names.Authorize && e.Endpoint != names.Resume || r.Status != http.StatusOK || r.Error == "" && len(r.Granted) == 0 {
		return
	}
	d.Mode, d.Response = e.Request.Params["response_mode"], event.Members{}
	if r.Error != "" {
		d.Response["error"], d.Response["error_description"] = r.Error, r.Description
	}
	for _, name := range r.Granted {
		d.Response[name] = Redacted
	}
	switch {
	case r.State != "":
		d.Response["state"] = r.State
	case r.Inferred != "" && e.Request.Params["state"] != "":
		d.Response["state"] = e.Request.Params["state"]
	}
	if d.Mode == "web_message" {
		d.Posts = 1
		target := cmp.Or(r.Target, originOf(e.Request.Params["redirect_uri"]))
		d.Target = &target
	}
}
