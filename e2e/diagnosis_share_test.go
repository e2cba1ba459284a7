package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	. "github.com/onsi/gomega"
)

// What the tenant names without the SDK's words is measured over many specs: a single one may be wrong, most must not.
const (
	diagnosedUnaided = "the first cause, of a scenario, without the SDK's words"
	diagnosedPairs   = "the first cause, of two scenarios at once"
)

// named notes whether the tenant named a right cause first in this spec: no objections.
func named(what string, objections []string) {
	AddReportEntry(what, strings.Join(objections, "; "), ReportEntryVisibilityNever)
}

// share is how often the tenant was right, and where it was not.
type share struct {
	right, all int
	wrong      []string
}

func (s share) String() string {
	return fmt.Sprintf("right in %d of %d (%.1f %%)", s.right, s.all, 100*float64(s.right)/float64(max(1, s.all)))
}

func shareOf(what string, specs []SpecReport) (s share) {
	for _, spec := range specs {
		for _, entry := range spec.ReportEntries {
			if entry.Name != what {
				continue
			}
			s.all++
			if objections := entry.StringRepresentation(); objections != "" {
				s.wrong = append(s.wrong, spec.LeafNodeText+": "+objections)
				continue
			}
			s.right++
		}
	}
	return s
}

// The bars of a whole run; a part of the catalogue may hold just the hard ones.

var _ = ReportAfterSuite("how often the tenant names the right cause first", func(r Report) {
	for _, bar := range []struct {
		what           string
		percent, least int // of at least so many
	}{{diagnosedUnaided, 95, 300}, {diagnosedPairs, 80, 50}} {
		found := shareOf(bar.what, r.SpecReports)
		if found.all == 0 {
			continue
		}
		fmt.Fprintf(os.Stdout, "\n%s: %s\n", bar.what, found)
		for _, wrong := range found.wrong {
			fmt.Fprintln(os.Stdout, "  not in", wrong)
		}
		if found.all >= bar.least {
			Expect(found.right*100).To(BeNumerically(">=", bar.percent*found.all), "%s: %s, and the bar is %d %%", bar.what, found, bar.percent)
		}
	}
})

func TestShareOf(t *testing.T) {
	spec := func(name string, entries ...types.ReportEntry) types.SpecReport {
		return types.SpecReport{LeafNodeText: name, ReportEntries: entries}
	}
	entry := func(what, objection string) types.ReportEntry {
		return types.ReportEntry{Name: what, Value: types.WrapEntryValue(objection)}
	}
	got := shareOf("a", []SpecReport{
		spec("one", entry("a", "")), spec("two", entry("b", "no"), entry("a", "")), spec("three", entry("a", "another cause")), spec("four"),
	})
	if got.right != 2 || got.all != 3 || !slices.Equal(got.wrong, []string{"three: another cause"}) {
		t.Errorf("the share is %+v", got)
	}
}
