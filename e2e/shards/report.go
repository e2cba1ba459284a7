package shards

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/onsi/ginkgo/v2/types"
)

// ReadReport reads the report.json of one run.
func ReadReport(from io.Reader) (types.Report, error) {
	var suites []types.Report
	if err := json.NewDecoder(from).Decode(&suites); err != nil {
		return types.Report{}, fmt.Errorf("this is not ginkgo's JSON report: %w", err)
	}
	if len(suites) != 1 {
		return types.Report{}, fmt.Errorf("it is of %d suites; expected one", len(suites))
	}
	return suites[0], nil
}

// Merge joins the reports of all shards of a run. It fails when a shard is missing or there twice, when they are not of the same
// suite, and when a spec ran in two of them.
func Merge(parts []types.Report) (types.Report, error) {
	if len(parts) == 0 {
		return types.Report{}, errors.New("there is no report to merge")
	}
	if err := complete(parts); err != nil {
		return types.Report{}, err
	}
	whole := parts[0]
	whole.SpecReports = nil
	whole.SuiteSucceeded, whole.SpecialSuiteFailureReasons = true, nil
	whole.SuiteConfig.LabelFilter = withoutShard(whole.SuiteConfig.LabelFilter)
	whole.PreRunStats.SpecsThatWillRun, whole.RunTime = 0, 0
	for _, part := range parts {
		whole.SuiteSucceeded = whole.SuiteSucceeded && part.SuiteSucceeded
		whole.SpecialSuiteFailureReasons = append(whole.SpecialSuiteFailureReasons, part.SpecialSuiteFailureReasons...)
		whole.PreRunStats.SpecsThatWillRun += part.PreRunStats.SpecsThatWillRun
		whole.RunTime = max(whole.RunTime, part.RunTime) // they ran beside each other
		if part.StartTime.Before(whole.StartTime) {
			whole.StartTime = part.StartTime
		}
		if part.EndTime.After(whole.EndTime) {
			whole.EndTime = part.EndTime
		}
	}
	var err error
	whole.SpecReports, err = mergeSpecs(parts)
	return whole, err
}

// complete checks that the reports are those of all shards of one suite.
func complete(parts []types.Report) error {
	seen := map[Shard]bool{}
	var errs []error
	of := 0
	for _, part := range parts {
		shard, is := ofFilter(part.SuiteConfig.LabelFilter)
		switch {
		case !is:
			errs = append(errs, errors.New("a report is of no shard: make e2e SHARD=1/3 writes one"))
			continue
		case of != 0 && shard.Of != of:
			errs = append(errs, fmt.Errorf("there are shards of %d and of %d: merge those of one run", of, shard.Of))
		case seen[shard]:
			errs = append(errs, fmt.Errorf("the shard %s is there twice", shard))
		case withoutShard(part.SuiteConfig.LabelFilter) != withoutShard(parts[0].SuiteConfig.LabelFilter):
			errs = append(errs, fmt.Errorf("the shard %s has the labels %q, and another one has %q: give all the same LABELS",
				shard, withoutShard(part.SuiteConfig.LabelFilter), withoutShard(parts[0].SuiteConfig.LabelFilter)))
		}
		seen[shard], of = true, shard.Of
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	for n := 1; n <= of; n++ {
		if !seen[Shard{n, of}] {
			errs = append(errs, fmt.Errorf("the shard %s is missing", Shard{n, of}))
		}
	}
	return errors.Join(errs...)
}

// withoutShard undoes Filter.
func withoutShard(filter string) string {
	shard, is := ofFilter(filter)
	if !is {
		return filter
	}
	rest, found := strings.CutSuffix(filter, ") && "+shard.Label())
	if !found {
		return strings.TrimSuffix(filter, shard.Label())
	}
	return strings.TrimPrefix(rest, "(")
}

// specKey is what makes a spec the same in two reports. Several may have the same text.
func specKey(s types.SpecReport) string {
	return fmt.Sprintf("%s %s %s", s.LeafNodeType, s.LeafNodeLocation.String(), s.FullText())
}

// mergeSpecs takes each spec from the shard that it ran in, and one that ran in none, from the first.
func mergeSpecs(parts []types.Report) ([]types.SpecReport, error) {
	var out []types.SpecReport
	var errs []error
	at := map[string][]int{} // where in out the specs with a key are
	for i, part := range parts {
		met := map[string]int{}
		specs := 0
		for _, s := range part.SpecReports {
			if s.LeafNodeType != types.NodeTypeIt { // such as AfterSuite: each shard has its own
				out = append(out, s)
				continue
			}
			specs++
			key := specKey(s)
			nth := met[key]
			met[key]++
			switch known := at[key]; {
			case i == 0:
				at[key] = append(known, len(out))
				out = append(out, s)
			case nth >= len(known):
				errs = append(errs, fmt.Errorf("the spec %q is not in every report: merge runs of one commit", s.FullText()))
			case ran(s) && ran(out[known[nth]]):
				errs = append(errs, fmt.Errorf("the spec %q ran in two shards", s.FullText()))
			case ran(s):
				out[known[nth]] = s
			}
		}
		if specs != len(its(parts[0])) {
			errs = append(errs, errors.New("the reports have not the same number of specs: merge runs of one commit"))
		}
	}
	return out, errors.Join(errs...)
}

func ran(s types.SpecReport) bool {
	return !s.State.Is(types.SpecStateSkipped | types.SpecStatePending)
}

func its(report types.Report) []types.SpecReport {
	return slices.DeleteFunc(slices.Clone(report.SpecReports), func(s types.SpecReport) bool { return s.LeafNodeType != types.NodeTypeIt })
}

// WithReport is the times with those of a run in place of older ones, and without specs that are no more.
func (t Times) WithReport(run types.Report) Times {
	updated := Times{}
	for _, s := range its(run) {
		text := s.FullText()
		if old, known := t[text]; known {
			updated[text] = old
		}
	}
	fresh := Times{}
	for _, s := range its(run) {
		if s.State.Is(types.SpecStatePassed) {
			fresh[s.FullText()] += s.RunTime
		}
	}
	for text, took := range fresh {
		updated[text] = max(took.Round(unit), unit)
	}
	return updated
}
