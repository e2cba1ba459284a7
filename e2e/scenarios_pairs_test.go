package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"

	. "github.com/onsi/ginkgo/v2"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/scenario"
	playing "renewal.example/mockauth0/stage"
)

// Two failures at once: seeded pairs of scenarios on one page. The first cause that the tenant names must be that
// of one of them, without the SDK's words. PAIRS says how many, SEED
// which. One pair alone cannot fail, as only their share has a bar: `make diagnose` plays 120, and a run of the suite none.
var _ = Describe("When two scenarios fail on one page", Label("pairs"), func() {
	many, seed := setting("PAIRS", 0), setting("SEED", 4)
	source, err := playing.Source()
	if err != nil {
		panic(err) // it is built in
	}
	for _, p := range drawPairs(source, many, uint64(seed)) {
		It(fmt.Sprintf("%s, %s names one of the two first", p.both.ID, p.sdk), func() { playBoth(p) })
	}
})

// pair is two scenarios that fail with one SDK.
type pair struct {
	both  *scenario.Scenario
	sdk   string
	codes []diagnosis.Code // the two causes
}

// drawPairs draws pairs that go together, by chance but the same for a seed.
func drawPairs(source scenario.Source, many int, seed uint64) (out []pair) {
	ids, err := source.IDs()
	if err != nil {
		panic(err)
	}
	draw := rand.New(rand.NewPCG(seed, 0))
	drawn := map[string]bool{}
	for tries := 0; len(out) < many && tries < 100*many; tries++ {
		a, b := ids[draw.IntN(len(ids))], ids[draw.IntN(len(ids))]
		sdks := scenario.SDKs()
		sdk := sdks[draw.IntN(len(sdks))]
		if a == b || drawn[a+b] {
			continue
		}
		if p, ok := pairOf(source, a, b, sdk); ok {
			drawn[a+b], drawn[b+a] = true, true
			out = append(out, p)
		}
	}
	return out
}

// pairOf makes a pair, unless the two do not go together or one of them does not fail.
func pairOf(source scenario.Source, a, b, sdk string) (p pair, ok bool) {
	p.sdk = sdk
	for _, id := range []string{a, b} {
		s, err := source.Read(id)
		if err != nil {
			return p, false // a spec of its own says so
		}
		e := s.For(sdk)
		if e == nil || e.Renews && e.Diagnosis == "" {
			return p, false
		}
		code := e.Diagnosis
		if code == "" {
			code = s.Diagnosis
		}
		p.codes = append(p.codes, code)
	}
	var err error
	p.both, err = playing.Pair(source, a, b)
	return p, err == nil && p.both.For(sdk) != nil && p.codes[0] != p.codes[1]
}

func playBoth(p pair) {
	GinkgoHelper()
	outcome, err := open(p.both, p.sdk).Play()
	if err != nil { // the one stands in the way of arranging the other
		AddReportEntry("these two cannot be arranged together", err.Error(), ReportEntryVisibilityFailureOrVerbose)
		return
	}
	if outcome.Renewed && len(outcome.Unaided) == 0 {
		AddReportEntry("together they do not fail", outcome.String(), ReportEntryVisibilityFailureOrVerbose)
		return
	}
	first := diagnosis.Code("nothing")
	if len(outcome.Unaided) > 0 {
		first = outcome.Unaided[0].Causes[0].Code
	}
	var objections []string
	if !slices.Contains(p.codes, first) {
		objections = append(objections, fmt.Sprintf("the tenant names %s first, neither of %v", first, p.codes))
	}
	named(diagnosedPairs, objections)
}

// setting is a whole number of the environment, or what is usual.
func setting(name string, usual int) int {
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		panic(fmt.Sprintf("%s is %q; expected a whole number", name, text))
	}
	return n
}
