//go:build unix

package docs

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// run is one command of a document's examples, with what it shall print.
type run struct {
	text  string
	line  int
	shown string // of a console example: the output that the document shows; … stands for what is left out
}

// TestShellExamples types in what the documents say, each document from top to bottom in a shell of its own, in a copy of
// the repository. What cannot run here has a mark before it that says why; the log counts those.
func TestShellExamples(t *testing.T) {
	bin := buildCommand(t)
	left := 0
	for _, p := range pages(t) {
		for _, b := range p.blocks {
			if !slices.Contains([]string{"sh", "console", "go", "yaml", "json", "js", "ts", "html", "text"}, b.language) {
				t.Errorf("%s:%d: an example says what it is written in: sh, console, go, yaml, json, js, ts, html or text", p.path, b.line)
			}
			if why := notRun(b); shell(b) && why != "" {
				left++
				t.Logf("%s:%d is not run: %s", p.path, b.line, why)
			}
		}
		if slices.ContainsFunc(p.blocks, func(b block) bool { return shell(b) && notRun(b) == "" }) {
			t.Run(p.path, func(t *testing.T) { runPage(t, p, bin) })
		}
	}
	t.Logf("%d examples are not run", left)
}

func shell(b block) bool { return b.language == "sh" || b.language == "console" }

// notRun says why an example is not run here; "" when it is. Examples that start a browser run where MOCKAUTH0_REQUIRE_BROWSER
// asks for one, as `make docs` does; they need the SDKs too.
func notRun(b block) string {
	switch program := b.mark.needs; {
	case b.mark.notRun != "" || program == "":
		return b.mark.notRun
	case program == "a browser" && (os.Getenv("MOCKAUTH0_REQUIRE_BROWSER") == "" || !exists("web/node_modules/.with-those-of-the-specs")):
		return "it starts a browser: make docs runs it"
	case program != "a browser":
		if _, err := exec.LookPath(program); err != nil {
			return err.Error()
		}
	}
	return ""
}

// buildCommand builds mockauth0 into a directory for PATH.
func buildCommand(t *testing.T) string {
	t.Helper()
	bin := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(bin, "mockauth0"), "./mockauth0/cmd/mockauth0")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}

func runPage(t *testing.T, p page, bin string) {
	dir := checkout(t)
	s := startShell(t, dir, bin)
	for _, b := range p.blocks {
		switch {
		case b.mark.file != "":
			write(t, filepath.Join(dir, b.mark.file), b.text)
		case shell(b) && notRun(b) == "":
			for _, r := range commands(b) {
				if problem := s.do(t, r); problem != "" {
					t.Errorf("%s:%d: %s\n%s", p.path, r.line, r.text, problem)
				}
			}
		}
	}
}

// commands takes a block apart: a console block into the commands after its prompts with the output below each; any other
// is one script.
func commands(b block) []run {
	if b.language == "sh" {
		return []run{{text: b.text, line: b.line}}
	}
	var out []run
	more := false // the command goes on in the next line
	for i, line := range strings.Split(strings.TrimSuffix(b.text, "\n"), "\n") {
		typed, prompt := strings.CutPrefix(line, "$ ")
		switch {
		case more:
			out[len(out)-1].text += "\n" + line
			more = strings.HasSuffix(line, `\`)
		case prompt:
			out = append(out, run{text: typed, line: b.line + i})
			more = strings.HasSuffix(line, `\`)
		case len(out) > 0:
			out[len(out)-1].shown += line + "\n"
		}
	}
	return out
}

// checkout copies the repository, without what is built or installed.
func checkout(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "mockauth0")
	for _, file := range files(t) {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, text, info.Mode().Perm()); err != nil {
			t.Fatal(err)
		}
		// Old, so that make takes what is installed for newer than the lock files.
		if err := os.Chtimes(to, time.Unix(0, 0), time.Unix(0, 0)); err != nil {
			t.Fatal(err)
		}
	}
	modules, err := filepath.Abs(filepath.Join(root, "web/node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(modules, filepath.Join(dir, "web/node_modules")); err != nil && !os.IsExist(err) {
		t.Fatal(err)
	}
	return dir
}

// waitForPort waits until nobody listens where the tutorial's tenant does: another run of these tests may.
func waitForPort(t *testing.T) {
	t.Helper()
	const address = "127.0.0.1:4443"
	for range 120 {
		l, err := net.Listen("tcp", address)
		if err == nil {
			_ = l.Close()
			return
		}
		time.Sleep(time.Second) // the port is another process's: nothing here hears when it is free
	}
	t.Fatalf("something listens at %s, where the examples serve a tenant: stop it", address)
}

// session is a person at a shell, with another terminal for what stays in the foreground.
type session struct {
	dir   string
	env   []string
	in    *os.File
	codes *bufio.Scanner // the exit code of each command
	n     int
	other func() // ends what runs in the other terminal
}

func startShell(t *testing.T, dir, bin string) *session {
	t.Helper()
	s := &session{dir: dir, other: func() {}}
	s.env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"),
		"MOCKAUTH0_DATA_DIR="+filepath.Join(t.TempDir(), "data"))
	stdin, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	codes, codesOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	end, err := s.start(exec.Command("sh"), func(sh *exec.Cmd) { sh.Stdin, sh.ExtraFiles = stdin, []*os.File{codesOut} })
	if err != nil {
		t.Fatal(err)
	}
	_, _ = stdin.Close(), codesOut.Close()
	s.in, s.codes = in, bufio.NewScanner(codes)
	t.Cleanup(func() {
		_ = in.Close()
		s.other()
		end()
		_ = codes.Close()
	})
	return s
}

// start starts a program; end ends it with all that it has left in the background. After four minutes it ends anyway.
func (s *session) start(c *exec.Cmd, prepare func(*exec.Cmd)) (end func(), err error) {
	c.Dir, c.Env, c.SysProcAttr = s.dir, s.env, &syscall.SysProcAttr{Setpgid: true}
	prepare(c)
	if err := c.Start(); err != nil {
		return nil, err
	}
	signal := func(how syscall.Signal) func() { return func() { _ = syscall.Kill(-c.Process.Pid, how) } }
	limit := time.AfterFunc(4*time.Minute, signal(syscall.SIGKILL))
	return func() {
		signal(syscall.SIGTERM)()
		late := time.AfterFunc(5*time.Second, signal(syscall.SIGKILL))
		_ = c.Wait()
		late.Stop()
		limit.Stop()
	}, nil
}

var (
	// foreground is a command that stays until Ctrl-C.
	foreground = regexp.MustCompile(`^(make run|mockauth0 (serve|run|watch))\b[^&]*$`)
	background = regexp.MustCompile(`\bmockauth0 serve\b.*&\s*(#.*)?$`)
	// ready is in what a server prints when it is ready.
	ready = regexp.MustCompile(`"issuer"|Ctrl-C ends it`)
)

// do types a command and says what is wrong with what came of it.
func (s *session) do(t *testing.T, r run) string {
	t.Helper()
	s.n++
	output := filepath.Join(t.TempDir(), fmt.Sprintf("output-%d", s.n))
	code, text := "0", strings.TrimSpace(r.text)
	waits := background.MatchString(text)
	if foreground.MatchString(text) {
		waits = true
		if why := s.inOtherTerminal(t, text, output); why != nil {
			return why.Error()
		}
	} else {
		fmt.Fprintf(s.in, "{\n%s\n} >'%s' 2>&1 </dev/null\necho $? >&3\n", r.text, output)
		if !s.codes.Scan() {
			return "the shell ended: " + readFile(output)
		}
		code = s.codes.Text()
	}
	for range 600 { // what a server prints after it is ready comes a moment later
		if got := readFile(output); !waits || ready.MatchString(got) && (r.shown == "" || matches(got, r.shown)) {
			break
		}
		time.Sleep(50 * time.Millisecond) // the output is a file that another process writes
	}
	got := readFile(output)
	if r.shown != "" && !matches(got, r.shown) {
		return fmt.Sprintf("prints\n%s\nand the document shows\n%s", got, r.shown)
	}
	if code != "0" && r.shown == "" {
		return "exit code " + code + "\n" + got
	}
	return ""
}

// inOtherTerminal ends what runs there, and starts a command.
func (s *session) inOtherTerminal(t *testing.T, text, output string) error {
	t.Helper()
	s.other()
	s.other = func() {}
	waitForPort(t)
	file, err := os.Create(output)
	if err != nil {
		return err
	}
	defer file.Close()
	end, err := s.start(exec.Command("sh", "-c", text), func(c *exec.Cmd) { c.Stdout, c.Stderr = file, file })
	if err != nil {
		return err
	}
	s.other = end
	return nil
}

func readFile(path string) string {
	text, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return err.Error()
	}
	return string(text)
}

// matches compares output with what a document shows of it: a line … stands for any lines, and … within a line for
// any text. Spaces at the ends of lines do not count.
func matches(got, shown string) bool {
	var b strings.Builder
	b.WriteString(`(?s)^`)
	for line := range strings.Lines(shown) {
		line = strings.TrimRight(line, " \n")
		if line == "…" {
			b.WriteString(`.*`)
			continue
		}
		parts := strings.Split(line, "…")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		b.WriteString(strings.Join(parts, `[^\n]*`) + `[ \t]*\n`)
	}
	b.WriteString(`$`)
	if got != "" && !strings.HasSuffix(got, "\n") {
		got += "\n"
	}
	return regexp.MustCompile(b.String()).MatchString(got)
}

func TestShellBites(t *testing.T) {
	got := commands(block{language: "console", line: 7, text: "$ one \\\n    two\nout\n…\n$ three\n"})
	want := []run{{"one \\\n    two", 7, "out\n…\n"}, {"three", 11, ""}}
	if !slices.Equal(got, want) {
		t.Errorf("commands %+v", got)
	}
	for _, tc := range []struct {
		got, shown string
		ok         bool
	}{
		{"a\nb\n", "a\nb\n", true}, {"a\nb\n", "a\n", false}, {"a\nb\nc\n", "a\n…\n", true}, {"a\nb\nc\n", "…\nc\n", true},
		{"a 17 b", "a … b\n", true}, {"a\n1\n b", "a … b\n", false}, {"a.c\n", "abc\n", false},
	} {
		if matches(tc.got, tc.shown) != tc.ok {
			t.Errorf("%q against %q: %t", tc.got, tc.shown, !tc.ok)
		}
	}
	s := startShell(t, t.TempDir(), t.TempDir())
	for text, ok := range map[string]bool{"true": true, "false": false, "export X=1\ntest $X = 1": true} {
		if problem := s.do(t, run{text: text}); (problem == "") != ok {
			t.Errorf("%s: %q", text, problem)
		}
	}
	if problem := s.do(t, run{text: "exec true"}); problem == "" {
		t.Error("a shell that ends is no problem")
	}
}
