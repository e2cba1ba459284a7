package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
	noSum := diff("return a + b", "return a")
	for _, tc := range []struct {
		name, test, diff, want string
		ok                     bool
	}{
		{"noticed", "go test . -run TestSum", noSum, "killed", true},
		{"unnoticed", "go test . -run TestSum", diff("return 2 * a", "return a"), "SURVIVED", false},
		{"stale", "go test . -run TestSum", diff("return a - b", "return a"), "does not apply", false},
		{"not-go", "go test . -run TestSum", diff("return a + b", "return"), "does not build", false},
		{"broken-test", "go test . -run TestBroken", noSum, "bad test", false},
		{"no-such-test", "go test . -run TestNothing", noSum, "bad test", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			patches := t.TempDir()
			write(t, patches, map[string]string{tc.name + ".patch": "Removes: something\nTest: " + tc.test + "\n" + tc.diff})
			var out strings.Builder
			err := mutate(t.Context(), root, patches, "", 2, &out)
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

// diff changes one line of Sum or Double.
func diff(old, changed string) string {
	at, function := 3, "func Sum(a, b int) int {"
	if strings.Contains(old, "2") {
		at, function = 7, "func Double(a int) int {"
	}
	return fmt.Sprintf("diff --git a/sum.go b/sum.go\n--- a/sum.go\n+++ b/sum.go\n@@ -%d,3 +%d,3 @@\n %s\n-\t%s\n+\t%s\n }\n", at, at, function, old, changed)
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestHeader(t *testing.T) {
	for _, tc := range []struct {
		name, content string
		want          []string
		err           string
	}{
		{"go test", "Removes: x\nTest: go test ./a/ -run 'TestA/with space'\ndiff --git", []string{"go", "test", "-count=1", "-timeout=4m", "./a/", "-run", "TestA/with space"}, ""},
		{"ginkgo", "Test: ginkgo --focus \"it's gone\"\nRemoves: x\n", []string{"go", "run", "github.com/onsi/ginkgo/v2/ginkgo", "--fail-on-empty", "--timeout=4m", "--no-color", "--focus", "it's gone", "./e2e"}, ""},
		{"no words", "Test: go test ./a/ -run A\n", nil, "Removes"},
		{"no test", "Removes: x\n", nil, "Test: go test"},
		{"another program", "Removes: x\nTest: rm -rf .\n", nil, "Test: go test"},
		{"open quote", "Removes: x\nTest: go test ./a/ -run 'A\n", nil, "not closed"},
		{"header ends at the diff", "Removes: x\ndiff --git a b\nTest: go test ./a/ -run A\n", nil, "Test: go test"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, err := parse([]byte(tc.content))
			if tc.err != "" {
				if err == nil || !strings.Contains(err.Error(), tc.err) {
					t.Errorf("error %v, want one about %q", err, tc.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := m.command(); !slices.Equal(got, tc.want) {
				t.Errorf("command %q, want %q", got, tc.want)
			}
		})
	}
}

// TestEveryPatchApplies: `make mutate` takes long and runs rarely; whoever moves the code under a patch learns it here.
func TestEveryPatchApplies(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	mutations, err := read(filepath.Join(root, "e2e", "mutations"), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutations {
		cmd := exec.Command("git", "apply", "--check", m.path)
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s does not apply any more: write it anew for the code as it is\n%s", m.name, out)
		}
	}
}
