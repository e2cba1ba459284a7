package authorize

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"renewal.example/mockauth0/internal/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/respond"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/internal/token"
	"renewal.example/mockauth0/tenant"
)

// Service answers /authorize and /authorize/resume of one tenant.
type Service struct {
	Tenant   func() *tenant.Tenant
	Sessions *session.Registry
	Store    state.Store
	Login    *login.Service
	Tokens   *token.Issuer
}

// Authorize is GET or POST /authorize.
func (s *Service) Authorize(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	v, err := parse(r)
	if err != nil {
		return nil, err
	}
	x.Facts.Prompt = v.Get("prompt") // known for the log even when the request is refused
	tn := s.Tenant()
	q, err := trusted(tn, v)
	if err != nil {
		s.logPageError(x, v.Get("client_id"), err)
		return nil, err
	}
	q.facts(x)
	if err := x.Reach(httpx.Parsed); err != nil {
		return nil, err
	}
	if oe := q.validate(tn); oe != nil {
		return s.fail(x, q, oe)
	}
	found, why := s.Sessions.Find(x, r)
	user, oe := s.usable(x, tn, q, &found, why)
	if oe != nil {
		return s.fail(x, q, oe)
	}
	if user == nil {
		if q.Silent() {
			// Every reason looks the same to the application (auth0-protocol.md §2.3); the log says which it was.
			return s.fail(x, q, &oauth.Error{Code: "login_required", Description: "Login required"})
		}
		// An armed error must reach an interactive request as well, before the person is asked anything.
		response := q.response()
		if respond.Apply(x, response); response.Err != nil {
			return s.send(x, q, response)
		}
		return s.Login.Begin(x, r, v, q.Client.ClientID, q.Connection), nil
	}
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	response := q.response()
	if respond.Apply(x, response); response.Err != nil { // before the session is used: a refused request keeps nothing alive
		return s.send(x, q, response)
	}
	touched, ok := s.Sessions.Touch(x, found.ID, q.Client.ClientID)
	if !ok { // ended by a parallel request
		return s.fail(x, q, &oauth.Error{Code: "login_required", Description: "Login required"})
	}
	return s.grant(x, q, response, user, touched.ID, touched.AuthTime, s.Sessions.Cookies(x, touched))
}

// usable decides whether the session found may answer the request: the user when it may; neither user nor
// error when the person has to log in.
func (s *Service) usable(x *httpx.Exchange, tn *tenant.Tenant, q *Request, found *state.Session, why string) (*tenant.User, *oauth.Error) {
	note := func(reason string) (*tenant.User, *oauth.Error) {
		x.Emit(event.Event{Kind: event.KindSession, Description: "session not usable", Details: map[string]any{"why": reason}})
		return nil, nil
	}
	enabled := func(c *tenant.Connection) bool { return c.Name == found.Connection }
	switch {
	case why != "":
		return note(why)
	case q.prompted("login") || q.prompted("select_account"):
		return note("prompt")
	case q.HasMaxAge && (q.MaxAge == 0 || x.Now().Sub(found.AuthTime) > q.MaxAge):
		return note("max_age")
	case q.Connection != "" && q.Connection != found.Connection:
		return note("other_connection")
	case !slices.ContainsFunc(tn.EnabledConnections(q.Client), enabled):
		return note("connection_not_enabled")
	}
	x.Facts.UserID, x.Facts.SessionID, x.Facts.Connection = found.UserID, found.ID, found.Connection
	user := tn.UserByID(found.UserID)
	if user == nil {
		return nil, &oauth.Error{Code: "server_error", Status: 500, Description: "Unable to construct sso user.",
			Hint: "The session's user no longer exists. Log out, or end the session, and log in again."}
	}
	x.Facts.UserName = user.Email
	if user.Blocked {
		return nil, oauth.Errorf("unauthorized", "user is blocked")
	}
	return user, nil
}

// Resume is GET /authorize/resume: the person has logged in, the request goes on where it stopped.
func (s *Service) Resume(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	t, err := s.Login.Find(x, r, r.URL.Query().Get("state"))
	if err != nil {
		return nil, err
	}
	if t.UserID == "" { // not logged in yet: the login page is where to go on
		return httpx.RedirectTo("/u/login?state=" + t.ID), nil
	}
	tn := s.Tenant()
	q, err := trusted(tn, t.Request)
	if err != nil { // the tenant was reloaded meanwhile
		return nil, err
	}
	q.facts(x)
	user := tn.UserByID(t.UserID)
	if user != nil {
		x.Facts.UserID, x.Facts.UserName, x.Facts.Connection = user.ID, user.Email, t.Connection
	}
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	// Only now: an effect that cuts the request short leaves the login to a reload. What t says stays as it was found,
	// so that user and session belong together.
	if _, err := s.Login.Take(t.ResumeID); err != nil {
		return nil, err
	}
	if oe := q.validate(tn); oe != nil {
		return s.fail(x, q, oe)
	}
	if user == nil {
		return nil, &oauth.Error{Code: "server_error", Description: "Unable to construct sso user.", Hint: "The user was removed while logging in."}
	}
	if user.Blocked {
		return s.fail(x, q, oauth.Errorf("unauthorized", "user is blocked"))
	}
	response := q.response()
	if respond.Apply(x, response); response.Err != nil {
		return s.send(x, q, response)
	}
	if !t.NoSession {
		s.Sessions.Touch(x, t.SessionID, q.Client.ClientID)
	}
	return s.grant(x, q, response, user, t.SessionID, t.AuthTime, nil)
}

// Cancel ends a transaction without a login: the person declined at the identity provider.
func (s *Service) Cancel(x *httpx.Exchange, t state.Transaction) (*httpx.Result, error) {
	t, err := s.Login.Take(t.ResumeID)
	if err != nil {
		return nil, err
	}
	q, err := trusted(s.Tenant(), t.Request)
	if err != nil {
		return nil, err
	}
	q.facts(x)
	return s.fail(x, q, oauth.Errorf("access_denied", "User has canceled the interaction."))
}

func (q *Request) response() *respond.Response {
	return &respond.Response{Mode: q.Mode, RedirectURI: q.RedirectURI, State: q.State, HasState: q.HasState}
}

// grant issues what the response type asks for and fills in the response, on which the effects have acted.
func (s *Service) grant(x *httpx.Exchange, q *Request, response *respond.Response, user *tenant.User, sid string, authTime time.Time, cookies []*http.Cookie) (*httpx.Result, error) {
	issue := token.Request{Client: q.Client, User: user, Audience: q.Audience, Scopes: q.Scopes, Nonce: q.Nonce, SessionID: sid, Front: true}
	if q.HasMaxAge || q.prompted("login") {
		issue.AuthTime = authTime
	}
	if q.ResponseType.Code {
		issue.Code = s.code(x, q, user, sid, issue.AuthTime)
	}
	set, err := s.Tokens.Issue(x, issue, q.ResponseType.Token, q.ResponseType.IDToken)
	if err != nil {
		return nil, err
	}
	response.Success(issue.Code, set.AccessToken, set.Scope, int64(set.ExpiresIn/time.Second), set.IDToken)
	kind := "s"
	if q.Silent() {
		kind = "ssa"
	}
	x.Emit(event.Event{Kind: event.KindLog, Type: kind, Description: successText(q), Details: map[string]any{"session": sid}})
	res, err := response.Result()
	if err != nil {
		return nil, err
	}
	return res.WithCookies(cookies...), nil
}

func successText(q *Request) string {
	if q.Silent() {
		return "Success silent auth"
	}
	return "Successful login"
}

// fail sends an error to the callback; server errors are hosted pages even for silent requests
// (auth0-protocol.md §1.2 rule 4).
func (s *Service) fail(x *httpx.Exchange, q *Request, oe *oauth.Error) (*httpx.Result, error) {
	if oe.Code == "server_error" {
		s.logFailure(x, q.Silent(), oe)
		return nil, oe
	}
	response := q.response()
	response.Err = oe
	respond.Apply(x, response)
	return s.send(x, q, response)
}

// send logs and writes an error response.
func (s *Service) send(x *httpx.Exchange, q *Request, response *respond.Response) (*httpx.Result, error) {
	s.logFailure(x, q.Silent(), response.Err)
	return response.Result()
}

func (s *Service) logFailure(x *httpx.Exchange, silent bool, oe *oauth.Error) {
	kind := "f"
	if silent {
		kind = "fsa"
	}
	x.Emit(event.Event{Kind: event.KindLog, Type: kind, Description: oe.Description, Details: map[string]any{"error": oe.Code}})
}

func (s *Service) logPageError(x *httpx.Exchange, clientID string, err error) {
	if c := s.Tenant().ClientByID(clientID); c != nil {
		x.Facts.ClientID, x.Facts.ClientName = c.ClientID, c.Name
	}
	var oe *oauth.Error
	if errors.As(err, &oe) {
		s.logFailure(x, x.Facts.Silent(), oe)
	}
}
