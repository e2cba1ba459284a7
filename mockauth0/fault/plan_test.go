package fault

import (
	"fmt"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/respond"
)

func BenchmarkAnEmptyPlan(b *testing.B) {
	x := &httpx.Exchange{Plan: &Plan{}}
	b.ReportAllocs()
	for b.Loop() {
		httpx.Effects[respond.Effect](x)
	}
}

func TestAnEmptyPlanCostsNothing(t *testing.T) {
	x := &httpx.Exchange{Plan: &Plan{}}
	if n := testing.AllocsPerRun(100, func() { httpx.Effects[respond.Effect](x); httpx.Effects[httpx.Effect](x) }); n != 0 {
		t.Errorf("%v allocations for a request without faults", n)
	}
}

func TestSpentFaultsWeighNothing(t *testing.T) {
	p := &Plan{}
	x := &httpx.Exchange{Plan: p, Clock: clock.New(time.Time{}), Events: event.NewLog(8)}
	for i := range 3 * keepSpent {
		if _, err := p.Arm(Fault{Times: 1, Do: Effect{Error: "login_required"}}); err != nil {
			t.Fatal(err)
		}
		if p.Empty() {
			t.Fatalf("%d: an armed fault counts as none", i)
		}
		if got := httpx.Effects[respond.Effect](x); len(got) != 1 {
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
