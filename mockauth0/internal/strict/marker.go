package strict

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// replaceMarkers does what Auth0's deploy CLI does to a file before it is parsed: ##KEY## becomes the value as
// it is, @@KEY@@ (with quotes around it or not) becomes the value as JSON. A marker without a value is reported
// and stands for a harmless word, so that the rest of the file is still checked. Comment lines are left alone.
func (s *Source) replaceMarkers(env func(string) (string, bool), found *Findings) {
	pattern := regexp.MustCompile(`##([A-Za-z0-9_]+)##|(?:"@@([A-Za-z0-9_]+)@@"|'@@([A-Za-z0-9_]+)@@'|@@([A-Za-z0-9_]+)@@)`)
	matches := pattern.FindAllSubmatchIndex(s.written, -1)
	if matches == nil {
		return
	}
	var text bytes.Buffer
	end := 0
	position := &cursor{text: s.written, line: 1, column: 1}
	for _, m := range matches {
		if inComment(s.written, m[0]) {
			continue
		}
		key, asJSON := markerKey(s.written, m)
		value, ok := "", false
		if env != nil {
			value, ok = env(key)
		}
		if !ok {
			line, column := position.forward(m[0])
			found.Errors = append(found.Errors, Problem{File: s.File, Line: line, Column: column, Message: fmt.Sprintf(
				"the marker %s has no value; expected %s in the environment or in AUTH0_KEYWORD_REPLACE_MAPPINGS",
				strings.Trim(string(s.written[m[0]:m[1]]), `"'`), key)})
			s.unresolved[line] = true
			value = "unresolved-" + key
		}
		if asJSON {
			value = jsonValue(value)
		}
		text.Write(s.written[end:m[0]])
		s.edits = append(s.edits, edit{at: text.Len(), length: len(value), from: m[0], old: m[1] - m[0]})
		text.WriteString(value)
		end = m[1]
	}
	text.Write(s.written[end:])
	s.Text = text.Bytes()
}

func markerKey(text []byte, m []int) (key string, asJSON bool) {
	for group := 1; group <= 4; group++ {
		if from, to := m[2*group], m[2*group+1]; from >= 0 {
			return string(text[from:to]), group > 1
		}
	}
	return "", false
}

// jsonValue keeps a JSON list or object as it is; everything else becomes a JSON string.
func jsonValue(value string) string {
	trimmed := strings.TrimSpace(value)
	if (strings.HasPrefix(trimmed, "[") || strings.HasPrefix(trimmed, "{")) && json.Valid([]byte(trimmed)) {
		return trimmed
	}
	encoded, err := json.Marshal(value)
	if err != nil { // a string always has a JSON form
		return `""`
	}
	return string(encoded)
}

// inComment reports whether the marker at offset stands in a line that is a YAML comment. A line that begins with a
// ##marker## is not one.
func inComment(text []byte, offset int) bool {
	start := bytes.LastIndexByte(text[:offset], '\n') + 1
	before := bytes.TrimLeft(text[start:offset], " \t")
	return len(before) > 0 && before[0] == '#' && !regexp.MustCompile(`^##[A-Za-z0-9_]+##`).Match(before)
}
