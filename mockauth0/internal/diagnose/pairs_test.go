package diagnose_test

import (
	"flag"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/tenant"
)

// howManyPairs is small for everyday runs; make diagnose draws more.
var (
	howManyPairs = flag.Int("pairs", 16, "how many pairs of causes TestTwoCausesAtOnce draws")
	pairSeed     = flag.Uint64("pairseed", 4, "what it draws them by")
)

// TestTwoCausesAtOnce measures how often the cause named first is one of the two that there are. Which of them the app runs
// into is a matter of their order on the way; that it is neither is a mistake.
func TestTwoCausesAtOnce(t *testing.T) {
	t.Parallel()
	all := failures()
	names := slices.Sorted(maps.Keys(all))
	draw := rand.New(rand.NewPCG(*pairSeed, 0))
	right, drawn := 0, 0
	for drawn < *howManyPairs {
		a, b := names[draw.IntN(len(names))], names[draw.IntN(len(names))]
		if a == b || all[a].refresh != all[b].refresh || all[a].renew != nil && all[b].renew != nil || all[a].cause == all[b].cause {
			continue
		}
		got, ok := together(t, all[a], all[b])
		if !ok {
			continue // the second cannot be arranged beside the first
		}
		drawn++
		if got == all[a].cause || got == all[b].cause {
			right++
			continue
		}
		t.Logf("%s and %s: the first cause is %q", a, b, got)
	}
	t.Logf("with two causes at once the first-named one is right in %d of %d (seed %d)", right, drawn, *pairSeed)
	if right*100 < drawn*80 {
		t.Errorf("the bar is 80 %%")
	}
}

// together makes two things fail in one page, and gives the cause that is named first.
func together(t *testing.T, a, b failure) (first diagnosis.Code, ok bool) {
	both := failure{refresh: a.refresh, renew: a.renew, tenant: func(tn *tenant.Config) {
		for _, m := range []failure{a, b} {
			if m.tenant != nil {
				m.tenant(tn)
			}
		}
	}}
	if b.renew != nil {
		both.renew = b.renew
	}
	p := loggedIn(t, both)
	defer func() {
		if r := recover(); r != nil {
			if _, cannot := r.(impossible); !cannot {
				panic(r)
			}
			first, ok = "", false
		}
	}()
	last := uint64(0)
	for _, d := range p.Server.Diagnoses() {
		last = d.Seq
	}
	p.TB = trying{t}
	for _, m := range []failure{a, b} {
		if m.arrange != nil {
			m.arrange(p.TB, p)
		}
	}
	both.happen(p.TB, p)
	for _, d := range p.Server.Diagnoses() {
		if d.Seq > last {
			return d.Causes[0].Code, true
		}
	}
	return "", true
}

// trying is a test in which what cannot be done ends the attempt only.
type trying struct{ testing.TB }

type impossible struct{ why string }

func (t trying) Fatal(args ...any) { panic(impossible{}) }

func (t trying) Fatalf(why string, _ ...any) { panic(impossible{why}) }

func (t trying) Error(args ...any) { panic(impossible{}) }

func (t trying) Errorf(why string, _ ...any) { panic(impossible{strings.TrimSpace(why)}) }
