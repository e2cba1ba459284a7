//go:build unix

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/clock"
)

// startExec runs exec with a shell script as its command, and returns when that has said "ready".
func startExec(t *testing.T, script string) (p *program, scratch string) {
	t.Helper()
	dir := t.TempDir()
	scratch = filepath.Join(dir, "scratch")
	mkdir(t, scratch, 0o755)
	p = startProgram(t, dir, func(c *exec.Cmd) { c.Env = append(c.Env, "TMPDIR="+scratch) }, "exec", "--", "sh", "-c", script)
	p.waitFor(t, p.stdout, "ready")
	return p, scratch
}

// endsBy waits until nothing holds the command's output any more: exec, its command and what that started have ended.
func (p *program) endsBy(t *testing.T, why string) int {
	t.Helper()
	select {
	case <-p.gone:
	case <-clock.WallAfter(patience):
		t.Fatalf("something was left after %s: %s%s", why, p.stdout, p.stderr)
	}
	return p.cmd.ProcessState.ExitCode()
}

// TestExecPassesSignalsToItsCommand and ends as that does.
func TestExecPassesSignalsToItsCommand(t *testing.T) {
	hearHangups(t)
	const wait = "while :; do sleep 0.02; done"
	for _, tc := range []struct {
		name, script string
		signals      []os.Signal
		want         int
		says         string
	}{
		{"it ends in its own way", `trap 'echo bye; exit 3' TERM; echo ready; ` + wait, []os.Signal{syscall.SIGTERM}, 3, "bye"},
		{"SIGTERM ends it", `echo ready; exec sleep 1000`, []os.Signal{syscall.SIGTERM}, 143, ""},
		{"Ctrl-C ends it", `echo ready; exec sleep 1000`, []os.Signal{syscall.SIGINT}, 130, ""},
		{"SIGHUP ends it", `echo ready; exec sleep 1000`, []os.Signal{syscall.SIGHUP}, 129, ""},
		{"other signals reach it", `trap 'echo hello; exit 0' USR1; echo ready; ` + wait, []os.Signal{syscall.SIGUSR1}, 0, "hello"},
		{"a second Ctrl-C kills it", `trap 'echo no' INT; echo ready; ` + wait, []os.Signal{syscall.SIGINT, syscall.SIGINT}, 137, "no"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p, scratch := startExec(t, tc.script)
			for i, s := range tc.signals {
				if i > 0 {
					p.waitFor(t, p.stdout, tc.says) // or the kernel may take both for one
				}
				if err := p.cmd.Process.Signal(s); err != nil {
					t.Fatal(err)
				}
			}
			if code := p.endsBy(t, tc.name); code != tc.want {
				t.Errorf("exit code %d, want %d: %s", code, tc.want, p.stderr)
			}
			if !strings.Contains(p.stdout.String(), tc.says) {
				t.Errorf("the command said %q, want %q", p.stdout, tc.says)
			}
			expectEmpty(t, scratch)
		})
	}
}

// TestExecWaitsForACommandThatTakesItsTimeToEnd: longer than any command of mockauth0 itself may take.
func TestExecWaitsForACommandThatTakesItsTimeToEnd(t *testing.T) {
	t.Parallel()
	p, _ := startExec(t, `trap 'sleep 1.8; echo done; exit 4' TERM; echo ready; while :; do sleep 0.02; done`)
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.endsBy(t, "SIGTERM"); code != 4 || !strings.Contains(p.stdout.String(), "done") {
		t.Errorf("exit code %d, want 4: %s", code, p.stdout)
	}
}

// TestExecLeavesNothingRunning of its command, whatever ends it.
func TestExecLeavesNothingRunning(t *testing.T) {
	const stubborn = `sh -c 'trap "" TERM INT HUP USR1; echo ready; while :; do sleep 0.02; done' & `
	const hears = `trap "echo heard" USR1; `
	for _, tc := range []struct {
		name, script string
		end          syscall.Signal // 0: the command ends by itself
		want         int
	}{
		{"a program that the command started", `sleep 1000 & echo ready`, 0, 0},
		{"one that hears nothing", stubborn + `sleep 0.2; exit 6`, 0, 6},
		{"exec is killed", hears + `(trap "" USR1; exec sleep 1000) & echo ready; while :; do wait; done`, syscall.SIGKILL, -1},
		{"exec is killed, and nobody hears", `trap "" TERM INT HUP; ` + hears + stubborn + `while :; do wait; done`, syscall.SIGKILL, -1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p, scratch := startExec(t, tc.script)
			if tc.end != 0 {
				// What passes a signal on has started its command wholly. The command may say "ready" a moment earlier.
				if err := p.cmd.Process.Signal(syscall.SIGUSR1); err != nil {
					t.Fatal(err)
				}
				p.waitFor(t, p.stdout, "heard")
				if err := p.cmd.Process.Signal(tc.end); err != nil {
					t.Fatal(err)
				}
			}
			if code := p.endsBy(t, tc.name); code != tc.want {
				t.Errorf("exit code %d, want %d: %s", code, tc.want, p.stderr)
			}
			expectEmpty(t, scratch)
		})
	}
}

// expectEmpty waits until a directory is empty: what removes it may be another process than the one that the test waited for.
func expectEmpty(t *testing.T, dir string) {
	t.Helper()
	for deadline := clock.Wall().Add(patience); ; <-clock.WallAfter(5 * time.Millisecond) {
		left, err := os.ReadDir(dir)
		if err == nil && len(left) == 0 {
			return
		}
		if clock.Wall().After(deadline) {
			t.Errorf("%s is not empty: %v, %v", dir, left, err)
			return
		}
	}
}

// TestExecSaysWhyRenewalsFailed when its command has ended, the same failure once.
func TestExecSaysWhyRenewalsFailed(t *testing.T) {
	p, _ := startExec(t, `echo ready
curl -s --cacert "$NODE_EXTRA_CA_CERTS" -o /dev/null -H 'Content-Type: application/json' "$MOCKAUTH0_CONTROL/faults" \
  -d '{"when": {"prompt": "none"}, "do": {"error": "consent_required"}}'
for i in 1 2 3; do
  curl -s --cacert "$NODE_EXTRA_CA_CERTS" -o /dev/null -G "${AUTH0_ISSUER}authorize" -d "client_id=$AUTH0_CLIENT_ID" \
    -d 'response_type=token&redirect_uri=http://localhost:3001/silent&prompt=none&state=abc'
done; exit 5`)
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip(err)
	}
	if code := p.endsBy(t, "its command"); code != 5 {
		t.Errorf("exit code %d, want 5: %s", code, p.stderr)
	}
	said := p.stderr.String()
	for _, want := range []string{"mockauth0: 3 renewals failed\n", "and 2 times more\n", "  Do: "} {
		if strings.Count(said, want) != 1 {
			t.Errorf("stderr has not one %q:\n%s", want, said)
		}
	}
	if strings.Contains(said, "Events: ") {
		t.Errorf("it names events of a tenant that has ended:\n%s", said)
	}
}
