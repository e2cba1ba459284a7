package mockauth0

import (
	"cmp"
	"errors"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"renewal.example/mockauth0/event"
)

// Stats are figures of a tenant, for a program that watches it.
type Stats struct {
	Tenant        string // its name, as GET /__mock/v1/tenants has it
	Sessions      int    // that are alive
	RefreshTokens int    // families that are still good
	Faults        int    // that are armed
	ClockOffset   time.Duration
	ClockFrozen   bool
	Events        []EventCount // since the tenant was made, a Reset does not change them
}

// EventCount is how many events of one sort there were.
type EventCount struct {
	Kind   event.Kind
	Type   event.LogCode // of entries of Auth0's log; "": it is none
	Client string        // id of the client; "": none
	Count  uint64
}

// tally is a sort of events.
type tally struct {
	kind   event.Kind
	code   event.LogCode
	client string
}

// tallies count the events of a tenant, which its ring forgets.
type tallies struct {
	mu     sync.Mutex
	counts map[tally]uint64
}

// heard counts an event. The event log calls it, whose lock it holds.
func (c *tallies) heard(e *event.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts == nil {
		c.counts = map[tally]uint64{}
	}
	c.counts[tally{e.Kind, e.Type, e.ClientID}]++
}

func (c *tallies) list() (out []EventCount) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for t, n := range maps.All(c.counts) {
		out = append(out, EventCount{t.kind, t.code, t.client, n})
	}
	slices.SortFunc(out, func(a, b EventCount) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Client, b.Client))
	})
	return out
}

// Stats are the tenant's figures at this moment.
func (t *Tenant) Stats() Stats {
	return Stats{Tenant: t.Name(), Sessions: len(t.manager.Sessions()), RefreshTokens: len(t.manager.RefreshTokens()), Faults: len(t.Faults()),
		ClockOffset: t.clock.Offset(), ClockFrozen: t.clock.Frozen(), Events: t.tallies.list()}
}

// health is a tenant for its control API.
type health struct{ tenant *Tenant }

// Ready is nil when the tenant can sign tokens, which waits for its keys, and its server is not closing.
func (h health) Ready() error {
	if h.tenant.server.base.Err() != nil {
		return errors.New("the server is closing")
	}
	_, err := h.tenant.ring.JWKS(true)
	return err
}

func (h health) Metrics() http.Handler { return h.tenant.server.metrics }

// stats are the figures of all tenants.
func (s *Server) stats() []Stats {
	var out []Stats
	for _, t := range s.Tenants() {
		out = append(out, t.Stats())
	}
	return out
}
