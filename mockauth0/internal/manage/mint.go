package manage

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"renewal.example/mockauth0/internal/directory"
	"renewal.example/mockauth0/internal/mint"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/token"
)

// MintRequest says which tokens Mint makes.
type MintRequest struct {
	Client   string         // id or name; required
	User     string         // user id, e-mail address or user name; required
	Audience string         // API identifier; "": the tenant's default audience, else an opaque token
	Scope    string         // "": openid profile email
	Nonce    string         // nonce of the ID token
	TTL      time.Duration  // life of both tokens; 0: the settings decide, as for the implicit flow
	Claims   map[string]any // set last, in both tokens
}

// Mint makes tokens as a login would, without one: no rule of the tenant refuses them. The error names all that is wrong with the request.
func (s *Service) Mint(q MintRequest) (token.Set, error) {
	tn := s.People.Snapshot()
	r := token.Request{Nonce: q.Nonce, SessionID: session.NewID(), Front: true, TTL: q.TTL}
	var problems []error
	var err error
	if r.Client, err = s.Client(q.Client); err != nil {
		problems = append(problems, err)
	}
	if r.User = directory.FindUser(tn, q.User); r.User == nil {
		problems = append(problems, directory.NoUser(tn, q.User))
	}
	if q.Audience == "" {
		q.Audience = tn.Settings.DefaultAudience
	}
	if q.Audience != "" {
		if r.Audience = s.Issuer.API(q.Audience); r.Audience == nil {
			problems = append(problems, directory.NoAPI(tn, q.Audience))
		}
	}
	if q.TTL < 0 {
		problems = append(problems, fmt.Errorf("the life %s is negative: for an expired token set the claim exp", q.TTL))
	}
	if len(problems) > 0 {
		return token.Set{}, errors.Join(problems...)
	}
	if q.Scope == "" {
		q.Scope = defaultScope
	}
	r.Scopes = oauth.Scopes(q.Scope)
	for _, name := range slices.Sorted(maps.Keys(q.Claims)) {
		r.Extra = append(r.Extra, mint.Claim{Name: name, Value: q.Claims[name]})
	}
	return s.Issuer.Issue(s.Exchange(), r, true, true)
}
