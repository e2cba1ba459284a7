//go:build unix

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestABrowserThatFailsIsQuoted: its exit status alone tells nobody what to do.
func TestABrowserThatFailsIsQuoted(t *testing.T) {
	program := filepath.Join(t.TempDir(), "chromium")
	script := "#!/bin/sh\nfor n in 1 2 3 4 5 6 7; do echo \"line $n\" >&2; done\necho >&2\n[ \"$1\" = well ] && exit 0\necho 'Missing X " +
		"server' >&2\nexit 3\n"
	if err := os.WriteFile(program, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := OpenProgram(t.Context(), program, []string{"well"}); err != nil {
		t.Errorf("a browser that ends well: %v", err)
	}
	err := OpenProgram(t.Context(), program, nil)
	if err == nil {
		t.Fatal("no error")
	}
	want := "chromium ended early: exit status 3; the last it said:\n  line 4\n  line 5\n  line 6\n  line 7\n  Missing X server"
	if !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %q, want an end of %q", err, want)
	}
}

func TestTheEndingOfLongOutputIsKept(t *testing.T) {
	var e ending
	for range 1000 {
		if n, err := e.Write([]byte(strings.Repeat("x", 99) + "\n")); n != 100 || err != nil {
			t.Fatal(n, err)
		}
	}
	if len(e.kept) > 8<<10 || len(e.lines()) != 5 {
		t.Errorf("%d bytes and %d lines are kept", len(e.kept), len(e.lines()))
	}
}
