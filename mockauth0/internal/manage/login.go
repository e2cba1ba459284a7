package manage

import (
	"net/http"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/authorize"
	"renewal.example/mockauth0/internal/control"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/internal/token"
)

// defaultScope is what is asked for where nobody says.
const defaultScope = "openid profile email"

// LogIn logs a user in without a page, at a client unless that is "", whose rules count then. The cookies are those that the browser
// would have. What the tenant refuses is an error.
func (s *Service) LogIn(x *httpx.Exchange, user, client string) (state.Session, []*http.Cookie, error) {
	u, err := s.User(user)
	if err != nil {
		return state.Session{}, nil, err
	}
	if c := s.People.Snapshot().Connection(u.Connection); c != nil && c.DevKeys {
		return state.Session{}, nil, oauth.Errorf("access_denied",
			"the connection %s uses Auth0's development keys, so no login by it leaves a session", u.Connection).Because(event.ConnectionUnusable)
	}
	if client != "" {
		c, err := s.Client(client)
		if err != nil {
			return state.Session{}, nil, err
		}
		e, err := s.Authorize.Enter(x, authorize.Direct{Client: c, User: u, Scope: defaultScope})
		if err != nil {
			return state.Session{}, nil, err
		}
		return e.Session, e.Cookies, nil
	}
	if u.Blocked {
		return state.Session{}, nil, oauth.Errorf("unauthorized", "the user %q is blocked, and cannot log in", user).
			Because(event.UserIsBlocked)
	}
	browser := &http.Request{Header: http.Header{}} // a new one: it has no cookies yet
	_, cookies := s.SSO.Device(browser)
	begun := s.SSO.Begin(x, browser, session.NewID(), u.ID, u.Connection)
	return begun, append(s.SSO.Cookies(x, begun), cookies...), nil
}

// Tokens logs a user in at a client without a page, and gives what the token endpoint would answer then. What the tenant refuses is an
// error.
func (s *Service) Tokens(x *httpx.Exchange, q control.TokenRequest) (token.Response, error) {
	u, err := s.User(q.User)
	if err != nil {
		return token.Response{}, err
	}
	client, err := s.Client(q.Client)
	if err != nil {
		return token.Response{}, err
	}
	if q.Scope == "" {
		q.Scope = defaultScope
	}
	e, err := s.Authorize.Enter(x, authorize.Direct{Client: client, User: u, Audience: q.Audience, Scope: q.Scope,
		Organization: q.Organization})
	if err != nil {
		return token.Response{}, err
	}
	issued, err := s.Authorize.Issue(x, e)
	if err != nil {
		return token.Response{}, err
	}
	if issued.Exchange == nil {
		return issued.Tokens.Response(""), nil
	}
	a, err := s.Exchanges.Redeem(x, client, issued.Exchange)
	if err != nil {
		return token.Response{}, err
	}
	return a.Response, nil
}
