package fault

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Decode reads one fault from JSON, strictly, and validates it. Its error is Problems.
func Decode(b []byte) (Fault, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	var one json.RawMessage
	var syntax *json.SyntaxError
	switch err := d.Decode(&one); {
	case errors.Is(err, io.EOF):
		return Fault{}, Problems{{Message: "the body is empty: send one fault as a JSON object"}}
	case errors.As(err, &syntax):
		p := Problem{Message: "the fault is not valid JSON: " + syntax.Error()}
		p.Line, p.Column = (&cursor{text: b, line: 1, column: 1}).to(int(syntax.Offset) - 1)
		return Fault{}, Problems{p}
	case err != nil:
		return Fault{}, Problems{{Message: "the fault is not valid JSON: " + err.Error()}}
	case d.More():
		return Fault{}, Problems{{Message: "one fault at a time: there is more after the first JSON value"}}
	}
	r := &jsonReader{tokens: json.NewDecoder(bytes.NewReader(b)), at: cursor{text: b, line: 1, column: 1}}
	r.tokens.UseNumber()
	return FromYAML(r.node())
}

// cursor turns offsets, which only grow, into lines and columns.
type cursor struct {
	text                 []byte
	offset, line, column int
}

func (c *cursor) to(offset int) (line, column int) {
	for ; c.offset < min(offset, len(c.text)); c.offset++ {
		c.column++
		if c.text[c.offset] == '\n' {
			c.line, c.column = c.line+1, 1
		}
	}
	return c.line, c.column
}

// jsonReader turns JSON that is known to be valid into the nodes that YAML is read into. The YAML parser reads most of JSON
// too, but not surrogate pairs and tabs.
type jsonReader struct {
	tokens *json.Decoder
	at     cursor
}

func (r *jsonReader) node() *yaml.Node {
	start := int(r.tokens.InputOffset())
	start += len(r.at.text[start:]) - len(bytes.TrimLeft(r.at.text[start:], " \t\r\n,:"))
	n := &yaml.Node{Kind: yaml.ScalarNode}
	n.Line, n.Column = r.at.to(start)
	token, _ := r.tokens.Token()
	switch t := token.(type) {
	case json.Delim:
		n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
		if t == '{' {
			n.Kind, n.Tag = yaml.MappingNode, "!!map"
		}
		for r.tokens.More() {
			n.Content = append(n.Content, r.node()) // the keys of an object are tokens as its values are
		}
		_, _ = r.tokens.Token() // its end
	case string:
		n.Tag, n.Value = "!!str", t
	case bool:
		n.Tag, n.Value = "!!bool", map[bool]string{true: "true", false: "false"}[t]
	case json.Number:
		n.Tag, n.Value = "!!int", t.String()
		if strings.ContainsAny(n.Value, ".eE") {
			n.Tag = "!!float"
		}
	default:
		n.Tag = "!!null"
	}
	return n
}
