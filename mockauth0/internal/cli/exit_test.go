package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// exitsWith runs a command to its end, in an empty directory of its own with an empty home.
func exitsWith(ctx context.Context, t *testing.T, stdout io.Writer, args ...string) (code int, stderr string) {
	t.Helper()
	var said bytes.Buffer
	home := t.TempDir()
	env := Environment{GOOS: "linux", Lookup: only("HOME", home)}
	return Run(ctx, args, env, Stdio{strings.NewReader(""), stdout, &said}), said.String()
}

// only is an environment with one variable.
func only(name, value string) func(string) (string, bool) {
	return func(asked string) (string, bool) {
		if asked != name {
			return "", false
		}
		return value, true
	}
}

// everyCommand calls f with the words of each command that there is.
func everyCommand(f func(words []string)) {
	a := &app{}
	var walk func(*cobra.Command, []string)
	walk = func(cmd *cobra.Command, words []string) {
		f(words)
		for _, c := range cmd.Commands() {
			walk(c, append(words[:len(words):len(words)], c.Name()))
		}
	}
	walk(a.root(), nil)
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// TestEveryCommandUsesTheTableOfExitCodes for what each of them knows: help, wrong usage, and stdout on a full disk.
func TestEveryCommandUsesTheTableOfExitCodes(t *testing.T) {
	everyCommand(func(words []string) {
		t.Run(strings.Join(append([]string{"mockauth0"}, words...), " "), func(t *testing.T) {
			for _, tc := range []struct {
				flag   string
				stdout io.Writer
				want   int
			}{
				{"--help", io.Discard, exitOK},
				{"--no-such-flag", io.Discard, exitRefused},
				{"--help", fullDisk{}, exitNotWritten},
			} {
				code, stderr := exitsWith(t.Context(), t, tc.stdout, append(words[:len(words):len(words)], tc.flag)...)
				if words != nil && words[0] == execName && tc.want != exitOK {
					tc.want = exitExec
				}
				if code != tc.want {
					t.Errorf("%s: exit code %d, want %d: %s", tc.flag, code, tc.want, stderr)
				}
				if (code == exitOK) != (stderr == "") {
					t.Errorf("%s: stderr is %q", tc.flag, stderr)
				}
			}
		})
	})
}

// TestExitCodes of each command, for what it can meet.
func TestExitCodes(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	bad := filepath.Dir(write("bad/tenant.yaml", "clients: 5\n"))
	file := write("file", "")
	below := filepath.Join(file, "below")
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	taken := socket.Addr().String()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tc := range []struct {
		want int
		args []string
		full bool // stdout is on a full disk
		ctx  context.Context
	}{
		{want: exitOK, args: []string{"version"}},
		{want: exitOK, args: []string{"env"}},
		{want: exitOK, args: []string{"ca"}},
		{want: exitOK, args: []string{"scenarios"}},
		{want: exitOK, args: []string{"explain", "login_required"}},
		{want: exitOK, args: []string{"token", "--client", "Tutorial SPA", "--user", "ada@example.test"}},
		{want: exitFailed, args: []string{"watch", "--no-wait", "--url", "https://127.0.0.1:1"}},
		{want: exitFailed, args: []string{"har", "--url", "https://127.0.0.1:1"}},
		{want: exitFailed, args: []string{"retell", "--url", "https://127.0.0.1:1"}},
		{want: exitFailed, args: []string{"serve", "--listen", taken}},
		{want: exitFailed, args: []string{"run", "--listen", taken}},
		{want: exitRefused, args: []string{"nothing"}},
		{want: exitRefused, args: []string{"validate", bad}},
		{want: exitRefused, args: []string{"serve", "--tenant", bad}},
		{want: exitRefused, args: []string{"env", bad}},
		{want: exitRefused, args: []string{"ca", "--tenant", bad}},
		{want: exitRefused, args: []string{"token", "--tenant", bad, "--client", "a", "--user", "b"}},
		{want: exitRefused, args: []string{"open", "--tenant", bad}},
		{want: exitRefused, args: []string{"reproduce", "no-such-scenario"}},
		{want: exitRefused, args: []string{"import", "har", file}},
		{want: exitRefused, args: []string{"import", "logs", filepath.Join(dir, "missing")}},
		{want: exitNo, args: []string{"explain", "the cat sat on the mat"}},
		{want: exitNotWritten, args: []string{"serve", "--listen", "127.0.0.1:0", "--ready-file", below}},
		{want: exitNotWritten, args: []string{"version"}, full: true},
		{want: exitNotWritten, args: []string{"env"}, full: true},
		{want: exitNotWritten, args: []string{"ca"}, full: true},
		{want: exitNotWritten, args: []string{"scenarios"}, full: true},
		{want: exitNotWritten, args: []string{"scenarios", "--json"}, full: true},
		{want: exitNotWritten, args: []string{"explain", "login_required"}, full: true},
		{want: exitNotWritten, args: []string{"validate", "../../../fixtures/tenants/tutorial"}, full: true},
		{want: exitNotWritten, args: []string{"token", "--client", "Tutorial SPA", "--user", "ada@example.test"}, full: true},
		{want: exitNotWritten, args: []string{"serve", "--listen", "127.0.0.1:0"}, full: true},
		{want: exitExec, args: []string{"exec", "--tenant", bad, "--", "true"}},
		{want: exitExec, args: []string{"exec", "--listen", taken, "--", "true"}},
		{want: exitNotRunnable, args: []string{"exec", "--", file}},
		{want: exitNoCommand, args: []string{"exec", "--", filepath.Join(dir, "none")}},
		{want: exitInterrupted, args: []string{"env"}, ctx: ended},
		{want: exitInterrupted, args: []string{"exec", "--", "true"}, ctx: ended},
	} {
		t.Run(fmt.Sprint(tc.want, tc.args), func(t *testing.T) {
			ctx, stdout := t.Context(), io.Discard
			if tc.ctx != nil {
				ctx = tc.ctx
			}
			if tc.full {
				stdout = fullDisk{}
			}
			if code, stderr := exitsWith(ctx, t, stdout, tc.args...); code != tc.want {
				t.Errorf("exit code %d, want %d: %s", code, tc.want, stderr)
			}
		})
	}
}

// TestTheTableOfExitCodesIsToldTheSameEverywhere: in the help and in the document.
func TestTheTableOfExitCodesIsToldTheSameEverywhere(t *testing.T) {
	var help bytes.Buffer
	if code, _ := exitsWith(t.Context(), t, &help, "--help"); code != exitOK {
		t.Fatal(code)
	}
	document, err := os.ReadFile("../../cmd/mockauth0/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range exitCodes() {
		if line := fmt.Sprintf("%5d  %s\n", e.code, e.text); !strings.Contains(help.String(), line) {
			t.Errorf("the help has no line %q", line)
		}
		if row := fmt.Sprintf("| %d | %s |\n", e.code, e.text); !strings.Contains(string(document), row) {
			t.Errorf("the document has no row %q", row)
		}
	}
}

// TestNothingSteersATerminal: names in a tenant directory are somebody else's text.
func TestNothingSteersATerminal(t *testing.T) {
	// Control characters but the ends of lines and tabs, and the marks of direction that are in the input.
	steers := regexp.MustCompile("[\x00-\x08\x0B-\x1F\x7F-\u009F\u202E\u2066]")
	dir := t.TempDir()
	const name = `"Evil\u009b31m \u202eecivres\u2066 App\x1b[2J"`
	tenant := "clients:\n  - {name: " + name + ", client_id: app, app_type: spa, callbacks: [https://a.test/]}\n" +
		"databases: [{name: Users, strategy: auth0, enabled_clients: [" + name + "]}]\n" +
		"resourceServers: [{name: " + name + ", identifier: https://a.test/}]\n" + name + ": 1\n"
	users := `[{"email": "ada@example.test", "username": "a\u202eb", "password": "Analytical-Engine-1"}]`
	for file, text := range map[string]string{"tenant.yaml": tenant, "users.json": users} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{
		{"env", dir, "--format", "vite"}, {"env", dir, "--json"}, {"validate", "--strict", dir}, {"validate", dir},
		{"token", "--tenant", dir, "--client", "no\u009bbody", "--user", "a"}, {"explain", "a\u202eb\u009b"}, {"\u202enothing"},
		{"reproduce", "\u202enothing"}, {"har", "--url", "https://127.0.0.1:1/\u202e"},
	} {
		t.Run(strings.Join(args[:1], " "), func(t *testing.T) {
			var stdout bytes.Buffer
			_, stderr := exitsWith(t.Context(), t, &stdout, args...)
			for _, text := range []string{stdout.String(), stderr} {
				if steers.MatchString(text) {
					t.Errorf("this reaches the terminal: %q", text)
				}
			}
		})
	}
	t.Run("serve", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		stdout, stderr, gone := newTranscript(), newTranscript(), make(chan struct{})
		go func() {
			defer close(gone)
			env := Environment{Lookup: func(string) (string, bool) { return "", false }, GOOS: "linux"}
			Run(ctx, []string{"serve", "--tenant", dir, "--listen", "127.0.0.1:0", "--data-dir", t.TempDir()}, env, Stdio{nil, stdout, stderr})
		}()
		if !stderr.wait(regexp.MustCompile("Ctrl-C ends it"), gone) {
			t.Errorf("it did not start: %s", stderr)
		}
		cancel()
		<-gone
		if text := stderr.String(); !strings.Contains(text, "Evil\uFFFD31m") || steers.MatchString(text) {
			t.Errorf("this reaches the terminal: %q", text)
		}
	})
}
