package cli

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/web"
)

// patience is how long a script waits for a tenant to start, or to say something.
const patience = 10 * time.Second

// asProcess makes this test binary behave as the program, for tests that need another process.
const asProcess = "MOCKAUTH0_TEST_AS_PROCESS"

func TestMain(m *testing.M) {
	if os.Getenv(asProcess) != "" {
		limitFiles()
		process()
	}
	testscript.Main(leakChecked{m}, map[string]func(){"mockauth0-process": process})
}

// process is main, without a browser.
func process() {
	ctx, _ := WithSignals(WithLifeline(context.Background()))
	environment := Environment{
		Lookup: LookupProcess, Environ: EnvironProcess, Open: OpenProgram, GOOS: runtime.GOOS, UID: os.Getuid(), PID: os.Getpid(),
		Alive: ProcessAlive,
	}
	os.Exit(Run(ctx, os.Args[1:], environment, Stdio{os.Stdin, os.Stdout, os.Stderr}))
}

// leakChecked fails the run when a command left a goroutine behind.
type leakChecked struct{ m *testing.M }

func (l leakChecked) Run() int {
	code := l.m.Run()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return code
}

// TestScripts runs the files of testdata. Each is a story told in commands; what they may say is in commands().
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Cmds:                commands(),
		Condition: func(name string) (bool, error) {
			switch name {
			case "browser":
				_, _, err := browser.Find(browser.Options{})
				return err == nil, nil
			case "sdks":
				_, err := web.PackageVersion("../../../web/node_modules", "@auth0/auth0-react")
				return err == nil, nil
			case "servers":
				_, err := web.PackageVersion("../../../e2e/servers/node_modules", "express-oauth2-jwt-bearer")
				return err == nil, nil
			}
			return false, fmt.Errorf("there is no condition %s", name)
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("MOCKAUTH0_DATA_DIR", filepath.Join(env.WorkDir, "data"))
			env.Setenv("GOOS", "linux")
			for name, dir := range map[string]string{
				"HARS": "../har/testdata", "LOGS": "../tenantlog/testdata", "SDKS": "../../../web/node_modules",
				"SERVERS": "../../../e2e/servers/node_modules",
			} {
				path, err := filepath.Abs(dir)
				if err != nil {
					return err
				}
				env.Setenv(name, path)
			}
			env.Values[runningKey{}] = map[string]*running{}
			return nil
		},
	})
}

type runningKey struct{}

func commands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"mockauth0": cmdRun,   // [!] mockauth0 ARGS: run a command in-process; with ! the exit code must not be 0
		"exits":     cmdExits, // exits CODE ARGS: the same, with this exit code
		"start":     cmdStart, // start NAME ARGS: run in the background; sets $NAME_ISSUER, $NAME_LISTEN, $NAME_PORT, …
		// end NAME (stop is testscript's own word, which ends the script): as Ctrl-C; must exit 0; then stdout and stderr are
		// what it wrote
		"end":  cmdEnd,
		"says": cmdSays, // says NAME PATTERN: wait until its stderr matches
		// [!] get URL [JSON]: fetch with the CA of the data directory, by POST where there is something to send; with ! the status must
		// not be good
		"get":      cmdGet,
		"takeport": cmdOccupy,  // takeport NAME: listen on a free port until the script ends; sets $NAME
		"waitfor":  cmdWaitFor, // waitfor FILE: wait until it exists
		"claims":   cmdClaims,  // claims: print the payload of the JWT on stdout
	}
}

func environment(ts *testscript.TestScript) Environment {
	return Environment{
		Lookup:  func(name string) (string, bool) { v := ts.Getenv(name); return v, v != "" },
		Environ: func() []string { return []string{"PATH=" + ts.Getenv("PATH")} },
		Dir:     ts.MkAbs("."),
		GOOS:    ts.Getenv("GOOS"), UID: 0, PID: 4711, Alive: func(pid int) bool { return pid == 4711 },
		Open: func(_ context.Context, program string, args []string) error {
			said := program + "\n" + strings.Join(args, "\n") + "\n"
			for _, arg := range args {
				if profile, ok := strings.CutPrefix(arg, "--user-data-dir="); ok {
					preferences, _ := os.ReadFile(filepath.Join(profile, "Default", "Preferences"))
					said += "preferences: " + string(preferences) + "\n"
				}
			}
			return os.WriteFile(ts.MkAbs("opened"), []byte(said), 0o600)
		},
	}
}

// runToEnd runs a command that ends by itself; one that serves instead is ended, and its code is 0.
func runToEnd(ts *testscript.TestScript, args []string) int {
	ctx, cancel := context.WithTimeout(context.Background(), 6*patience) // it may play a scenario in a browser
	defer cancel()
	return Run(ctx, args, environment(ts), Stdio{strings.NewReader(""), ts.Stdout(), ts.Stderr()})
}

func cmdRun(ts *testscript.TestScript, neg bool, args []string) {
	code := runToEnd(ts, args)
	if neg == (code == 0) {
		ts.Fatalf("exit code %d", code)
	}
}

func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: exits CODE ARGS")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if code := runToEnd(ts, args[1:]); code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

// running is a command in the background.
type running struct {
	cancel      context.CancelFunc
	stdout, err *transcript
	ended       chan struct{} // closed when it has ended; then code is set
	code        int
}

func cmdStart(ts *testscript.TestScript, _ bool, args []string) {
	name := args[0]
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{cancel: cancel, stdout: newTranscript(), err: newTranscript(), ended: make(chan struct{})}
	ts.Value(runningKey{}).(map[string]*running)[name] = r
	env := environment(ts)
	vars := map[string]string{}
	for _, key := range []string{"MOCKAUTH0_DATA_DIR", "XDG_DATA_HOME", "HOME", "PATH", "GOOS"} {
		vars[key] = ts.Getenv(key) // a script may change them while the command runs
	}
	env.Lookup = func(key string) (string, bool) { v := vars[key]; return v, v != "" }
	go func() {
		defer close(r.ended)
		r.code = Run(ctx, args[1:], env, Stdio{strings.NewReader(""), r.stdout, r.err})
	}()
	ts.Defer(func() { r.cancel(); <-r.ended })
	if !r.stdout.wait(regexp.MustCompile(`\n`), r.ended) {
		ts.Fatalf("%s did not start (exit code %d):\n%s", name, r.code, r.err)
	}
	var said announcement
	ts.Check(json.Unmarshal([]byte(r.stdout.String()), &said))
	_, port, err := net.SplitHostPort(said.Listen)
	ts.Check(err)
	for key, value := range map[string]string{
		"ISSUER": said.Issuer, "LISTEN": said.Listen, "CONTROL": said.Control, "PORT": port, "DOMAIN": said.Domain,
	} {
		ts.Setenv(name+"_"+key, value)
	}
}

func cmdEnd(ts *testscript.TestScript, _ bool, args []string) {
	r := find(ts, args)
	r.cancel()
	<-r.ended
	io.WriteString(ts.Stdout(), r.stdout.String())
	io.WriteString(ts.Stderr(), r.err.String())
	if r.code != 0 {
		ts.Fatalf("exit code %d", r.code)
	}
}

func cmdSays(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: says NAME PATTERN")
	}
	pattern, err := regexp.Compile(args[1])
	ts.Check(err)
	if r := find(ts, args); !r.err.wait(pattern, r.ended) {
		ts.Fatalf("it never said %s, but:\n%s", pattern, r.err)
	}
}

func find(ts *testscript.TestScript, args []string) *running {
	r := ts.Value(runningKey{}).(map[string]*running)[args[0]]
	if r == nil {
		ts.Fatalf("%s was not started", args[0])
	}
	return r
}

func cmdGet(ts *testscript.TestScript, neg bool, args []string) {
	pool := x509.NewCertPool()
	if pem, err := os.ReadFile(filepath.Join(ts.Getenv("MOCKAUTH0_DATA_DIR"), "ca.pem")); err == nil {
		pool.AppendCertsFromPEM(pem)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	defer transport.CloseIdleConnections()
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client := http.Client{Transport: transport, Timeout: patience, CheckRedirect: stay}
	request, err := http.NewRequest(http.MethodGet, args[0], nil)
	if len(args) > 1 {
		request, err = http.NewRequest(http.MethodPost, args[0], strings.NewReader(args[1]))
	}
	ts.Check(err)
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	ts.Check(err)
	defer response.Body.Close()
	if location := response.Header.Get("Location"); location != "" {
		fmt.Fprintln(ts.Stdout(), "Location:", location)
	}
	_, err = io.Copy(ts.Stdout(), response.Body)
	ts.Check(err)
	if neg == (response.StatusCode/100 == 2) {
		ts.Fatalf("%s answered %s", args[0], response.Status)
	}
}

func cmdOccupy(ts *testscript.TestScript, _ bool, args []string) {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { socket.Close() })
	_, port, err := net.SplitHostPort(socket.Addr().String())
	ts.Check(err)
	ts.Setenv(args[0], port)
}

func cmdWaitFor(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	for deadline := clock.Wall().Add(patience); clock.Wall().Before(deadline); <-clock.WallAfter(5 * time.Millisecond) {
		if _, err := os.Stat(path); err == nil {
			return
		}
	}
	ts.Fatalf("%s never appeared", args[0])
}

func cmdClaims(ts *testscript.TestScript, _ bool, _ []string) {
	parts := strings.Split(strings.TrimSpace(ts.ReadFile("stdout")), ".")
	if len(parts) != 3 {
		ts.Fatalf("stdout is no JWT")
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	ts.Check(err)
	ts.Stdout().Write(append(payload, '\n'))
}

// announced is what a tenant said on stdout when it was ready.
func announced(t *testing.T, stdout *transcript) (said announcement) {
	t.Helper()
	if err := json.Unmarshal([]byte(stdout.String()), &said); err != nil {
		t.Fatal(err)
	}
	return said
}

// transcript collects what a command writes and lets a test wait for it.
type transcript struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{}
}

func newTranscript() *transcript { return &transcript{changed: make(chan struct{})} }

func (tr *transcript) Write(b []byte) (int, error) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	close(tr.changed)
	tr.changed = make(chan struct{})
	return tr.text.Write(b)
}

func (tr *transcript) String() string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.text.String()
}

// wait returns true when the text matches, false when the command has ended or patience is over.
func (tr *transcript) wait(pattern *regexp.Regexp, ended <-chan struct{}) bool {
	limit, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		tr.mu.Lock()
		matches, changed := pattern.Match(tr.text.Bytes()), tr.changed
		tr.mu.Unlock()
		if matches {
			return true
		}
		select {
		case <-changed:
		case <-ended:
			return pattern.MatchString(tr.String())
		case <-limit.Done():
			return false
		}
	}
}
