package cli

import (
	"bytes"
	"strings"
	"testing"
)

func TestHelpOfACommandSaysWhatItsExitCodesMean(t *testing.T) {
	for command, want := range map[string][]string{
		"explain":    {"3  nothing is known of the text", "5  stdout could not be written"},
		"scenarios":  {"3  no scenario fits"},
		"reproduce":  {"3  not reproduced"},
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
