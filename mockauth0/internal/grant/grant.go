// Package grant is the token endpoint (RFC 6749 §3.2): one file per grant type, one table of them.
package grant

import (
	"errors"
	"net/http"
	"net/url"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/bruteforce"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/ratelimit"
	"renewal.example/mockauth0/internal/respond"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/internal/token"
	"renewal.example/mockauth0/tenant"
)

// Service answers /oauth/token and /oauth/revoke of one tenant.
type Service struct {
	Tenant func() *tenant.Config
	Store  state.Store
	Tokens *token.Issuer
	Signer *RefreshSigner
	Guard  *bruteforce.Guard
	Quotas *ratelimit.Limits // of tokens for machines, by client and period
	// Learn has the tenant know what a request asks for, before it is judged; nil: nothing is learned.
	Learn func(x *httpx.Exchange, asked tenant.Asked)
}

// Request is an authenticated token request.
type Request struct {
	Client *tenant.Client
	Proof  bool // it has a DPoP header (RFC 9449)
	url.Values
}

// required is a parameter that must be there.
func (q Request) required(name string) (string, error) {
	if v := q.Get(name); v != "" {
		return v, nil
	}
	reason := event.ParameterMissing
	if name == "refresh_token" {
		reason = event.RefreshTokenNotSent
	}
	return "", oauth.Errorf("invalid_request", "Missing required parameter: %s", name).Because(reason)
}

// handler answers requests of one grant.
type handler struct {
	handle  func(s *Service, x *httpx.Exchange, q Request) (*Answer, error)
	invalid string       // Auth0's words for an invalid_grant
	refused event.Reason // and why, where nobody says which of its reasons it is
}

// What Auth0 says of an invalid_grant. auth0-spa-js matches the words "invalid refresh token" (fact 4-refresh-unknown).
const (
	badCode    = "Invalid authorization code"
	badRefresh = "Unknown or invalid refresh token."
	badLogin   = "Wrong email or password."
)

// handlerOf is the table of the grants that are served; what else there is to know of a grant is in internal/names.
func handlerOf(grantType string) (h handler, served bool) {
	switch grantType {
	case names.GrantAuthorizationCode:
		return handler{authorizationCode, badCode, event.CodeRefused}, true
	case names.GrantRefreshToken:
		return handler{refreshToken, badRefresh, event.RefreshRefused}, true
	case names.GrantClientCredentials:
		return handler{clientCredentials, "", ""}, true
	case names.GrantPassword:
		return handler{password, badLogin, event.WrongCredentials}, true
	case names.GrantPasswordRealm:
		return handler{passwordRealm, badLogin, event.WrongCredentials}, true
	}
	return handler{}, false
}

// Answer is a successful token response.
type Answer struct {
	token.Response
	quota string // Auth0-Client-Quota-Limit; "": the client has none
}

func answer(set token.Set, refresh string) *Answer { return &Answer{Response: set.Response(refresh)} }

// Token is POST /oauth/token. A failed client authentication is found before anything is used up: old clients try
// Basic first and then the body (golang.org/x/oauth2, AuthStyleAutoDetect).
func (s *Service) Token(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	v, err := parameters(r)
	if err != nil {
		s.failed(x, event.FailedLogin, err)
		return nil, err
	}
	g, known := names.GrantOf(v.Get("grant_type"))
	if !known || g.Front {
		g = names.Grant{Failure: event.FailedLogin}
	}
	a, err := s.exchange(x, r, v, g)
	if err != nil {
		s.failed(x, g.Failure, err)
		return nil, err
	}
	succeeded(x, g, a)
	res := httpx.JSON(http.StatusOK, a).Set("Content-Type", "application/json").
		Set("Cache-Control", "no-store").Set("Pragma", "no-cache")
	if a.quota != "" {
		res.Set("Auth0-Client-Quota-Limit", a.quota)
	}
	return res, nil
}

// Redeem exchanges what a client was handed, as the token endpoint does once the client has proved who it is.
func (s *Service) Redeem(x *httpx.Exchange, client *tenant.Client, v url.Values) (*Answer, error) {
	name := v.Get("grant_type")
	g, _ := names.GrantOf(name)
	h, served := handlerOf(name)
	x.Facts.Grant = name
	if !served {
		return nil, s.unsupported(g, name)
	}
	a, err := s.handle(x, Request{client, false, v}, g, h)
	if err != nil {
		return nil, err
	}
	succeeded(x, g, a)
	return a, nil
}

// succeeded writes a success to the tenant's log.
func succeeded(x *httpx.Exchange, g names.Grant, a *Answer) {
	x.Emit(event.Event{Kind: event.KindLog, Type: g.Success, Description: "Successful exchange: " + x.Facts.Grant}.Later(&exchanged{
		grant: x.Facts.Grant, askedBy: x.Facts.AskedBy, family: x.Facts.FamilyID,
		refreshToken: a.RefreshToken != "", expiresIn: a.ExpiresIn, scope: a.Scope,
	}))
}

// exchanged is what the log keeps of a success.
type exchanged struct {
	grant, askedBy, family, scope string
	expiresIn                     int64
	refreshToken                  bool
}

// Data are those of the entry.
func (e *exchanged) Data() event.Data {
	return &event.LogEntry{Grant: e.grant, AskedBy: e.askedBy, Family: e.family, RefreshToken: e.refreshToken,
		ExpiresIn: e.expiresIn, Scope: e.scope}
}

// exchange authenticates the client and lets the grant answer.
func (s *Service) exchange(x *httpx.Exchange, r *http.Request, v url.Values, g names.Grant) (*Answer, error) {
	name := v.Get("grant_type")
	x.Facts.Grant, x.Facts.Audience = name, v.Get("audience")
	if name == "" {
		return nil, oauth.Errorf("invalid_request", "Missing required parameter: grant_type").Because(event.ParameterMissing)
	}
	h, served := handlerOf(name)
	if !served {
		return nil, s.unsupported(g, name)
	}
	client, err := s.authenticate(x, r, v)
	if err != nil {
		return nil, err
	}
	if err := x.Reach(httpx.Parsed); err != nil {
		return nil, err
	}
	return s.handle(x, Request{client, r.Header.Get("DPoP") != "", v}, g, h)
}

// handle lets a grant answer an authenticated client that may use it.
func (s *Service) handle(x *httpx.Exchange, q Request, g names.Grant, h handler) (*Answer, error) {
	name := x.Facts.Grant
	if !q.Client.AllowsGrant(name) && (g.AllowedBy == "" || !q.Client.AllowsGrant(g.AllowedBy)) {
		return nil, oauth.Errorf("unauthorized_client", "Grant type '%s' not allowed for the client.", name).Because(event.GrantTypeNotAllowed)
	}
	return h.handle(s, x, q)
}

// unsupported is the answer to a grant that is not served. One of Auth0's is said to come later, so that nobody looks for a
// mistake of their own; any other is answered as at Auth0.
func (s *Service) unsupported(g names.Grant, name string) *oauth.Error {
	if g.Type != "" {
		return &oauth.Error{Code: "not_implemented", Status: http.StatusNotImplemented, Reason: event.NotImplemented,
			Description: "mockauth0 does not serve the grant type " + name + " yet. Auth0 does: your request may be right."}
	}
	return &oauth.Error{Code: "unsupported_grant_type", Status: s.Tenant().Mock.UnsupportedGrant,
		Reason: event.GrantTypeUnsupported, Description: oauth.Clip("Unsupported grant type: " + name)}
}

// failed writes a failure to the tenant's log. A reused refresh token has a type of its own there.
func (s *Service) failed(x *httpx.Exchange, code event.LogCode, err error) {
	var oe *oauth.Error
	if !errors.As(err, &oe) { // an effect answered, or the client went away
		return
	}
	if oe.Reason == event.RefreshReused {
		code = event.FailedExchangeRotatingRefresh
	}
	e := oe.Entry(code)
	d := e.Data.(*event.LogEntry)
	d.Grant, d.AskedBy, d.Family = x.Facts.Grant, x.Facts.AskedBy, x.Facts.FamilyID
	x.Emit(e)
}

// resolved is the last moment before a grant uses up or makes anything: armed errors act here. api is what the token is for;
// nil: none.
func (s *Service) resolved(x *httpx.Exchange, q Request, api *tenant.ResourceServer) error {
	if err := possession(x, q, api); err != nil {
		return err
	}
	if err := x.Reach(httpx.Resolved); err != nil {
		return err
	}
	if !x.Meets(httpx.SeamRefusal) {
		return nil
	}
	r := &respond.Response{}
	if respond.Refuse(x, r); r.Err == nil {
		return nil
	}
	if r.Err.Code == "invalid_grant" && r.Err.Description == "" {
		h, _ := handlerOf(x.Facts.Grant)
		r.Err.Description, r.Err.Reason = h.invalid, h.refused
	}
	if r.Err.HTTPStatus() == http.StatusInternalServerError && r.Err.Code != "server_error" {
		r.Err.Status = http.StatusForbidden // a code of the authorization endpoint, such as login_required
	}
	return r.Err
}

// user finds who a grant speaks of and tells the exchange; gone is the answer when there is nobody.
func (s *Service) user(x *httpx.Exchange, id, connection string, gone *oauth.Error) (*tenant.User, error) {
	return known(x, s.Tenant().UserByID(id), connection, gone)
}

func known(x *httpx.Exchange, u *tenant.User, connection string, gone *oauth.Error) (*tenant.User, error) {
	if u == nil {
		return nil, gone
	}
	x.Facts.UserID, x.Facts.UserName, x.Facts.Connection = u.ID, u.Email, connection
	if u.Blocked {
		return nil, oauth.Errorf("unauthorized", "user is blocked").Because(event.UserIsBlocked)
	}
	return u, nil
}

// api is the API of an audience; nil without one.
func (s *Service) api(audience string) (*tenant.ResourceServer, error) {
	if audience == "" {
		audience = s.Tenant().Settings.DefaultAudience
	}
	if audience == "" {
		return nil, nil
	}
	if a := s.Tokens.API(audience); a != nil {
		return a, nil
	}
	return nil, denied("Service not found: %s", audience).Because(event.AudienceUnknown)
}

// organization is that of an id, to which the user must still belong; nil without one.
func (s *Service) organization(id string, u *tenant.User) (*tenant.Organization, error) {
	if id == "" {
		return nil, nil
	}
	if o := s.Tenant().Organization(id, false); o != nil && o.Belongs(u) {
		return o, nil
	}
	return nil, denied("user %s is not part of the %s organization", u.ID, id).Because(event.OrganizationRefused)
}

func denied(format string, args ...any) *oauth.Error {
	return oauth.Errorf("access_denied", format, args...)
}
