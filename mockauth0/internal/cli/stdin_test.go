//go:build unix

package cli

import (
	"io"
	"os/exec"
	"testing"

	"renewal.example/mockauth0/internal/clock"
)

// TestServeEndsWhenItsStandardInputCloses, and not when somebody writes there.
func TestServeEndsWhenItsStandardInputCloses(t *testing.T) {
	dir := t.TempDir()
	var held io.WriteCloser
	p := startProgram(t, dir, func(c *exec.Cmd) {
		var err error
		if held, err = c.StdinPipe(); err != nil {
			t.Fatal(err)
		}
	}, "serve", "--listen", "127.0.0.1:0", "--exit-with-stdin")
	p.waitFor(t, p.stderr, "Ctrl-C ends it")
	if _, err := io.WriteString(held, "this ends nothing\n"); err != nil {
		t.Fatal(err)
	}
	p.waitFor(t, p.stdout, "\n")
	response, err := trusting(t, announced(t, p.stdout).CAFile).Get(announced(t, p.stdout).Issuer + ".well-known/jwks.json")
	if err != nil {
		t.Fatalf("with standard input open: %v\n%s", err, p.stderr)
	}
	response.Body.Close()
	if err := held.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.gone:
	case <-clock.WallAfter(patience):
		t.Fatalf("it did not end when its standard input closed: %s", p.stderr)
	}
	if code := p.cmd.ProcessState.ExitCode(); code != exitOK {
		t.Errorf("exit code %d, want 0: %s", code, p.stderr)
	}
}
