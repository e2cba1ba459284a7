// Package shards divides the browser suite among several machines, by how long each spec took, and joins what they report.
package shards

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Shard is one of several parts of a run, counted from 1.
type Shard struct{ Number, Of int }

// Parse reads a shard as people write it: 2/5.
func Parse(text string) (Shard, error) {
	number, of, found := strings.Cut(text, "/")
	n, err := strconv.Atoi(number)
	m, errOf := strconv.Atoi(of)
	if !found || err != nil || errOf != nil || n < 1 || m < n {
		return Shard{}, fmt.Errorf("SHARD is %q; expected a part of a whole, such as 2/5", text)
	}
	return Shard{n, m}, nil
}

// String is the shard as people write it.
func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Number, s.Of) }

// Label is the label that the specs of the shard have: shard-2-of-5.
func (s Shard) Label() string { return fmt.Sprintf("%s%d-of-%d", labelBegin, s.Number, s.Of) }

const labelBegin = "shard-"

// ofFilter finds the shard that a label filter of a run names; false: it was no part of a run.
func ofFilter(filter string) (Shard, bool) {
	for _, word := range strings.FieldsFunc(filter, func(r rune) bool { return strings.ContainsRune(" ()&", r) }) {
		if text, is := strings.CutPrefix(word, labelBegin); is {
			if s, err := Parse(strings.Replace(text, "-of-", "/", 1)); err == nil {
				return s, true
			}
		}
	}
	return Shard{}, false
}

// Filter is a label filter that takes what filter takes ("": all), and of that the shard alone.
func (s Shard) Filter(filter string) string {
	if filter == "" {
		return s.Label()
	}
	return "(" + filter + ") && " + s.Label()
}

// Divide gives each spec, by its text, to one of so many shards: the longest first, each to the shard that has the least by then. A
// spec without a time gets the median of the others. The same specs, times and number give the same shards, in whatever order.
func Divide(specs []string, times Times, of int) map[string]Shard {
	type timed struct {
		text string
		took time.Duration
	}
	unique := slices.Compact(slices.Sorted(slices.Values(specs)))
	usual := median(slices.Collect(maps.Values(times)))
	all := make([]timed, len(unique))
	for i, text := range unique {
		took, known := times[text]
		if !known {
			took = usual
		}
		all[i] = timed{text, took}
	}
	slices.SortStableFunc(all, func(a, b timed) int { return cmp.Compare(b.took, a.took) })
	sums, counts := make([]time.Duration, of), make([]int, of)
	shards := make(map[string]Shard, len(all))
	for _, spec := range all {
		least := 0
		for i := range of {
			if cmp.Or(cmp.Compare(sums[i], sums[least]), cmp.Compare(counts[i], counts[least])) < 0 {
				least = i
			}
		}
		sums[least] += spec.took
		counts[least]++
		shards[spec.text] = Shard{least + 1, of}
	}
	return shards
}

func median(all []time.Duration) time.Duration {
	if len(all) == 0 {
		return time.Second
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// Times is how long specs took, by their text.
type Times map[string]time.Duration

// unit is what times are rounded to: less would change with every run.
const unit = 100 * time.Millisecond

// ReadTimes reads a file of times: a line for each spec, with the seconds, a tab, and the text.
func ReadTimes(file []byte) (Times, error) {
	times := Times{}
	var errs []error
	for i, line := range strings.Split(strings.TrimSuffix(string(file), "\n"), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		seconds, text, found := strings.Cut(line, "\t")
		took, err := strconv.ParseFloat(seconds, 64)
		if !found || err != nil || took < 0 || text == "" {
			errs = append(errs, fmt.Errorf("line %d is %q; expected seconds, a tab and the text of a spec", i+1, line))
			continue
		}
		times[text] = time.Duration(took * float64(time.Second)).Round(unit)
	}
	return times, errors.Join(errs...)
}

// Bytes is the file that ReadTimes reads.
func (t Times) Bytes() []byte {
	var b strings.Builder
	b.WriteString("# How long each spec took, in seconds, by which make e2e SHARD=2/5 divides them. `make e2e-times` writes it.\n")
	for _, text := range slices.Sorted(maps.Keys(t)) {
		fmt.Fprintf(&b, "%.1f\t%s\n", max(t[text], unit).Seconds(), text)
	}
	return []byte(b.String())
}
