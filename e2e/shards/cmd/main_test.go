package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/onsi/ginkgo/v2/reporters"
	"github.com/onsi/ginkgo/v2/types"

	"renewal.example/e2e/shards"
)

// shardIn writes what a shard leaves: its report, and the evidence of a spec that failed.
func shardIn(t *testing.T, dir string, shard shards.Shard, states ...types.SpecState) {
	t.Helper()
	r := types.Report{SuiteSucceeded: true, SuiteConfig: types.SuiteConfig{LabelFilter: shard.Label()}}
	for i, state := range states {
		r.SpecReports = append(r.SpecReports, types.SpecReport{
			LeafNodeType: types.NodeTypeIt, LeafNodeText: "renews " + string(rune('a'+i)), State: state, RunTime: 2 * time.Second,
		})
		if state.Is(types.SpecStateFailureStates) {
			r.SuiteSucceeded = false
			evidence := filepath.Join(dir, "renews-"+string(rune('a'+i)))
			page := filepath.Join(evidence, "index.html")
			if err := errors.Join(os.MkdirAll(evidence, 0o700), os.WriteFile(page, []byte("why"), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := errors.Join(os.MkdirAll(dir, 0o700), reporters.GenerateJSONReport(r, filepath.Join(dir, reportFile))); err != nil {
		t.Fatal(err)
	}
}

func TestMergeAndTimes(t *testing.T) {
	const passed, failed, skipped = types.SpecStatePassed, types.SpecStateFailed, types.SpecStateSkipped
	dir := t.TempDir()
	first, second, out := filepath.Join(dir, "1"), filepath.Join(dir, "2"), filepath.Join(dir, "out")
	shardIn(t, first, shards.Shard{Number: 1, Of: 2}, passed, skipped)
	if err := run([]string{"merge", out, first}); err == nil || !strings.Contains(err.Error(), "shard 2/2 is missing") {
		t.Errorf("a part alone: %v", err)
	}
	if err := run([]string{"merge", out, first, second}); err == nil || !strings.Contains(err.Error(), "there is no "+second) {
		t.Errorf("without the second report: %v", err)
	}
	shardIn(t, second, shards.Shard{Number: 2, Of: 2}, skipped, failed)
	if err := run([]string{"merge", out, first, second}); err == nil || err.Error() != "the run failed" {
		t.Errorf("a spec failed: %v", err)
	}
	for name, want := range map[string]string{
		"junit.xml": `failures="1"`, "report.json": "renews a", "renews-b/index.html": "why",
	} {
		if text, err := os.ReadFile(filepath.Join(out, name)); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s has no %s: %v\n%s", name, want, err, text)
		}
	}
	shardIn(t, second, shards.Shard{Number: 2, Of: 2}, skipped, passed)
	if err := run([]string{"merge", out, first, second}); err != nil {
		t.Error(err)
	}
	times := filepath.Join(dir, "times.tsv")
	if err := run([]string{"times", out, times}); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(times); err != nil || !strings.HasSuffix(string(text), "\n2.0\trenews a\n2.0\trenews b\n") {
		t.Errorf("the times are %q, %v", text, err)
	}
	for _, args := range [][]string{nil, {"merge"}, {"times", out}, {"shard", "a", "b"}} {
		if err := run(args); err == nil || !strings.Contains(err.Error(), "usage") {
			t.Errorf("%q: %v", args, err)
		}
	}
}
