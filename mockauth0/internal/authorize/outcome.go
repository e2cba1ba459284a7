package authorize

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/respond"
	"renewal.example/mockauth0/internal/token"
	"renewal.example/mockauth0/tenant"
)

func (q *Request) response() *respond.Response {
	return &respond.Response{Mode: q.Mode, RedirectURI: q.RedirectURI, State: q.State, HasState: q.HasState, Issuer: q.issuer,
		Relay: respond.Relay{URI: q.Raw.Get("web_message_uri"), Target: q.Raw.Get("web_message_target")}}
}

// grant issues what the response type asks for and fills in the response.
func (s *Service) grant(x *httpx.Exchange, q *Request, response *respond.Response, user *tenant.User, sid string, authTime time.Time,
	cookies []*http.Cookie) (*httpx.Result, error) {
	respond.Apply(x, response)
	issue := token.Request{
		Client: q.Client, User: user, Audience: q.Audience, Scopes: q.Scopes, Nonce: q.Nonce, SessionID: sid, Organization: q.Organization,
		SecondFactor: q.secondFactor, Front: true,
	}
	if q.HasMaxAge || q.prompted("login") {
		issue.AuthTime = authTime
	}
	if q.ResponseType.Code {
		issue.Code = s.code(x, q, user, sid, issue.AuthTime)
		warnOffline(x, q)
	}
	set, err := s.Tokens.Issue(x, issue, q.ResponseType.Token, q.ResponseType.IDToken)
	if err != nil {
		return nil, err
	}
	response.Success(issue.Code, set.AccessToken, set.Scope, int64(set.ExpiresIn/time.Second), set.IDToken)
	code, text := event.SuccessLogin, "Successful login"
	if q.Silent() {
		code, text = event.SuccessSilentAuth, "Success silent auth"
	}
	x.Emit(event.Event{Kind: event.KindLog, Type: code, Description: text}.Later(bySession(sid)))
	res, err := response.Result()
	if err != nil {
		return nil, err
	}
	return res.WithCookies(cookies...), nil
}

// warnOffline writes down at a login why no refresh token will come of it, though the client asked for one. Auth0 says nothing of
// it anywhere (fact 1.1-offline-access-ignored), so people look for it in their app.
func warnOffline(x *httpx.Exchange, q *Request) {
	if q.Silent() || !slices.Contains(q.Scopes, "offline_access") || token.Offline(q.Scopes, q.Client, q.Audience) {
		return
	}
	why, text := event.OfflineNotAllowed, "Warning: offline_access was asked for, and the API does not have Allow Offline Access on: "+
		"no refresh token"
	if !q.Client.AllowsGrant(names.GrantRefreshToken) {
		why, text = event.RefreshGrantOff, "Warning: offline_access was asked for, and the application lacks the grant Refresh Token: "+
			"no refresh token"
	}
	x.Warn(why, text)
}

// bySession is the data of a success: the id of the session that answered.
type bySession string

// Data name the session.
func (id bySession) Data() event.Data { return &event.LogEntry{Session: string(id)} }

// fail sends an error to the callback. The tenant's own trouble is a hosted page, even for a silent request
// (facts 1.2-server-errors-are-pages, 1.2-rate-limited-authorize).
func (s *Service) fail(x *httpx.Exchange, q *Request, oe *oauth.Error) (*httpx.Result, error) {
	if oe.Code == "server_error" || oe.Code == "too_many_requests" {
		s.logFailure(x, q.Silent(), oe)
		return nil, oe
	}
	response := q.response()
	response.Err = oe
	respond.Refuse(x, response)
	return s.send(x, q, response)
}

// send logs and writes an error response. For a client with open redirect protection it is a page (fact
// 1.2-third-party-clients): an error needs nobody's consent, so a link to the tenant could lead anywhere that such a client registers.
func (s *Service) send(x *httpx.Exchange, q *Request, response *respond.Response) (*httpx.Result, error) {
	s.logFailure(x, q.Silent(), response.Err)
	if q.Client.ErrorsOnPage {
		oe := *response.Err
		if oe.HTTPStatus() == http.StatusInternalServerError {
			oe.Status = http.StatusForbidden // a code of callbacks, such as login_required, which has no status of its own
		}
		return nil, &oe
	}
	respond.Apply(x, response)
	return response.Result()
}

func (s *Service) logFailure(x *httpx.Exchange, silent bool, oe *oauth.Error) {
	code := event.FailedLogin
	if silent {
		code = event.FailedSilentAuth
	}
	x.Emit(oe.Entry(code))
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
