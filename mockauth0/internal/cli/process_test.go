//go:build unix

package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"renewal.example/mockauth0/internal/clock"
)

const nobody = 65534

// startAsSomebody runs the program as a user whom file permissions stop. Root reads everything, so root's tests
// run it as nobody.
func startAsSomebody(t *testing.T, dir string, args ...string) (*exec.Cmd, *transcript, *bytes.Buffer) {
	t.Helper()
	program := filepath.Join(dir, "mockauth0")
	if _, err := os.Stat(program); err != nil {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(self)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(program, content, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	stdout, stderr := newTranscript(), &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr, cmd.Dir = stdout, stderr, dir
	cmd.Env = []string{asProcess + "=1", "HOME=" + filepath.Join(dir, "home")}
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, stdout, stderr
}

// openToAll is a directory that another user may enter; t.TempDir is not.
func openToAll(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "mockauth0-cli-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestSIGTERMDrainsAndExitsWith0 as another user too: what stands in the way in each home is a warning.
func TestSIGTERMDrainsAndExitsWith0(t *testing.T) {
	for _, tc := range []struct {
		name    string
		prepare func(t *testing.T, home string)
		warning string
	}{
		{"read-only home", func(t *testing.T, home string) { mkdir(t, home, 0o555) }, `warning: using a temporary CA.*permission denied`},
		{"CA that only another may read", func(t *testing.T, home string) {
			data := filepath.Join(home, ".local", "share", "mockauth0")
			mkdir(t, data, 0o755)
			if err := os.WriteFile(filepath.Join(data, "ca.pem"), []byte("secret"), 0o000); err != nil {
				t.Fatal(err)
			}
		}, `warning: using a temporary CA.*ca.*permission denied`},
		{"no home", func(*testing.T, string) {}, `warning: using a temporary CA`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := openToAll(t)
			tc.prepare(t, filepath.Join(dir, "home"))
			cmd, stdout, stderr := startAsSomebody(t, dir, "serve", "--listen", "127.0.0.1:0")
			ended := make(chan error, 1)
			gone := make(chan struct{})
			go func() { ended <- cmd.Wait(); close(gone) }()
			if !stdout.wait(regexp.MustCompile(`\n`), gone) {
				t.Fatalf("it did not start: %s", stderr)
			}
			var said announcement
			if err := json.Unmarshal([]byte(stdout.String()), &said); err != nil || said.PID != cmd.Process.Pid {
				t.Errorf("announced %+v (%v), want the process's id %d", said, err, cmd.Process.Pid)
			}
			if os.Getuid() == 0 && said.CAFile != "" {
				t.Errorf("ca_file is %s, want none", said.CAFile)
			}
			began := clock.Wall()
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			if err := <-ended; err != nil {
				t.Errorf("after SIGTERM: %v\n%s", err, stderr)
			}
			if took := clock.Wall().Sub(began); took > patience {
				t.Errorf("it took %s to end", took)
			}
			if tc.name == "no home" && os.Getuid() != 0 {
				return // this user may make the home
			}
			if !regexp.MustCompile(tc.warning).MatchString(strings.ReplaceAll(stderr.String(), "\n", " ")) {
				t.Errorf("stderr has no %q:\n%s", tc.warning, stderr)
			}
		})
	}
}

// TestUnreadableTenantFilesAreProblems of the directory, not failures of the program.
func TestUnreadableTenantFilesAreProblems(t *testing.T) {
	dir := openToAll(t)
	acme := filepath.Join(dir, "acme")
	mkdir(t, acme, 0o755)
	if err := os.WriteFile(filepath.Join(acme, "tenant.yaml"), []byte("clients: []\n"), 0o000); err != nil {
		t.Fatal(err)
	}
	cmd, _, stderr := startAsSomebody(t, dir, "validate", "acme")
	_ = cmd.Wait() // the exit code tells
	if code := cmd.ProcessState.ExitCode(); code != exitRefused {
		t.Errorf("exit code %d, want %d", code, exitRefused)
	}
	if want := "acme/tenant.yaml: cannot be read: permission denied"; !strings.Contains(stderr.String(), want) {
		t.Errorf("stderr is %q, want %q", stderr, want)
	}
}

// TestAnUnreadableSigningKeyIsNotTakenForAPort: both are "permission denied".
func TestAnUnreadableSigningKeyIsNotTakenForAPort(t *testing.T) {
	dir := openToAll(t)
	mkdir(t, filepath.Join(dir, "home"), 0o777)
	cmd, _, stderr := startAsSomebody(t, dir, "token", "--client", "Tutorial SPA", "--user", "ada@example.test")
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	found, err := filepath.Glob(filepath.Join(dir, "home", ".local", "share", "mockauth0", "signing-*-key.pem"))
	if err != nil || len(found) != 1 {
		t.Fatalf("signing keys: %q, %v", found, err)
	}
	if err := os.Chmod(found[0], 0); err != nil {
		t.Fatal(err)
	}
	cmd, _, stderr = startAsSomebody(t, dir, "serve", "--listen", "127.0.0.1:0")
	_ = cmd.Wait() // what it says tells
	if said := stderr.String(); !strings.Contains(said, "reading the token-signing key: ") || strings.Contains(said, "port") {
		t.Errorf("stderr is %q, want one that tells of the key", said)
	}
}

// TestAHangingRequestIsCutAfterTheDrainTime: a fault that hangs must not keep Ctrl-C waiting.
func TestAHangingRequestIsCutAfterTheDrainTime(t *testing.T) {
	dir := openToAll(t)
	ctx, cancel := context.WithCancel(t.Context())
	stdout, stderr := newTranscript(), newTranscript()
	gone := make(chan struct{})
	code := 0
	go func() {
		defer close(gone)
		env := Environment{Lookup: func(string) (string, bool) { return "", false }, GOOS: "linux"}
		code = Run(ctx, []string{"serve", "--listen", "127.0.0.1:0", "--data-dir", filepath.Join(dir, "data")}, env, Stdio{nil, stdout, stderr})
	}()
	defer func() { cancel(); <-gone }()
	if !stdout.wait(regexp.MustCompile(`\n`), gone) {
		t.Fatalf("it did not start: %s", stderr)
	}
	var said announcement
	if err := json.Unmarshal([]byte(stdout.String()), &said); err != nil {
		t.Fatal(err)
	}
	client := trusting(t, said.CAFile)
	response, err := client.Post(said.Control+"/faults", "application/json",
		strings.NewReader(`{"when":{"endpoint":"jwks"},"do":{"hang":true}}`))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode >= 300 {
		t.Fatalf("arming the fault: %s", response.Status)
	}
	cut := make(chan error, 1)
	go func() {
		response, err := client.Get(said.Issuer + ".well-known/jwks.json")
		if err == nil {
			response.Body.Close()
		}
		cut <- err
	}()
	waitForHold(t, client, said.Control)
	began := clock.Wall()
	cancel()
	<-gone
	if took := clock.Wall().Sub(began); took > patience {
		t.Errorf("it took %s to end", took)
	}
	if code != exitOK {
		t.Errorf("exit code %d, want 0: %s", code, stderr)
	}
	<-cut
}

func mkdir(t *testing.T, dir string, perm os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, perm); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(dir, 0o755) }) // so that it can be removed
}
