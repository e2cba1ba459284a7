package tenant

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
)

// parseJSON gives nil for a text that cannot be read, which is reported.
func parseJSON(s *source, found *findings) *node {
	if len(bytes.TrimSpace(s.text)) == 0 {
		found.refuse(s.at(1, 1), "the file is empty; expected a JSON list, for example []")
		return nil
	}
	var syntax *json.SyntaxError
	if err := json.Unmarshal(s.text, new(json.RawMessage)); errors.As(err, &syntax) {
		offset, why := max(0, int(syntax.Offset)-1), syntax.Error()
		if strings.Contains(why, "unexpected end") {
			offset, why = len(s.text), "the file ends too early"+expectedRest(s.text)
		}
		line, column := positionOf(s.text, offset)
		found.refuse(s.at(line, column), "this is not valid JSON: %s", why)
		return nil
	} else if err != nil {
		found.refuse(s.at(1, 1), "this is not valid JSON: %v", err)
		return nil
	}
	r := jsonReader{source: s, found: found, decoder: json.NewDecoder(bytes.NewReader(s.text)),
		cursor: cursor{text: s.text, line: 1, column: 1}}
	r.decoder.UseNumber()
	return r.value(0)
}

// expectedRest tells what a text that was cut short lacks: what closes all that is open, which is never nothing.
func expectedRest(text []byte) string {
	var closing []byte
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++ // the next one is escaped
		case quoted:
		case c == '[' || c == '{':
			closing = append(closing, c+2) // ] and } come two after [ and { in ASCII
		case (c == ']' || c == '}') && len(closing) > 0:
			closing = closing[:len(closing)-1]
		}
	}
	if quoted {
		closing = append(closing, '"')
	}
	slices.Reverse(closing)
	return "; expected the rest, which ends with " + string(closing)
}

// jsonReader walks the tokens of a text that is known to be valid and notes where each value begins, which
// encoding/json alone does not tell.
type jsonReader struct {
	source  *source
	found   *findings
	decoder *json.Decoder
	cursor  cursor
	deep    bool
}

// next gives the next token and its position: the decoder stands at the end of the previous one, and between two
// tokens there is only white space, a comma or a colon.
func (r *jsonReader) next() (token json.Token, line, column int) {
	offset := int(r.decoder.InputOffset())
	for offset < len(r.source.text) && strings.IndexByte(" \t\r\n,:", r.source.text[offset]) >= 0 {
		offset++
	}
	line, column = r.cursor.forward(offset)
	token, err := r.decoder.Token()
	if err != nil { // the whole text was validated before
		return nil, line, column
	}
	return token, line, column
}

func (r *jsonReader) value(depth int) *node {
	token, line, column := r.next()
	return r.build(token, line, column, depth)
}

func (r *jsonReader) build(token json.Token, line, column, depth int) *node {
	n := &node{line: line, column: column}
	if depth == maxDepth && !r.deep {
		r.deep = true
		r.found.refuse(r.source.at(line, column), "the document is nested too deeply; expected a plain document")
	}
	switch value := token.(type) {
	case string:
		n.kind, n.text = kindString, value
	case json.Number:
		n.kind, n.text = kindNumber, value.String()
		if !strings.ContainsAny(n.text, ".eE") {
			n.kind = kindInteger
		}
	case bool:
		n.kind, n.text = kindBool, "false"
		if value {
			n.text = "true"
		}
	case json.Delim:
		if value == '[' {
			n.kind = kindList
			for r.decoder.More() {
				n.items = append(n.items, r.value(depth+1))
			}
		} else {
			n.kind = kindObject
			r.members(n, depth)
		}
		r.next() // the closing bracket
	}
	return n
}

func (r *jsonReader) members(n *node, depth int) {
	first := map[string]int{}
	for r.decoder.More() {
		token, line, column := r.next()
		key, _ := token.(string)
		value := r.value(depth + 1)
		if seen, twice := first[key]; twice {
			r.found.refuse(r.source.at(line, column), "the key %s is given twice, first at %v; expected it once",
				quoted(key), r.source.at(seen, 1))
			continue
		}
		first[key] = line
		n.members = append(n.members, member{key, line, column, value})
	}
}
