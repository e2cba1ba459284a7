package mockauth0_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/tenanttest"
)

const (
	floodPromise = 50_000 // events a second
	floodRate    = 51_000 // that are emitted: what the last tick of a run is late by is missing in what is counted
	floodReaders = 10     // one of which never reads
	floodRuns    = 10     // each once without the flood and once with it
	floodEach    = 400 * time.Millisecond
	floodSlower  = 1.05
)

// BenchmarkEventFlood: events that come in tens of thousands a second, while ten streams carry them, slow no request down. It
// compares alternating runs in one process. `make bench` runs it once.
func BenchmarkEventFlood(b *testing.B) {
	for name, path := range map[string]func(s *mockauth0.Server) string{
		"a silent request": func(s *mockauth0.Server) string { return tenanttest.Request(s, "prompt", "none") },
		"the JWKS":         func(*mockauth0.Server) string { return "/.well-known/jwks.json" },
	} {
		b.Run(name, func(b *testing.B) {
			s := tenanttest.Serve(b, nil)
			p := tenanttest.Browse(b, s)
			p.Login(tenanttest.Request(s))
			at := path(s)
			measure := func() float64 {
				var took []time.Duration
				for began := time.Now(); time.Since(began) < floodEach; {
					before := time.Now()
					p.Get(at)
					took = append(took, time.Since(before))
				}
				slices.Sort(took)
				return float64(took[len(took)/2])
			}
			measure()
			for b.Loop() {
				var ratios []float64
				events := 0.0
				for range floodRuns {
					alone := measure()
					stop := flood(b, s)
					under := measure()
					events += stop()
					ratios = append(ratios, under/alone)
				}
				slices.Sort(ratios)
				slower := (ratios[(len(ratios)-1)/2] + ratios[len(ratios)/2]) / 2
				b.ReportMetric(slower, "times-as-long")
				b.ReportMetric(events/floodRuns, "events/s")
				if events/floodRuns < floodPromise {
					b.Errorf("%.0f events a second, bar %d", events/floodRuns, floodPromise)
				}
				if slower > floodSlower {
					b.Errorf("%s takes %.3f times as long under %.0f events a second with %d readers, bar %.2f: %.3f", name, slower,
						events/floodRuns, floodReaders, floodSlower, ratios)
				}
			}
		})
	}
}

// flood emits events and has them read until it is stopped; it tells how many there were in a second.
func flood(b *testing.B, s *mockauth0.Server) (stop func() float64) {
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan struct{}, floodReaders+1)
	for n := range floodReaders {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL()+"/__mock/v1/events?after=18446744073709551615", nil)
		if err != nil {
			b.Fatal(err)
		}
		r.Header.Set("Accept", "text/event-stream")
		own := s.Client().Transport.(*http.Transport).Clone() // a reader is a program of its own, with its own connection
		res, err := own.RoundTrip(r)
		if err != nil {
			b.Fatal(err)
		}
		go func() {
			defer func() { ended <- struct{}{} }()
			defer own.CloseIdleConnections()
			defer res.Body.Close()
			if n == 0 {
				<-ctx.Done() // the stuck one
				return
			}
			_, _ = io.Copy(io.Discard, res.Body) // until it is stopped
		}()
	}
	var emitted atomic.Uint64
	began := time.Now()
	go func() {
		defer func() { ended <- struct{}{} }()
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for ctx.Err() == nil {
			due := uint64(time.Since(began).Seconds() * floodRate)
			for emitted.Load() < due {
				s.EmitForTest()
				emitted.Add(1)
			}
			<-tick.C
		}
	}()
	return func() float64 {
		rate := float64(emitted.Load()) / time.Since(began).Seconds()
		cancel()
		for range floodReaders + 1 {
			<-ended
		}
		return rate
	}
}
