package fault

import (
	"fmt"
	"math/rand/v2"
	"time"

	"renewal.example/mockauth0/internal/httpx"
)

func latencyGroup() group {
	return group{
		name:  "latency",
		given: func(e *Effect) bool { return e.Latency != 0 },
		check: func(e *Effect, p *Problems) {
			switch {
			case e.Latency < 0:
				p.add("do.latency", "do.latency is negative")
			case e.Jitter < 0:
				p.add("do.jitter", "do.jitter is negative")
			case e.Jitter > e.Latency:
				p.add("do.jitter", "do.jitter is longer than do.latency, so that some answers would have to come before their requests")
			}
		},
		build: func(e *Effect) any { return latency{time.Duration(e.Latency), time.Duration(e.Jitter)} },
		seam:  httpx.SeamHTTP, timed: true, adds: true,
	}
}

// latency makes the answer wait on tenant time.
type latency struct{ d, jitter time.Duration }

// draw decides how long it is this time.
func (l latency) draw(r *rand.Rand) any {
	if l.jitter > 0 {
		l.d += time.Duration(r.Int64N(2*int64(l.jitter)+1)) - l.jitter
	}
	return l
}

func (l latency) String() string { return fmt.Sprintf("latency of %s", l.d) }

func (l latency) wait(x *httpx.Exchange) error {
	return x.Clock.Wait(x.Context(), x.Now().Add(l.d), "latency of "+x.Facts.Endpoint)
}

func (l latency) BeforeCommit(x *httpx.Exchange) (*httpx.Result, error) { return nil, l.wait(x) }

func (l latency) AfterCommit(x *httpx.Exchange, res *httpx.Result) (*httpx.Result, error) {
	return res, l.wait(x)
}
