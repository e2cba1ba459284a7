package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A disk that is full leaves everything as it was: no half file, no new one, no directory. A limit for the size of files is as good
// as a full disk.
func TestAFullDiskLeavesNoHalfImport(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	out := filepath.Join(dir, "acme")
	run := func(limit string, more ...string) (code int, stdout, stderr string) {
		args := append([]string{"import", "har", "../har/testdata/chrome-cookies-blocked.har", "--out", out}, more...)
		cmd := exec.CommandContext(t.Context(), self, args...)
		var said, told bytes.Buffer
		cmd.Stdout, cmd.Stderr, cmd.Env = &said, &told, []string{asProcess + "=1", fileLimit + "=" + limit}
		_ = cmd.Run() // the exit code tells
		return cmd.ProcessState.ExitCode(), said.String(), told.String()
	}
	full := func(more ...string) {
		t.Helper()
		code, stdout, stderr := run("700", more...)
		if code != exitNotWritten || !strings.Contains(stdout, "(third_party_cookies_blocked, certain)") ||
			!strings.Contains(stderr, "nothing was written: ") {
			t.Errorf("code %d\n%s\n%s", code, stdout, stderr)
		}
	}
	full()
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("it left %v, %v", left, err)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(out, "tenant.yaml"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	full("--force")
	left, err := os.ReadDir(out)
	if err != nil || len(left) != 1 {
		t.Errorf("it left %v, %v", left, err)
	}
	if kept, err := os.ReadFile(filepath.Join(out, "tenant.yaml")); err != nil || string(kept) != "mine" {
		t.Errorf("the file holds %q, %v", kept, err)
	}
	if code, _, stderr := run("", "--force"); code != exitOK {
		t.Errorf("with room: code %d, %s", code, stderr)
	}
}
