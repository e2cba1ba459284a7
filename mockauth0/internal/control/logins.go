package control

import (
	"errors"
	"net/http"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/directory"
	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/internal/token"
)

// Logins log users in without a page. An error is what the tenant refuses, in its own words.
type Logins interface {
	// LogIn begins a session of a user, at a client unless that is "".
	LogIn(x *httpx.Exchange, user, client string) (state.Session, []*http.Cookie, error)
	// Tokens are those that a login would lead to.
	Tokens(x *httpx.Exchange, q TokenRequest) (token.Response, error)
}

// TokenRequest says whose tokens are wanted, and for what.
type TokenRequest struct {
	User         string `json:"user"`
	Client       string `json:"client"`
	Audience     string `json:"audience,omitempty"`
	Scope        string `json:"scope,omitempty"`
	Organization string `json:"organization,omitempty"`
}

// cookieView is a cookie as Playwright's addCookies and Cypress's setCookie take it.
type cookieView struct {
	Name     string `json:"name"`
	Value    string `json:"value"`
	Domain   string `json:"domain"`
	Path     string `json:"path"`
	Secure   bool   `json:"secure"`
	HTTPOnly bool   `json:"httpOnly"`
	SameSite string `json:"sameSite,omitempty"` // None, Lax; "": the cookie names none
	Expires  int64  `json:"expires,omitempty"`  // seconds since 1970, real time; 0: with the browser
}

// LogIn is POST /sessions {user, client?}: a login without a page. The cookies are in the body, and set for whoever asked.
func (s *Service) LogIn(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	var q struct {
		User   string `json:"user"`
		Client string `json:"client,omitempty"`
	}
	if err := body(r, &q); err != nil {
		return nil, err
	}
	if q.User == "" {
		return nil, bad(errors.New("user is missing: give the user_id, e-mail address or user name of who logs in"))
	}
	if err := s.named(q.User, q.Client); err != nil {
		return nil, err
	}
	session, cookies, err := s.Logins.LogIn(x, q.User, q.Client)
	if err != nil {
		return nil, refused(err)
	}
	_, host := domain.Split(x.Origin)
	views := make([]cookieView, 0, len(cookies))
	for _, c := range cookies {
		views = append(views, cookieOf(c, httpx.Hostname(host)))
	}
	return httpx.JSON(http.StatusCreated, map[string]any{"session": shown(session), "cookies": views}).WithCookies(cookies...), nil
}

func cookieOf(c *http.Cookie, host string) cookieView {
	v := cookieView{Name: c.Name, Value: c.Value, Domain: host, Path: c.Path, Secure: c.Secure, HTTPOnly: c.HttpOnly}
	switch c.SameSite {
	case http.SameSiteNoneMode:
		v.SameSite = "None"
	case http.SameSiteLaxMode:
		v.SameSite = "Lax"
	default:
	}
	if !c.Expires.IsZero() {
		v.Expires = c.Expires.Unix()
	}
	return v
}

// IssueTokens is POST /tokens {user, client, audience?, scope?, organization?}: what the token endpoint would answer after a login.
func (s *Service) IssueTokens(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	var q TokenRequest
	if err := body(r, &q); err != nil {
		return nil, err
	}
	if q.User == "" || q.Client == "" {
		return nil, bad(errors.New("give user (user_id, e-mail address or user name) and client (id or name)"))
	}
	if err := s.named(q.User, q.Client); err != nil {
		return nil, err
	}
	set, err := s.Logins.Tokens(x, q)
	if err != nil {
		return nil, refused(s.withAudiences(err, q.Audience))
	}
	return httpx.JSON(http.StatusCreated, set), nil
}

// withAudiences adds the audiences that there are to the refusal of an unknown one: Auth0's words name only the wrong one.
func (s *Service) withAudiences(err error, audience string) error {
	oe, ok := errors.AsType[*oauth.Error](err)
	if !ok || oe.Reason != event.AudienceUnknown {
		return err
	}
	said := *oe
	said.Description += directory.LikeAPI(s.Tenant.Snapshot(), audience)
	return &said
}

// named holds a request to users and clients that there are; "" is none.
func (s *Service) named(user, client string) error {
	if err := s.userNamed(user, false); err != nil {
		return err
	}
	return s.clientNamed(client)
}

// refused is a refusal of the tenant for whoever asked by the control API: codes of the authorization endpoint have no status.
func refused(err error) error {
	oe, ok := errors.AsType[*oauth.Error](err)
	switch {
	case !ok:
		return bad(err)
	case oe.HTTPStatus() == http.StatusInternalServerError && oe.Code != "server_error":
		said := *oe
		said.Status = http.StatusForbidden
		return &said
	}
	return err
}
