//go:build unix

package cli

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/datadir"
	"renewal.example/web"
)

// program is the command in a process of its own, in a directory of its own.
type program struct {
	cmd            *exec.Cmd
	stdout, stderr *transcript
	gone           chan struct{} // closed when it has ended
}

// startProgram runs the command with dir as its home. prepare may change how.
func startProgram(t *testing.T, dir string, prepare func(*exec.Cmd), args ...string) *program {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{exec.CommandContext(t.Context(), self, args...), newTranscript(), newTranscript(), make(chan struct{})}
	p.cmd.WaitDelay = 2 * patience // what a failed test leaves holding the output does not hold up the others for ever
	p.cmd.Stdout, p.cmd.Stderr, p.cmd.Dir = p.stdout, p.stderr, dir
	p.cmd.Env = []string{asProcess + "=1", "HOME=" + dir, "PATH=" + os.Getenv("PATH")}
	if prepare != nil {
		prepare(p.cmd)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // the exit code tells
		close(p.gone)
	}()
	t.Cleanup(func() { _ = p.cmd.Process.Kill(); <-p.gone })
	return p
}

// ends sends a signal and returns the exit code, or fails the test when that takes too long.
func (p *program) ends(t *testing.T, s os.Signal) int {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.gone:
	case <-clock.WallAfter(patience):
		t.Fatalf("it did not end after %v: %s", s, p.stderr)
	}
	return p.cmd.ProcessState.ExitCode()
}

func (p *program) waitFor(t *testing.T, from *transcript, pattern string) {
	t.Helper()
	if !from.wait(regexp.MustCompile(pattern), p.gone) {
		t.Fatalf("it never said %s:\n%s\n%s\n%s", pattern, from, p.stdout, p.stderr)
	}
}

// busy is a command that has something to do when the signal comes.
type busy struct {
	name string
	// begin starts it and returns when it is busy.
	begin func(t *testing.T, dir string) *program
	// done is true for what is done when it is ended, such as serving.
	done bool
}

// saying starts a command and waits until it has said something.
func saying(stderr string, args ...string) func(*testing.T, string) *program {
	return func(t *testing.T, dir string) *program {
		t.Helper()
		p := startProgram(t, dir, nil, args...)
		p.waitFor(t, p.stderr, stderr)
		return p
	}
}

// reading starts a command that reads a named pipe in dir, and returns when it does. Nobody writes to the pipe's end.
func reading(pipe string, args ...string) func(*testing.T, string) *program {
	return func(t *testing.T, dir string) *program {
		t.Helper()
		path := filepath.Join(dir, filepath.FromSlash(pipe))
		mkdir(t, filepath.Dir(path), 0o755)
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		p := startProgram(t, dir, nil, args...)
		t.Cleanup(p.feed(t, path))
		return p
	}
}

// feed opens a named pipe for writing as soon as the program reads it.
func (p *program) feed(t *testing.T, path string) (stop func()) {
	t.Helper()
	for deadline := clock.Wall().Add(patience); ; <-clock.WallAfter(5 * time.Millisecond) {
		opened, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		if err == nil {
			return func() { opened.Close() }
		}
		select {
		case <-p.gone:
			t.Fatalf("it ended without reading %s: %s", path, p.stderr)
		default:
		}
		if clock.Wall().After(deadline) {
			t.Fatalf("it did not read %s: %v, %s", path, err, p.stderr)
		}
	}
}

// locked starts a command while another process has the lock of the data directory.
func locked(args ...string) func(*testing.T, string) *program {
	return func(t *testing.T, dir string) *program {
		t.Helper()
		data := filepath.Join(dir, "locked")
		unlock, err := datadir.Lock(data, datadir.Wait{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(unlock)
		return saying("waiting for another mockauth0, which has the lock of the data directory "+regexp.QuoteMeta(data),
			append(args, "--data-dir", data)...)(t, dir)
	}
}

// serving starts a tenant and, when it is ready, a command that has its address in place of TENANT.
func serving(stderr string, args ...string) func(*testing.T, string) *program {
	return func(t *testing.T, dir string) *program {
		t.Helper()
		tenant := startProgram(t, dir, nil, "serve", "--listen", "127.0.0.1:0")
		tenant.waitFor(t, tenant.stdout, "\n")
		var said announcement
		if err := json.Unmarshal([]byte(tenant.stdout.String()), &said); err != nil {
			t.Fatal(err)
		}
		p := startProgram(t, dir, func(c *exec.Cmd) {
			for i, arg := range c.Args {
				c.Args[i] = strings.ReplaceAll(arg, "TENANT", strings.TrimSuffix(said.Issuer, "/"))
			}
			browser := filepath.Join(dir, "browser")
			if err := os.WriteFile(browser, []byte("#!/bin/sh\nexec sleep 1000\n"), 0o700); err != nil {
				t.Fatal(err)
			}
			c.Env = append(c.Env, "DISPLAY=:0", "MOCKAUTH0_BROWSER="+browser)
		}, args...)
		p.waitFor(t, p.stderr, stderr)
		return p
	}
}

// standIn puts a file in dir that stands in for the SDK of the sample apps.
func standIn(t *testing.T, dir string) {
	t.Helper()
	sdk := filepath.Join(dir, "node_modules", "auth0-js")
	mkdir(t, filepath.Join(sdk, "build"), 0o755)
	for name, text := range map[string]string{"package.json": `{"version": "8.10.1"}`, "build/auth0.min.js": "//"} {
		if err := os.WriteFile(filepath.Join(sdk, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func busyCommands() []busy {
	ports := []string{"--listen", "127.0.0.1:0", "--app", "127.0.0.1:0", "--silent", "127.0.0.1:0", "--app-http", "127.0.0.1:0",
		"--silent-http", "127.0.0.1:0", "--sdk-dir", "node_modules"}
	return []busy{
		{name: "serve", begin: saying("Ctrl-C ends it", "serve", "--listen", "127.0.0.1:0"), done: true},
		{name: "run", begin: func(t *testing.T, dir string) *program {
			standIn(t, dir)
			return saying("Ctrl-C ends it", append([]string{"run"}, ports...)...)(t, dir)
		}, done: true},
		{name: "watch", begin: serving("watching", "watch", "--url", "TENANT"), done: true},
		{name: "open", begin: serving("Ctrl-C, to end", "open", "TENANT"), done: true},
		{name: "import har of a pipe", begin: reading("x.har", "import", "har", "x.har")},
		{name: "import logs of a pipe", begin: reading("x.json", "import", "logs", "x.json")},
		{name: "import har of standard input", begin: func(t *testing.T, dir string) *program {
			in, out, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { in.Close(); out.Close() })
			p := startProgram(t, dir, func(c *exec.Cmd) { c.Stdin = in }, "import", "har", "-")
			if _, err := out.WriteString(strings.Repeat(" ", 1<<20)); err != nil { // more than a pipe holds: it has been read
				t.Fatal(err)
			}
			return p
		}},
		{name: "serve without the lock", begin: locked("serve", "--listen", "127.0.0.1:0")},
		{name: "run without the lock", begin: locked(append([]string{"run"}, ports...)...)},
		{name: "ca without the lock", begin: locked("ca")},
		{name: "env without the lock", begin: locked("env")},
		{name: "token without the lock", begin: locked("token", "--client", "Tutorial SPA", "--user", "ada@example.test")},
		{name: "reproduce", begin: reproducing},
		{name: "har of a tenant that does not answer", begin: func(t *testing.T, dir string) *program {
			silent, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { silent.Close() })
			p := startProgram(t, dir, nil, "har", "--url", "https://"+silent.Addr().String())
			socket, err := silent.Accept()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { socket.Close() })
			return p
		}},
	}
}

// reproducing is reproduce in the middle of a scenario.
func reproducing(t *testing.T, dir string) *program {
	t.Helper()
	sdks, err := filepath.Abs("../../../web/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := web.PackageVersion(sdks, "@auth0/auth0-spa-js"); err != nil {
		t.Skip(err)
	}
	if _, _, err := browser.Find(browser.Options{}); err != nil {
		t.Skip(err)
	}
	p := startProgram(t, dir, nil, "reproduce", "web-origin-missing", "--sdk", "spa-js-2", "--sdk-dir", sdks, "--headless",
		"--evidence", "evidence")
	p.waitFor(t, p.stdout, "The app's origin is not among")
	return p
}

// hearHangups has programs that the test starts hear SIGHUP, also where nohup started the test: what a process ignores, its
// children ignore; what it handles, they do not.
func hearHangups(t *testing.T) {
	t.Helper()
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGHUP)
	t.Cleanup(func() { signal.Stop(heard) })
}

// TestOneSignalEndsEveryCommand within two seconds, whatever it is doing, and the exit code says whether work was left.
func TestOneSignalEndsEveryCommand(t *testing.T) {
	hearHangups(t)
	for _, tc := range busyCommands() {
		for s, code := range map[syscall.Signal]int{
			syscall.SIGINT: exitInterrupted, syscall.SIGTERM: exitTerminated, syscall.SIGHUP: exitHangup,
		} {
			t.Run(tc.name+" "+s.String(), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				p := tc.begin(t, dir)
				want, says := code, "ended by "+signalName(s)+" before it was done"
				if tc.done {
					want, says = exitOK, ""
				}
				if got := p.ends(t, s); got != want {
					t.Errorf("exit code %d, want %d: %s", got, want, p.stderr)
				}
				if !strings.Contains(p.stderr.String(), says) {
					t.Errorf("stderr is %q, want %q in it", p.stderr, says)
				}
				if _, err := os.Lstat(filepath.Join(dir, "imported")); err == nil {
					t.Error("it wrote something after it was ended")
				}
			})
		}
	}
}

// TestSIGHUPIsIgnoredUnderNohup: a tenant that nohup started outlives its terminal.
func TestSIGHUPIsIgnoredUnderNohup(t *testing.T) {
	dir := t.TempDir()
	p := startProgram(t, dir, func(c *exec.Cmd) {
		c.Args = append([]string{"sh", "-c", `trap "" HUP; exec "$0" "$@"`, c.Path}, c.Args[1:]...)
		c.Path = "/bin/sh"
	}, "serve", "--listen", "127.0.0.1:0")
	p.waitFor(t, p.stderr, "Ctrl-C ends it")
	p.waitFor(t, p.stdout, "\n")
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	var said announcement
	if err := json.Unmarshal([]byte(p.stdout.String()), &said); err != nil {
		t.Fatal(err)
	}
	response, err := trusting(t, said.CAFile).Get(said.Issuer + ".well-known/jwks.json")
	if err != nil {
		t.Fatalf("after SIGHUP: %v", err)
	}
	response.Body.Close()
	if code := p.ends(t, syscall.SIGTERM); code != exitOK {
		t.Errorf("exit code %d: %s", code, p.stderr)
	}
}

// TestASignalEndsTheReadingOfADirectory that takes long, here because a value that its markers ask for does not come.
func TestASignalEndsTheReadingOfADirectory(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "tenant.yaml"), []byte("clients: ##CLIENTS##\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"validate", dir}, {"env", dir}, {"ca", "--tenant", dir}, {"serve", "--tenant", dir, "--listen", "127.0.0.1:0"},
		{"token", "--tenant", dir, "--client", "a", "--user", "b"}, {"open", "--tenant", dir},
	} {
		t.Run(args[0], func(t *testing.T) {
			asked, give, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
			env := Environment{GOOS: "linux", Lookup: func(name string) (string, bool) {
				if name != "CLIENTS" {
					return "", false
				}
				close(asked)
				<-give
				defer close(ended)
				return "[]", true
			}}
			ctx, cancel := context.WithCancelCause(t.Context())
			stderr := newTranscript()
			code := make(chan int, 1)
			go func() {
				code <- Run(ctx, append(args, "--data-dir", t.TempDir()), env, Stdio{nil, newTranscript(), stderr})
			}()
			select {
			case <-asked:
			case got := <-code:
				t.Fatalf("it ended with %d: %s", got, stderr)
			}
			began := clock.Wall()
			cancel(Signalled{syscall.SIGTERM})
			if got := <-code; got != exitTerminated {
				t.Errorf("exit code %d, want %d: %s", got, exitTerminated, stderr)
			}
			if took := clock.Wall().Sub(began); took > patience {
				t.Errorf("it took %s", took)
			}
			close(give)
			<-ended
		})
	}
}

// TestWhatDoesNotHearASignalIsLeftToItself: the process ends in time all the same.
func TestWhatDoesNotHearASignalIsLeftToItself(t *testing.T) {
	stuck, release, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	env := Environment{GOOS: "linux", Lookup: func(name string) (string, bool) {
		if name == "MOCKAUTH0_DATA_DIR" {
			close(stuck)
			<-release
			defer close(ended)
		}
		return "", false
	}}
	ctx, cancel := context.WithCancelCause(t.Context())
	code := make(chan int, 1)
	go func() { code <- Run(ctx, []string{"ca"}, env, Stdio{nil, newTranscript(), newTranscript()}) }()
	select {
	case <-stuck:
	case got := <-code:
		t.Fatalf("it ended with %d", got)
	}
	began := clock.Wall()
	cancel(Signalled{syscall.SIGHUP})
	if got := <-code; got != exitHangup {
		t.Errorf("exit code %d, want %d", got, exitHangup)
	}
	if took := clock.Wall().Sub(began); took > patience {
		t.Errorf("it took %s to end", took)
	}
	close(release)
	<-ended
}
