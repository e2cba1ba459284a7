// Package account answers for the person once logged in: userinfo and logout.
package account

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/internal/mint"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/internal/token"
	"renewal.example/mockauth0/tenant"
)

// Service answers /userinfo and the logout endpoints of one tenant.
type Service struct {
	Tenant   func() *tenant.Tenant
	Sessions *session.Registry
	Store    state.Store
	Ring     func() *keys.Ring
	Pages    *login.Pages
}

// unauthorized is the whole answer to a token that does not open userinfo: the text, no JSON, no
// WWW-Authenticate (auth0-protocol.md §5 d; clients.md §0.8).
func unauthorized(cause string) error {
	return &oauth.Error{Code: "invalid_token", Status: http.StatusUnauthorized, Description: "Unauthorized", Hint: cause}
}

// UserInfo is GET or POST /userinfo (OIDC Core §5.3). The token may come in the header, in the body or in
// the query: old SDKs use all three (clients.md §0.14).
func (s *Service) UserInfo(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	raw, err := bearer(r)
	if err != nil {
		return nil, err
	}
	if raw == "" {
		return nil, unauthorized("no access token was sent")
	}
	sub, clientID, scopes, why := s.open(x, raw)
	if why != "" {
		return nil, unauthorized(why)
	}
	u := s.Tenant().UserByID(sub)
	if u == nil {
		return nil, unauthorized("the token's user no longer exists")
	}
	x.Facts.UserID, x.Facts.UserName, x.Facts.ClientID = u.ID, u.Email, clientID
	if c := s.Tenant().ClientByID(clientID); c != nil {
		x.Facts.ClientName = c.Name
	}
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	claims := append([]mint.Claim{{Name: "sub", Value: u.ID}}, token.Profile(u, scopes)...)
	body, err := (&mint.Spec{Claims: claims}).Payload()
	if err != nil {
		return nil, err
	}
	return (&httpx.Result{Body: body}).Set("Content-Type", "application/json; charset=utf-8"), nil
}

func bearer(r *http.Request) (string, error) {
	if scheme, t, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(t), nil
	}
	if r.Method == http.MethodPost {
		form, err := httpx.Params(r)
		if err != nil {
			return "", err
		}
		if t := form.Get("access_token"); t != "" {
			return t, nil
		}
	}
	return r.URL.Query().Get("access_token"), nil
}

// open reads an opaque access token from the store, or a JWT of ours that names userinfo as an audience.
func (s *Service) open(x *httpx.Exchange, raw string) (sub, clientID string, scopes []string, why string) {
	if t, ok := s.Store.AccessToken(raw); ok {
		if !x.Now().Before(t.Expires) {
			return "", "", nil, "the access token has expired"
		}
		return t.UserID, t.ClientID, t.Scopes, ""
	}
	var c struct {
		Iss, Sub, Azp, Scope string
		Aud                  audiences
		Exp                  int64
	}
	payload, err := mint.Verify(s.Ring(), raw)
	if err == nil {
		err = json.Unmarshal(payload, &c)
	}
	if err != nil {
		return "", "", nil, "not an access token of this tenant: " + err.Error()
	}
	switch {
	case c.Iss != x.Issuer():
		return "", "", nil, "the token is of another issuer"
	case !slices.Contains(c.Aud, x.Origin+"/userinfo"):
		return "", "", nil, "the token was not issued for /userinfo: ask for the scope openid"
	case !x.Now().Before(time.Unix(c.Exp, 0)):
		return "", "", nil, "the access token has expired"
	}
	return c.Sub, c.Azp, strings.Fields(c.Scope), ""
}
