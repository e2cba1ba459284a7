package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestATargetThatRunsNothingFails(t *testing.T) {
	root := t.TempDir()
	for name, content := range map[string]string{
		"go.mod": "module some.example\n\ngo 1.24\n",
		"a/a_test.go": `package a
import "testing"
func TestGood(t *testing.T) { t.Log("said by a good test") }
func TestBad(t *testing.T) { t.Run("part", func(t *testing.T) { t.Error("it is bad") }) }
func TestAway(t *testing.T) { t.Skip("not here") }
func BenchmarkIt(b *testing.B) { for b.Loop() {} }
func BenchmarkFigure(b *testing.B) { for b.Loop() {}; b.ReportMetric(1, "figures") }
`,
		"b/b_test.go": "package b\nimport \"testing\"\nfunc TestOther(t *testing.T) {}\n",
		"c/c_test.go": "package c\nfunc\n",
		"d/d.go":      "package d\n",
	} {
		at := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		args    string
		err     string // "": it passes
		says    string // is among what is printed
		hidesIt string // is not
	}{
		{"-run Good ./a", "", "ok", "said by"},
		{"-v -run Good ./a", "", "said by a good test", ""},
		{"-run Bad ./a", "exit status 1", "it is bad", ""},
		{"-run Nothing ./a", "no test ran", "", ""},
		{"-run Away ./a", "no test ran", "", ""},
		{"-run Good ./a ./b", "no test ran in some.example/b", "", ""},
		{"-run Good|Other ./a ./b", "", "", ""},
		{"-tests=TestGood,TestOther ./a ./b", "", "", ""},
		{"-tests=TestGood,TestGone ./a", "TestGone did not run", "", ""},
		{"-run Good ./a/... ./b/...", "", "", ""},
		{"./d", "no test ran", "no test files", ""},
		{"./d/...", "no test ran", "no test files", ""},
		{"./none/...", "exit status 1", "no such file", ""},
		{"./c", "exit status 1", "c_test.go", ""},
		{"-run ^$ -bench It -benchtime 1x ./a", "", "ns/op", "=== RUN"},
		{"-run ^$ -bench Figure -benchtime 1x ./a", "", "figures", "=== RUN"},
		{"-run ^$ -bench Nothing ./a", "no test ran", "", ""},
	} {
		t.Run(tc.args, func(t *testing.T) {
			var out strings.Builder
			err := run(t.Context(), root, strings.Fields(tc.args), &out, &out)
			if (tc.err == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), tc.err) {
				t.Errorf("error %v, want %q\n%s", err, tc.err, out.String())
			}
			if !strings.Contains(out.String(), tc.says) || tc.hidesIt != "" && strings.Contains(out.String(), tc.hidesIt) {
				t.Errorf("it printed %q", out.String())
			}
		})
	}
}
