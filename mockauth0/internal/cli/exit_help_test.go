package cli

import (
	"bytes"
	"strings"
	"testing"

	"renewal.example/mockauth0/check"
)

func TestHelpOfACommandSaysWhatItsExitCodesMean(t *testing.T) {
	for command, want := range map[string][]string{
		"explain":    {"3  nothing is known of the text", "5  stdout could not be written"},
		"scenarios":  {"3  no scenario fits"},
		"reproduce":  {"0  reproduced", "3  not reproduced", "  2. Start your app, and its API."},
		"check":      {"0  nothing was found", "3  the app has a finding, or nobody could log in"},
		"import har": {"5  the tenant, the scenarios or stdout could not be written"},
		"ca issue":   {"5  the CA, the certificate, the key or stdout could not be written"},
		"watch":      {"0  ended by Ctrl-C, SIGTERM or SIGHUP"},
		"import":     {"`mockauth0 --help` lists the exit codes."},
	} {
		var help bytes.Buffer
		if code, _ := exitsWith(t.Context(), t, &help, append(strings.Fields(command), "--help")...); code != exitOK {
			t.Fatal(command, code)
		}
		for _, line := range want {
			if !strings.Contains(help.String(), line+"\n") {
				t.Errorf("the help of %s has no line %q:\n%s", command, line, &help)
			}
		}
	}
	known := map[int]bool{}
	for _, e := range exitCodes() {
		known[e.code] = true
	}
	root := (&app{}).root()
	for _, cmd := range commandsBelow(root) {
		for _, e := range ownExits(nameOfCommand(cmd)) {
			if !known[e.code] {
				t.Errorf("%s has the exit code %d, which the table of all lacks", cmd.CommandPath(), e.code)
			}
		}
	}
}

// TestHelpHasEachKeyOfAppYAML: with the flag that does the same.
func TestHelpHasEachKeyOfAppYAML(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"check", "reproduce"} {
		var help bytes.Buffer
		if code, _ := exitsWith(t.Context(), t, &help, command, "--help"); code != exitOK {
			t.Fatal(command, code)
		}
		proposed := check.App{URL: "http://localhost:5173"}.Text()
		for _, key := range []string{"url", "domain", "log_in", "log_out", "trigger", "signed_in", "allow"} {
			if !strings.Contains(proposed, key+": ") {
				t.Errorf("app.yaml has no %s", key)
			}
			flag := "(--" + strings.ReplaceAll(key, "_", "-") + ")"
			if !strings.Contains(help.String(), "\n  "+key+": ") || key != "url" && !strings.Contains(help.String(), flag) {
				t.Errorf("the help of %s lacks %s %s", command, key, flag)
			}
		}
	}
}
