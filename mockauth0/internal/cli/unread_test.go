//go:build unix

package cli

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/clock"
)

// loud is a tenant whose token endpoint logs an error for each password that it is sent: it has no default directory.
const loud = `
clients:
  - {name: App, client_id: app, app_type: regular_web, callbacks: [https://a.test/callback], cross_origin_authentication: true}
databases: [{name: Users, strategy: auth0, enabled_clients: [App]}]
`

// TestNobodyReadsStderr: thousands of renewals fail, each of which the tenant explains on stderr, and requests log errors. The
// other end of the pipe is a program that does not read.
func TestNobodyReadsStderr(t *testing.T) {
	dir := openToAll(t)
	write := func(name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	mkdir(t, filepath.Join(dir, "acme"), 0o755)
	write("acme/tenant.yaml", loud)
	unread, stderr, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer unread.Close()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "serve", "--tenant", "acme", "--listen", "127.0.0.1:0", "--data-dir", "data")
	stdout := newTranscript()
	cmd.Stdout, cmd.Stderr, cmd.Dir, cmd.Env = stdout, stderr, dir, []string{asProcess + "=1"}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stderr.Close()
	ended, gone := make(chan error, 1), make(chan struct{})
	go func() { ended <- cmd.Wait(); close(gone) }()
	if !stdout.wait(regexp.MustCompile(`\n`), gone) {
		t.Fatal("it did not start")
	}
	said := announced(t, stdout)
	client := trusting(t, said.CAFile)
	client.Timeout = patience // what waits for the reader waits for ever
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	ask := func(id string) (location string) {
		t.Helper()
		res, err := client.Get(said.Issuer +
			"authorize?response_type=code&prompt=none&redirect_uri=https://a.test/callback&client_id=" + id)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.Header.Get("Location")
	}
	logAnError := func() {
		t.Helper()
		res, err := client.Post(said.Issuer+"co/authenticate", "application/json", strings.NewReader(
			`{"client_id":"app","credential_type":"password","username":"ada","password":"x"}`))
		if err != nil {
			t.Fatal(err)
		}
		if res.Body.Close(); res.StatusCode != http.StatusInternalServerError {
			t.Fatalf("%s, want an error that is logged", res.Status)
		}
	}
	for n := range floodOf(5000, 1500) {
		ask("app")
		if n%10 == 0 {
			logAnError()
		}
	}
	for n := range 2 { // what is said of the first must not hold up the second
		name := fmt.Sprint("more-", n)
		write("acme/tenant.yaml", strings.ReplaceAll(loud, "client_id: app", "client_id: "+name))
		for deadline := clock.Wall().Add(patience); ask(name) == ""; <-clock.WallAfter(5 * time.Millisecond) {
			if clock.Wall().After(deadline) {
				t.Fatalf("change %d of the directory is not taken over", n+1)
			}
		}
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case err = <-ended:
	case <-clock.WallAfter(patience):
		t.Fatal("it does not end")
	}
	if err != nil {
		t.Errorf("it ended after SIGTERM: %v", err)
	}
	// It ended with the pipe full.
	if text, err := io.ReadAll(unread); err != nil || len(text) < 1<<12 {
		t.Errorf("%d bytes were there to read (%v): nothing was held up", len(text), err)
	}
}
