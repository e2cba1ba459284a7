package cli

import (
	"bytes"
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A disk that is full leaves everything as it was: no half file, no new one, no directory. A limit for the size of files is as good
// as a full disk.
func TestAFullDiskLeavesNoHalfImport(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "acme")
	run := func(more ...string) (code int, stdout, stderr string) {
		var said, told bytes.Buffer
		args := append([]string{"import", "har", "../har/testdata/chrome-cookies-blocked.har", "--out", out}, more...)
		code = Run(context.Background(), args, Environment{Lookup: func(string) (string, bool) { return "", false }}, Stdio{strings.NewReader(""), &said, &told})
		return code, said.String(), told.String()
	}
	full := func(do func()) {
		signal.Ignore(syscall.SIGXFSZ)
		defer signal.Reset(syscall.SIGXFSZ)
		var before syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 700, Max: before.Max}); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
				t.Fatal(err)
			}
		}()
		do()
	}
	holds := func(code int, stdout, stderr string) {
		t.Helper()
		if code != exitNotWritten || !strings.Contains(stdout, "(third_party_cookies_blocked)") || !strings.Contains(stderr, "nothing was written: ") {
			t.Errorf("code %d\n%s\n%s", code, stdout, stderr)
		}
	}
	full(func() { holds(run()) })
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("it left %v, %v", left, err)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(out, "tenant.yaml"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	full(func() { holds(run("--force")) })
	left, err := os.ReadDir(out)
	if err != nil || len(left) != 1 {
		t.Errorf("it left %v, %v", left, err)
	}
	if kept, err := os.ReadFile(filepath.Join(out, "tenant.yaml")); err != nil || string(kept) != "mine" {
		t.Errorf("the file holds %q, %v", kept, err)
	}
	if code, _, stderr := run("--force"); code != exitOK {
		t.Errorf("with room: code %d, %s", code, stderr)
	}
}
