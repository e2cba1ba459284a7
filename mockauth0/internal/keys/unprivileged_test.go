package keys

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Root may read everything, so this needs an ordinary account.
func TestPermissionsOfAnOrdinaryAccount(t *testing.T) {
	if os.Geteuid() <= 0 {
		t.Skip("needs an account that file permissions bind")
	}
	dir := t.TempDir()
	before := mustRing(t, NewPool(dir), "a.test")
	path := filepath.Join(dir, "signing-0-key.pem")
	mode := func(path string, mode os.FileMode) {
		t.Helper()
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	mode(path, 0)
	if _, err := NewRing(NewPool(dir), "a.test"); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a key that cannot be read: error %v", err)
	}
	mode(path, 0o600)
	defer mode(dir, 0o700) // for TempDir's cleaning up
	mode(dir, 0o500)
	warm := NewPool(dir)
	if ring := mustRing(t, warm, "a.test"); !bytes.Equal(body(t, ring), body(t, before)) || warm.Warning() != nil {
		t.Errorf("a read-only directory that has everything: warning %v", warm.Warning())
	}
	mode(dir, 0)
	closed := NewPool(dir)
	if ring := mustRing(t, closed, "a.test"); ring.Current().KID == before.Current().KID || closed.Warning() == nil ||
		!strings.Contains(closed.Warning().Error(), dir) {
		t.Errorf("a closed directory: warning %v", closed.Warning())
	}
}
