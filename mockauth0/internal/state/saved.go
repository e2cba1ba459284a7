package state

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Saved is all that a Store holds, for a snapshot. The lists are in an order that Load keeps: what came first goes first when there
// is no room.
type Saved struct {
	Sessions     []Session
	Transactions []Transaction
	AccessTokens []AccessToken
	Codes        []Code
	Families     []Family
	Tickets      []Ticket
	Grants       []Grant
}

// Save gives a copy of everything. The same content gives the same Saved.
func (m *Memory) Save() Saved {
	m.mu.Lock()
	defer m.mu.Unlock()
	saved := Saved{Sessions: m.listSessions(), Grants: m.listGrants()}
	for _, id := range m.logins.keys() {
		saved.Transactions = append(saved.Transactions, *m.transactions[id])
	}
	for _, id := range m.issued.keys() {
		saved.Codes = append(saved.Codes, *m.codes[id])
	}
	for _, token := range slices.Sorted(maps.Keys(m.tokens)) {
		saved.AccessTokens = append(saved.AccessTokens, *m.tokens[token])
	}
	owners := slices.SortedFunc(maps.Keys(m.owned), func(a, b owner) int {
		return cmp.Or(strings.Compare(a.user, b.user), strings.Compare(a.client, b.client))
	})
	for _, o := range owners {
		for _, id := range m.owned[o] {
			saved.Families = append(saved.Families, *m.families[id])
		}
	}
	saved.Tickets = m.savedTickets()
	return saved
}

// savedTickets are those that may have to make room, oldest first, and then the others.
func (m *Memory) savedTickets() (out []Ticket) {
	for _, key := range m.handed.keys() {
		out = append(out, *m.tickets[key])
	}
	for _, key := range slices.SortedFunc(maps.Keys(m.tickets), func(a, b ticketKey) int {
		return cmp.Or(strings.Compare(string(a.kind), string(b.kind)), strings.Compare(a.id, b.id))
	}) {
		if !key.kind.limited() {
			out = append(out, *m.tickets[key])
		}
	}
	return out
}

// Load puts what was saved in place of what there is.
func (m *Memory) Load(saved Saved) {
	m.Reset()
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range saved.Sessions {
		s = s.clone()
		m.sessions[s.ID] = &s
	}
	for _, t := range saved.Transactions {
		m.transactions[t.ID] = &t
		m.resumes[t.ResumeID] = t.ID
		m.logins.add(t.ID, sizeOf(t.Request))
	}
	for _, t := range saved.AccessTokens {
		m.tokens[t.Token.Reveal()] = &t
	}
	for _, c := range saved.Codes {
		m.codes[c.Code.Reveal()] = &c
		m.issued.add(c.Code.Reveal(), sizeOfCode(&c))
	}
	for _, f := range saved.Families {
		o := owner{f.UserID, f.ClientID}
		m.families[f.ID] = &f
		m.owned[o] = append(m.owned[o], f.ID)
	}
	for _, t := range saved.Tickets {
		key := ticketKey{t.Kind, t.ID}
		m.tickets[key] = &t
		if t.Kind.limited() {
			m.handed.add(key, sizeOf(t.Values))
		}
	}
	for _, g := range saved.Grants {
		g = g.clone()
		m.grants[g.key()] = &g
	}
	m.sweepAt, m.endAt = max(minSweep, 2*m.entries()), max(minSweep, 2*len(m.sessions))
}
