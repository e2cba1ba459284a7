// Package userinfo answers /userinfo: what an access token says of its user (OIDC Core §5.3).
package userinfo

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/internal/mint"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/internal/token"
	"renewal.example/mockauth0/tenant"
)

// Service answers /userinfo of one tenant.
type Service struct {
	Tenant func() *tenant.Config
	Store  state.Store // of opaque access tokens
	Ring   func() *keys.Ring
}

// unauthorized is the whole answer to a token that does not open userinfo: the text, no JSON, no
// WWW-Authenticate (fact 5-errors-text).
func unauthorized(cause string) error {
	return &oauth.Error{Code: "invalid_token", Status: http.StatusUnauthorized, Reason: event.TokenInvalid,
		Description: "Unauthorized", Hint: cause}
}

// UserInfo is GET or POST /userinfo (OIDC Core §5.3). The token may come in the header, in the body or in
// the query: old SDKs use all three (fact 5-userinfo-methods).
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
	var custom []tenant.Claim
	if c := s.Tenant().ClientByID(clientID); c != nil {
		x.Facts.ClientName, custom = c.Name, c.IDTokenClaims // what an Action puts into ID tokens is here too
	}
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	claims := append([]mint.Claim{{Name: "sub", Value: u.ID}}, token.Profile(u, scopes)...)
	claims = append(claims, token.Custom(custom, u.IDTokenClaims)...)
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
		ClientID             string `json:"client_id"` // RFC 9068's azp
		Aud                  audiences
		Exp                  int64
	}
	payload, err := s.verify(raw)
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
	return c.Sub, cmp.Or(c.Azp, c.ClientID), strings.Fields(c.Scope), ""
}

// verify checks a token's signature: by a key of the tenant, or by the secret of the API that the token is for, where
// that API signs with one. No other secret counts, or a client could write tokens with its own.
func (s *Service) verify(raw string) ([]byte, error) {
	unverified, alg, err := mint.Peek(raw)
	if err != nil {
		return nil, err
	}
	if alg != "HS256" {
		return mint.Verify(s.Ring(), raw)
	}
	var c struct{ Aud audiences }
	if err := json.Unmarshal(unverified, &c); err != nil {
		return nil, err
	}
	for _, audience := range c.Aud {
		if api := s.Tenant().ResourceServer(audience); api != nil && api.SigningAlg == "HS256" {
			return mint.VerifySecret([]byte(api.SigningSecret), raw)
		}
	}
	return nil, mint.ErrNotOurs
}
