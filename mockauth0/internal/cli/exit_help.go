package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// ownExits are the exit codes of a command beside those that every command has (0, 1, 2, and those of signals), by its name: what they
// mean for it.
func ownExits(command string) []exitCode {
	unwritten := exitCode{exitNotWritten, "stdout could not be written"}
	switch command {
	case "serve", "run":
		return []exitCode{
			{exitOK, "ended by Ctrl-C, SIGTERM or SIGHUP"},
			{exitNotWritten, "the ready file, a settings file or stdout could not be written"},
		}
	case "watch", "open":
		return []exitCode{{exitOK, "ended by Ctrl-C, SIGTERM or SIGHUP"}, unwritten}
	case "ca", "env", "validate", "version":
		return []exitCode{unwritten}
	case "ca issue":
		return []exitCode{{exitNotWritten, "the CA, the certificate, the key or stdout could not be written"}}
	case "token":
		return []exitCode{{exitNotWritten, "the signing key cannot be kept, so no tenant would accept the token; or stdout could not be written"}}
	case "explain":
		return []exitCode{{exitNo, "nothing is known of the text"}, unwritten}
	case "scenarios":
		return []exitCode{{exitNo, "no scenario fits"}, unwritten}
	case "reproduce":
		return []exitCode{
			{exitOK, "reproduced"}, {exitFailed, "your app does not answer, nobody could log in, the tenant's port is taken, or there is no browser"},
			{exitRefused, "a flag or app.yaml is wrong, or the scenario needs what your app does not have"},
			{exitNo, "not reproduced"}, {exitNotApplicable, "your app cannot fail so"},
			{exitNotWritten, "the evidence or stdout could not be written"},
		}
	case "check":
		return []exitCode{
			{exitOK, "nothing was found"}, {exitFailed, "your app does not answer, the tenant's port is taken, or there is no browser"},
			{exitRefused, "a flag or app.yaml is wrong"},
			{exitNo, "the app has a finding, or nobody could log in"},
			{exitNotWritten, "a report, app.yaml or stdout could not be written"},
		}
	case "import har", "import logs":
		return []exitCode{{exitNotWritten, "the tenant, the scenarios or stdout could not be written"}}
	case "exec":
		return []exitCode{
			{exitExec, "exec itself failed; any other code is that of the command, 128 and more of one that a signal ended"},
			{exitNotRunnable, "the command cannot be run"}, {exitNoCommand, "there is no such command"},
		}
	case "retell":
		return []exitCode{{exitNo, "no renewal has failed, and nothing is armed"}, {exitNotWritten, "the file or stdout could not be written"}}
	case "har":
		return []exitCode{{exitNotWritten, "the file or stdout could not be written"}}
	case "init":
		return []exitCode{{exitNotWritten, "the directory could not be written"}}
	}
	return nil
}

// helpExits puts the exit codes of each command into its help.
func helpExits(root *cobra.Command) {
	plain := root.UsageTemplate()
	root.SetUsageTemplate(plain + "{{if .HasParent}}\n`mockauth0 --help` lists the exit codes.\n{{end}}")
	for _, cmd := range commandsBelow(root) {
		codes := ownExits(nameOfCommand(cmd))
		if len(codes) == 0 {
			continue
		}
		var b strings.Builder
		for _, e := range codes {
			fmt.Fprintf(&b, "  %3d  %s\n", e.code, e.text)
		}
		cmd.SetUsageTemplate(plain + "\nExit codes, beside those of every command (`mockauth0 --help`):\n" + b.String())
	}
}

func commandsBelow(cmd *cobra.Command) (all []*cobra.Command) {
	for _, c := range cmd.Commands() {
		all = append(append(all, c), commandsBelow(c)...)
	}
	return all
}

// nameOfCommand is how a command is written after the program's name: "import har".
func nameOfCommand(cmd *cobra.Command) string {
	return strings.TrimPrefix(strings.TrimPrefix(cmd.CommandPath(), cmd.Root().CommandPath()), " ")
}
