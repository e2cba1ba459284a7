package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWhatDoesNotCompileElsewhereIsFound(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":          "module a.example\n\ngo 1.26\n",
		"all.go":          "package a\n\nvar _ = there\n",
		"there_linux.go":  "package a\n\nconst there = 1\n",
		"there_darwin.go": "package a\n\nconst there int = \"one\"\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ targets, patterns, says, err string }{
		{"linux/arm64", "./...", "linux/arm64: 1 packages", ""},
		{"linux/amd64,windows/amd64", "./...", "all.go:3:9: undefined: there", "1 errors"},
		{"darwin/arm64", ".", "there_darwin.go:3:19: cannot use", "1 errors"},
		{"linux", "./...", "", `"linux" is no platform`},
		{"linux/amd64", "./none/...", "none", "1 errors"},
	} {
		var out strings.Builder
		err := run(dir, []string{c.targets, c.patterns}, &out)
		if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %v, want %q", c.targets, err, c.err)
		}
		if !strings.Contains(out.String(), c.says) {
			t.Errorf("%s: %s\nwant %q", c.targets, &out, c.says)
		}
	}
}
