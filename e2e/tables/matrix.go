package tables

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Matrix writes one Markdown table for each place where SDKs run. A tick says that every spec for it passed, a cross that
// one failed, an empty cell that there is none, mostly because the SDK has no such thing.
func Matrix(results []Result) (string, error) {
	if len(results) == 0 {
		return "", errors.New("the run proved nothing about any SDK: run the specs labelled sdk")
	}
	var b strings.Builder
	for _, place := range []Place{Browser, Server} {
		t := newTable(place, results)
		if len(t.rows) > 0 {
			t.write(&b)
		}
	}
	return b.String() + "\n", nil
}

type table struct {
	place   Place
	rows    []SDK
	columns []Behaviour
	passed  map[Claim]bool
}

func newTable(place Place, results []Result) table {
	t := table{place: place, passed: map[Claim]bool{}}
	for _, r := range results {
		if r.SDK.Runs != place {
			continue
		}
		before, known := t.passed[r.Claim]
		t.passed[r.Claim] = r.Passed && (before || !known)
		if !slices.Contains(t.rows, r.SDK) {
			t.rows = append(t.rows, r.SDK)
		}
	}
	slices.SortFunc(t.rows, func(a, b SDK) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), compareVersions(a.Version, b.Version), cmp.Compare(a.Way, b.Way))
	})
	for _, b := range behaviours {
		if slices.ContainsFunc(t.rows, func(s SDK) bool { _, known := t.passed[Claim{s, b}]; return known }) {
			t.columns = append(t.columns, b)
		}
	}
	return t
}

func (t table) write(b *strings.Builder) {
	fmt.Fprintf(b, "\n| %s |", t.place)
	for _, c := range t.columns {
		fmt.Fprintf(b, " %s |", c)
	}
	b.WriteString("\n|---|" + strings.Repeat(":-:|", len(t.columns)) + "\n")
	for _, sdk := range t.rows {
		fmt.Fprintf(b, "| %s |", sdk)
		for _, c := range t.columns {
			cell := ""
			if passed, known := t.passed[Claim{sdk, c}]; known && passed {
				cell = "✓"
			} else if known {
				cell = "✗"
			}
			fmt.Fprintf(b, " %s |", cell)
		}
		b.WriteString("\n")
	}
}

// compareVersions puts 9.32.0 before 10.2.1.
func compareVersions(a, b string) int {
	return slices.CompareFunc(strings.Split(a, "."), strings.Split(b, "."), func(x, y string) int {
		m, errX := strconv.Atoi(x)
		n, errY := strconv.Atoi(y)
		if errX != nil || errY != nil {
			return cmp.Compare(x, y)
		}
		return cmp.Compare(m, n)
	})
}
