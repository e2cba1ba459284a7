package faults

import (
	"fmt"
	"testing"
	"time"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/eventlog"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/respond"
)

// exchanges are what a request brings to the seams of a plan with nothing armed for it.
func exchange(p *Plan) *httpx.Exchange {
	return &httpx.Exchange{
		Plan: p, Clock: clock.New(time.Time{}), Events: eventlog.New(8), Facts: httpx.Facts{
			Endpoint: "token", Point: httpx.Resolved, Grant: "refresh_token", ClientID: "other", UserID: "auth0|1",
		},
	}
}

// elsewhere is a plan whose faults wait at every seam for somebody else.
func elsewhere(t testing.TB) *Plan {
	t.Helper()
	p := &Plan{}
	somebody := fault.Match{Client: "somebody else"}
	for _, e := range []fault.Effect{{Status: 503}, {At: "after", Status: 503}, {Body: "empty"}, {Error: "login_required"}, {State: "wrong"},
		{Lifetime: fault.Duration(time.Second)}, {Claims: &fault.Claims{Remove: []string{"sub"}}}, {Token: &fault.Token{Signature: "broken"}},
		{Session: "lost"}, {RefreshToken: "gone"}} {
		if _, err := p.Arm(fault.Fault{When: somebody, Times: 1, Do: e}, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []fault.Fault{
		{When: fault.Match{Endpoint: "jwks"}, Do: fault.Effect{JWKS: "empty"}}, {When: fault.Match{Endpoint: "discovery"}, Do: fault.Effect{Discovery: &fault.Discovery{Remove: []string{"issuer"}}}},
	} {
		if _, err := p.Arm(f, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// ask comes to every seam of a request once, to the first at its three points.
func ask(x *httpx.Exchange) (met int) {
	for seam := httpx.SeamHandshake; seam <= httpx.SeamSent; seam <<= 1 {
		met += len(httpx.Effects[any](x, seam, nil))
	}
	for point := httpx.Routed; point <= httpx.Resolved; point++ {
		x.Facts.Point = point
		met += len(httpx.Effects[httpx.Effect](x, httpx.SeamHTTP, nil))
	}
	return met
}

// seamsBar is what a request without a fault may pay for all seams together. It depends on the machine, so only three
// times of it is a failure.
const seamsBar = time.Microsecond

// BenchmarkSeams is what such a request pays. A renewal with and without a plan: BenchmarkRenewalAndPlan of mockauth0.
func BenchmarkSeams(b *testing.B) {
	for name, p := range map[string]*Plan{"nothing armed": {}, "armed for another client": elsewhere(b)} {
		b.Run(name, func(b *testing.B) {
			x := exchange(p)
			b.ReportAllocs()
			for b.Loop() {
				ask(x)
			}
			if each := b.Elapsed() / time.Duration(b.N); each > 3*seamsBar {
				b.Errorf("%s for the seams of a request; the bar is %s", each, seamsBar)
			}
		})
	}
}

func TestARequestWithoutAFaultAllocatesNothingAtTheSeams(t *testing.T) {
	for name, p := range map[string]*Plan{"nothing armed": {}, "armed for another client": elsewhere(t)} {
		x := exchange(p)
		if n := testing.AllocsPerRun(100, func() {
			if met := ask(x); met != 0 {
				t.Fatalf("%s: %d effects", name, met)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations at the seams", name, n)
		}
	}
}

// A fault that waits for the nth request can do nothing once that has passed, whether or not another fault acted on it.
func TestAFaultWhoseRequestHasPassedWeighsNothing(t *testing.T) {
	p := &Plan{}
	for nth := range 2 {
		if _, err := p.Arm(fault.Fault{When: fault.Match{Nth: nth + 2}, Do: fault.Effect{Error: "login_required"}}, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	for request := 1; request <= 4; request++ {
		if p.Empty() != (request == 4) {
			t.Errorf("before request %d no fault can fire: %v", request, p.Empty())
		}
		httpx.Effects[respond.Refusal](exchange(p), httpx.SeamRefusal, nil)
	}
}

func TestSpentFaultsWeighNothing(t *testing.T) {
	p := &Plan{}
	for i := range 3 * keepSpent {
		if _, err := p.Arm(fault.Fault{Times: 1, Do: fault.Effect{Error: "login_required"}}, time.Now()); err != nil {
			t.Fatal(err)
		}
		if p.Empty() {
			t.Fatalf("%d: an armed fault counts as none", i)
		}
		if got := httpx.Effects[respond.Refusal](exchange(p), httpx.SeamRefusal, nil); len(got) != 1 {
			t.Fatalf("%d: %d effects", i, len(got))
		}
		if !p.Empty() {
			t.Fatalf("%d: a spent fault counts as one that can fire", i)
		}
	}
	listed := p.Faults()
	if len(listed) != keepSpent || listed[0].ID != fmt.Sprintf("fault-%d", 2*keepSpent+1) {
		t.Errorf("%d spent faults are listed, the first is %s; want the newest %d", len(listed), listed[0].ID, keepSpent)
	}
}
