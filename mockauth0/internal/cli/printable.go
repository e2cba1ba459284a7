package cli

import (
	"encoding/json"
	"strings"
	"unicode"
)

// printable takes out of a text what would steer a terminal. Much of what a tenant tells was sent by somebody else: a path, a
// response_type, what a page wrote to its console.
func printable(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && c != '\n' && c != '\t' {
			return unicode.ReplacementChar
		}
		return c
	}, text)
}

// printJSON prints a result for programs, as text that people can read too.
func (a *app) printJSON(v any) error {
	out := json.NewEncoder(a.stdio.Out)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(v)
}
