package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"renewal.example/e2e/support"
)

func TestUpdate(t *testing.T) {
	dir := t.TempDir()
	report, document := filepath.Join(dir, "report.json"), filepath.Join(dir, "README.md")
	if err := update(report, document, false); err == nil || !strings.Contains(err.Error(), "make e2e-sdk") {
		t.Errorf("without a report the error is %v", err)
	}
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(report, `[{"SpecReports": [{"State": "passed", "ReportEntries": [{"Name": "`+support.EntryName+`",
		"Value": {"AsJSON": "{\"sdk\":{\"name\":\"go-oidc\",\"version\":\"3.21.0\",\"runs\":\"on servers\"},\"behaviour\":\"login\"}"}}]}]}]`)
	stale := support.Begin + "\n" + support.End + "\n"
	write(document, stale)
	if err := update(report, document, true); err == nil || !strings.Contains(err.Error(), "make matrix") {
		t.Errorf("the check of a document out of date says %v", err)
	}
	if text, err := os.ReadFile(document); err != nil || string(text) != stale {
		t.Errorf("the check wrote %q, error %v", text, err)
	}
	if err := update(report, document, false); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(document); err != nil || !strings.Contains(string(text), "| go-oidc 3.21.0 | ✓ |") {
		t.Errorf("the document is %q, error %v", text, err)
	}
	if err := update(report, document, true); err != nil {
		t.Errorf("the check of a fresh document says %v", err)
	}
}
