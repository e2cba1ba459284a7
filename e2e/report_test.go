package e2e

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/reporters"
	"github.com/onsi/ginkgo/v2/types"
	. "github.com/onsi/gomega"

	"renewal.example/mockauth0/browser"
)

// maxEvidence is how many bytes the evidence of one run may have. CI uploads it.
const maxEvidence = 64 << 20

// keepSecrets says that evidence and reports are to hold the secrets of a run.
func keepSecrets() bool { return os.Getenv("EVIDENCE_SECRETS") != "" }

// roomForEvidence is how many bytes of evidence may still be written.
func roomForEvidence(dir string) int {
	room := maxEvidence
	_ = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			if info, err := entry.Info(); err == nil {
				room -= int(info.Size())
			}
		}
		return nil // what another process is just writing is counted the next time
	})
	return max(room, 0)
}

// secretsEntry is the name of the report entry that hands the secrets of a failed spec to the process that writes the reports. It
// is in none of them.
const secretsEntry = "secrets of the spec"

// The reports of a run. Ginkgo would write what failed specs printed, tokens and all.
var _ = ReportAfterSuite("writes junit.xml and report.json", func(report types.Report) {
	dir := filepath.Join("..", evidenceDir)
	if _, err := os.Stat(dir); err != nil || report.SuiteConfig.DryRun {
		return // not by way of .ci/e2e
	}
	report, err := withoutSecrets(report, keepSecrets())
	Expect(err).NotTo(HaveOccurred())
	for name, generate := range map[string]func(types.Report, string) error{
		"report.json": reporters.GenerateJSONReport, "junit.xml": reporters.GenerateJUnitReport,
	} {
		path := filepath.Join(dir, name)
		Expect(errors.Join(generate(report, path), os.Chmod(path, 0o600))).To(Succeed())
	}
})

// withoutSecrets is a report in which no spec says a secret that its worlds saw; keep leaves them in.
func withoutSecrets(report types.Report, keep bool) (types.Report, error) {
	report.SpecReports = slices.Clone(report.SpecReports)
	for i, spec := range report.SpecReports {
		var known []string
		spec.ReportEntries = slices.Clone(spec.ReportEntries)
		spec.ReportEntries = slices.DeleteFunc(spec.ReportEntries, func(e types.ReportEntry) bool {
			if e.Name != secretsEntry {
				return false
			}
			values, here := e.GetRawValue().([]string)
			if !here && json.Unmarshal([]byte(e.Value.AsJSON), &values) != nil { // JSON is all that comes from another process
				values = nil
			}
			known = append(known, values...)
			return true
		})
		if spec.Failed() && !keep {
			raw, err := json.Marshal(spec)
			if err != nil {
				return report, err
			}
			var clean types.SpecReport
			if err := json.Unmarshal(browser.JSONWithoutSecrets(raw, known), &clean); err != nil {
				return report, err
			}
			spec = clean
		}
		report.SpecReports[i] = spec
	}
	return report, nil
}

func TestReportsHoldNoSecrets(t *testing.T) {
	const password, token = "Analytical-Engine-1", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlLW9mLWl0"
	entry := func(name string, value any) types.ReportEntry {
		return types.ReportEntry{Name: name, Value: types.WrapEntryValue(value)}
	}
	spec := func(state types.SpecState) types.SpecReport {
		return types.SpecReport{
			State: state, LeafNodeText: "logs in", CapturedGinkgoWriterOutput: "cookie: auth0=abcdefgh\n" + password,
			Failure:       types.Failure{Message: "Expected " + token + " to be " + password},
			ReportEntries: types.ReportEntries{entry(secretsEntry, []string{password}), entry("note", "typed "+password)},
		}
	}
	sent, err := json.Marshal(spec(types.SpecStateFailed)) // as by another process
	if err != nil {
		t.Fatal(err)
	}
	var elsewhere types.SpecReport
	if err := json.Unmarshal(sent, &elsewhere); err != nil {
		t.Fatal(err)
	}
	whole := types.Report{SpecReports: types.SpecReports{spec(types.SpecStateFailed), elsewhere, spec(types.SpecStatePassed)}}
	for keep, want := range map[bool]bool{false: false, true: true} {
		clean, err := withoutSecrets(whole, keep)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		path := filepath.Join(dir, "report.json")
		if err := errors.Join(reporters.GenerateJSONReport(clean, path), reporters.GenerateJUnitReport(types.Report{
			SpecReports: clean.SpecReports[:2]}, filepath.Join(dir, "junit.xml"))); err != nil {
			t.Fatal(err)
		}
		clean.SpecReports = clean.SpecReports[:2]
		failed, err := json.Marshal(clean.SpecReports)
		if err != nil {
			t.Fatal(err)
		}
		junit, err := os.ReadFile(filepath.Join(dir, "junit.xml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{string(failed), string(junit)} {
			for _, secret := range []string{password, token} {
				if strings.Contains(text, secret) != want {
					t.Errorf("keep %v: whether %q is in it: %v\n%s", keep, secret, !want, text)
				}
			}
			claims := token[:strings.LastIndexByte(token, '.')+1]
			if strings.Contains(text, secretsEntry) || !strings.Contains(text, "logs in") || !strings.Contains(text, claims) {
				t.Errorf("keep %v: %s", keep, text)
			}
		}
	}
	if len(whole.SpecReports[0].ReportEntries) != 2 {
		t.Error("the report of the run itself was changed")
	}
}
