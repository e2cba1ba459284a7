package strict

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// ParseJSON reads one JSON value. A value that is nested too deeply is an error and is given all the same.
func (s *Source) ParseJSON() (*Node, *SyntaxError) {
	if len(bytes.TrimSpace(s.Text)) == 0 {
		return nil, &SyntaxError{Kind: Empty, Form: "JSON", Line: 1, Column: 1}
	}
	if err := s.validJSON(); err != nil {
		return nil, err
	}
	r := jsonReader{text: s.Text, decoder: json.NewDecoder(bytes.NewReader(s.Text)), cursor: cursor{text: s.Text, line: 1, column: 1}}
	r.decoder.UseNumber()
	return r.value(0), r.deep
}

// validJSON says why a text is not one JSON value.
func (s *Source) validJSON() *SyntaxError {
	decoder := json.NewDecoder(bytes.NewReader(s.Text))
	var syntax *json.SyntaxError
	err := decoder.Decode(new(json.RawMessage))
	wrong := &SyntaxError{Kind: Invalid, Form: "JSON", Line: 1, Column: 1}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		wrong.Line, wrong.Column = positionOf(s.Text, len(s.Text))
		wrong.Kind, wrong.Why = EndsEarly, expectedRest(s.Text)
	case errors.As(err, &syntax):
		wrong.Line, wrong.Column = positionOf(s.Text, max(0, int(syntax.Offset)-1))
		wrong.Why = syntax.Error()
	case err != nil:
		wrong.Why = err.Error()
	default:
		rest := s.Text[decoder.InputOffset():]
		more := len(rest) - len(bytes.TrimLeft(rest, " \t\r\n"))
		if more == len(rest) {
			return nil
		}
		wrong.Kind, wrong.Why = Second, fmt.Sprintf("invalid character %q after top-level value", rest[more])
		wrong.Line, wrong.Column = positionOf(s.Text, int(decoder.InputOffset())+more)
	}
	return wrong
}

// expectedRest says what a text that was cut short lacks: what closes all that is open, which is never nothing.
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

// jsonReader walks the tokens of a text that is known to be valid and notes where each value begins, which encoding/json alone
// does not say.
type jsonReader struct {
	text    []byte
	decoder *json.Decoder
	cursor  cursor
	deep    *SyntaxError
}

// next gives the next token and its position: the decoder stands at the end of the previous one, and between two
// tokens there is only white space, a comma or a colon.
func (r *jsonReader) next() (token json.Token, line, column int) {
	offset := int(r.decoder.InputOffset())
	for offset < len(r.text) && strings.IndexByte(" \t\r\n,:", r.text[offset]) >= 0 {
		offset++
	}
	line, column = r.cursor.forward(offset)
	token, err := r.decoder.Token()
	if err != nil { // the whole text was validated before
		return nil, line, column
	}
	return token, line, column
}

func (r *jsonReader) value(depth int) *Node {
	token, line, column := r.next()
	n := &Node{Line: line, Column: column}
	if depth == maxDepth && r.deep == nil {
		r.deep = &SyntaxError{Kind: TooLarge, Form: "JSON", Line: line, Column: column}
	}
	switch value := token.(type) {
	case string:
		n.Kind, n.Text = KindString, value
	case json.Number:
		n.Kind, n.Text = KindNumber, value.String()
		if !strings.ContainsAny(n.Text, ".eE") {
			n.Kind = KindInteger
		}
	case bool:
		n.Kind, n.Text = KindBool, "false"
		if value {
			n.Text = "true"
		}
	case nil:
		n.Text = "null"
	case json.Delim:
		if value == '[' {
			n.Kind = KindList
			for r.decoder.More() {
				n.Items = append(n.Items, r.value(depth+1))
			}
		} else {
			n.Kind = KindObject
			r.members(n, depth)
		}
		r.next() // the closing bracket
	}
	return n
}

func (r *jsonReader) members(n *Node, depth int) {
	first := map[string]int{}
	for r.decoder.More() {
		token, line, column := r.next()
		key, _ := token.(string)
		value := r.value(depth + 1)
		if seen, twice := first[key]; twice {
			n.Rejected = append(n.Rejected, RejectedKey{key, line, column, seen})
			continue
		}
		first[key] = line
		n.Members = append(n.Members, Member{key, line, column, value})
	}
}
