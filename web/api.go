package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// api is the sample API that takes the tenant's access tokens.
type api struct {
	issuer   string
	domain   string
	audience string
	now      func() time.Time
	keys     *keySet
}

func newAPI(o Options) *api {
	issuer := "https://" + o.Domain + "/"
	return &api{
		issuer: issuer, domain: o.Domain, audience: o.Audience, now: o.Now,
		keys: newKeySet(issuer+".well-known/jwks.json", o.JWKSClient, o.Now),
	}
}

// accessClaims is what the API needs of an access token (RFC 9068 names them alike).
type accessClaims struct {
	Issuer    string           `json:"iss"`
	Subject   string           `json:"sub"`
	Audience  jwt.Audience     `json:"aud"`
	Expiry    *jwt.NumericDate `json:"exp"`
	NotBefore *jwt.NumericDate `json:"nbf"`
	IssuedAt  *jwt.NumericDate `json:"iat"`
	Scope     string           `json:"scope"`
	Client    string           `json:"azp"`
}

// refusal is why a token is not accepted; its text is shown to the caller.
type refusal string

func (r refusal) Error() string { return string(r) }

// me answers who the token speaks for.
func (a *api) me(w http.ResponseWriter, r *http.Request) {
	if !readOnly(w, r) {
		return
	}
	claims, err := a.verify(r.Context(), r.Header.Get("Authorization"))
	var refused refusal
	switch {
	case errors.As(err, &refused):
		// RFC 6750 §3: the challenge names the error. The texts are ours, so they need no quoting.
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token", error_description="`+string(refused)+`"`)
		reply(w, http.StatusUnauthorized, map[string]any{"error": "invalid_token", "error_description": string(refused)})
	case err != nil:
		reply(w, http.StatusServiceUnavailable, map[string]any{"error": "temporarily_unavailable",
			"error_description": "The API cannot fetch the keys of the tenant " + a.domain +
				". Is it running, and does the API trust its certificate?"})
	default:
		reply(w, http.StatusOK, map[string]any{
			"sub": claims.Subject, "scope": claims.Scope, "client": claims.Client, "audience": a.audience,
			"expires_at": claims.Expiry.Time().UTC().Format(time.RFC3339),
		})
	}
}

// verify checks RS256 signature, issuer, audience and expiry. A refusal means the token; any other error the keys.
func (a *api) verify(ctx context.Context, authorization string) (accessClaims, error) {
	var claims accessClaims
	scheme, token, _ := strings.Cut(authorization, " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return claims, refusal("There is no bearer token in the Authorization header")
	}
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return claims, refusal("The token is not a JWT signed with RS256")
	}
	key, err := a.keys.key(ctx, parsed.Headers[0].KeyID)
	if err != nil {
		return claims, err
	}
	if key == nil {
		return claims, refusal("The token is signed with a key that the tenant does not publish")
	}
	if err := parsed.Claims(key.Key, &claims); err != nil {
		return claims, refusal("The signature of the token is wrong")
	}
	now := a.now()
	switch {
	case claims.Issuer != a.issuer:
		return claims, refusal("The token is of another issuer")
	case !claims.Audience.Contains(a.audience):
		return claims, refusal("The token is not for this API")
	case claims.Expiry == nil:
		return claims, refusal("The token has no expiry")
	case !now.Before(claims.Expiry.Time()):
		return claims, refusal("The token is expired")
	case claims.NotBefore != nil && now.Before(claims.NotBefore.Time()):
		return claims, refusal("The token is not valid yet")
	case claims.Subject == "":
		return claims, refusal("The token names no subject")
	}
	return claims, nil
}

// tenant tells the page whether this server reaches the tenant: when it does and the browser does not, the browser
// distrusts the certificate.
func (a *api) tenant(w http.ResponseWriter, r *http.Request) {
	if !readOnly(w, r) {
		return
	}
	if err := a.keys.refetch(r.Context()); err != nil {
		reply(w, http.StatusOK, map[string]any{"domain": a.domain, "reachable": false,
			"reason": "The app's server could not fetch " + a.keys.url + "."})
		return
	}
	reply(w, http.StatusOK, map[string]any{"domain": a.domain, "reachable": true})
}

func readOnly(w http.ResponseWriter, r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return true
	}
	w.Header().Set("Allow", "GET, HEAD")
	reply(w, http.StatusMethodNotAllowed, map[string]any{"error": "invalid_request", "error_description": "Use GET"})
	return false
}

func reply(w http.ResponseWriter, status int, body any) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller went away: nobody is left to tell
}
