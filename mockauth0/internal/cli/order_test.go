package cli

import (
	"context"
	"regexp"
	"strings"
	"testing"
)

// TestTheJSONLineComesBeforeTheTable: where both streams are one terminal, what a person reads stays last.
func TestTheJSONLineComesBeforeTheTable(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	terminal, gone := newTranscript(), make(chan struct{})
	go func() {
		defer close(gone)
		env := Environment{Lookup: func(string) (string, bool) { return "", false }, GOOS: "linux"}
		Run(ctx, []string{"serve", "--listen", "127.0.0.1:0", "--data-dir", t.TempDir()}, env, Stdio{nil, terminal, terminal})
	}()
	defer func() { cancel(); <-gone }()
	if !terminal.wait(regexp.MustCompile("Ctrl-C ends it"), gone) {
		t.Fatalf("it did not start: %s", terminal)
	}
	said := terminal.String()
	if line, table := strings.Index(said, `{"issuer"`), strings.Index(said, "mockauth0 serves"); line < 0 || line > table {
		t.Errorf("the JSON line is at %d, the table at %d:\n%s", line, table, said)
	}
}
