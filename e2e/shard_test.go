package e2e

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	. "github.com/onsi/gomega"

	"renewal.example/e2e/shards"
)

const title = "mockauth0 end to end"

//go:embed times.tsv
var recordedTimes []byte

// sharded is the configuration of a run that takes only its part of the specs, when SHARD names one. Each process of a run looks at
// the tree first and divides it in the same way; then the tree is built again, and each spec gets the label of its shard.
// A label filter skips the specs of other shards before anything is set up for them. end takes the labels back.
func sharded(config types.SuiteConfig, name string) (part types.SuiteConfig, end func(), err error) {
	if name == "" {
		return config, func() {}, nil
	}
	shard, err := shards.Parse(name)
	if err != nil {
		return config, nil, err
	}
	times, err := shards.ReadTimes(recordedTimes)
	if err != nil {
		return config, nil, fmt.Errorf("times.tsv: %w", err)
	}
	var chosen []string
	for _, s := range PreviewSpecs(title, config).SpecReports {
		switch {
		case s.LeafNodeType != types.NodeTypeIt || s.State.Is(types.SpecStateSkipped|types.SpecStatePending):
		case s.IsInOrderedContainer:
			return config, nil, fmt.Errorf("the spec %q is in an Ordered container, which cannot be divided", s.FullText())
		default:
			chosen = append(chosen, s.FullText())
		}
	}
	end = labelShards(shards.Divide(chosen, times, shard.Of))
	config.LabelFilter = shard.Filter(config.LabelFilter)
	return config, end, nil
}

// labelShards gives the specs that are constructed from now on the label of their shard, until the function that it returns is called.
func labelShards(of map[string]shards.Shard) (end func()) {
	return AddTreeConstructionNodeArgsTransformer(func(kind types.NodeType, _ Offset, text string, args []any) (string, []any, []error) {
		if kind != types.NodeTypeIt {
			return text, args, nil
		}
		// As SpecReport.FullText has it.
		parts := slices.Clone(CurrentTreeConstructionNodeReport().ContainerHierarchyTexts)
		if text != "" {
			parts = append(parts, text)
		}
		if shard, chosen := of[strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " ")]; chosen {
			args = append(args, Label(shard.Label()))
		}
		return text, args, nil
	})
}

// The thirds of what `make e2e` runs are the whole of it, each spec once.
func TestShardsAreTheWhole(t *testing.T) {
	RegisterFailHandler(Fail) // what constructs the tree may use it
	ours, _ := GinkgoConfiguration()
	if ours.ParallelProcess != 1 {
		t.Skip("the first process of a run tests it")
	}
	t.Cleanup(func() { PreviewSpecs(title, ours) }) // Ginkgo keeps the configuration of the latest preview
	const of = 3
	config := ours
	config.LabelFilter, config.FocusStrings = "!again && !slow", nil
	whole := specsOf(config)
	if len(whole) < 20 {
		t.Errorf("there are only %d specs", len(whole))
	}
	left := map[string]int{}
	for _, text := range whole {
		left[text]++
	}
	for i := 1; i <= of; i++ {
		part, end, err := sharded(config, fmt.Sprintf("%d/%d", i, of))
		if err != nil {
			t.Fatal(err)
		}
		here := specsOf(part)
		end()
		for _, text := range here {
			left[text]--
		}
		if most := len(whole)/2 + 1; len(here) == 0 || len(here) > most {
			t.Errorf("the shard %d of %d has %d of %d specs", i, of, len(here), len(whole))
		}
	}
	for text, n := range left {
		if n != 0 {
			t.Errorf("of the spec %q there are %d too few in all shards", text, n)
		}
	}
}

// specsOf lists what would run.
func specsOf(config types.SuiteConfig) (texts []string) {
	for _, s := range PreviewSpecs(title, config).SpecReports {
		if s.LeafNodeType == types.NodeTypeIt && !s.State.Is(types.SpecStateSkipped|types.SpecStatePending) {
			texts = append(texts, s.FullText())
		}
	}
	return texts
}
