package mockauth0

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"renewal.example/mockauth0/internal/mint"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/token"
	"renewal.example/mockauth0/tenant"
)

// TokenRequest says which tokens MintToken makes.
type TokenRequest struct {
	Client   string         // id or name; required
	User     string         // user id, e-mail address or user name; required
	Audience string         // API identifier; "": the tenant's default audience, else an opaque token
	Scope    string         // default: openid profile email
	Nonce    string         // nonce of the ID token, where a test wants one
	TTL      time.Duration  // life of both tokens; 0: the settings decide, as for the implicit flow
	Claims   map[string]any // set last, in both tokens: they may replace any claim
}

// Token is what MintToken makes.
type Token struct {
	AccessToken string `json:"access_token"`
	IDToken     string `json:"id_token"`
	Scope       string `json:"scope"`
	ExpiresIn   int64  `json:"expires_in"` // seconds
	TokenType   string `json:"token_type"`
}

// MintToken makes tokens as a login would, without one.
func (t *Tenant) MintToken(q TokenRequest) (Token, error) {
	tn := t.Snapshot()
	r := token.Request{Nonce: q.Nonce, SessionID: session.NewID(), Front: true, TTL: q.TTL}
	var problems []error
	if r.Client = tn.ClientByID(q.Client); r.Client == nil {
		if r.Client = tn.ClientByName(q.Client); r.Client == nil {
			problems = append(problems,
				fmt.Errorf("no client has the id or the name %q: there are %s", q.Client,
					listed(tn.Clients, func(c *tenant.Client) string { return c.Name })))
		}
	}
	if r.User = findUser(tn, q.User); r.User == nil {
		problems = append(problems,
			fmt.Errorf("no user has the id, e-mail address or user name %q: there are %s", q.User,
				listed(tn.Users, func(u *tenant.User) string { return u.Email })))
	}
	if q.Audience == "" {
		q.Audience = tn.Settings.DefaultAudience
	}
	if q.Audience != "" {
		if r.Audience = t.tokens.API(q.Audience); r.Audience == nil {
			problems = append(problems,
				fmt.Errorf("no API has the identifier %q: there are %s", q.Audience,
					listed(tn.ResourceServers, func(a *tenant.ResourceServer) string { return a.Identifier })))
		}
	}
	if q.TTL < 0 {
		problems = append(problems, fmt.Errorf("the life %s is negative: for an expired token set the claim exp", q.TTL))
	}
	if len(problems) > 0 {
		return Token{}, errors.Join(problems...)
	}
	if q.Scope == "" {
		q.Scope = defaultScope
	}
	r.Scopes = oauth.Scopes(q.Scope)
	for _, name := range slices.Sorted(maps.Keys(q.Claims)) {
		r.Extra = append(r.Extra, mint.Claim{Name: name, Value: q.Claims[name]})
	}
	set, err := t.tokens.Issue(t.exchange(), r, true, true)
	if err != nil {
		return Token{}, err
	}
	return Token{set.AccessToken, set.IDToken, set.Scope, int64(set.ExpiresIn / time.Second), "Bearer"}, nil
}

func findUser(tn *tenant.Config, who string) *tenant.User {
	if u := tn.UserByID(who); u != nil {
		return u
	}
	for _, c := range tn.Connections {
		if u := tn.FindUser(c.Name, who); u != nil {
			return u
		}
	}
	return nil
}

func listed[T any](list []T, name func(T) string) string {
	if len(list) == 0 {
		return "none"
	}
	text := ""
	for i, v := range list {
		if i > 0 {
			text += ", "
		}
		if i == 8 {
			return fmt.Sprintf("%s and %d more", text, len(list)-i)
		}
		text += fmt.Sprintf("%q", name(v))
	}
	return text
}
