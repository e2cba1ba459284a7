package shards

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onsi/ginkgo/v2/types"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]Shard{"1/1": {1, 1}, "2/5": {2, 5}, "5/5": {5, 5}} {
		if got, err := Parse(text); err != nil || got != want || got.String() != text {
			t.Errorf("%s is %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "2", "0/3", "4/3", "-1/3", "a/b", "1/3/5", "1/0"} {
		if got, err := Parse(text); err == nil || !strings.Contains(err.Error(), "such as 2/5") {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
}

func TestDivide(t *testing.T) {
	var specs []string
	times := Times{}
	for i := range 200 {
		text := fmt.Sprintf("spec %d", i)
		specs = append(specs, text)
		if i%3 > 0 {
			times[text] = time.Duration(1+i%17) * time.Second
		}
	}
	specs = append(specs, "spec 7") // two specs may have one text
	times["a spec that is no more"] = time.Hour
	for _, of := range []int{1, 2, 5, 300} {
		shards := Divide(specs, times, of)
		if got := slices.Sorted(maps.Keys(shards)); !slices.Equal(got, slices.Compact(slices.Sorted(slices.Values(specs)))) {
			t.Fatalf("of %d: %d specs were divided", of, len(got))
		}
		sums := map[Shard]time.Duration{}
		for text, s := range shards {
			if s.Number < 1 || s.Number > of || s.Of != of {
				t.Fatalf("%s is in shard %v", text, s)
			}
			took, known := times[text]
			if !known {
				took = 9 * time.Second // the median
			}
			sums[s] += took
		}
		all := slices.Collect(maps.Values(sums))
		if of <= len(specs) && slices.Max(all)-slices.Min(all) > 17*time.Second {
			t.Errorf("of %d: from %v to %v", of, slices.Min(all), slices.Max(all))
		}
		mixed := slices.Clone(specs)
		rand.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		if !maps.Equal(shards, Divide(mixed, times, of)) {
			t.Errorf("of %d: another order of the specs gives other shards", of)
		}
	}
}

func TestTimesAreReadAsWritten(t *testing.T) {
	times := Times{"logs in": 1500 * time.Millisecond, "renews, and \"waits\"": time.Millisecond}
	read, err := ReadTimes(times.Bytes())
	if want := (Times{"logs in": 1500 * time.Millisecond, "renews, and \"waits\"": unit}); err != nil || !maps.Equal(read, want) {
		t.Errorf("%v, %v", read, err)
	}
	for _, line := range []string{"1.5 logs in", "x\tlogs in", "-1\tlogs in", "1\t"} {
		if _, err := ReadTimes([]byte("# head\n" + line + "\n")); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%q: %v", line, err)
		}
	}
}

// spec is one that took so many seconds; "" is a skipped one.
func spec(text string, state types.SpecState, seconds int) types.SpecReport {
	return types.SpecReport{
		LeafNodeType: types.NodeTypeIt, LeafNodeText: text, State: state, RunTime: time.Duration(seconds) * time.Second,
		LeafNodeLocation: types.CodeLocation{FileName: "a_test.go", LineNumber: 1},
	}
}

func part(filter string, specs ...types.SpecReport) types.Report {
	r := types.Report{SuiteSucceeded: true, SpecReports: specs, SuiteConfig: types.SuiteConfig{LabelFilter: filter}}
	for _, s := range specs {
		r.SuiteSucceeded = r.SuiteSucceeded && !s.Failed()
	}
	return r
}

const (
	skipped = types.SpecStateSkipped
	passed  = types.SpecStatePassed
	failed  = types.SpecStateFailed
)

func TestMerge(t *testing.T) {
	first, second := Shard{1, 2}.Filter("!slow"), Shard{2, 2}.Filter("!slow")
	whole, err := Merge([]types.Report{
		part(second, spec("a", skipped, 0), spec("b", failed, 2), spec("slow", skipped, 0), spec("twice", skipped, 0), spec("twice", passed, 1)),
		part(first, spec("a", passed, 1), spec("b", skipped, 0), spec("slow", skipped, 0), spec("twice", passed, 3), spec("twice", skipped, 0)),
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range whole.SpecReports {
		got = append(got, fmt.Sprintf("%s %s %v", s.LeafNodeText, s.State, s.RunTime))
	}
	want := []string{"a passed 1s", "b failed 2s", "slow skipped 0s", "twice passed 3s", "twice passed 1s"}
	if !slices.Equal(got, want) || whole.SuiteSucceeded || whole.SuiteConfig.LabelFilter != "!slow" {
		t.Errorf("%q, succeeded %v, labels %q", got, whole.SuiteSucceeded, whole.SuiteConfig.LabelFilter)
	}
	times := Times{"a": time.Minute, "b": time.Minute, "gone": time.Minute}.WithReport(whole)
	if want := (Times{"a": time.Second, "b": time.Minute, "twice": 4 * time.Second}); !maps.Equal(times, want) {
		t.Errorf("the times are %v", times)
	}
}

func TestMergeRefuses(t *testing.T) {
	one, two := Shard{1, 2}.Label(), Shard{2, 2}.Label()
	a, noA := spec("a", passed, 1), spec("a", skipped, 0)
	for want, parts := range map[string][]types.Report{
		"no report":                       nil,
		"of no shard":                     {part("renewal", a)},
		"shard 2/2 is missing":            {part(one, a)},
		"shard 1/2 is there twice":        {part(one, a), part(one, noA)},
		"shards of 2 and of 3":            {part(one, a), part(Shard{2, 3}.Label(), noA)},
		`"a" ran in two shards`:           {part(one, a), part(two, a)},
		`"b" is not in every report`:      {part(one, a), part(two, spec("b", passed, 1))},
		"not the same number of specs":    {part(one, a, spec("b", skipped, 0)), part(two, noA)},
		`another one has "renewal": give`: {part(Shard{1, 2}.Filter("renewal"), a), part(two, noA)},
	} {
		if _, err := Merge(parts); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, the error is %v", want, err)
		}
	}
}
