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

// refusal says why a token does not open userinfo.
type refusal struct {
	hint      string // for people who read the log
	challenge string // WWW-Authenticate
}

// The challenges are those of passport-http-bearer, by which Auth0 seems to check these tokens: a request without a token is
// told of no error (RFC 6750 §3.1), and realm is its default. The words about a signature are recorded; those about a
// token's end are the example of RFC 6750 §3 (facts 5-userinfo-challenge, 5-userinfo-challenge-expired, 5-userinfo-no-token).
const (
	bareChallenge = `Bearer realm="Users"`
	badSignature  = "The access token signature could not be validated. A common cause of this is requesting multiple audiences for an " +
		"access token signed with HS256, as that signature scheme requires only a single recipient for its security. Please change " +
		"your API to employ RS256 if you wish to have multiple audiences for your access tokens"
	invalidChallenge = bareChallenge + `, error="invalid_token", error_description="` + badSignature + `"`
	expiredChallenge = bareChallenge + `, error="invalid_token", error_description="The access token expired"`
	otherChallenge   = bareChallenge + `, error="invalid_token"`
)

// unauthorized is the answer to a token that does not open userinfo: the text, no JSON and no type (fact 5-errors-text).
func unauthorized(why refusal) error {
	return &oauth.Error{Code: "invalid_token", Status: http.StatusUnauthorized, Reason: event.TokenInvalid,
		Description: "Unauthorized", Hint: why.hint, Challenge: why.challenge}
}

func expired() *refusal { return &refusal{"the access token has expired", expiredChallenge} }

// UserInfo is GET or POST /userinfo (OIDC Core §5.3). The token may come in the header, in the body or in
// the query: old SDKs use all three (fact 5-userinfo-methods).
func (s *Service) UserInfo(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	raw, err := bearer(r)
	if err != nil {
		return nil, err
	}
	if raw == "" {
		why := refusal{"no access token was sent", bareChallenge}
		if scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "DPoP") {
			why.hint = "the token came as a DPoP token, and mockauth0 binds none to a key: send it as Bearer"
		}
		return nil, unauthorized(why)
	}
	sub, clientID, scopes, why := s.open(x, raw)
	if why != nil {
		return nil, unauthorized(*why)
	}
	u := s.Tenant().UserByID(sub)
	if u == nil {
		return nil, unauthorized(refusal{"the token's user no longer exists", otherChallenge})
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
func (s *Service) open(x *httpx.Exchange, raw string) (sub, clientID string, scopes []string, why *refusal) {
	if t, ok := s.Store.AccessToken(raw); ok {
		if !x.Now().Before(t.Expires) {
			return "", "", nil, expired()
		}
		return t.UserID, t.ClientID, t.Scopes, nil
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
		return "", "", nil, &refusal{"not an access token of this tenant: " + err.Error(), invalidChallenge}
	}
	switch {
	case c.Iss != x.Issuer():
		return "", "", nil, &refusal{"the token is of another issuer", otherChallenge}
	case !slices.Contains(c.Aud, x.Origin+"/userinfo"):
		return "", "", nil, &refusal{"the token was not issued for /userinfo: ask for the scope openid", otherChallenge}
	case !x.Now().Before(time.Unix(c.Exp, 0)):
		return "", "", nil, expired()
	}
	return c.Sub, cmp.Or(c.Azp, c.ClientID), strings.Fields(c.Scope), nil
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
