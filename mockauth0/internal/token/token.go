// Package token decides what an access token and an ID token say, and for how long, and has mint sign them.
package token

import (
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/internal/mint"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// Lives of access tokens without an audience: fixed, whatever the settings say (fact 3.1-opaque-life).
const (
	opaqueLife    = 86400 * time.Second
	opaqueWebLife = 7200 * time.Second
)

// Issuer makes the tokens of one tenant.
type Issuer struct {
	Tenant func() *tenant.Config
	Origin string // https://host[:port] of the tenant, under which the Management API is known
	Ring   func() *keys.Ring
	Store  state.Store
}

// Request is what tokens are made from.
type Request struct {
	Client       *tenant.Client
	User         *tenant.User
	Audience     *tenant.ResourceServer // nil: an opaque access token for /userinfo
	Scopes       []string               // as asked; what is not known is dropped, as Auth0 does
	Nonce        string
	SessionID    string
	Organization *tenant.Organization // that the person logged in to; nil: none
	AuthTime     time.Time            // zero: no auth_time claim
	SecondFactor bool                 // the login proved one: acr and amr claims
	Machine      bool                 // client_credentials: the client speaks for itself, User is nil
	Grant        string               // gty claim of the access token, where Auth0 writes one ("password", "refresh_token"); "": none
	Offline      bool                 // a refresh token goes with it: offline_access is granted
	Code         string               // issued together with the ID token by the authorization endpoint: c_hash
	Front        bool                 // answered by the authorization endpoint: the web life of the API, at_hash
	TTL          time.Duration        // zero: the settings decide
	Extra        []mint.Claim         // set last, in both tokens
}

// Set is what was issued.
type Set struct {
	AccessToken string
	IDToken     string
	Scope       string
	ExpiresIn   time.Duration // of the access token
}

// knownScopes are the scopes that no API has to define: those that ask for groups of claims about the person (OIDC Core
// §5.4, openid itself), and single claims, as discovery lists them.
var knownScopes = []string{"openid", "profile", "email", "address", "phone",
	"name", "given_name", "family_name", "nickname", "email_verified", "picture", "created_at", "identities"}

// Granted is what of the asked scopes is given: the known ones, and those that the API defines.
func Granted(asked []string, api *tenant.ResourceServer) []string {
	out := []string{}
	for _, s := range asked {
		if slices.Contains(knownScopes, s) || api != nil && api.HasScope(s) {
			out = append(out, s)
		}
	}
	return out
}

// ScopesOf is Granted for the one who asks: a machine has what its client grant says, and an API with RBAC gives a person
// only what roles and permissions allow (https://auth0.com/docs/get-started/apis/enable-role-based-access-control-for-apis).
func (i *Issuer) ScopesOf(q Request) []string {
	if q.Machine {
		return q.Scopes // the client grant has been checked; OIDC scopes mean nothing to a machine
	}
	out := Granted(q.Scopes, q.Audience)
	if q.Audience != nil && q.Audience.EnforcePolicies {
		allowed := i.Tenant().PermissionsOf(q.User, q.Audience)
		out = slices.DeleteFunc(out, func(s string) bool { return q.Audience.HasScope(s) && !slices.Contains(allowed, s) })
	}
	if q.Offline && !slices.Contains(out, "offline_access") {
		out = append(out, "offline_access")
	}
	return out
}

// Offline tells whether a refresh token comes of the asked scopes: offline_access is among them, the client may use
// refresh tokens and the API allows offline access. Otherwise offline_access is left out silently.
func Offline(asked []string, client *tenant.Client, api *tenant.ResourceServer) bool {
	return slices.Contains(asked, "offline_access") && client.AllowsGrant(names.GrantRefreshToken) && (api == nil || api.AllowOfflineAccess)
}

// API is the API of an audience; nil: there is none.
func (i *Issuer) API(audience string) *tenant.ResourceServer {
	return i.Tenant().API(audience, i.Origin)
}

// Issue makes the tokens asked for.
func (i *Issuer) Issue(x *httpx.Exchange, q Request, access, id bool) (Set, error) {
	now := x.Now()
	granted := i.ScopesOf(q)
	set := Set{Scope: strings.Join(granted, " "), ExpiresIn: q.life()}
	if access && q.Audience != nil && tenant.IsManagementAPI(q.Audience.Identifier) {
		x.Warn(event.NotImplemented, "The token is for the Management API, which mockauth0 does not serve: its endpoints answer 501")
	}
	if access {
		for _, e := range httpx.Effects[LifetimeEffect](x, httpx.SeamLifetime, nil) {
			set.ExpiresIn = e.ChangeLifetime(set.ExpiresIn)
		}
	}
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

// sign lets the effects of the Spec and Token seams act, before and after signing.
func (i *Issuer) sign(x *httpx.Exchange, spec mint.Spec, extra []mint.Claim) (string, error) {
	hash, _ := spec.Get("at_hash") // of the access token that goes with it
	for _, c := range extra {
		spec.Set(c.Name, c.Value)
	}
	if x.Meets(httpx.SeamSpec) {
		spec = changed(x, spec)
	}
	ring := i.Ring()
	t, err := mint.Sign(ring, spec)
	if err != nil {
		return "", err
	}
	respelt := x.Meets(httpx.SeamSigned)
	if respelt {
		if t, err = i.resigned(x, spec, t); err != nil {
			return "", err
		}
	}
	observe(x, ring, &spec, hash, respelt, t)
	return t, nil
}

// changed and resigned are apart from sign, so that only a token which an effect may change is copied to where one can
// reach it.
func changed(x *httpx.Exchange, spec mint.Spec) mint.Spec {
	for _, e := range httpx.Effects[mint.SpecEffect](x, httpx.SeamSpec, &spec) {
		e.ChangeSpec(&spec)
	}
	return spec
}

func (i *Issuer) resigned(x *httpx.Exchange, spec mint.Spec, t string) (string, error) {
	signed := &mint.Signed{Spec: &spec, Ring: i.Ring(), Token: t}
	for _, e := range httpx.Effects[mint.TokenEffect](x, httpx.SeamSigned, signed) {
		if err := e.ChangeToken(signed); err != nil {
			return "", err
		}
	}
	return signed.Token, nil
}

// LifetimeEffect changes how long an access token lives, and with it what expires_in says.
type LifetimeEffect interface {
	ChangeLifetime(time.Duration) time.Duration
}
