package clock

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Gate keeps requests waiting for somebody who moves this clock together with others: while it is shut, the others may be ahead. The zero
// value is open.
type Gate struct {
	mu    sync.Mutex // of those that shut and open it
	shut  atomic.Pointer[chan struct{}]
	timer *time.Timer
}

// Shut has requests wait until Open, for so much real time at most.
func (g *Gate) Shut(most time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open()
	until := make(chan struct{})
	g.shut.Store(&until)
	g.timer = time.AfterFunc(most, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if at := g.shut.Load(); at != nil && *at == until {
			g.open()
		}
	})
}

// Open lets them go on.
func (g *Gate) Open() {
	if g.shut.Load() == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open()
}

func (g *Gate) open() {
	if at := g.shut.Swap(nil); at != nil {
		g.timer.Stop()
		close(*at)
	}
}

// Wait returns when the gate is open, or when ctx ends.
func (g *Gate) Wait(ctx context.Context) {
	at := g.shut.Load()
	if at == nil {
		return
	}
	select {
	case <-*at:
	case <-ctx.Done():
	}
}
