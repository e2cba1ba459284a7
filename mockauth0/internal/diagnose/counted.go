package diagnose

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"

	"renewal.example/mockauth0/event"
)

// Counted is an expectation of how many renewals of a client succeed, no more and no fewer, and what has become of it.
type Counted struct {
	ID       string
	ClientID string
	Since    time.Time // tenant time from which renewals count
	Until    time.Time // tenant time at which it is over; zero: when somebody ends it
	Renewals int       // how many there have to be
	Seen     int       // how many there were so far
	Met      bool
	Failed   bool // neither: it is open
}

func (c *Counted) open() bool { return !c.Met && !c.Failed }

// counts are the expectations that count renewals. They count as events are appended, so that none is missed which the log forgets.
type counts struct {
	mu   sync.Mutex
	next int
	list []*Counted // newest last, at most keepCounted
}

// keepCounted is how many stay listed.
const keepCounted = 200

// Heard counts a renewal. The event log calls it, whose lock it holds.
func (g *Engine) Heard(e *event.Event) {
	if e.Kind != event.KindLog || e.Type != event.SuccessSilentAuth && e.Type != event.SuccessExchangeRefreshToken {
		return
	}
	c := &g.counts
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, one := range c.list {
		if one.open() && one.ClientID == e.ClientID && (one.Until.IsZero() || !e.Date.After(one.Until)) {
			if one.Seen++; one.Seen > one.Renewals {
				one.Failed = true
			}
		}
	}
}

// Count expects so many renewals of a client from now until a tenant time; zero: until Settle ends it.
func (g *Engine) Count(clientID string, renewals int, now, until time.Time) Counted {
	c := &g.counts
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next++
	one := &Counted{ID: fmt.Sprintf("expectation-%d", c.next), ClientID: clientID, Since: now, Renewals: renewals, Until: until}
	c.list = append(c.list, one)
	c.list = c.list[max(0, len(c.list)-keepCounted):]
	return *one
}

// Counted are those of Count as they stand at a time. With end those of a client ("": of any) end now.
func (g *Engine) Counted(now time.Time, end bool, clientID string) []Counted {
	c := &g.counts
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]Counted, 0, len(c.list))
	for _, one := range c.list {
		over := !one.Until.IsZero() && now.After(one.Until) || end && cmp.Or(clientID, one.ClientID) == one.ClientID
		if one.open() && over {
			one.Met = one.Seen == one.Renewals
			one.Failed = !one.Met
		}
		out = append(out, *one)
	}
	return out
}

// forget takes those of a client back, "": all.
func (c *counts) forget(clientID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = slices.DeleteFunc(c.list, func(one *Counted) bool { return clientID == "" || one.ClientID == clientID })
}
