// Package conns keeps the open connections of a server: whose each is, and whether a request is in progress on it. What acts on whole
// connections is here: faults that break them off, and closing those that nobody needs any more.
package conns

import (
	"context"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/httpx"
)

// Conns keeps the open connections and how many requests each has in progress. http.Server.Shutdown waits a
// second for an idle HTTP/2 connection and five for one that has not carried a request yet (browsers open some
// in advance): that is too long for a server that each test starts and stops.
//
// They are also what a fault of the connection seam acts on: a reset breaks one off, and a failing TLS handshake is of use
// only when clients need new ones. Owner is whom a connection belongs to. Make it with New. Safe for concurrent use.
type Conns[Owner comparable] struct {
	mu   sync.Mutex
	open map[net.Conn]*conn[Owner] // by the transport below TLS
}

// New has no connections yet.
func New[Owner comparable]() *Conns[Owner] { return &Conns[Owner]{open: map[net.Conn]*conn[Owner]{}} }

type conn[Owner comparable] struct {
	c      net.Conn
	owner  Owner // whom the TLS handshake named; the zero value before it. Conns.mu guards it
	mu     sync.Mutex
	active bool      // a request is in progress, or its answer not written to the end
	idle   time.Time // since when it is not; zero: no request yet
	closes bool      // after the next answer
}

// quiet tells whether a connection has carried no request for so long that it can be closed without harm.
func (c *conn[Owner]) quiet(now time.Time, long time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.active && now.Sub(c.idle) > long
}

type connKey struct{}

// below is the transport below TLS.
func below(c net.Conn) net.Conn {
	if over, ok := c.(interface{ NetConn() net.Conn }); ok {
		return over.NetConn()
	}
	return c
}

// Context is an http.Server.ConnContext.
func (u *Conns[Owner]) Context(ctx context.Context, c net.Conn) context.Context {
	one := &conn[Owner]{c: c}
	u.mu.Lock()
	u.open[below(c)] = one
	u.mu.Unlock()
	ctx = httpx.WithReset(ctx, func() { reset(below(c)) })
	return context.WithValue(ctx, connKey{}, one)
}

// reset closes a connection as a crash or a middlebox does: TCP says RST, and TLS and HTTP/2 say nothing.
func reset(c net.Conn) {
	if t, ok := c.(interface{ SetLinger(sec int) error }); ok {
		_ = t.SetLinger(0) // without it the other end sees an orderly close, which is the next best thing
	}
	_ = c.Close() // whatever it says, nothing comes any more
}

// Belongs notes whom the handshake of a connection named.
func (u *Conns[Owner]) Belongs(transport net.Conn, owner Owner) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if one := u.open[transport]; one != nil {
		one.owner = owner
	}
}

// Carries notes the owner of a connection that had no handshake to name one.
func (u *Conns[Owner]) Carries(r *http.Request, owner Owner) {
	if r.TLS != nil {
		return
	}
	if one, ok := r.Context().Value(connKey{}).(*conn[Owner]); ok {
		u.mu.Lock()
		defer u.mu.Unlock()
		one.owner = owner
	}
}

// Retire closes the connections that an owner has now: those without a request before it returns, the others as they
// become idle, until done is closed. One request more that comes on one of those is still answered.
func (u *Conns[Owner]) Retire(done <-chan struct{}, owner Owner) {
	u.mu.Lock()
	var idle, busy []*conn[Owner]
	for _, one := range u.open {
		if one.owner != owner {
			continue
		}
		one.mu.Lock()
		one.closes = true
		if one.active {
			busy = append(busy, one)
		} else {
			idle = append(idle, one)
		}
		one.mu.Unlock()
	}
	u.mu.Unlock()
	if len(idle)+len(busy) == 0 {
		return
	}
	for range 4 { // those that have just answered are quiet by then, and clients have noticed that they are closed
		idle = closeQuiet(idle, flush)
		<-clock.WallAfter(flush / 2)
	}
	go func() {
		for left := append(idle, busy...); len(left) > 0; left = closeQuiet(left, lastFlush) {
			select {
			case <-done:
				return
			case <-clock.WallAfter(flush / 2):
			}
		}
	}()
}

// closeQuiet closes the connections that have been quiet for so long, and returns the others.
func closeQuiet[Owner comparable](all []*conn[Owner], long time.Duration) (left []*conn[Owner]) {
	return slices.DeleteFunc(all, func(one *conn[Owner]) bool {
		if !one.quiet(clock.Wall(), long) {
			return false
		}
		_ = one.c.Close() // whoever is at the other end sees it going away
		return true
	})
}

// State is an http.Server.ConnState.
func (u *Conns[Owner]) State(c net.Conn, s http.ConnState) {
	u.mu.Lock()
	defer u.mu.Unlock()
	one := u.open[below(c)]
	if one == nil {
		return
	}
	one.mu.Lock()
	defer one.mu.Unlock()
	switch s {
	case http.StateNew:
	case http.StateActive:
		one.active = true
	case http.StateIdle: // by HTTP/1.1 the answer is with the network now; by HTTP/2 it is on its way there
		one.active, one.idle = false, clock.Wall()
	case http.StateClosed, http.StateHijacked:
		delete(u.open, below(c))
	}
}

// LastAnswer lets a connection that is to close do so after this answer.
func (u *Conns[Owner]) LastAnswer(w http.ResponseWriter, r *http.Request) {
	c, ok := r.Context().Value(connKey{}).(*conn[Owner])
	if !ok {
		return // behind a listener of somebody else
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closes {
		w.Header().Set("Connection", "close") // RFC 9112 §9.6; by HTTP/2 net/http sends GOAWAY for it
	}
}

// flush is how long an answer may take from net/http to the network. lastFlush is that of one after which the client asks nothing more
// here, so that nothing is lost by waiting: a busy machine may well need longer than flush.
const (
	flush     = 10 * time.Millisecond
	lastFlush = time.Second
)

// CloseIdle closes connections without a request in progress until done is closed.
func (u *Conns[Owner]) CloseIdle(done <-chan struct{}) {
	for {
		now := clock.Wall()
		u.mu.Lock()
		for _, one := range u.open {
			if one.quiet(now, flush) {
				_ = one.c.Close() // whoever is at the other end sees the server going away
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
