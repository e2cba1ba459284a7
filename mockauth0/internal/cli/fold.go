package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"renewal.example/mockauth0/diagnosis"
)

// sameDiagnosis tells whether two diagnoses tell a person the same: of an app that asks again and again.
func sameDiagnosis(a, b diagnosis.Diagnosis) bool {
	return a.Kind == b.Kind && a.Outcome == b.Outcome && a.ClientID == b.ClientID && a.App == b.App &&
		slices.EqualFunc(a.Causes, b.Causes, func(a, b diagnosis.Cause) bool { return a.Title == b.Title && a.Confidence == b.Confidence })
}

// alike puts diagnoses together that tell the same, in the order in which each came first.
func alike(all []diagnosis.Diagnosis) (groups [][]diagnosis.Diagnosis) {
	for _, d := range all {
		at := slices.IndexFunc(groups, func(g []diagnosis.Diagnosis) bool { return sameDiagnosis(g[0], d) })
		if at < 0 {
			groups = append(groups, nil)
			at = len(groups) - 1
		}
		groups[at] = append(groups[at], d)
	}
	return groups
}

// repeats folds diagnoses as they come. The zero value has seen none.
type repeats struct {
	seen []repeated
}

type repeated struct {
	first diagnosis.Diagnosis
	times int
}

// maxRepeats is how many different diagnoses are remembered: those of many clients, or of an app that fails in ever new ways.
const maxRepeats = 256

// count says for which time a diagnosis comes: 1 is the first, which is written in full.
func (r *repeats) count(d diagnosis.Diagnosis) (times int) {
	for i := range r.seen {
		if sameDiagnosis(r.seen[i].first, d) {
			r.seen[i].times++
			return r.seen[i].times
		}
	}
	if len(r.seen) == maxRepeats {
		r.seen = r.seen[1:]
	}
	r.seen = append(r.seen, repeated{d, 1})
	return 1
}

// worthALine tells whether a repetition is written: the first ten, then each tenth, then each hundredth, and so on.
func worthALine(times int) bool {
	for times >= 10 && times%10 == 0 {
		times /= 10
	}
	return times < 10
}

// againLine is one line in place of a diagnosis that was written before.
func againLine(d diagnosis.Diagnosis, times int) string {
	return fmt.Sprintf("again, ×%s: %s", grouped(times), d.Headline())
}

// grouped is a number as people read it: 12,345.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	var parts []string
	for len(digits) > 3 {
		parts = append([]string{digits[len(digits)-3:]}, parts...)
		digits = digits[:len(digits)-3]
	}
	return strings.Join(append([]string{digits}, parts...), ",")
}
