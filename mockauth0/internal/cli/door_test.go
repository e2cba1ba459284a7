package cli

import (
	"context"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestAFaultDoesNotLockOutItsOwnRemoval: with `connection: tls` nobody reaches the tenant by its name, and the address on which it
// listens stays a way to the control API, for people and for the commands that ask a running tenant.
func TestAFaultDoesNotLockOutItsOwnRemoval(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	env := Environment{Lookup: func(string) (string, bool) { return "", false }, GOOS: "linux"}
	ctx, cancel := context.WithCancel(t.Context())
	stdout, stderr, gone := newTranscript(), newTranscript(), make(chan struct{})
	go func() {
		defer close(gone)
		Run(ctx, []string{"serve", "--listen", "127.0.0.1:0", "--data-dir", data}, env, Stdio{strings.NewReader(""), stdout, stderr})
	}()
	defer func() { cancel(); <-gone }()
	if !stdout.wait(regexp.MustCompile(`\n`), gone) {
		t.Fatalf("it did not start: %s", stderr)
	}
	said := announced(t, stdout)
	client := trusting(t, said.CAFile)
	send := func(method, address, body string) error {
		t.Helper()
		r, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		res, err := client.Do(r)
		if err != nil {
			return err
		}
		if res.Body.Close(); res.StatusCode >= 300 {
			t.Errorf("%s %s: %s", method, address, res.Status)
		}
		return nil
	}
	if err := send("POST", said.Control+"/faults", `{"do": {"connection": "tls"}}`); err != nil {
		t.Fatal(err)
	}
	client.CloseIdleConnections()
	if send("GET", said.Control+"/faults", "") == nil {
		t.Fatal("the fault does nothing")
	}
	here := "https://" + said.Listen
	har, words := newTranscript(), newTranscript()
	if code := Run(ctx, []string{"har", "--url", here, "--data-dir", data}, env, Stdio{strings.NewReader(""), har, words}); code != 0 {
		t.Errorf("har at %s: exit code %d: %s", here, code, words)
	}
	if err := send("DELETE", here+"/__mock/v1/faults", `{}`); err != nil {
		t.Fatal(err)
	}
	if err := send("GET", said.Control+"/faults", ""); err != nil {
		t.Errorf("after the removal: %v", err)
	}
}
