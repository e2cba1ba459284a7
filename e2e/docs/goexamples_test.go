package docs

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var packageClause = regexp.MustCompile(`(?m)^package \w+`)

// TestGoExamples compiles the Go examples of the documents and runs those that are tests, in a module of its own that uses
// this one as README.md says. An example is a whole file, so that a reader can copy it; those of one document are a package.
func TestGoExamples(t *testing.T) {
	module := exampleModule(t)
	written := 0
	for i, p := range pages(t) {
		dir := filepath.Join(module, fmt.Sprintf("page%d", i))
		for _, b := range p.blocks {
			if b.language != "go" {
				continue
			}
			if !packageClause.MatchString(b.text) {
				t.Errorf("%s:%d: a Go example is a whole file: begin it with its package", p.path, b.line)
				continue
			}
			// The compiler names the document, and its line.
			text := fmt.Sprintf("//line %s:%d\n%s", p.path, b.line, b.text)
			name := fmt.Sprintf("line%d.go", b.line)
			if strings.Contains(b.text, "*testing.T)") {
				name = fmt.Sprintf("line%d_test.go", b.line)
			}
			write(t, filepath.Join(dir, name), text)
			written++
		}
	}
	if written == 0 {
		t.Fatal("the documents have no Go example")
	}
	for _, args := range [][]string{{"vet", "./..."}, {"test", "-count=1", "-timeout=60s", "./..."}} {
		c := exec.CommandContext(t.Context(), "go", args...)
		c.Dir = module
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", args[0], err, out)
		}
	}
	t.Logf("%d Go examples", written)
}

// exampleModule makes a module that requires this one, with the same versions of all else.
func exampleModule(t *testing.T) string {
	t.Helper()
	top, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	mod := strings.Replace(read(t, "go.mod"), "module renewal.example\n", "module acme.example\n", 1)
	write(t, filepath.Join(dir, "go.mod"), mod+"\nrequire renewal.example v0.0.0\n\nreplace renewal.example => "+top+"\n")
	write(t, filepath.Join(dir, "go.sum"), read(t, "go.sum"))
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
