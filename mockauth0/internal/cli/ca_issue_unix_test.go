//go:build unix

package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// The key is for this account only, whatever the umask is, and also where it replaces a file that others may read.
func TestIssuedKeysArePrivate(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	dir := t.TempDir()
	environment := Environment{Lookup: func(string) (string, bool) { return "", false }, GOOS: "linux"}
	if err := os.WriteFile(filepath.Join(dir, "localhost-key.pem"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"localhost", "app.localhost"} {
		var said bytes.Buffer
		args := []string{"ca", "issue", name, "--out", dir, "--data-dir", filepath.Join(dir, "data"), "--force"}
		if code := Run(t.Context(), args, environment, Stdio{strings.NewReader(""), &said, &said}); code != 0 {
			t.Fatalf("exit code %d: %s", code, &said)
		}
		stat, err := os.Stat(filepath.Join(dir, name+"-key.pem"))
		if err != nil || stat.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v (%v)", name, stat.Mode(), err)
		}
	}
}
