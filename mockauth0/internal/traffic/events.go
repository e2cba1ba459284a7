package traffic

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/internal/event"
)

// Events are the exchanges as the tenant would have logged them, so that whoever reads a tenant's events can read these: a
// request, what became of the session, what the tenant's log says, the tokens, and the answer. Numbers begin with 1. Infer
// comes before it.
func (r *Recording) Events() []event.Event {
	t := &teller{codes: map[string]string{}, families: map[string]string{}, sessions: map[string]bool{}, ended: map[string]bool{}}
	for _, e := range r.Exchanges {
		t.tell(e, r.Place(e))
	}
	return t.out
}

// Place names where an exchange is in the file; it is the id of its request in events.
func (r *Recording) Place(e *Exchange) string {
	unit := "entry"
	if e.Log != nil {
		unit = cmp.Or(r.Unit, "line")
	}
	return fmt.Sprintf("%s-%d", unit, e.Place)
}

// teller makes events of exchanges in their order, and keeps what a tenant would know from those before.
type teller struct {
	out      []event.Event
	session  string            // of the one browser of a HAR; "" is none
	logins   int               // so far
	codes    map[string]string // stand-in of a code → request that it answers
	families map[string]string // stand-in of a refresh token → its family
	ended    map[string]bool   // families that a reuse has ended
	sessions map[string]bool   // of a log: those that were seen
}

func (t *teller) add(base event.Event, kind, description string, details map[string]any) {
	base.Kind, base.Description, base.Details = kind, description, details
	base.Seq = uint64(len(t.out) + 1)
	t.out = append(t.out, base)
}

func (t *teller) tell(e *Exchange, id string) {
	base := event.Event{Date: e.Start, Wall: e.Start, Request: id, Endpoint: e.Endpoint, ClientID: e.Client(), UserID: e.Person, Connection: e.Request.Params["connection"]}
	if e.Log != nil {
		base.ClientName, base.UserName, base.Connection = e.Log.ClientName, e.Log.Email, e.Log.Connection
	}
	t.add(base, event.KindRequest, e.method()+" "+e.Path, e.asked())
	if e.Took > 0 {
		base.Date, base.Wall = e.Start.Add(e.Took), e.Start.Add(e.Took)
	}
	if why := e.unusable(); why != "" {
		t.add(base, event.KindSession, "session not usable", map[string]any{"why": why})
	}
	t.lives(e, base)
	t.log(e, base)
	for _, token := range e.Response.Tokens {
		t.add(base, event.KindToken, token.Kind, token.details(e.Host))
	}
	if !e.Response.Known {
		t.add(base, event.KindNoAnswer, e.Response.Failure, map[string]any{"took_ms": e.Took.Milliseconds()})
		return
	}
	t.add(base, event.KindResponse, http.StatusText(e.Response.Status), e.answered())
}

// lives tells when a session begins and ends: a HAR shows it by the cookie that a login sets, a log by its sessions' ids.
func (t *teller) lives(e *Exchange, base event.Event) {
	if e.Log != nil {
		id := e.Log.Session
		switch {
		case id == "":
		case e.Log.Type == "slo":
			t.add(base, event.KindSession, "session ended", map[string]any{"session": id, "why": "logout"})
		case !t.sessions[id]:
			t.sessions[id] = true
			t.add(base, event.KindSession, "session begun", map[string]any{"session": id})
		}
		return
	}
	switch {
	case e.Failed():
	case (e.Endpoint == "logout" || e.Endpoint == "oidc.logout") && t.session != "":
		t.add(base, event.KindSession, "session ended", map[string]any{"session": t.session, "why": "logout"})
		t.session = ""
	case slices.Contains(e.Response.Cookies, "auth0") && !e.Silent() && t.session == "":
		t.logins++
		t.session = fmt.Sprintf("session-%d", t.logins)
		t.add(base, event.KindSession, "session begun", map[string]any{"session": t.session})
	}
}

// log is what the tenant's log says.
func (t *teller) log(e *Exchange, base event.Event) {
	r := e.Response
	base.Type = e.logType()
	description := r.Description
	if e.Log != nil {
		base.Type, description = e.Log.Type, e.Log.Description
	}
	if base.Type == "" {
		return
	}
	d := map[string]any{}
	if r.Error != "" {
		d["error"] = r.Error
	}
	switch {
	case e.Log != nil && e.Log.Session != "":
		d["session"] = e.Log.Session
	case e.Log == nil && t.session != "" && (base.Type == "ssa" || base.Type == "s"):
		d["session"] = t.session
	}
	if r.Code != "" {
		t.codes[r.Code] = base.Request
	}
	if e.Endpoint == "token" {
		t.exchange(e, d)
	}
	t.add(base, event.KindLog, description, d)
}

// exchange tells of a token exchange which request its code answers, and which line of refresh tokens it belongs to.
func (t *teller) exchange(e *Exchange, d map[string]any) {
	r, sent := e.Response, e.Request.Params["refresh_token"]
	d["grant"] = e.Request.Params["grant_type"]
	if asked := t.codes[e.Request.Params["code"]]; asked != "" {
		d["asked_by"] = asked
	}
	family := t.families[sent]
	if family == "" {
		family = strings.Replace(firstOf(sent, r.Refresh), "refresh_token", "family", 1)
	}
	for _, token := range []string{sent, r.Refresh} {
		if token != "" {
			t.families[token] = family
		}
	}
	if family != "" {
		d["family"] = family
	}
	if r.Refresh != "" {
		d["refresh_token"] = true
	}
	switch {
	case e.Reused():
		d["reason"], d["why"] = "reused", "the tenant took it for one that had been used before"
		t.ended[family] = true
	case e.Refresh() && r.Error == "invalid_grant" && t.ended[family]:
		d["reason"] = "gone"
	}
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// asked are the details of a request.
func (e *Exchange) asked() map[string]any {
	q := e.Request
	d := map[string]any{"method": e.method(), "path": e.Path}
	if len(q.Params) > 0 {
		query := map[string]any{}
		for name, value := range q.Params {
			query[name] = value
		}
		d["query"] = query
	}
	if q.CookiesKnown || q.Storage == "none" {
		d["cookies"] = append([]string{}, q.Cookies...)
	}
	for name, value := range map[string]string{
		"origin": q.Origin, "referer": q.Referer, "user_agent": q.Browser, "fetch_site": q.Site, "fetch_dest": q.Dest, "fetch_mode": q.Mode, "storage_access": q.Storage,
	} {
		if value != "" {
			d[name] = value
		}
	}
	if q.SDK != "" {
		if said, err := json.Marshal(map[string]string{"name": q.SDK, "version": q.Version}); err == nil {
			d["auth0_client"] = base64.StdEncoding.EncodeToString(said) // as it is sent
		}
	}
	return d
}

// method is GET where a log does not tell, but for token requests.
func (e *Exchange) method() string {
	switch {
	case e.Method != "":
		return e.Method
	case e.Endpoint == "token" || e.Endpoint == "revoke":
		return http.MethodPost
	}
	return http.MethodGet
}

// unusable is why the tenant found no session, where the request shows it. Sec-Fetch-Storage-Access: none says that no cookie
// was sent, also where the recorder leaves cookies out.
func (e *Exchange) unusable() string {
	if !e.Silent() || e.Response.Error != "login_required" || !e.Request.CookiesKnown && e.Request.Storage != "none" {
		return ""
	}
	if slices.Contains(e.Request.Cookies, "auth0") || slices.Contains(e.Request.Cookies, "auth0_compat") {
		return ""
	}
	return "no_cookie"
}

// logType is the type of the record that a tenant would have made of an exchange.
func (e *Exchange) logType() string {
	failed := e.Response.Error != "" || e.Response.Status >= 400
	if !e.Response.Known {
		return ""
	}
	pick := func(good, bad string) string {
		if failed {
			return bad
		}
		return good
	}
	switch e.Endpoint {
	case "authorize", "authorize.resume":
		switch {
		case e.Silent():
			return pick("ssa", "fsa")
		case failed:
			return "f"
		case len(e.Response.Granted) > 0:
			return "s"
		}
	case "token":
		switch e.Request.Params["grant_type"] {
		case "authorization_code":
			return pick("seacft", "feacft")
		case "refresh_token":
			if e.Reused() {
				return "ferrt"
			}
			return pick("sertft", "fertft")
		}
	case "logout", "oidc.logout":
		return pick("slo", "flo")
	}
	return ""
}

// details are those of a token as it was sent. Whether its signature is right is not looked at: it is taken for what its alg
// promises.
func (t Token) details(host string) map[string]any {
	verifies := "key"
	switch {
	case strings.HasPrefix(t.Alg, "HS"):
		verifies = "secret"
	case t.Alg == "" || strings.EqualFold(t.Alg, "none"):
		verifies = "nothing"
	}
	claims := map[string]any{"iss": t.Issuer, "sub": t.Subject}
	switch len(t.Audience) {
	case 0:
	case 1:
		claims["aud"] = t.Audience[0]
	default:
		claims["aud"] = append([]string{}, t.Audience...)
	}
	if t.Nonce != "" {
		claims["nonce"] = t.Nonce
	}
	for name, at := range map[string]time.Time{"iat": t.Issued, "exp": t.Until} {
		if !at.IsZero() {
			claims[name] = at.Unix()
		}
	}
	return map[string]any{"token": t.Kind, "issuer": "https://" + host + "/", "alg": t.Alg, "kid": t.Kid, "verifies": verifies, "claims": claims}
}

// answered are the details of a response.
func (e *Exchange) answered() map[string]any {
	r := e.Response
	d := map[string]any{}
	if r.Status > 0 {
		d["status"] = r.Status
	}
	for name, value := range map[string]string{
		"content_type": r.Headers["content-type"], "allow_origin": r.Headers["access-control-allow-origin"], "frame_options": r.Headers["x-frame-options"],
		"csp": r.Headers["content-security-policy"], "retry_after": r.Headers["retry-after"], "location": r.Location, "issuer": r.Issuer,
	} {
		if value != "" {
			d[name] = value
		}
	}
	if len(r.Cookies) > 0 {
		d["set_cookies"] = append([]string{}, r.Cookies...)
	}
	if r.Status >= 400 && r.Error != "" {
		d["note"] = r.Error + ": " + r.Description
	}
	if r.BodyBroken {
		d["body"] = "garbage"
	}
	if len(r.Keys) > 0 {
		d["kids"] = append([]string{}, r.Keys...)
	}
	if e.Took >= time.Second {
		d["took_ms"] = e.Took.Milliseconds()
	}
	if e.Log == nil {
		d["device"] = "the browser of the HAR"
	}
	e.message(d)
	return d
}

// message tells what a page that carries an authorization response says.
func (e *Exchange) message(d map[string]any) {
	r := e.Response
	mode := e.Request.Params["response_mode"]
	if e.Endpoint != "authorize" && e.Endpoint != "authorize.resume" || r.Status != http.StatusOK || r.Error == "" && len(r.Granted) == 0 {
		return
	}
	said := map[string]any{}
	if r.Error != "" {
		said["error"], said["error_description"] = r.Error, r.Description
	}
	for _, name := range r.Granted {
		said[name] = Redacted
	}
	switch {
	case r.State != "":
		said["state"] = r.State
	case r.Inferred != "" && e.Request.Params["state"] != "":
		said["state"] = e.Request.Params["state"]
	}
	d["mode"], d["response"] = mode, said
	if mode == "web_message" {
		d["posts"] = 1
		if d["to"] = r.Target; r.Target == "" {
			d["to"] = originOf(e.Request.Params["redirect_uri"])
		}
	}
}
