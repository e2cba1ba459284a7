package token

import (
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/mint"
	"renewal.example/mockauth0/internal/postlogin"
	"renewal.example/mockauth0/tenant"
)

// identity makes the ID token, its claims in Auth0's order (fact 3.2-claims-order).
func (i *Issuer) identity(x *httpx.Exchange, q Request, granted []string, now time.Time, accessToken string) (string, error) {
	alg, life := q.Client.IDTokenAlg, q.Client.IDTokenLifetime
	if q.TTL > 0 {
		life = q.TTL
	}
	claims := append(Custom(q.Client.IDTokenClaims, q.User.IDTokenClaims), Profile(q.User, granted)...)
	add := func(name string, value any) { claims = append(claims, mint.Claim{Name: name, Value: value}) }
	add("iss", x.Issuer())
	add("aud", q.Client.ClientID)
	add("iat", now.Unix())
	add("exp", now.Add(life).Unix())
	add("sub", q.User.ID)
	if !q.AuthTime.IsZero() {
		add("auth_time", q.AuthTime.Unix())
	}
	if q.SecondFactor { // https://auth0.com/docs/secure/multi-factor-authentication/step-up-authentication
		add("acr", postlogin.StepUp)
		add("amr", []string{"mfa"})
	}
	if accessToken != "" && q.Front {
		add("at_hash", mint.HalfHash(accessToken, alg))
	}
	if q.Code != "" {
		add("c_hash", mint.HalfHash(q.Code, alg))
	}
	if q.SessionID != "" {
		add("sid", q.SessionID)
	}
	if q.Nonce != "" {
		add("nonce", q.Nonce)
	}
	claims = append(claims, i.organization(q)...)
	return i.sign(x, mint.Spec{Kind: mint.IDToken, Alg: alg, Typ: "JWT", Secret: []byte(q.Client.ClientSecret), Claims: claims}, q.Extra)
}

// Custom are a client's custom claims and a user's, which replace the client's of the same name.
func Custom(client, user []tenant.Claim) []mint.Claim {
	if len(client)+len(user) == 0 {
		return nil
	}
	spec := mint.Spec{}
	for _, list := range [][]tenant.Claim{client, user} {
		for _, c := range list {
			spec.Set(c.Name, c.Value)
		}
	}
	return spec.Claims
}

// timeForm is how Auth0 writes a time in a profile.
const timeForm = "2006-01-02T15:04:05.000Z"

// Profile are the claims about the person that the scopes ask for, in Auth0's order.
func Profile(u *tenant.User, scopes []string) []mint.Claim {
	var c []mint.Claim
	asked := func(group, name string) bool {
		return group != "" && slices.Contains(scopes, group) || slices.Contains(scopes, name)
	}
	add := func(name string, value any) { c = append(c, mint.Claim{Name: name, Value: value}) }
	if asked("", "created_at") {
		add("created_at", u.CreatedAt.UTC().Format(timeForm))
	}
	if asked("", "identities") {
		add("identities", identities(u))
	}
	for _, one := range []struct{ name, value string }{
		{"given_name", u.GivenName}, {"family_name", u.FamilyName}, {"nickname", u.Nickname}, {"name", u.Name}, {"picture", u.Picture},
	} {
		if one.value != "" && asked("profile", one.name) {
			add(one.name, one.value)
		}
	}
	if slices.Contains(scopes, "profile") {
		add("updated_at", u.UpdatedAt.UTC().Format(timeForm))
	}
	if u.Email != "" && slices.Contains(scopes, "email") {
		add("email", u.Email)
	}
	if u.Email != "" && asked("email", "email_verified") {
		add("email_verified", u.EmailVerified)
	}
	if u.PhoneNumber != "" && slices.Contains(scopes, "phone") { // phone_number_verified needs an Action (fact 3.2-phone-number)
		add("phone_number", u.PhoneNumber)
	}
	return c
}

// account is a user at a provider (https://auth0.com/docs/manage-users/user-accounts/user-profiles/user-profile-structure).
type account struct {
	Provider   string `json:"provider"`
	UserID     string `json:"user_id"`
	Connection string `json:"connection"`
	Social     bool   `json:"isSocial"`
}

// identities are the accounts that make up a user: here always one.
func identities(u *tenant.User) []account {
	provider, id, _ := strings.Cut(u.ID, "|")
	return []account{{provider, id, u.Connection, provider != "auth0"}}
}
