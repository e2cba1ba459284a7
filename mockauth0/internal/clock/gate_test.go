package clock

import (
	"context"
	"testing"
	"time"
)

func TestGate(t *testing.T) {
	var g Gate
	g.Wait(t.Context()) // it is open
	g.Open()
	passed := func() <-chan struct{} {
		done := make(chan struct{})
		go func() { g.Wait(context.Background()); close(done) }()
		return done
	}
	g.Shut(time.Hour)
	first := passed()
	select {
	case <-first:
		t.Fatal("a shut gate lets a request through")
	default:
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	g.Wait(ended) // the client has gone
	g.Open()
	<-first
	g.Shut(time.Millisecond)
	<-passed() // it opens by itself
	g.Shut(time.Hour)
	second := passed()
	g.Shut(time.Hour) // again
	g.Open()
	<-second
}
