//go:build unix

package safefile

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A person with a strict umask keeps what was asked for to themselves; what other programs must read, or nobody may, is exact. The
// umask is the process's, so the test runs beside no other.
func TestTheUmask(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077))
	for _, tc := range []struct {
		name  string
		write func(string, fs.FileMode, []byte) error
		perm  fs.FileMode
		want  fs.FileMode
	}{
		{"created", Create, Public, 0o600}, {"created for this account", Create, Private, 0o600},
		{"written", Write, Public, 0o644}, {"written for this account", Write, Private, 0o600},
	} {
		path := filepath.Join(t.TempDir(), "out")
		if err := tc.write(path, tc.perm, nil); err != nil {
			t.Fatal(err)
		}
		if stat, err := os.Stat(path); err != nil || stat.Mode().Perm() != tc.want {
			t.Errorf("%s: mode %v, %v; want %v", tc.name, stat.Mode().Perm(), err, tc.want)
		}
	}
}
