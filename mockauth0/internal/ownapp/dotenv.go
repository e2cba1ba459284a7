package ownapp

import (
	"bytes"
	"strings"
)

// Setting is one line of a .env file: its name, its value, and how the two are written.
type Setting struct{ Name, Value, Line string }

// Conflict is a setting that a .env file has with another value.
type Conflict struct {
	Line int    // from 1
	Name string // of the setting
}

// AddSettings gives the text of a .env file with the settings that it has not yet, below a comment, in the file's own form. Where it has
// one with another value, nothing is added, and conflicts has each of these. added is how many are new.
func AddSettings(text []byte, comment string, settings []Setting) (out []byte, added int, conflicts []Conflict) {
	has := map[string]assignment{}
	for _, a := range assignments(text) {
		has[a.name] = a // of several, readers take the last
	}
	end := lineEnd(text)
	var more strings.Builder
	for _, s := range settings {
		switch there, ok := has[s.Name]; {
		case !ok:
			more.WriteString(s.Line + end)
			added++
		case there.value != s.Value:
			conflicts = append(conflicts, Conflict{Line: there.line, Name: s.Name})
		}
	}
	if added == 0 || len(conflicts) > 0 {
		return text, 0, conflicts
	}
	out = bytes.Clone(text)
	if len(out) > 0 && !bytes.HasSuffix(out, []byte("\n")) {
		out = append(out, end...)
	}
	if len(bytes.TrimSpace(out)) > 0 {
		out = append(out, end...)
	}
	out = append(out, "# "+comment+end...)
	return append(out, more.String()...), added, nil
}

// Values are what a .env file sets.
func Values(text []byte) map[string]string {
	values := map[string]string{}
	for _, a := range assignments(text) {
		values[a.name] = a.value
	}
	return values
}

// lineEnd is how the lines of a file end: as its first one does.
func lineEnd(text []byte) string {
	if i := bytes.IndexByte(text, '\n'); i > 0 && text[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// assignment is NAME=value in a .env file.
type assignment struct {
	line        int
	name, value string
}

// assignments reads a .env file as dotenv of npm does: an optional export, quotes of three kinds, which may hold line ends, and
// comments.
func assignments(text []byte) (found []assignment) {
	lines := strings.Split(strings.ReplaceAll(strings.TrimPrefix(string(text), "\ufeff"), "\r\n", "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		name, value, ok := strings.Cut(lines[i], "=")
		if !ok {
			if name, value, ok = strings.Cut(lines[i], ": "); !ok {
				continue
			}
		}
		name = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(name), "export "))
		if !variableName(name) {
			continue
		}
		a := assignment{line: i + 1, name: name}
		value = strings.TrimSpace(value)
		if value != "" && strings.ContainsRune("'\"`", rune(value[0])) {
			for !closed(value) && i+1 < len(lines) {
				i++
				value += "\n" + lines[i]
			}
		}
		a.value = unquoted(value)
		found = append(found, a)
	}
	return found
}

func variableName(s string) bool {
	return s != "" && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-") == ""
}

// closing is where the quote ends that a value begins with; -1: nowhere.
func closing(value string) int {
	for i := 1; i < len(value); i++ {
		switch value[i] {
		case '\\':
			i++
		case value[0]:
			return i
		}
	}
	return -1
}

func closed(value string) bool { return closing(value) > 0 }

// unquoted is the value that a program gets.
func unquoted(value string) string {
	if value == "" || !strings.ContainsRune("'\"`", rune(value[0])) || !closed(value) {
		value, _, _ = strings.Cut(value, "#")
		return strings.TrimSpace(value)
	}
	quote, inner := value[0], value[1:closing(value)]
	if quote == '"' {
		inner = strings.NewReplacer(`\n`, "\n", `\r`, "\r", `\"`, `"`, `\$`, "$", "\\`", "`", `\\`, `\`).Replace(inner)
	}
	return inner
}
