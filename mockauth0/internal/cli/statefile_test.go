//go:build unix

package cli

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// keptTenant is a process that serves a tenant with --state.
type keptTenant struct {
	*testing.T
	cmd    *exec.Cmd
	gone   chan struct{} // closed when the process has ended
	said   announcement
	stderr *bytes.Buffer
	client *http.Client
}

func serveKept(t *testing.T, dir string) *keptTenant {
	t.Helper()
	cmd, stdout, stderr := startAsSomebody(t, dir, "serve", "--listen", "127.0.0.1:0", "--state", "acme.state", "--state-every", "1ms")
	gone := make(chan struct{})
	go func() { _ = cmd.Wait(); close(gone) }() // it is killed
	k := &keptTenant{T: t, cmd: cmd, gone: gone, stderr: stderr, client: &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // loopback, a server of ours
	}}}
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-gone })
	if !stdout.wait(regexp.MustCompile(`\n`), gone) {
		t.Fatalf("it did not start: %s", stderr)
	}
	if err := json.Unmarshal([]byte(stdout.String()), &k.said); err != nil {
		t.Fatal(err)
	}
	return k
}

// ask gives false when there was no answer: the process was killed.
func (k *keptTenant) ask(method, path, body string, into any) bool {
	r, err := http.NewRequestWithContext(context.Background(), method, "https://"+k.said.Listen+"/__mock/v1"+path, strings.NewReader(body))
	if err != nil {
		k.Error(err)
		return false
	}
	r.Header.Set("Content-Type", "application/json")
	res, err := k.client.Do(r)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return false
	}
	if res.StatusCode != http.StatusOK {
		k.Errorf("%s %s: %s %s", method, path, res.Status, text)
		return false
	}
	if into != nil {
		if err := json.Unmarshal(text, into); err != nil {
			k.Error(err)
		}
	}
	return true
}

type shown struct {
	Offset int64 `json:"offset_ms"`
}

// TestAKilledServeLosesNothingThatItAcknowledged: it is killed while it writes, again and again, and each time the next one has what
// POST /snapshot/save answered last.
func TestAKilledServeLosesNothingThatItAcknowledged(t *testing.T) {
	t.Parallel()
	dir := openToAll(t)
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	acknowledged, kid := int64(0), ""
	for round := range 6 {
		k := serveKept(t, dir)
		var now shown
		var keys struct{ Keys []struct{ KID string } }
		if !k.ask("GET", "/clock", "", &now) || !k.ask("GET", "/keys", "", &keys) {
			t.Fatalf("round %d: no answer: %s", round, k.stderr)
		}
		if now.Offset < acknowledged || kid != "" && keys.Keys[0].KID != kid {
			t.Fatalf("round %d: the clock is %d ms ahead, and %d were acknowledged; the key is %s, was %s", round, now.Offset, acknowledged,
				keys.Keys[0].KID, kid)
		}
		kid = keys.Keys[0].KID
		acknowledged = k.moveUntilKilled(round, now.Offset)
	}
	left, err := filepath.Glob(filepath.Join(dir, ".acme.state.*.tmp"))
	if err != nil {
		t.Fatal(err)
	}
	serveKept(t, dir)
	if more, _ := filepath.Glob(filepath.Join(dir, ".acme.state.*.tmp")); len(more) > 1 { // it may be writing one
		t.Errorf("remains of killed processes: %v, before %v", more, left)
	}
	if stat, err := os.Stat(filepath.Join(dir, "acme.state")); err != nil || stat.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v %v", stat, err)
	}
}

// moveUntilKilled moves the clock on from several sides, and kills the process after some acknowledged saves. It gives what was
// acknowledged.
func (k *keptTenant) moveUntilKilled(round int, from int64) (acknowledged int64) {
	var others sync.WaitGroup
	for range 2 {
		others.Go(func() {
			for k.ask("POST", "/clock", `{"advance":"1s"}`, nil) {
			}
		})
	}
	acknowledged = from
	for range 2 + round {
		var now shown
		if !k.ask("GET", "/clock", "", &now) || !k.ask("POST", "/snapshot/save", "{}", nil) {
			k.Fatalf("no answer: %s", k.stderr)
		}
		acknowledged = now.Offset // or more
	}
	k.kill()
	others.Wait()
	return acknowledged
}

// kill ends the process as kill -9 does.
func (k *keptTenant) kill() {
	if err := k.cmd.Process.Kill(); err != nil {
		k.Error(err)
	}
	<-k.gone
}

// TestStateFilesThatCannotBeTaken: each is left as it is, with what to do.
func TestStateFilesThatCannotBeTaken(t *testing.T) {
	dir := openToAll(t)
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	k := serveKept(t, dir)
	path := filepath.Join(dir, "acme.state")
	second, _, stderr := startAsSomebody(t, dir, "serve", "--listen", "127.0.0.1:0", "--state", "acme.state")
	_ = second.Wait() // the exit code tells
	if second.ProcessState.ExitCode() != exitRefused || !strings.Contains(stderr.String(), "another mockauth0 keeps its state in acme.state") {
		t.Errorf("a file that is in use: %d %s", second.ProcessState.ExitCode(), stderr)
	}
	whole := ""
	for whole == "" {
		if text, err := os.ReadFile(path); err == nil && k.ask("POST", "/snapshot/save", "{}", nil) {
			whole = string(text)
		}
	}
	k.kill()
	for name, tc := range map[string]struct{ content, says string }{
		"cut":            {whole[:len(whole)/2], "the snapshot is damaged: unexpected end of JSON input; put a copy in its place"},
		"empty":          {"", "the snapshot is damaged"},
		"newer":          {strings.Replace(whole, `"version":1`, `"version":7`, 1), "version 7 of its format, and this program reads up to 1"},
		"another tenant": {strings.Replace(whole, `"name":"tutorial"`, `"name":"acme"`, 1), `of the tenant "acme", and this one is "tutorial"`},
		"another host":   {strings.Replace(whole, `"domain":"localhost`, `"domain":"login.acme.test`, 1), "at login.acme.test, and this one is at localhost"},
	} {
		if err := os.WriteFile(path, []byte(tc.content), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o666); err != nil {
			t.Fatal(err)
		}
		if os.Getuid() == 0 {
			if err := os.Chown(path, nobody, nobody); err != nil {
				t.Fatal(err)
			}
		}
		cmd, _, stderr := startAsSomebody(t, dir, "serve", "--listen", "127.0.0.1:0", "--state", "acme.state")
		_ = cmd.Wait() // the exit code tells
		told := strings.Join(strings.Fields(stderr.String()), " ")
		if code := cmd.ProcessState.ExitCode(); code != exitRefused || !strings.Contains(told, tc.says) ||
			!strings.Contains(told, "left as it is") {
			t.Errorf("%s: %d %s", name, code, told)
		}
		if now, err := os.ReadFile(path); err != nil || string(now) != tc.content {
			t.Errorf("%s: the file has changed: %v", name, err)
		}
	}
}
