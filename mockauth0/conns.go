package mockauth0

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"renewal.example/mockauth0/internal/clock"
)

// conns keeps the open connections and how many requests each has in progress. http.Server.Shutdown waits a
// second for an idle HTTP/2 connection and five for one that has not carried a request yet (browsers open some
// in advance): that is too long for a server that each test starts and stops.
type conns struct {
	mu   sync.Mutex
	open map[net.Conn]*conn
}

type conn struct {
	mu     sync.Mutex
	active int
	idle   time.Time // since when active is 0; zero: no request yet
}

type connKey struct{}

// context is an http.Server.ConnContext.
func (u *conns) context(ctx context.Context, c net.Conn) context.Context {
	one := &conn{}
	u.mu.Lock()
	u.open[c] = one
	u.mu.Unlock()
	return context.WithValue(ctx, connKey{}, one)
}

// state is an http.Server.ConnState.
func (u *conns) state(c net.Conn, s http.ConnState) {
	if s == http.StateClosed || s == http.StateHijacked {
		u.mu.Lock()
		delete(u.open, c)
		u.mu.Unlock()
	}
}

// begin notes a request on its connection; call what it returns when the request has ended.
func begin(r *http.Request) (end func()) {
	c, ok := r.Context().Value(connKey{}).(*conn)
	if !ok {
		return func() {} // behind a listener of somebody else
	}
	c.mu.Lock()
	c.active++
	c.mu.Unlock()
	return func() {
		c.mu.Lock()
		c.active--
		c.idle = clock.Wall()
		c.mu.Unlock()
	}
}

// flush is how long an answer may take from its endpoint to the network.
const flush = 10 * time.Millisecond

// closeIdle closes connections without a request in progress until done is closed.
func (u *conns) closeIdle(done <-chan struct{}) {
	for {
		now := clock.Wall()
		u.mu.Lock()
		for c, one := range u.open {
			one.mu.Lock()
			idle := one.active == 0 && now.Sub(one.idle) > flush
			one.mu.Unlock()
			if idle {
				_ = c.Close() // whoever is at the other end sees the server going away
			}
		}
		u.mu.Unlock()
		select {
		case <-done:
			return
		case <-clock.WallAfter(flush / 2):
		}
	}
}
