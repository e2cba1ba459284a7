package token

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/mint"
	"renewal.example/mockauth0/internal/secret"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// access makes the access token: a JWT for an API, else an opaque one for /userinfo.
func (i *Issuer) access(x *httpx.Exchange, q Request, granted []string, now time.Time, life time.Duration) (string, error) {
	if q.Audience == nil {
		raw := opaque(x, i.Tenant().Mock.OpaqueTokens)
		i.Store.PutAccessToken(state.AccessToken{
			Token: secret.New(raw), UserID: q.User.ID, ClientID: q.Client.ClientID, Scopes: granted, Issued: now, Expires: now.Add(life),
		})
		return raw, nil
	}
	spec := mint.Spec{
		Kind: mint.AccessToken, Alg: q.Audience.SigningAlg, Typ: "JWT", Secret: []byte(q.Audience.SigningSecret),
		Claims: i.accessClaims(x, q, granted, now, life),
	}
	if rfc9068(q.Audience) {
		spec.Typ = "at+jwt"
	}
	return i.sign(x, spec, q.Extra)
}

// accessClaims are in Auth0's order (fact 3.1-claims-order): custom ones first, since Actions run before.
func (i *Issuer) accessClaims(x *httpx.Exchange, q Request, granted []string, now time.Time, life time.Duration) []mint.Claim {
	sub, gty := q.Client.ClientID+"@clients", "client-credentials"
	claims := Custom(q.Client.AccessTokenClaims, nil)
	var aud any = q.Audience.Identifier
	if !q.Machine {
		sub, gty = q.User.ID, q.Grant
		claims = Custom(q.Client.AccessTokenClaims, q.User.AccessTokenClaims)
		if slices.Contains(granted, "openid") {
			aud = []string{q.Audience.Identifier, x.Origin + "/userinfo"}
		}
	}
	add := func(name string, value any) { claims = append(claims, mint.Claim{Name: name, Value: value}) }
	add("iss", x.Issuer())
	add("sub", sub)
	add("aud", aud)
	add("iat", now.Unix())
	add("exp", now.Add(life).Unix())
	if scope := strings.Join(granted, " "); scope != "" {
		add("scope", scope)
	}
	if rfc9068(q.Audience) { // RFC 9068 §2.2; it knows no gty
		add("jti", randomID(16))
		add("client_id", q.Client.ClientID)
	} else {
		add("azp", q.Client.ClientID)
		if gty != "" {
			add("gty", gty)
		}
	}
	if q.Audience.EnforcePolicies && strings.HasSuffix(q.Audience.TokenDialect, "_authz") {
		add("permissions", i.permissions(q, granted))
	}
	return append(claims, i.organization(q)...)
}

// permissions is all that the user may do with the API, whatever was asked for; a machine has its scopes.
func (i *Issuer) permissions(q Request, granted []string) []string {
	if q.Machine {
		return granted
	}
	return i.Tenant().PermissionsOf(q.User, q.Audience)
}

// organization are the claims about it; its name is there where names may be used in place of ids
// (https://auth0.com/docs/manage-users/organizations/configure-organizations/use-org-name-authentication-api).
func (i *Issuer) organization(q Request) []mint.Claim {
	if q.Organization == nil {
		return nil
	}
	claims := []mint.Claim{{Name: "org_id", Value: q.Organization.ID}}
	if i.Tenant().Settings.OrganizationNames {
		claims = append(claims, mint.Claim{Name: "org_name", Value: q.Organization.Name})
	}
	return claims
}

func rfc9068(api *tenant.ResourceServer) bool { return strings.HasPrefix(api.TokenDialect, "rfc9068_") }

// opaque is an access token that says nothing to its bearer. Today's look like a JWE that the tenant encrypted for
// itself (dir, A256GCM, so without an encrypted key); older ones had 32 characters (fact 3.1-opaque).
func opaque(x *httpx.Exchange, form string) string {
	if form == "short" {
		return randomID(24)
	}
	header := fmt.Sprintf(`{"alg":"dir","enc":"A256GCM","iss":%q}`, x.Issuer())
	const iv, text, tag = 12, 96, 16 // bytes
	return base64.RawURLEncoding.EncodeToString([]byte(header)) + ".." + randomID(iv) + "." + randomID(text) + "." + randomID(tag)
}

// randomID is so many random bytes as base64url.
func randomID(size int) string {
	b := make([]byte, size)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b)
}
