package cli

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
)

// A command that is ended while it looks whether a ready file's tenant is running does not know, and leaves the file.
func TestAReadyFileStaysWhereNobodyKnowsWhetherItsTenantRuns(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	path := filepath.Join(t.TempDir(), "ready.json")
	said := announcement{Listen: listener.Addr().String(), Control: "https://localhost/__mock/v1", PID: 4711}
	if err := os.WriteFile(path, said.line(), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a := &app{env: Environment{Alive: func(int) bool { return true }}}
	if _, err := a.newReadyFile(ctx, path); !errors.As(err, &refused{}) {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}
