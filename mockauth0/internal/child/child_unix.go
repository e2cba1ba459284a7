//go:build unix

package child

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"renewal.example/mockauth0/internal/clock"
)

// Passed are the signals that a command gets from whoever runs it.
func Passed() []os.Signal {
	return []os.Signal{unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT, unix.SIGUSR1, unix.SIGUSR2}
}

// group is the process group of the command.
type group struct {
	id       int
	terminal *os.File // the terminal that this process was started from; nil: none, or the command has not both ends of it
	guard    *guard
}

func (p *Process) start(path string, c Command, files []*os.File) error {
	adoptOrphans()
	p.group.terminal = terminalOf(c.In, c.Out)
	attr := &syscall.SysProcAttr{Setpgid: true}
	endWithParent(attr)
	if terminal := p.group.terminal; terminal != nil && foreground(terminal) == unix.Getpgrp() {
		attr.Foreground, attr.Ctty = true, int(terminal.Fd())
	}
	guard := newGuard(c.Scratch)
	process, err := os.StartProcess(path, c.Args, &os.ProcAttr{Env: c.Env, Files: files, Sys: attr})
	if err != nil {
		guard.dismiss()
		return err
	}
	guard.watch(process.Pid) // before all else: until here, nobody ends what the command starts when this process is killed
	p.process, p.group.id, p.group.guard = process, process.Pid, guard
	if p.group.terminal != nil {
		signal.Ignore(unix.SIGTTOU) // or the kernel would stop this process when it takes the terminal back
	}
	return nil
}

// await waits for the end of the command, and takes part when a person suspends it (Ctrl-Z).
func (p *Process) await() int {
	defer func() { _ = p.process.Release() }()
	for {
		var status unix.WaitStatus
		_, err := unix.Wait4(p.group.id, &status, unix.WUNTRACED, nil)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return Signalled + int(unix.SIGKILL) // somebody else has taken its exit code
		case status.Stopped():
			p.suspend()
		case status.Signaled():
			return Signalled + int(status.Signal())
		case status.Exited():
			return status.ExitStatus()
		}
	}
}

// suspend stops this process too, and its own group with it, since the shell waits for that. When it goes on, the command does.
func (p *Process) suspend() {
	terminal := p.group.terminal
	if terminal == nil {
		return // whoever stopped it continues it
	}
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, unix.SIGCONT)
	defer signal.Stop(continued)
	p.takeTerminal()
	_ = unix.Kill(0, unix.SIGTSTP)
	select {
	case <-continued:
	case <-clock.WallAfter(100 * time.Millisecond): // there is no shell that would continue it, so the kernel stopped nothing
	}
	if foreground(terminal) == unix.Getpgrp() {
		giveTerminal(terminal, p.group.id)
	}
	_ = unix.Kill(-p.group.id, unix.SIGCONT)
}

func (p *Process) signal(s os.Signal) {
	if number, ok := s.(unix.Signal); ok {
		_ = unix.Kill(-p.group.id, number) // whoever has ended hears nothing
	}
}

func (p *Process) kill() { p.signal(unix.SIGKILL) }

func (p *Process) end(hurry <-chan os.Signal) (killed bool) {
	p.takeTerminal()
	defer p.group.guard.dismiss()
	if !p.alive() {
		return false
	}
	p.signal(unix.SIGTERM)
	p.signal(unix.SIGCONT) // one that is stopped would not hear the other
	deadline := clock.WallAfter(grace)
	for {
		select {
		case <-clock.WallAfter(5 * time.Millisecond):
			if !p.alive() {
				return killed
			}
			continue
		case <-hurry:
		case <-deadline:
			if killed {
				return true // what cannot be killed waits in the kernel
			}
		}
		killed, deadline = true, clock.WallAfter(grace)
		p.kill()
	}
}

// alive tells whether anything of the group runs, or has ended and nobody has taken its exit code.
func (p *Process) alive() bool {
	select {
	case <-p.done:
	default:
		return true // await takes the command's own
	}
	for {
		if pid, err := unix.Wait4(-p.group.id, nil, unix.WNOHANG, nil); err != nil || pid <= 0 {
			break
		}
	}
	return unix.Kill(-p.group.id, 0) == nil
}

// takeTerminal takes the terminal back from the command's group, if that has it.
func (p *Process) takeTerminal() {
	if terminal := p.group.terminal; terminal != nil && foreground(terminal) == p.group.id {
		giveTerminal(terminal, unix.Getpgrp())
	}
}

// terminalOf is the terminal of in and out, when both are the one that controls this process. With one of them only, as in a
// pipeline, the terminal belongs to others too.
func terminalOf(in io.Reader, out io.Writer) *os.File {
	input, ok := in.(*os.File)
	if !ok || foreground(input) < 0 {
		return nil
	}
	if output, ok := out.(*os.File); !ok || foreground(output) < 0 {
		return nil
	}
	return input
}

// foreground is the process group that has the terminal; negative: it is no terminal, or not that of this process.
func foreground(terminal *os.File) int {
	id, err := unix.IoctlGetInt(int(terminal.Fd()), unix.TIOCGPGRP)
	if err != nil {
		return -1
	}
	return id
}

func giveTerminal(terminal *os.File, group int) {
	_ = unix.IoctlSetPointerInt(int(terminal.Fd()), unix.TIOCSPGRP, group) // a terminal that is gone belongs to nobody
}

// guard is a shell that waits for the end of this process and then ends the group, for when nobody else can: this process was
// killed.
type guard struct {
	process *os.Process
	hold    *os.File // this process's end of the guard's standard input: it closes with this process
}

// guardScript gets the directory to remove as its argument, and reads the group. The group has two seconds to end, as in End.
const guardScript = `trap '' HUP INT TERM QUIT
read -r group
read -r end
if [ -n "$group" ]; then
	kill -s TERM -- "-$group"
	tenths=20
	while [ $tenths -gt 0 ] && kill -s 0 -- "-$group"; do
		sleep 0.1 || { sleep 2; break; } # POSIX has whole seconds only
		tenths=$((tenths - 1))
	done
	kill -s KILL -- "-$group"
fi
[ -z "$1" ] || rm -rf -- "$1"`

// newGuard is nil where there is no shell. On Linux the command itself ends with this process then, too.
func newGuard(scratch string) *guard {
	read, hold, err := os.Pipe()
	if err != nil {
		return nil
	}
	defer read.Close()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		hold.Close()
		return nil
	}
	defer null.Close()
	process, err := os.StartProcess("/bin/sh", []string{"sh", "-c", guardScript, "mockauth0-guard", scratch}, &os.ProcAttr{
		Dir: "/", Env: []string{"PATH=/usr/bin:/bin"}, Files: []*os.File{read, null, null}, Sys: &syscall.SysProcAttr{Setsid: true},
	})
	if err != nil {
		hold.Close()
		return nil
	}
	return &guard{process, hold}
}

// watch gives the guard the group that it is to end.
func (g *guard) watch(group int) {
	if g != nil {
		_, _ = fmt.Fprintln(g.hold, group) // where the guard is gone, the group has none
	}
}

func (g *guard) dismiss() {
	if g == nil {
		return
	}
	_ = g.process.Kill() // it may have been killed already
	_, _ = g.process.Wait()
	g.hold.Close()
}
