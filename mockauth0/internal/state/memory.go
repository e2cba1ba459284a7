package state

import (
	"slices"
	"sync"
	"time"
)

// Memory is a Store in memory. Call NewMemory.
type Memory struct {
	mu           sync.Mutex
	sessions     map[string]*Session
	transactions map[string]*Transaction // by ID
	resumes      map[string]string       // ResumeID → ID
	tokens       map[string]*AccessToken
	codes        map[string]*Code
	families     map[string]*Family
	owned        map[owner][]string // ids of families, oldest first
	tickets      map[ticketKey]*Ticket
	grants       map[grantKey]*Grant

	logins, issued *pending[string]    // in transactions and codes
	handed         *pending[ticketKey] // in tickets

	sweepAt int // number of entries, sessions apart, at which the next put sweeps
	endAt   int // number of sessions at which the next one sweeps them
}

// minSweep is the number of entries, and of sessions, below which nothing is swept on a put.
const minSweep = 1024

// NewMemory returns an empty store.
func NewMemory() *Memory {
	m := &Memory{}
	m.Reset()
	return m
}

// Reset forgets everything.
func (m *Memory) Reset() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sessions = map[string]*Session{}
	m.transactions = map[string]*Transaction{}
	m.resumes = map[string]string{}
	m.tokens = map[string]*AccessToken{}
	m.codes = map[string]*Code{}
	m.families = map[string]*Family{}
	m.owned = map[owner][]string{}
	m.tickets = map[ticketKey]*Ticket{}
	m.grants = map[grantKey]*Grant{}
	m.logins, m.issued, m.handed = newPending[string](), newPending[string](), newPending[ticketKey]()
	m.sweepAt, m.endAt = minSweep, minSweep
}

// PutSession adds or replaces a session. It returns those that a sweep dropped.
func (m *Memory) PutSession(s Session) (dropped []Session) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s.Clients = slices.Clone(s.Clients)
	m.sessions[s.ID] = &s
	if len(m.sessions) >= m.endAt {
		dropped = m.sweepSessions(s.CreatedAt)
		m.endAt = max(minSweep, 2*len(m.sessions))
	}
	return dropped
}

// Session finds a session.
func (m *Memory) Session(id string) (Session, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.sessions[id]
	if !ok {
		return Session{}, false
	}
	return s.clone(), true
}

func (s *Session) clone() Session {
	c := *s
	c.Clients = slices.Clone(s.Clients)
	return c
}

// UpdateSession changes a session.
func (m *Memory) UpdateSession(id string, change func(*Session)) (Session, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.sessions[id]
	if !ok {
		return Session{}, false
	}
	change(s)
	return s.clone(), true
}

// DeleteSession ends a session; false when there was none.
func (m *Memory) DeleteSession(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, ok := m.sessions[id]
	delete(m.sessions, id)
	return ok
}

// Sessions lists all sessions, oldest first.
func (m *Memory) Sessions() []Session {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.listSessions()
}

func (m *Memory) listSessions() []Session {
	out := make([]Session, 0, len(m.sessions))
	for _, s := range m.sessions {
		out = append(out, s.clone())
	}
	slices.SortFunc(out, func(a, b Session) int {
		if c := a.CreatedAt.Compare(b.CreatedAt); c != 0 {
			return c
		}
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return out
}

// PutTransaction adds a transaction.
func (m *Memory) PutTransaction(t Transaction) (dropped []Dropped) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.transactions[t.ID] = &t
	m.resumes[t.ResumeID] = t.ID
	m.logins.add(t.ID, sizeOf(t.Request))
	m.sweepIfLarge(t.Created)
	if gone := m.logins.overflow(); len(gone) > 0 {
		for _, id := range gone {
			m.deleteTransaction(id)
		}
		dropped = append(dropped, Dropped{"login", len(gone)})
	}
	return dropped
}

func (m *Memory) deleteTransaction(id string) {
	if t, ok := m.transactions[id]; ok {
		delete(m.resumes, t.ResumeID)
		delete(m.transactions, id)
		m.logins.remove(id)
	}
}

// Transaction finds by ID or ResumeID.
func (m *Memory) Transaction(id string) (Transaction, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.transactions[id]
	if !ok {
		t, ok = m.transactions[m.resumes[id]]
	}
	if !ok {
		return Transaction{}, false
	}
	return *t, true
}

// UpdateTransaction changes a transaction found by ID.
func (m *Memory) UpdateTransaction(id string, change func(*Transaction)) (Transaction, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.transactions[id]
	if !ok {
		return Transaction{}, false
	}
	change(t)
	return *t, true
}

// TakeTransaction finds by ResumeID and removes it.
func (m *Memory) TakeTransaction(resumeID string) (Transaction, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.transactions[m.resumes[resumeID]]
	if !ok {
		return Transaction{}, false
	}
	m.deleteTransaction(t.ID)
	return *t, true
}

// PutAccessToken adds an opaque access token.
func (m *Memory) PutAccessToken(t AccessToken) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tokens[t.Token.Reveal()] = &t
	m.sweepIfLarge(t.Issued)
}

// AccessToken finds an opaque access token.
func (m *Memory) AccessToken(token string) (AccessToken, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.tokens[token]
	if !ok {
		return AccessToken{}, false
	}
	return *t, true
}

// Sweep drops what has expired by now.
func (m *Memory) Sweep(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweepSessions(now)
	m.sweep(now)
}

// sweepIfLarge keeps a tenant that is left running from growing: abandoned logins and tokens go at a cost that is constant
// on average. Sessions go only when one is put, where somebody hears of it.
func (m *Memory) sweepIfLarge(now time.Time) {
	if m.entries() >= m.sweepAt {
		m.sweep(now)
		m.sweepAt = max(minSweep, 2*m.entries())
	}
}

func (m *Memory) entries() int {
	return len(m.transactions) + len(m.tokens) + len(m.codes) + len(m.families) + len(m.tickets)
}

func (m *Memory) sweepSessions(now time.Time) (dropped []Session) {
	for id, s := range m.sessions {
		if !now.Before(s.Expires) || !now.Before(s.IdleExpires) {
			delete(m.sessions, id)
			dropped = append(dropped, *s)
		}
	}
	return dropped
}

func (m *Memory) sweep(now time.Time) {
	for id, t := range m.transactions {
		if !now.Before(t.Expires) {
			m.deleteTransaction(id)
		}
	}
	for id, t := range m.tokens {
		if !now.Before(t.Expires) {
			delete(m.tokens, id)
		}
	}
	m.sweepGrants(now)
	m.sweepTickets(now)
}
