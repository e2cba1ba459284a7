package state

import (
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/internal/secret"
)

// MaxFamilies is how many live refresh token families a user has with one client: a new one drops the oldest
// (https://auth0.com/docs/secure/tokens/refresh-tokens).
const MaxFamilies = 200

// Code is an authorization code (RFC 6749 §4.1.2) and what it stands for.
type Code struct {
	Code          secret.Text
	ClientID      string
	UserID        string
	Connection    string
	RedirectURI   string
	RedirectGiven bool   // the authorization request named redirect_uri, so the exchange has to
	Challenge     string // PKCE code_challenge; "": none was sent
	Method        string // S256 or plain
	Audience      string
	Scopes        []string // as asked
	Nonce         string
	SessionID     string
	Organization  string    // id; "": none
	Request       string    // id of the authorization request that it answers
	AuthTime      time.Time // zero unless the request asked for auth_time (max_age, prompt=login)
	SecondFactor  bool      // the login proved one
	Issued        time.Time
	Expires       time.Time
}

// FamilyEffect makes a request find no family where there is one. The family stays for the next request.
type FamilyEffect interface {
	LoseFamily()
}

// Family is a refresh token family: all refresh tokens that come of one grant by rotation. Tokens are not kept:
// each names its family and its generation, under a signature (grant/refreshtoken.go).
type Family struct {
	ID           string    `json:"id"`
	ClientID     string    `json:"client_id"`
	UserID       string    `json:"user_id"`
	Connection   string    `json:"connection"`
	Audience     string    `json:"audience"`
	Scopes       []string  `json:"scope"`                  // as granted, offline_access among them
	SessionID    string    `json:"session_id"`             // of the login it came from, which it outlives
	Organization string    `json:"organization,omitempty"` // id; "": none
	AuthTime     time.Time `json:"-"`
	Issued       time.Time `json:"created_at"`
	Expires      time.Time `json:"expires_at,omitzero"`      // absolute; zero: never
	IdleExpires  time.Time `json:"idle_expires_at,omitzero"` // zero: never
	Rotating     bool      `json:"rotating"`
	Generation   int       `json:"-"`                          // of the live token
	Parent       int       `json:"-"`                          // generation whose exchange made the live token
	Rotated      time.Time `json:"last_exchanged_at,omitzero"` // when Parent was first exchanged; zero: never
}

// Expired tells whether a family is past its absolute or its idle life.
func (f *Family) Expired(now time.Time) bool {
	return (!f.Expires.IsZero() && !now.Before(f.Expires)) || (!f.IdleExpires.IsZero() && !now.Before(f.IdleExpires))
}

// owner is whose families are counted together.
type owner struct{ user, client string }

// PutCode adds a code.
func (m *Memory) PutCode(c Code) (dropped []Dropped) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.codes[c.Code.Reveal()] = &c
	m.issued.add(c.Code.Reveal(), sizeOfCode(&c))
	m.sweepIfLarge(c.Issued)
	if gone := m.issued.overflow(); len(gone) > 0 {
		for _, code := range gone {
			delete(m.codes, code)
		}
		dropped = append(dropped, Dropped{"code", len(gone)})
	}
	return dropped
}

// Code finds a code.
func (m *Memory) Code(code string) (Code, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c, ok := m.codes[code]; ok {
		return *c, true
	}
	return Code{}, false
}

// TakeCode finds a code and removes it.
func (m *Memory) TakeCode(code string) (Code, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.codes[code]
	if !ok {
		return Code{}, false
	}
	m.deleteCode(code)
	return *c, true
}

func (m *Memory) deleteCode(code string) {
	delete(m.codes, code)
	m.issued.remove(code)
}

// PutFamily adds or replaces a family; of more than MaxFamilies of its user and client the oldest are dropped.
func (m *Memory) PutFamily(f Family) (dropped int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.deleteFamily(f.ID)
	o := owner{f.UserID, f.ClientID}
	m.families[f.ID] = &f
	m.owned[o] = append(m.owned[o], f.ID)
	for len(m.owned[o]) > MaxFamilies {
		m.deleteFamily(m.owned[o][0])
		dropped++
	}
	m.sweepIfLarge(f.Issued)
	return dropped
}

// Family finds a family.
func (m *Memory) Family(id string) (Family, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if f, ok := m.families[id]; ok {
		return *f, true
	}
	return Family{}, false
}

// Families lists all families, oldest first.
func (m *Memory) Families() []Family {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]Family, 0, len(m.families))
	for _, f := range m.families {
		out = append(out, *f)
	}
	slices.SortFunc(out, func(a, b Family) int {
		if c := a.Issued.Compare(b.Issued); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out
}

// UpdateFamily changes a family; an error of change leaves it as it was.
func (m *Memory) UpdateFamily(id string, change func(*Family) error) (f Family, ok bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	found, ok := m.families[id]
	if !ok {
		return Family{}, false, nil
	}
	next := *found
	if err := change(&next); err != nil {
		return *found, true, err
	}
	*found = next
	return next, true, nil
}

// DeleteFamily revokes a family; false when there was none.
func (m *Memory) DeleteFamily(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.deleteFamily(id)
}

// DeleteFamilies revokes those families of a user and a client that drop chooses.
func (m *Memory) DeleteFamilies(userID, clientID string, drop func(Family) bool) (dropped int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range slices.Clone(m.owned[owner{userID, clientID}]) {
		if drop(*m.families[id]) && m.deleteFamily(id) {
			dropped++
		}
	}
	return dropped
}

// deleteFamily costs no more than MaxFamilies comparisons.
func (m *Memory) deleteFamily(id string) bool {
	f, ok := m.families[id]
	if !ok {
		return false
	}
	delete(m.families, id)
	o := owner{f.UserID, f.ClientID}
	left := slices.DeleteFunc(m.owned[o], func(other string) bool { return other == id })
	if m.owned[o] = left; len(left) == 0 {
		delete(m.owned, o)
	}
	return true
}

// sweepGrants drops codes and families that have expired by now.
func (m *Memory) sweepGrants(now time.Time) {
	for id, c := range m.codes {
		if !now.Before(c.Expires) {
			m.deleteCode(id)
		}
	}
	for id, f := range m.families {
		if f.Expired(now) {
			m.deleteFamily(id)
		}
	}
}
