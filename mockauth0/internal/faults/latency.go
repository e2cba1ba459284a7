package faults

import (
	"fmt"
	"math/rand/v2"
	"time"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/httpx"
)

func newLatency(e *fault.Effect) fmt.Stringer {
	return latency{time.Duration(e.Latency), time.Duration(e.Jitter)}
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
