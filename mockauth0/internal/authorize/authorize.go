package authorize

import (
	"net/http"
	"net/url"
	"slices"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/directory"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/respond"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/internal/token"
	"renewal.example/mockauth0/tenant"
)

// Service answers /authorize, /authorize/resume and the pages that ask for consent, of one tenant.
type Service struct {
	Tenant   func() *tenant.Config
	Sessions *session.Registry
	Store    state.Store
	Login    *login.Service
	Tokens   *token.Issuer
	Clients  ClientAuthenticator
	// Learn has the tenant know what a request asks for, before it is judged; nil: nothing is learned.
	Learn func(x *httpx.Exchange, asked tenant.Asked)
}

// Authorize is GET or POST /authorize.
func (s *Service) Authorize(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	v, err := httpx.Params(r, parameters[:]...)
	id := v.Get("client_id")
	if err != nil {
		x.Facts.Prompt = v.Get("prompt")
		s.logPageError(x, id, err)
		return nil, err
	}
	v, ticket, err := s.pushed(x, v)
	if err != nil {
		s.logPageError(x, id, err)
		return nil, err
	}
	// known for the log and the error page even when the request is refused
	x.Facts.Prompt, x.Facts.Locales = v.Get("prompt"), v.Get("ui_locales")
	s.learn(x, v)
	tn := s.Tenant()
	q, err := trusted(tn, v)
	if err != nil {
		s.logPageError(x, id, err)
		return nil, err
	}
	q.facts(x)
	if err := x.Reach(httpx.Parsed); err != nil {
		return nil, err
	}
	if err := s.use(ticket); err != nil {
		s.logPageError(x, id, err)
		return nil, err
	}
	if ticket == nil && (tn.Settings.RequirePushedRequests || q.Client.RequirePushedRequests) {
		return s.fail(x, q, oauth.Errorf("invalid_request", "Pushed authorization requests are required for this client").
			Because(event.PushedRequestsRequired))
	}
	if oe := s.validate(x, tn, q); oe != nil {
		return s.fail(x, q, oe)
	}
	q.warn(x)
	if v.Get("login_ticket") != "" {
		return s.redeem(x, r, q, v)
	}
	return s.answer(x, r, tn, q, v)
}

// learn has the tenant know what a request names.
func (s *Service) learn(x *httpx.Exchange, v url.Values) {
	if s.Learn != nil {
		s.Learn(x, tenant.Asked{Login: true, ClientID: v.Get("client_id"), Callback: v.Get("redirect_uri"), Audience: v.Get("audience"),
			Scope: v.Get("scope")})
	}
}

// answer is what a request gets that is right in itself: tokens by the session, a page that asks for what is missing, or
// a refusal.
func (s *Service) answer(x *httpx.Exchange, r *http.Request, tn *tenant.Config, q *Request, v url.Values) (*httpx.Result, error) {
	found, why := s.Sessions.Find(x, r)
	user, oe := s.usable(x, tn, q, &found, why)
	if oe != nil {
		return s.fail(x, q, oe)
	}
	if user != nil {
		if err := x.Reach(httpx.Resolved); err != nil {
			return nil, err
		}
	}
	var d due
	if user == nil {
		d = due{page: names.LoginPath, refusal: loginRequired()}
	} else {
		d = s.pending(x, r, tn, q, user, state.Transaction{SessionID: found.ID})
		d.tell(x)
	}
	switch {
	case d.denied != nil:
		return s.fail(x, q, d.denied)
	case q.Silent() && d.page != "": // nothing may be shown
		return s.fail(x, q, d.refusal)
	}
	// Armed errors act before the person is asked anything, and before the session is used: a refused request keeps
	// nothing alive.
	response := q.response()
	if respond.Refuse(x, response); response.Err != nil {
		return s.send(x, q, response)
	}
	if d.page != "" {
		return s.Login.Begin(x, r, login.Start{
			Request: kept(v), ClientID: q.Client.ClientID, Connection: q.Connection, Page: d.page, Session: found,
		}), nil
	}
	touched, ok := s.Sessions.Touch(x, found.ID, q.Client.ClientID)
	if !ok { // ended by a parallel request
		return s.fail(x, q, loginRequired())
	}
	q.secondFactor = !touched.SecondFactor.IsZero()
	return s.grant(x, q, response, user, touched.ID, touched.AuthTime, s.Sessions.Cookies(x, touched))
}

// loginRequired looks the same to the application whatever the reason is (fact 2.3-no-cookie); the log says which
// it was.
func loginRequired() *oauth.Error {
	return &oauth.Error{Code: "login_required", Description: "Login required", Reason: event.LoginRequired}
}

// usable decides whether the session found may answer the request: the user when it may; neither user nor
// error when the person has to log in.
func (s *Service) usable(x *httpx.Exchange, tn *tenant.Config, q *Request, found *state.Session,
	why event.Reason) (*tenant.User, *oauth.Error) {
	note := func(why event.Reason) (*tenant.User, *oauth.Error) {
		x.Emit(event.Event{Kind: event.KindSession, Description: "session not usable",
			Data: &event.Session{Change: event.SessionNotUsable, ID: found.ID, Why: why}})
		*found = state.Session{}
		return nil, nil
	}
	enabled := func(c *tenant.Connection) bool { return c.Name == found.Connection }
	switch {
	case why != "":
		return note(why)
	case q.prompted("login"):
		return note(event.LoginPrompted)
	case q.HintedUser != "" && q.HintedUser != found.UserID:
		return note(event.HintOfAnother)
	case q.HasMaxAge && (q.MaxAge == 0 || x.Now().Sub(found.AuthTime) > q.MaxAge):
		return note(event.LoginTooOld)
	case q.Connection != "" && q.Connection != found.Connection:
		return note(event.OtherConnection)
	case !slices.ContainsFunc(tn.EnabledConnections(q.Client), enabled):
		return note(event.ConnectionNotEnabled)
	}
	x.Facts.UserID, x.Facts.SessionID, x.Facts.Connection = found.UserID, found.ID, found.Connection
	user := directory.Find(x, tn, found.UserID)
	if user == nil {
		return nil, &oauth.Error{Code: "server_error", Status: 500, Description: "Unable to construct sso user.", Reason: event.UserUnknown,
			Hint: "The session's user no longer exists. Log out, or end the session, and log in again."}
	}
	x.Facts.UserName = user.Email
	if oe := s.barred(q, user); oe != nil {
		return nil, oe
	}
	return user, nil
}

// barred is the error for a user who may not have what the request asks for.
func (s *Service) barred(q *Request, u *tenant.User) *oauth.Error {
	switch {
	case u.Blocked:
		return oauth.Errorf("unauthorized", "user is blocked").Because(event.UserIsBlocked)
	case q.HintedUser != "" && q.HintedUser != u.ID: // somebody else logged in than id_token_hint names (OIDC Core §3.1.2.1)
		return loginRequired().Because(event.HintOfAnother)
	}
	return q.belonging(s.Tenant(), u)
}
