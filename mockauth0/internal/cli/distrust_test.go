package cli

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestBrowsersThatDoNotTrustTheCADoNotFillTheTerminal: a page opened in one makes a connection after another.
func TestBrowsersThatDoNotTrustTheCADoNotFillTheTerminal(t *testing.T) {
	modules := t.TempDir()
	for name, text := range map[string]string{"package.json": `{"version": "8.10.1"}`, "build/auth0.min.js": "/* stands in for the SDK */"} {
		path := filepath.Join(modules, "auth0-js", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	terminal, gone := newTranscript(), make(chan struct{})
	log.SetOutput(terminal) // where net/http writes when nobody says otherwise
	defer log.SetOutput(os.Stderr)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer close(gone)
		env := Environment{Lookup: func(string) (string, bool) { return "", false }, GOOS: "linux"}
		Run(ctx, []string{"run", "--data-dir", t.TempDir(), "--sdk-dir", modules, "--listen", "127.0.0.1:0", "--app", "127.0.0.1:0",
			"--silent", "127.0.0.1:0", "--app-http", "127.0.0.1:0", "--silent-http", "127.0.0.1:0"}, env, Stdio{nil, terminal, terminal})
	}()
	defer func() { cancel(); <-gone }()
	page := regexp.MustCompile(`tutorial +https://localhost:(\d+)/`)
	tenant := regexp.MustCompile(`"listen":"127.0.0.1:(\d+)"`)
	if !terminal.wait(page, gone) || !terminal.wait(tenant, gone) || !terminal.wait(regexp.MustCompile("Ctrl-C"), gone) {
		t.Fatalf("it did not start: %s", terminal)
	}
	before := terminal.String()
	for _, port := range []string{page.FindStringSubmatch(before)[1], tenant.FindStringSubmatch(before)[1]} {
		socket, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err != nil {
			t.Fatal(err)
		}
		if err := tls.Client(socket, &tls.Config{ServerName: "localhost", MinVersion: tls.VersionTLS12}).Handshake(); err == nil {
			t.Error("a browser that knows no CA trusts it")
		}
		_, _ = io.Copy(io.Discard, socket) // until the server has said what it has to say, and closes
		socket.Close()
	}
	if said := strings.TrimPrefix(terminal.String(), before); said != "" {
		t.Errorf("the terminal shows %q", said)
	}
}
