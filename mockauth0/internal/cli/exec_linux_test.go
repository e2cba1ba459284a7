package cli

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// newTerminal is a pseudo-terminal: the end of the person, and the end of the programs.
func newTerminal(t *testing.T) (person, programs *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { person.Close() })
	raw, err := person.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	number := 0
	if err := raw.Control(func(fd uintptr) {
		if err = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0); err == nil {
			number, err = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
		}
	}); err != nil {
		t.Fatal(err)
	}
	programs, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { programs.Close() })
	return person, programs
}

// onTerminal runs a shell script as the session of a new terminal, where $0 is the program, and returns what the terminal shows.
func onTerminal(t *testing.T, script string) (p *program, person *os.File, screen *transcript) {
	t.Helper()
	person, programs := newTerminal(t)
	screen = newTranscript()
	read := make(chan struct{})
	p = startProgram(t, t.TempDir(), func(c *exec.Cmd) {
		c.Args = []string{"sh", "-c", script, c.Path}
		c.Path = "/bin/sh"
		c.Stdin, c.Stdout, c.Stderr = programs, programs, programs
		c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	})
	programs.Close()
	go func() {
		defer close(read)
		buffer := make([]byte, 4096)
		for {
			n, err := person.Read(buffer)
			if _, _ = screen.Write(buffer[:n]); err != nil {
				return // every program has closed its end
			}
		}
	}()
	t.Cleanup(func() { person.Close(); <-read })
	return p, person, screen
}

// TestTheCommandOfExecHasTheTerminal: what a person types is the command's, and so is Ctrl-C. Afterwards the shell has it back.
func TestTheCommandOfExecHasTheTerminal(t *testing.T) {
	p, person, screen := onTerminal(t, `"$0" exec -- sh -c 'trap "echo interr""upted" INT; read line; echo "got $line"; echo ready; until read more; do :; done; echo "then $more"; exit 3'
echo "code $?"; read last; echo "last $last"; read end`)
	typed := func(text, then string) {
		t.Helper()
		if _, err := person.WriteString(text); err != nil {
			t.Fatal(err)
		}
		p.waitFor(t, screen, then)
	}
	p.waitFor(t, screen, "while this runs")
	typed("one\n", "got one")
	p.waitFor(t, screen, "ready")
	typed("\x03", "interrupted")
	p.waitFor(t, screen, "interrupted")
	typed("two\n", "then two")
	p.waitFor(t, screen, "code [0-9]")
	typed("three\n", "last three")
	typed("end\n", "")
	if code := p.endsBy(t, "the session"); code != 0 {
		t.Errorf("exit code %d: %s", code, screen)
	}
}

// TestASuspendedCommandOfExecGoesOn: Ctrl-Z stops exec as well, so that the shell has the terminal, and fg continues both.
func TestASuspendedCommandOfExecGoesOn(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip(err)
	}
	p, person, screen := onTerminal(t, `P="$0" exec bash --norc -i`)
	typed := func(text, then string) {
		t.Helper()
		if _, err := person.WriteString(text); err != nil {
			t.Fatal(err)
		}
		p.waitFor(t, screen, then)
	}
	typed("\"$P\" exec -- sh -c 'echo rea''dy; read line; echo \"got $line\"; exit 3'\n", `\nready`)
	typed("\x1a", "Stopped")
	typed("echo sh''ell\n", `\nshell`)
	typed("fg\n", `exec -- sh -c`)
	typed("line\n", "got line")
	typed("echo co''de $?\n", `\n(\S+ )?code 3`)
	typed("exit 0\n", "")
	if code := p.endsBy(t, "the session"); code != 0 {
		t.Errorf("exit code %d: %s", code, screen)
	}
}
