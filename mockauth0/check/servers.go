package check

import (
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/appdrive"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/tenant"
)

// serverClock is the clock of the app's own servers. They go by that of Options.Clock, which goes by that of the tenant that they talk
// to: one after another, since each probe has a tenant of its own. It never goes back. A server that has lived through a day goes on
// from there with the next tenant.
type serverClock struct {
	of    *mockauth0.Server // nil: the servers' clocks stand still
	ahead time.Duration     // how far the last tenant was ahead of real time
	apart bool              // probes are made at the same time: no server can follow them all
}

// follows tells whether the servers go by the clock of the tenant that they talk to.
func (c *serverClock) follows() bool {
	return c.of != nil && !c.apart && len(c.of.Followers()) > 0
}

// begin has a tenant that does not run yet begin where the last one ended.
func (c *serverClock) begin(t *tenant.Config) {
	if c.follows() && c.ahead > 0 {
		t.Mock.ClockStart = clock.Wall().Add(c.ahead)
	}
}

// follow moves the servers' clocks with a tenant's, until stop. Every move of the tenant's waits for them.
func (c *serverClock) follow(t *mockauth0.Tenant) (stop func()) {
	if !c.follows() {
		return func() {}
	}
	ends := t.FollowClock("the servers of the app", func(at mockauth0.ClockState) { c.of.SetOffset(at.Offset) })
	return func() {
		c.ahead = t.Now().Sub(clock.Wall())
		ends()
	}
}

// standsStill says why the clock of the app's server does not go by the tenant's; "": it does.
func (r *run) standsStill() string {
	switch {
	case r.clock.follows():
		return ""
	case r.options.Clock == nil:
		return "its server keeps the tokens and goes by its own clock; have the check start it, by its command after --"
	}
	return "its server keeps the tokens and goes by its own clock; the check moves that of Node programs, and of others by libfaketime"
}

// lanesOf is how many probes can be made at a time.
func (r *run) lanesOf() int {
	if r.renewal == appdrive.ServerSession { // its server talks to one tenant
		return 1
	}
	if r.clock.follows() && r.callsServer { // an API judges tokens by one clock
		return 1
	}
	return r.options.Lanes
}
