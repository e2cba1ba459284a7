package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"renewal.example/e2e/tables"
)

func TestRun(t *testing.T) {
	dir := t.TempDir()
	report := filepath.Join(dir, "report.json")
	if err := run([]string{"matrix", report, "x"}, false); err == nil || !strings.Contains(err.Error(), "make e2e-sdk") {
		t.Errorf("without a report the error is %v", err)
	}
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(report, `[{"SpecReports": [{"State": "passed", "ReportEntries": [{"Name": "`+tables.EntryName+`",
		"Value": {"AsJSON": "{\"sdk\":{\"name\":\"go-oidc\",\"version\":\"3.21.0\",\"runs\":\"on servers\"},\"behaviour\":\"login\"}"}}]}]}]`)
	for _, tc := range []struct{ args, part string }{
		{"matrix " + report, "| go-oidc 3.21.0 | ✓ |"},
		{"catalogue", "\n| [web-origin-missing](web-origin-missing.yaml) |"},
		{"fidelity ../../../mockauth0/testdata/facts.yaml", "1.2-callback-mismatch"},
	} {
		args := strings.Fields(tc.args)
		document := filepath.Join(dir, args[0]+".md")
		begin, end := tables.Marks(args[0])
		write(document, begin+"\n"+end+"\n")
		args = append(args, document)
		if err := run(args, true); err == nil || !strings.Contains(err.Error(), "run `make "+args[0]+"`") {
			t.Errorf("%s: the check of a stale document says %v", args, err)
		}
		if err := run(args, false); err != nil {
			t.Errorf("%s: %v", args, err)
		}
		if text, err := os.ReadFile(document); err != nil || !strings.Contains(string(text), tc.part) {
			t.Errorf("%s: the document is %q, error %v", args, text, err)
		}
		if err := run(args, true); err != nil {
			t.Errorf("%s: the check of a fresh document says %v", args, err)
		}
	}
	for _, args := range [][]string{nil, {"matrix"}, {"catalogue"}, {"tables", "x"}} {
		if err := run(args, false); err == nil || !strings.Contains(err.Error(), "usage") {
			t.Errorf("%q: %v", args, err)
		}
	}
}
