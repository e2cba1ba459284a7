//go:build unix

package child

import (
	"io"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// started runs a script of a shell until it has said that it is ready.
func started(t *testing.T, script string) *Process {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	p, err := Start(Command{Args: []string{"sh", "-c", script}, Env: os.Environ(), Out: write})
	write.Close()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(read, make([]byte, len("ready\n"))); err != nil {
		t.Error(err)
	}
	return p
}

// End is for a command that runs, too: one that ends when it is asked keeps its exit code, and one that does not is killed.
func TestEndEndsACommandThatRuns(t *testing.T) {
	hurry := make(chan os.Signal, 1)
	hurry <- os.Interrupt
	for _, tc := range []struct {
		name, script string
		hurry        chan os.Signal
		killed       bool
		code         int
	}{
		{"it ends when it is asked", `trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done`, nil, false, 7},
		{"it does not, and somebody is in a hurry", `trap '' TERM; echo ready; while :; do sleep 1; done`, hurry, true,
			Signalled + int(unix.SIGKILL)},
		{"what it started does not", `trap 'exit 7' TERM; sh -c "trap '' TERM; echo ready; exec sleep 60" & wait`, nil, true, 7},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := started(t, tc.script)
			if killed := p.End(tc.hurry); killed != tc.killed {
				t.Errorf("killed: %v", killed)
			}
			select {
			case <-p.Done():
			default:
				t.Fatal("it runs still")
			}
			if p.Code() != tc.code {
				t.Errorf("exit code %d, want %d", p.Code(), tc.code)
			}
			if err := unix.Kill(-p.group.id, 0); err == nil {
				t.Error("something of it is left")
			}
		})
	}
}
