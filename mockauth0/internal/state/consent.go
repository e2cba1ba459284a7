package state

import (
	"slices"
	"strings"
	"time"
)

// Grant is what a user let a client do with an API (Auth0: /api/v2/grants, whose member names these are).
type Grant struct {
	ID       string    `json:"id"`
	ClientID string    `json:"clientID"`
	UserID   string    `json:"user_id"`
	Audience string    `json:"audience"` // of a request without an audience: the tenant's /userinfo
	Scopes   []string  `json:"scope"`
	Created  time.Time `json:"created_at"`
	UserInfo bool      `json:"-"` // of a request without an audience, whichever of the tenant's domains it was sent to
}

// Covers tells whether a refresh token family came of the grant.
func (g Grant) Covers(f Family) bool {
	audience := g.Audience
	if g.UserInfo {
		audience = ""
	}
	return g.UserID == f.UserID && g.ClientID == f.ClientID && audience == f.Audience
}

// grantKey is what a user has one grant for.
type grantKey struct{ user, client, audience string }

func (g *Grant) key() grantKey { return grantKey{g.UserID, g.ClientID, g.Audience} }

func (g *Grant) clone() Grant {
	c := *g
	c.Scopes = slices.Clone(g.Scopes)
	return c
}

// AddGrant remembers a grant. A second one for the same user, client and audience adds its scopes to the first.
func (m *Memory) AddGrant(g Grant) Grant {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept, ok := m.grants[g.key()]
	if !ok {
		added := g.clone()
		kept = &added
		m.grants[g.key()] = kept
		return kept.clone()
	}
	for _, scope := range g.Scopes {
		if !slices.Contains(kept.Scopes, scope) {
			kept.Scopes = append(kept.Scopes, scope)
		}
	}
	return kept.clone()
}

// Grant finds what a user let a client do with an API.
func (m *Memory) Grant(userID, clientID, audience string) (Grant, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if g, ok := m.grants[grantKey{userID, clientID, audience}]; ok {
		return g.clone(), true
	}
	return Grant{}, false
}

// Grants lists all grants, oldest first.
func (m *Memory) Grants() []Grant {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.listGrants()
}

func (m *Memory) listGrants() []Grant {
	out := make([]Grant, 0, len(m.grants))
	for _, g := range m.grants {
		out = append(out, g.clone())
	}
	slices.SortFunc(out, byAge)
	return out
}

func byAge(a, b Grant) int {
	if c := a.Created.Compare(b.Created); c != 0 {
		return c
	}
	return strings.Compare(a.ID, b.ID)
}

// DeleteGrants withdraws the grants that drop chooses and returns them, oldest first.
func (m *Memory) DeleteGrants(drop func(Grant) bool) []Grant {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []Grant
	for key, g := range m.grants {
		if drop(g.clone()) {
			out = append(out, *g)
			delete(m.grants, key)
		}
	}
	slices.SortFunc(out, byAge)
	return out
}
