// Package token decides what an access token and an ID token say, and for how long, and has mint sign them.
package token

import (
	"crypto/rand"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/internal/mint"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// Lives of access tokens without an audience: fixed, whatever the settings say (auth0-protocol.md §3.1).
const (
	opaqueLife    = 86400 * time.Second
	opaqueWebLife = 7200 * time.Second
)

// Issuer makes the tokens of one tenant.
type Issuer struct {
	Ring  func() *keys.Ring
	Store state.Store
}

// Request is what tokens are made from.
type Request struct {
	Client    *tenant.Client
	User      *tenant.User
	Audience  *tenant.ResourceServer // nil: an opaque access token for /userinfo
	Scopes    []string               // as asked; what is not known is dropped, as Auth0 does
	Nonce     string
	SessionID string
	AuthTime  time.Time     // zero: no auth_time claim
	Machine   bool          // client_credentials: the client speaks for itself, User is nil
	Grant     string        // gty claim of the access token, where Auth0 writes one ("password", "refresh_token"); "": none
	Offline   bool          // a refresh token goes with it: offline_access is granted
	Code      string        // issued together with the ID token by the authorization endpoint: c_hash
	Front     bool          // answered by the authorization endpoint: the web life of the API, at_hash
	TTL       time.Duration // zero: the settings decide
	Extra     []mint.Claim  // set last, in both tokens
}

// Set is what was issued.
type Set struct {
	AccessToken string
	IDToken     string
	Scope       string
	ExpiresIn   time.Duration // of the access token
}

// oidcScopes are the scopes that ask for the person's profile (OIDC Core §5.4, and openid itself).
var oidcScopes = []string{"openid", "profile", "email", "address", "phone"}

// Granted is what of the asked scopes is given: OIDC scopes, and those that the API defines.
func Granted(asked []string, api *tenant.ResourceServer) []string {
	out := []string{}
	for _, s := range asked {
		if slices.Contains(oidcScopes, s) || api != nil && api.HasScope(s) {
			out = append(out, s)
		}
	}
	return out
}

// Issue makes the tokens asked for.
func (i *Issuer) Issue(x *httpx.Exchange, q Request, access, id bool) (Set, error) {
	now := x.Now()
	granted := Granted(q.Scopes, q.Audience)
	if q.Machine {
		granted = q.Scopes // the client grant has been checked; OIDC scopes mean nothing to a machine
	}
	if q.Offline && !slices.Contains(granted, "offline_access") {
		granted = append(granted, "offline_access")
	}
	set := Set{Scope: strings.Join(granted, " "), ExpiresIn: q.life()}
	var err error
	if access {
		if set.AccessToken, err = i.access(x, q, granted, now, set.ExpiresIn); err != nil {
			return Set{}, err
		}
	}
	if id {
		if set.IDToken, err = i.identity(x, q, granted, now, set.AccessToken); err != nil {
			return Set{}, err
		}
	}
	return set, nil
}

func (q Request) life() time.Duration {
	switch {
	case q.TTL > 0:
		return q.TTL
	case q.Audience == nil && q.Front && q.Code == "": // the hybrid flow counts as a code flow here
		return opaqueWebLife
	case q.Audience == nil:
		return opaqueLife
	case q.Front:
		return q.Audience.TokenLifetimeForWeb
	}
	return q.Audience.TokenLifetime
}

func (i *Issuer) access(x *httpx.Exchange, q Request, granted []string, now time.Time, life time.Duration) (string, error) {
	if q.Audience == nil {
		var b [24]byte
		_, _ = rand.Read(b[:]) // never fails (crypto/rand)
		t := state.AccessToken{Token: base64.RawURLEncoding.EncodeToString(b[:]), UserID: q.User.ID, ClientID: q.Client.ClientID, Scopes: granted, Issued: now, Expires: now.Add(life)}
		i.Store.PutAccessToken(t)
		return t.Token, nil
	}
	var aud any = q.Audience.Identifier
	if slices.Contains(granted, "openid") && !q.Machine {
		aud = []string{q.Audience.Identifier, x.Origin + "/userinfo"}
	}
	sub, gty := q.Client.ClientID+"@clients", "client-credentials"
	if !q.Machine {
		sub, gty = q.User.ID, q.Grant
	}
	spec := mint.Spec{Kind: "access_token", Alg: alg(q.Audience.SigningAlg), Typ: "JWT", Secret: []byte(q.Audience.SigningSecret), Claims: []mint.Claim{
		{Name: "iss", Value: x.Issuer()}, {Name: "sub", Value: sub}, {Name: "aud", Value: aud},
		{Name: "iat", Value: now.Unix()}, {Name: "exp", Value: now.Add(life).Unix()},
	}}
	if scope := strings.Join(granted, " "); scope != "" {
		spec.Set("scope", scope)
	}
	spec.Set("azp", q.Client.ClientID)
	if gty != "" {
		spec.Set("gty", gty)
	}
	return i.sign(x, spec, q.Extra)
}

func (i *Issuer) identity(x *httpx.Exchange, q Request, granted []string, now time.Time, accessToken string) (string, error) {
	claims := Profile(q.User, granted)
	life := q.Client.IDTokenLifetime
	if q.TTL > 0 {
		life = q.TTL
	}
	a := alg(q.Client.IDTokenAlg)
	claims = append(claims,
		mint.Claim{Name: "iss", Value: x.Issuer()}, mint.Claim{Name: "aud", Value: q.Client.ClientID},
		mint.Claim{Name: "iat", Value: now.Unix()}, mint.Claim{Name: "exp", Value: now.Add(life).Unix()}, mint.Claim{Name: "sub", Value: q.User.ID})
	if !q.AuthTime.IsZero() {
		claims = append(claims, mint.Claim{Name: "auth_time", Value: q.AuthTime.Unix()})
	}
	if accessToken != "" && q.Front {
		claims = append(claims, mint.Claim{Name: "at_hash", Value: mint.HalfHash(accessToken, a)})
	}
	if q.Code != "" {
		claims = append(claims, mint.Claim{Name: "c_hash", Value: mint.HalfHash(q.Code, a)})
	}
	if q.SessionID != "" {
		claims = append(claims, mint.Claim{Name: "sid", Value: q.SessionID})
	}
	if q.Nonce != "" {
		claims = append(claims, mint.Claim{Name: "nonce", Value: q.Nonce})
	}
	return i.sign(x, mint.Spec{Kind: "id_token", Alg: a, Typ: "JWT", Secret: []byte(q.Client.ClientSecret), Claims: claims}, q.Extra)
}

// sign lets the effects of the Spec and Token seams act, before and after signing.
func (i *Issuer) sign(x *httpx.Exchange, spec mint.Spec, extra []mint.Claim) (string, error) {
	for _, c := range extra {
		spec.Set(c.Name, c.Value)
	}
	for _, e := range httpx.Effects[mint.SpecEffect](x) {
		e.ChangeSpec(&spec)
	}
	t, err := mint.Sign(i.Ring(), spec)
	if err != nil {
		return "", err
	}
	for _, e := range httpx.Effects[mint.TokenEffect](x) {
		t = e.ChangeToken(spec.Kind, t)
	}
	return t, nil
}

func alg(s string) string {
	if s == "" {
		return "RS256"
	}
	return s
}

// Profile are the claims about the person that the scopes ask for, in Auth0's order.
func Profile(u *tenant.User, scopes []string) []mint.Claim {
	var c []mint.Claim
	add := func(name, value string) {
		if value != "" {
			c = append(c, mint.Claim{Name: name, Value: value})
		}
	}
	if slices.Contains(scopes, "profile") {
		add("given_name", u.GivenName)
		add("family_name", u.FamilyName)
		add("nickname", u.Nickname)
		add("name", u.Name)
		add("picture", u.Picture)
		c = append(c, mint.Claim{Name: "updated_at", Value: u.UpdatedAt.UTC().Format("2006-01-02T15:04:05.000Z")})
	}
	if slices.Contains(scopes, "email") && u.Email != "" {
		c = append(c, mint.Claim{Name: "email", Value: u.Email}, mint.Claim{Name: "email_verified", Value: u.EmailVerified})
	}
	return c
}
