// Package classic is what login pages of the Classic experience call: a user name and password are sent by script, come
// back as a form with a signed ticket, and that form logs in (fact 5-classic-login; auth0.js web-auth/username-password).
package classic

import (
	"bytes"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/bruteforce"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/internal/mint"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// ticketLife is how long the form may wait: it is submitted at once, by script.
const ticketLife = time.Minute

// Service answers for one tenant.
type Service struct {
	Tenant   func() *tenant.Config
	Sessions *session.Registry
	Store    state.Store
	Login    *login.Service
	Ring     func() *keys.Ring
}

// request are the members of a login that make an authorization request; auth0.js sends them in this form.
func request() []string {
	return []string{"client_id", "redirect_uri", "response_type", "response_mode", "scope", "audience", "state", "nonce", "connection",
		"code_challenge", "code_challenge_method", "organization", "prompt", "max_age"}
}

// refusal is an error body as the Classic pages know it.
type refusal struct {
	Name        string `json:"name"`
	Code        string `json:"code"`
	Description string `json:"description"`
	StatusCode  int    `json:"statusCode"`
}

func refuse(status int, name, code, description string) *httpx.Result {
	res := httpx.JSON(status, refusal{name, code, description, status}).Set("Cache-Control", "no-store")
	res.Error, res.ErrorText, res.Note = code, description, code+": "+description
	return res
}

// UsernamePassword is POST /usernamepassword/login. The answer to a good password is a form that auth0.js puts into the page
// and submits.
func (s *Service) UsernamePassword(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	v, _, err := httpx.Body(r, append(request(), "username", "password", "tenant")...)
	if err != nil {
		return nil, err
	}
	tn := s.Tenant()
	client := tn.ClientByID(v.Get("client_id"))
	if client == nil {
		return logged(x, event.ClientUnknown,
				refuse(http.StatusBadRequest, "BadRequestError", "invalid_request", oauth.Clip("Unknown client: "+v.Get("client_id")))),
			nil
	}
	x.Facts.ClientID, x.Facts.ClientName, x.Facts.UserName = client.ClientID, client.Name, v.Get("username")
	if err := x.Reach(httpx.Parsed); err != nil {
		return nil, err
	}
	conn := s.database(tn, client, v.Get("connection"))
	if conn == nil {
		return logged(x, event.ConnectionUnusable,
			refuse(http.StatusBadRequest, "BadRequestError", "bad.connection", "the connection was not found")), nil
	}
	user := tn.FindUser(conn.Name, v.Get("username"))
	if err := s.Login.Guard.Check(x, user, v.Get("password")); errors.Is(err, bruteforce.ErrWrong) {
		code := event.FailedLoginWrongPassword
		if user == nil {
			code = event.FailedLoginWrongUser
		}
		const words = "Wrong email or password."
		x.Emit(event.Event{Kind: event.KindLog, Type: code, Description: words, Data: &event.LogEntry{Reason: event.WrongCredentials}})
		return refuse(http.StatusUnauthorized, "ValidationError", "invalid_user_password", words), nil
	} else if err != nil {
		var oe *oauth.Error
		if !errors.As(err, &oe) {
			return nil, err
		}
		return refuse(oe.HTTPStatus(), "ValidationError", oe.Code, oe.Description), nil
	}
	x.Facts.UserID, x.Facts.UserName, x.Facts.Connection = user.ID, user.Email, conn.Name
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	return s.form(x, tn, v, user, conn)
}

// logged writes a refusal that nothing else writes to the tenant's log.
func logged(x *httpx.Exchange, reason event.Reason, res *httpx.Result) *httpx.Result {
	x.Emit(event.Event{Kind: event.KindLog, Type: event.FailedLogin, Description: res.ErrorText, Data: &event.LogEntry{Reason: reason}})
	return res
}

// database is the connection that a login names, or the one that there is.
func (s *Service) database(tn *tenant.Config, client *tenant.Client, name string) *tenant.Connection {
	if name == "" {
		name = tn.Settings.DefaultDirectory
	}
	for _, c := range tn.EnabledConnections(client) {
		if c.Database() && (name == "" || c.Name == name) {
			return c
		}
	}
	return nil
}

var formPage = template.Must(template.New("form").Parse(`<form method="post" name="hiddenform" action="{{.Action}}">
    <input type="hidden" name="wa" value="wsignin1.0">
    <input type="hidden" name="wresult" value="{{.Result}}">
    <input type="hidden" name="wctx" value="{{.Context}}">
    <noscript>
        <p>Script is disabled. Click Submit to continue.</p>
        <input type="submit" value="Submit">
    </noscript>
</form>`))

// form carries the ticket: a token that names it, and beside it what the page may want to read.
func (s *Service) form(x *httpx.Exchange, tn *tenant.Config, v url.Values, user *tenant.User,
	conn *tenant.Connection) (*httpx.Result, error) {
	now := x.Now()
	t := state.Ticket{ID: mint.UUID(), Kind: state.TicketClassic, ClientID: v.Get("client_id"), UserID: user.ID, Connection: conn.Name,
		Values: url.Values{}, Issued: now, Expires: now.Add(ticketLife)}
	for _, name := range request() {
		if v.Has(name) {
			t.Values.Set(name, v.Get(name))
		}
	}
	result, err := mint.Sign(s.Ring(), mint.Spec{Kind: "wresult", Alg: "RS256", Typ: "JWT", Claims: []mint.Claim{
		{Name: "iss", Value: x.Issuer()}, {Name: "sub", Value: user.ID}, {Name: "aud", Value: x.Origin + names.FormCallbackPath},
		{Name: "iat", Value: now.Unix()}, {Name: "exp", Value: t.Expires.Unix()}, {Name: "jti", Value: t.ID},
	}})
	if err != nil {
		return nil, err
	}
	context, err := json.Marshal(map[string]string{"strategy": conn.Strategy, "tenant": tn.Name, "connection": conn.Name,
		"client_id": t.ClientID, "response_type": v.Get("response_type"), "scope": v.Get("scope"), "protocol": "oauth2",
		"redirect_uri": v.Get("redirect_uri"), "state": v.Get("state"), "nonce": v.Get("nonce"), "audience": v.Get("audience"),
		"realm": conn.Name})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := formPage.Execute(&b, map[string]string{
		"Action": x.Origin + names.FormCallbackPath, "Result": result, "Context": string(context),
	}); err != nil {
		return nil, err
	}
	session.TellDropped(x, s.Store.PutTicket(t))
	return httpx.HTML(http.StatusOK, b.Bytes()).Set("Cache-Control", "no-store"), nil
}

// Callback is POST /login/callback: the form arrives, by the browser itself. What it may do lies in the ticket; the wctx
// beside it could have been changed on the way and is not read.
func (s *Service) Callback(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	v, err := httpx.Params(r, "wa", "wresult", "wctx")
	if err != nil {
		return nil, err
	}
	id, err := s.ticketOf(x, v.Get("wresult"))
	if err != nil {
		return nil, err
	}
	t, ok := s.Store.Ticket(state.TicketClassic, id)
	if !ok || !x.Now().Before(t.Expires) {
		return nil, login.Lost()
	}
	tn := s.Tenant()
	client, conn, user := tn.ClientByID(t.ClientID), tn.Connection(t.Connection), tn.UserByID(t.UserID)
	if client == nil || conn == nil || user == nil { // the tenant was reloaded meanwhile
		return nil, login.Lost()
	}
	x.Facts.ClientID, x.Facts.ClientName = client.ClientID, client.Name
	x.Facts.UserID, x.Facts.UserName, x.Facts.Connection = user.ID, user.Email, conn.Name
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	transaction, cookies, err := s.transaction(x, r, t, client)
	if err != nil {
		return nil, err
	}
	if _, ok := s.Store.TakeTicket(state.TicketClassic, id); !ok {
		return nil, login.Lost()
	}
	res, err := s.Login.LoggedIn(x, r, transaction, user, conn)
	if err != nil {
		return nil, err
	}
	return res.WithCookies(cookies...), nil
}

// transaction is the one of the hosted page that the login came from: it has to want such a login. A form on a page of
// the app's own has none: it is a cross-origin login, which the client has to allow, and starts one here. Nothing ties it
// to this browser then, so it must come from a page of the client's, or anybody could log their visitors in as themselves.
func (s *Service) transaction(x *httpx.Exchange, r *http.Request, t state.Ticket, client *tenant.Client) (state.Transaction,
	[]*http.Cookie, error) {
	found, err := s.Login.Find(x, r, t.Values.Get("state"))
	if err == nil && (found.ClientID != t.ClientID || !slices.Contains([]string{"", t.Connection}, found.Request.Get("connection"))) {
		return state.Transaction{}, nil, login.Lost()
	}
	if err == nil {
		return found, nil, nil
	}
	if _, others := s.Store.Transaction(t.Values.Get("state")); others { // somebody wants this browser to be logged in as them
		return state.Transaction{}, nil, err
	}
	if !client.CrossOriginAuth {
		return state.Transaction{}, nil, &oauth.Error{Code: "unauthorized_client", Status: http.StatusForbidden,
			Reason: event.SettingOff, Description: "Cross origin login not enabled.",
			Hint: "Log in on the tenant's page, or set cross_origin_authentication of the client in tenant.yaml."}
	}
	// old browsers send none
	if origin := r.Header.Get("Origin"); origin != "" && origin != x.Origin && !login.AllowedOrigin(s.Tenant(), client, origin) {
		return state.Transaction{}, nil, &oauth.Error{Code: "unauthorized_client", Status: http.StatusForbidden,
			Reason: event.OriginNotListed, Description: "Cross origin login not allowed.",
			Hint: "The form came from a page of " + strconv.Quote(origin) +
				": add that to allowed_origins of the client in tenant.yaml. \"null\" is a page that hides its origin by its Referrer-Policy."}
	}
	if s.Tenant().Settings.RequirePushedRequests || client.RequirePushedRequests {
		return state.Transaction{}, nil, &oauth.Error{
			Code: "invalid_request", Reason: event.PushedRequestsRequired,
			Description: "Pushed authorization requests are required for this client",
		}
	}
	opened, cookies := s.Login.Open(x, r, login.Start{Request: t.Values, ClientID: client.ClientID})
	return opened, cookies, nil
}

// ticketOf verifies a wresult and reads which ticket it names. It is a token of the tenant's own, for this address only.
func (s *Service) ticketOf(x *httpx.Exchange, raw string) (string, error) {
	var c struct {
		Iss, Aud, Jti string
		Exp           int64
	}
	payload, err := mint.Verify(s.Ring(), raw)
	if err == nil {
		err = json.Unmarshal(payload, &c)
	}
	if err != nil || c.Iss != x.Issuer() || c.Aud != x.Origin+names.FormCallbackPath || !x.Now().Before(time.Unix(c.Exp, 0)) {
		lost := login.Lost()
		lost.Cause = err
		return "", lost
	}
	return c.Jti, nil
}

// Challenge is POST /usernamepassword/challenge: does a login need a captcha? Never here.
func (s *Service) Challenge(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	if _, _, err := httpx.Body(r, "state"); err != nil {
		return nil, err
	}
	if err := x.Reach(httpx.Parsed); err != nil {
		return nil, err
	}
	return httpx.JSON(http.StatusOK, map[string]bool{"required": false}), nil
}

// ssoData is what auth0.js 8 reads of /user/ssodata.
type ssoData struct {
	SSO                bool     `json:"sso"`
	LastUsedUserID     string   `json:"lastUsedUserID,omitempty"`
	LastUsedUsername   string   `json:"lastUsedUsername,omitempty"`
	LastUsedClientID   string   `json:"lastUsedClientID,omitempty"`
	SessionClients     []string `json:"sessionClients,omitempty"`
	LastUsedConnection *struct {
		Name     string `json:"name"`
		Strategy string `json:"strategy"`
	} `json:"lastUsedConnection,omitempty"`
}

// SSOData is GET /user/ssodata: who is logged in, for the login page to greet. It keeps no session alive.
func (s *Service) SSOData(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	var out ssoData
	if found, why := s.Sessions.Find(x, r); why == "" {
		tn := s.Tenant()
		if u, c := tn.UserByID(found.UserID), tn.Connection(found.Connection); u != nil && c != nil {
			x.Facts.UserID, x.Facts.UserName, x.Facts.Connection = u.ID, u.Email, c.Name
			out = ssoData{SSO: true, LastUsedUserID: u.ID, LastUsedUsername: u.Email, SessionClients: slices.Clone(found.Clients)}
			if n := len(found.Clients); n > 0 {
				out.LastUsedClientID = found.Clients[n-1]
			}
			out.LastUsedConnection = &struct {
				Name     string `json:"name"`
				Strategy string `json:"strategy"`
			}{c.Name, c.Strategy}
		}
	}
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	return httpx.JSON(http.StatusOK, out).Set("Cache-Control", "no-store"), nil
}
