// Command cmd joins the reports of the shards of a run (`make e2e-merge`), and writes the times by which shards are divided
// (`make e2e-times`).
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/onsi/ginkgo/v2/reporters"
	"github.com/onsi/ginkgo/v2/types"

	"renewal.example/e2e/shards"
)

const usage = `usage: cmd merge OUT DIR…        joins DIR/report.json of each shard, writes OUT/report.json and OUT/junit.xml
       cmd times DIR TIMES          writes how long the specs of DIR/report.json took`

const reportFile = "report.json"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "shards:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) >= 2 && args[0] == "merge":
		return merge(args[1], args[2:])
	case len(args) == 3 && args[0] == "times":
		return times(args[1], args[2])
	}
	return errors.New(usage)
}

// merge fails, after it has written, when a spec of a shard failed.
func merge(out string, dirs []string) error {
	if len(dirs) == 0 {
		return errors.New("it needs the folders of the shards: make e2e-merge SHARDS='shard-1 shard-2 shard-3'")
	}
	var parts []types.Report
	for _, dir := range dirs {
		part, err := read(dir)
		if err != nil {
			return err
		}
		parts = append(parts, part)
	}
	whole, err := shards.Merge(parts)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o700); err != nil {
		return err
	}
	for _, dir := range dirs {
		if err := copyEvidence(dir, out); err != nil {
			return fmt.Errorf("copy the evidence of %s: %w", dir, err)
		}
	}
	for name, generate := range map[string]func(types.Report, string) error{
		reportFile: reporters.GenerateJSONReport, "junit.xml": reporters.GenerateJUnitReport,
	} {
		path := filepath.Join(out, name)
		if err := errors.Join(generate(whole, path), os.Chmod(path, 0o600)); err != nil {
			return err
		}
	}
	return told(whole, len(dirs), out)
}

// told says what the whole run was.
func told(whole types.Report, of int, out string) error {
	passed := whole.SpecReports.CountWithState(types.SpecStatePassed)
	failed := whole.SpecReports.WithState(types.SpecStateFailureStates)
	fmt.Printf("%d shards: %d specs passed, %d failed, the longest shard took %.0f s; %s has the reports\n",
		of, passed, len(failed), whole.RunTime.Seconds(), out)
	for _, s := range failed {
		fmt.Printf("  failed: %s\n", s.FullText())
	}
	if !whole.SuiteSucceeded || len(failed) > 0 {
		return errors.New("the run failed")
	}
	return nil
}

// copyEvidence copies all but the reports. Each spec ran in one shard, so no folder is there twice.
func copyEvidence(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil || slices.Contains([]string{".", reportFile, "junit.xml"}, name) {
			return err
		}
		if entry.IsDir() {
			return os.MkdirAll(filepath.Join(to, name), 0o700)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), content, 0o600)
	})
}

// read reads the report of the folder that was the .e2e of a run.
func read(dir string) (types.Report, error) {
	name := filepath.Join(dir, reportFile)
	file, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		return types.Report{}, fmt.Errorf("there is no %s: the run did not end, or its .e2e was not kept", name)
	}
	if err != nil {
		return types.Report{}, err
	}
	defer file.Close()
	report, err := shards.ReadReport(file)
	if err != nil {
		return types.Report{}, fmt.Errorf("%s: %w", name, err)
	}
	return report, nil
}

// times updates the file of times by a run.
func times(dir, name string) error {
	whole, err := read(dir)
	if err != nil {
		return err
	}
	old, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	known, err := shards.ReadTimes(old)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return os.WriteFile(name, known.WithReport(whole).Bytes(), 0o644) //nolint:gosec // it is a part of the sources
}
