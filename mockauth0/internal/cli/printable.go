package cli

import (
	"strings"

	"renewal.example/mockauth0/internal/terminal"
)

// printable takes out of a text what would steer a terminal, for those who cut it to a length or put it in quotes. Everything that is
// written goes through it anyway.
func printable(text string) string { return terminal.Text(text) }

// folded is a text on one line.
func folded(text string) string { return strings.Join(strings.Fields(text), " ") }

// oneLine is a printable text on one line, such as a name in a comment, which it must not end.
func oneLine(text string) string { return folded(printable(text)) }

// cut is the beginning of a line, which says that there is more of it.
func cut(line string, most int) string {
	characters := []rune(line)
	if len(characters) <= most {
		return line
	}
	return string(characters[:most]) + "…"
}
