package cli

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
)

// byNpx is what the npm package starts this program as: the path of the program is nothing that a person would type there.
const byNpx = "npx mockauth0"

// program is how a person starts this program again.
func (e Environment) program() string {
	if e.Program == byNpx {
		return byNpx
	}
	return shellWord(cmp.Or(e.Program, "mockauth0"))
}

// again is a command line that a person can paste: the program with these words and this run's data directory.
func (a *app) again(words string) string {
	line := a.env.program() + " " + words
	if a.dataDir != "" {
		line += " --data-dir " + shellWord(a.dataDir)
	}
	return line
}

// pasteable names the program as this person starts it in command lines of a text, which say mockauth0.
func (a *app) pasteable(text string) string {
	program := a.env.program()
	if program == "mockauth0" || !strings.Contains(text, "mockauth0 ") {
		return text
	}
	return a.lines().ReplaceAllStringFunc(text, func(found string) string {
		if strings.Contains(found, byNpx) { // by again
			return found
		}
		return strings.Replace(found, "mockauth0", program, 1)
	})
}

// commandLines finds the beginnings of command lines: the program's name and a command. "mockauth0 serves a tenant" is none.
func commandLines(root *cobra.Command) *regexp.Regexp {
	words := []string{"--help", "help", "completion"}
	for _, cmd := range root.Commands() {
		words = append(words, cmd.Name())
	}
	return regexp.MustCompile(`(?m)(^|[\s"'` + "`" + `(])(?:npx )?mockauth0 (` + strings.Join(words, "|") + `)($|[\s"'` + "`" + `).,;:])`)
}

// helpBy has the help name the program as the npm package starts it. A path would only make it hard to read.
func (a *app) helpBy(root *cobra.Command) {
	if a.env.program() != byNpx {
		return
	}
	root.Annotations = map[string]string{cobra.CommandDisplayNameAnnotation: byNpx}
	for _, cmd := range append(commandsBelow(root), root) {
		cmd.Long, cmd.Example = a.pasteable(cmd.Long), a.pasteable(cmd.Example)
		cmd.SetUsageTemplate(a.pasteable(cmd.UsageTemplate()))
	}
}
