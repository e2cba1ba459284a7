// Package child runs a command of somebody else's with all that it starts: in a process group of its own (on Windows a job), which
// has the terminal where there is one, gets every signal, and ends whatever ends this process.
package child

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// Command is what to run.
type Command struct {
	Args []string // the program, as a shell finds it, and its arguments
	Env  []string // its environment, NAME=value; of a name that comes twice the last counts
	// In, Out and Err are its standard streams. Files are given to it as they are, so that it knows a terminal for one. nil: nothing
	// to read, and what it writes is dropped.
	In       io.Reader
	Out, Err io.Writer
	// Scratch is a directory to remove when this process is killed, and so cannot do it; "": none.
	Scratch string
}

// Why a command could not be started. A shell ends with 127 and 126 then.
var (
	ErrNotFound    = errors.New("there is no such command")
	ErrNotRunnable = errors.New("it cannot be run")
)

// Signalled is added to the number of the signal that ended a command, as shells do.
const Signalled = 128

// grace is how long programs that a command left running may take to end before they are killed. It is wall time.
const grace = 2 * time.Second

// Process is a command that was started. Call End when Done is closed, or to end it before that.
type Process struct {
	process *os.Process
	group   group
	copying sync.WaitGroup // of output that goes to no file
	ours    []io.Closer    // ends of pipes to close at the end
	done    chan struct{}
	code    int
}

// Start runs a command. Its error wraps ErrNotFound or ErrNotRunnable.
func Start(c Command) (*Process, error) {
	path, err := find(c.Args[0])
	if err != nil {
		return nil, err
	}
	p := &Process{done: make(chan struct{})}
	files, theirs, err := p.streams(c)
	defer closeAll(theirs)
	if err != nil {
		closeAll(p.ours)
		return nil, err
	}
	started := make(chan error, 1)
	go func() {
		// Linux sends the signal of SysProcAttr.Pdeathsig when the thread ends that started the process.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		c.Env = lastOfEach(c.Env)
		err := p.start(path, c, files)
		started <- err
		if err == nil {
			p.code = p.await()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		closeAll(p.ours)
		return nil, unstartable(path, err)
	}
	return p, nil
}

// Done is closed when the command has ended. What it started may still run.
func (p *Process) Done() <-chan struct{} { return p.done }

// Code is how the command ended: its exit code, or Signalled and the number of the signal that ended it. Only after Done.
func (p *Process) Code() int { return p.code }

// Signal sends a signal to the command and all that it started.
func (p *Process) Signal(s os.Signal) { p.signal(s) }

// Kill ends the command and all that it started at once.
func (p *Process) Kill() { p.kill() }

// End takes the terminal back and ends the command, if it runs still, and what it left running. It asks first, and kills what is still
// there after two seconds, or when something comes from hurry. It returns when nothing of the command is left, and says whether it had
// to kill.
func (p *Process) End(hurry <-chan os.Signal) (killed bool) {
	killed = p.end(hurry)
	p.copying.Wait()
	closeAll(p.ours)
	return killed
}

// lastOfEach leaves one variable of each name: of two, a program would take the first. Windows does not tell their case apart.
func lastOfEach(env []string) (list []string) {
	seen := map[string]bool{}
	for _, v := range slices.Backward(env) {
		name, _, _ := strings.Cut(v, "=")
		if runtime.GOOS == "windows" {
			name = strings.ToUpper(name)
		}
		if name == "" || !seen[name] { // Windows has some that begin with =
			seen[name] = true
			list = append(list, v)
		}
	}
	slices.Reverse(list)
	return list
}

// find looks a program up as a shell does.
func find(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err == nil || errors.Is(err, exec.ErrDot) { // the person's PATH has a directory that is relative: a shell would run it too
		return path, nil
	}
	var why *exec.Error
	if errors.As(err, &why) {
		err = why.Err
	}
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%w: %s", ErrNotFound, name)
	}
	return "", fmt.Errorf("%s: %w: %w", name, ErrNotRunnable, err)
}

// unstartable is why a program that is there does not start.
func unstartable(path string, err error) error {
	var why *os.PathError
	if errors.As(err, &why) {
		err = why.Err
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w as its first line (#!) names: %w", path, ErrNotFound, err)
	}
	return fmt.Errorf("%s: %w: %w", path, ErrNotRunnable, err)
}

// streams are the command's standard streams as files, and those of them to close here when it has them.
func (p *Process) streams(c Command) (files []*os.File, theirs []io.Closer, err error) {
	in, opened, err := p.input(c.In)
	if err != nil {
		return nil, nil, err
	}
	files, theirs = []*os.File{in}, append(theirs, opened...)
	for _, w := range []io.Writer{c.Out, c.Err} {
		out, opened, err := p.output(w)
		if err != nil {
			return nil, theirs, err
		}
		files, theirs = append(files, out), append(theirs, opened...)
	}
	return files, theirs, nil
}

// input is a file with what r has to read.
func (p *Process) input(r io.Reader) (*os.File, []io.Closer, error) {
	if f, ok := r.(*os.File); ok {
		return f, nil, nil
	}
	if r == nil {
		f, err := os.Open(os.DevNull)
		return f, []io.Closer{f}, err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	p.ours = append(p.ours, write)
	go func() {
		_, _ = io.Copy(write, r) // it ends with what there is to read, or when nobody reads it any more
		_ = write.Close()
	}()
	return read, []io.Closer{read}, nil
}

// output is a file that leads to w.
func (p *Process) output(w io.Writer) (*os.File, []io.Closer, error) {
	if f, ok := w.(*os.File); ok {
		return f, nil, nil
	}
	if w == nil {
		f, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		return f, []io.Closer{f}, err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	p.ours = append(p.ours, read)
	p.copying.Go(func() { _, _ = io.Copy(w, read) }) // it ends when nobody holds the other end
	return write, []io.Closer{write}, nil
}

func closeAll(list []io.Closer) {
	for _, c := range list {
		_ = c.Close() // twice for some: nothing is lost
	}
}
