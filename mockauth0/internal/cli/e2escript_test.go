//go:build unix

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// fakeRunner stands in for ginkgo: it writes down how it was called, and finds no spec for "nothing".
const fakeRunner = `#!/bin/sh
echo "$*" >>calls
case "$*" in
*--focus=nothing*) echo "Will run 0 of 9 specs"; echo "FAIL! - Detected no specs ran"; exit 1 ;;
*) echo "Will run 3 of 9 specs"; echo report >.e2e/junit.xml ;;
esac
`

// TestTheBrowserSuiteScript is about .ci/e2e, which people know as make e2e.
func TestTheBrowserSuiteScript(t *testing.T) {
	for _, tc := range []struct {
		name, focus, repeat, all string
		fails                    bool
		says                     string
		calls                    []string // the part that matters of each call of the runner
	}{
		{"most", "", "", "", false, "Will run 3 of 9 specs\n", []string{"--no-color --label-filter=!again && !slow --procs=2 ./e2e"}},
		{"all", "", "", "1", false, "Will run 3 of 9 specs\n", []string{"--fail-on-empty --no-color --procs=2 ./e2e"}},
		{"focused, and often", "login", "5", "", false, "Will run 3 of 9 specs\n", []string{"--dry-run",
			"--focus=login --repeat=4 --timeout=24h ./e2e"}},
		{"nothing of that name", "nothing", "5", "", true, "e2e: no spec matches FOCUS=\"nothing\"\n", []string{"--dry-run"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(filepath.Join(dir, ".ci"), os.DirFS("../../../.ci")); err != nil {
				t.Fatal(err)
			}
			write := func(name, content string) {
				t.Helper()
				path := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			write("runner", fakeRunner)
			write(".ci/race", "#!/bin/sh\n") // no detector here
			write(".e2e/an earlier run/index.html", "failed")
			cmd := exec.CommandContext(t.Context(), ".ci/e2e")
			cmd.Dir = dir
			cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "GINKGO=./runner", "FOCUS=" + tc.focus, "REPEAT=" + tc.repeat, "ALL=" + tc.all}
			said, err := cmd.CombinedOutput()
			want := "building the browser suite; the first time that takes minutes\n" + tc.says
			if tc.focus == "" && tc.all == "" {
				want = "without the specs labelled slow, and those labelled again, which another SDK's spec nearly repeats; ALL=1 has them\n" + want
			}
			if (err != nil) != tc.fails || string(said) != want {
				t.Errorf("it ended with %v and said %q, want %q", err, said, want)
			}
			calls, err := os.ReadFile(filepath.Join(dir, "calls"))
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSpace(string(calls)), "\n")
			if len(lines) != len(tc.calls) {
				t.Fatalf("the runner was called as %q, want %q", lines, tc.calls)
			}
			for i, want := range tc.calls {
				if got := strings.Join(strings.Fields(lines[i]), " "); !strings.Contains(strings.ReplaceAll(got, "--procs=2 ", ""),
					strings.ReplaceAll(want, "--procs=2 ", "")) {
					t.Errorf("call %d is %q, want %q", i, got, want)
				}
				if strings.Contains(lines[i], "--dry-run") && strings.Contains(lines[i], "--repeat") {
					t.Errorf("the dry run is repeated: %q", lines[i])
				}
			}
			if _, err := os.Stat(filepath.Join(dir, ".e2e", "an earlier run")); !os.IsNotExist(err) {
				t.Errorf("evidence of an earlier run is still there (%v)", err)
			}
			if _, err := os.Stat(filepath.Join(dir, ".e2e", "junit.xml")); (err != nil) != tc.fails {
				t.Errorf("junit.xml: %v", err)
			}
		})
	}
}

// TestTheBrowserSuiteScriptChecksAnAppOfOnesOwn in place of the suite, and says what replaced the settings of the contract specs.
func TestTheBrowserSuiteScriptChecksAnAppOfOnesOwn(t *testing.T) {
	script, err := filepath.Abs("../../../.ci/e2e")
	if err != nil {
		t.Fatal(err)
	}
	const files = " --junit .e2e/junit.xml --html .e2e/index.html\n"
	for _, tc := range []struct {
		name string
		env  []string
		says string
		code int
	}{
		{"a file", []string{"APP=app.yaml"}, "check --app app.yaml" + files, 3},
		{"an address", []string{"APP_URL=http://localhost:8080/"}, "check --app http://localhost:8080/" + files, 3},
		{"old settings", []string{"APP_URL=http://localhost:8080/", "TENANT_DOMAIN=acme.eu.auth0.com", "LOGIN_BUTTON=enter"},
			"e2e: TENANT_DOMAIN is not read any more: write domain into app.yaml (mockauth0/CHECK.md)\n" +
				"e2e: LOGIN_BUTTON is not read any more: write log_in into app.yaml, as /enter/ (mockauth0/CHECK.md)\n" +
				"check --app http://localhost:8080/" + files, 3},
		{"the old label", []string{"LABELS=contract"}, "e2e: the check took the place of the contract specs: make e2e APP=app.yaml, " +
			"or APP_URL=http://localhost:8080/ (mockauth0/CHECK.md)\n", 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			fake := filepath.Join(dir, "mockauth0")
			if err := os.WriteFile(fake, []byte("#!/bin/sh\necho \"$*\"\nexit 3\n"), 0o700); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), script)
			cmd.Dir = dir
			cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "MOCKAUTH0=" + fake}, tc.env...)
			said, _ := cmd.CombinedOutput() // the code tells
			if code := cmd.ProcessState.ExitCode(); string(said) != tc.says || code != tc.code {
				t.Errorf("it ended with %d and said %q, want %d and %q", code, said, tc.code, tc.says)
			}
		})
	}
}

// TestWholeRunsEndWithTheFirstThatFails is about .ci/e2e-whole, which people know as make e2e-whole.
func TestWholeRunsEndWithTheFirstThatFails(t *testing.T) {
	script, err := filepath.Abs("../../../.ci/e2e-whole")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		repeat, failing string // which run fails; "" none
		fails           bool
		runs            int
		says            string
	}{
		{"3", "", false, 3, "e2e-whole: 3 of 3 runs passed"},
		{"", "", false, 5, "e2e-whole: 5 of 5 runs passed"},
		{"3", "2", true, 2, "e2e-whole: run 2 of 3 failed"},
	} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, ".ci"), 0o755); err != nil {
			t.Fatal(err)
		}
		suite := "#!/bin/sh\necho \"${REPEAT:-once}\" >>runs\n[ \"$(wc -l <runs)\" -ne \"${FAILING:-0}\" ]\n"
		if err := os.WriteFile(filepath.Join(dir, ".ci", "e2e"), []byte(suite), 0o755); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), script)
		cmd.Dir = dir
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "REPEAT=" + tc.repeat, "FAILING=" + tc.failing}
		said, err := cmd.CombinedOutput()
		runs, _ := os.ReadFile(filepath.Join(dir, "runs"))
		if (err != nil) != tc.fails || !strings.Contains(string(said), tc.says) || string(runs) != strings.Repeat("once\n", tc.runs) {
			t.Errorf("REPEAT=%s, run %q fails: %v after %q, said %q", tc.repeat, tc.failing, err, runs, said)
		}
	}
}
