package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestMutate(t *testing.T) {
	root := t.TempDir()
	write(t, root, map[string]string{
		"go.mod": "module sum.example\n\ngo 1.24\n",
		"sum.go": "package sum\n\nfunc Sum(a, b int) int {\n\treturn a + b\n}\n\nfunc Double(a int) int {\n\treturn 2 * a\n}\n",
		"sum_test.go": "package sum\n\nimport \"testing\"\n\nfunc TestSum(t *testing.T) {\n\tif Sum(1, 2) != 3 {\n\t\tt.Fail()\n\t}\n}\n\n" +
			"func TestBroken(t *testing.T) {\n\tt.Fail()\n}\n",
	})
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", args, err, out)
		}
	}
	for _, tc := range []struct {
		name, test, anchor, replacement, want string
		ok                                    bool
	}{
		{"noticed", "TestSum", "return a + b", "return a", "killed", true},
		{"unnoticed", "TestSum", "return 2 * a", "return a", "SURVIVED", false},
		{"gone", "TestSum", "return a - b", "return a", "does not apply", false},
		{"twice", "TestSum", "return", "return 1 +", "does not apply", false},
		{"not-go", "TestSum", "return a + b", "return", "does not build", false},
		{"broken-test", "TestBroken", "return a + b", "return a", "bad test", false},
		{"no-such-test", "TestNothing", "return a + b", "return a", "bad test", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, map[string]string{"sum.yaml": fmt.Sprintf(
				"- name: %s\n  removes: something\n  test: %s\n  file: sum.go\n  anchor: %s\n  replacement: %s\n",
				tc.name, tc.test, tc.anchor, tc.replacement)})
			var out strings.Builder
			err := mutate(t.Context(), root, dir, "", 2, &out)
			if (err == nil) != tc.ok {
				t.Errorf("error %v, want none: %t", err, tc.ok)
			}
			if !strings.HasPrefix(out.String(), tc.want+" ") {
				t.Errorf("report is %q, want it to begin with %q", out.String(), tc.want)
			}
		})
	}
	if content, err := os.ReadFile(filepath.Join(root, "sum.go")); err != nil || !strings.Contains(string(content), "a + b") {
		t.Errorf("the checkout was changed: %s, %v", content, err)
	}
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestParse(t *testing.T) {
	const good = "- name: n\n  removes: x\n  test: TestA\n  file: a.go\n  anchor: old\n  replacement: new\n"
	for _, tc := range []struct{ name, old, changed, err string }{
		{"good", "", "", ""},
		{"no name", "name: n", "name: ''", "no name"},
		{"no words", "removes: x", "removes: ''", "in words"},
		{"unknown key", "removes: x", "removes: x\n  prevents: y", "prevents"},
		{"no test", "  test: TestA\n", "", "either test"},
		{"test and spec", "test: TestA", "test: TestA\n  spec: it logs in", "either test"},
		{"a command for a test", "test: TestA", "test: rm -rf .", "no TestName"},
		{"outside", "a.go", "../a.go", "no path inside"},
		{"no anchor", "anchor: old", "anchor: ' '", "anchor is"},
		{"no change", "replacement: new", "replacement: ' old'", "changes nothing"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := parse("subject", []byte(strings.Replace(good, tc.old, tc.changed, 1)))
			if tc.err == "" && err != nil || tc.err != "" && (err == nil || !strings.Contains(err.Error(), tc.err)) {
				t.Errorf("error %v, want one about %q", err, tc.err)
			}
		})
	}
}

func TestCommand(t *testing.T) {
	tests := map[string][]string{"TestA": {"a/b"}, "TestBoth": {"a", "b"}}
	for _, tc := range []struct {
		test, spec string
		want       []string // nil: an error
	}{
		{test: "TestA", want: []string{"go", "test", "-count=1", "-timeout=4m", "-run", "^TestA$", "./a/b"}},
		{test: "TestA/with space", want: []string{"go", "test", "-count=1", "-timeout=4m", "-run", "^TestA$/with space", "./a/b"}},
		{test: "TestBoth", want: []string{"go", "test", "-count=1", "-timeout=4m", "-run", "^TestBoth$", "./a", "./b"}},
		{test: "TestGone"},
		{spec: "it's gone", want: []string{
			"go", "run", "github.com/onsi/ginkgo/v2/ginkgo", "--fail-on-empty", "--timeout=4m", "--no-color", "--focus", "it's gone", "./e2e",
		}},
	} {
		got, err := mutation{Test: tc.test, Spec: tc.spec}.command(tests)
		if (err != nil) != (tc.want == nil) || !slices.Equal(got, tc.want) {
			t.Errorf("%s%s: %q, %v, want %q", tc.test, tc.spec, got, err, tc.want)
		}
	}
}

// TestEveryMutationApplies: `make mutate` takes long and runs rarely; whoever moves the code under a mutation, or its
// test, learns it here.
func TestEveryMutationApplies(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	mutations, err := read(filepath.Join(root, "e2e", "mutations"), "")
	if err != nil {
		t.Fatal(err)
	}
	tests, err := findTests(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutations {
		t.Run(m.String(), func(t *testing.T) {
			if _, err := m.command(tests); err != nil {
				t.Error(err)
			}
			content, err := os.ReadFile(filepath.Join(root, m.File))
			if err != nil {
				t.Fatal(err)
			}
			changed, err := m.mutated(content)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(m.File, ".go") {
				if _, err := parser.ParseFile(token.NewFileSet(), m.File, changed, parser.SkipObjectResolution); err != nil {
					t.Errorf("with the replacement %s is no Go: %v", m.File, err)
				}
			}
		})
	}
}

// TestRewordFindsTexts: in literals, errors, constants, variables and arguments of helpers, and nowhere else.
func TestRewordFindsTexts(t *testing.T) {
	dir := t.TempDir()
	const before = `package p

const bad = "a constant"

func refuse(code, why string) error { return errors.New(why) }

func all() {
	_ = Event{Kind: "kind", Description: "a literal"}
	_ = &Error{Code: "code", Description: bad, Cause: fmt.Errorf("an error: %w", err)}
	_ = refuse("code", "an argument")
	text := "a variable"
	_ = Event{Description: text}
	text, other := "no text", "other"
	e.Cause = prefix + " a sum"
	_ = Event{Description: ""}
}
`
	path := filepath.Join(dir, "p.go")
	if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	changed, err := rewordTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"a constant", "a literal", "an error: %w", "an argument", "a variable", " a sum"} {
		if !strings.Contains(string(after), strconv.Quote(reworded(text))) {
			t.Errorf("%q was not reworded", text)
		}
	}
	if n := strings.Count(string(after), " indeed"); n != changed || strings.Contains(string(after), strconv.Quote(reworded("code"))) {
		t.Errorf("%d texts were reworded and %d counted:\n%s", n, changed, after)
	}
}
