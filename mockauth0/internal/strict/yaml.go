package strict

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ParseYAML reads one YAML document. null is a document without anything in it: Empty.
func (s *Source) ParseYAML() (*Node, *SyntaxError) {
	decoder := yaml.NewDecoder(bytes.NewReader(s.Text))
	var document, second yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil, &SyntaxError{Kind: Empty, Form: "YAML", Line: 1, Column: 1}
	case err != nil:
		return nil, s.invalidYAML(err)
	}
	if err := decoder.Decode(&second); err == nil {
		return nil, &SyntaxError{Kind: Second, Form: "YAML", Line: second.Line, Column: second.Column}
	} else if !errors.Is(err, io.EOF) {
		return nil, s.invalidYAML(err)
	}
	n, err := FromYAML(&document)
	if err == nil && n.Kind == KindNull {
		return nil, &SyntaxError{Kind: Empty, Form: "YAML", Line: 1, Column: 1}
	}
	return n, err
}

// FromYAML makes a Node of one that the YAML library has parsed.
func FromYAML(y *yaml.Node) (*Node, *SyntaxError) {
	if y.Kind == yaml.DocumentNode && len(y.Content) > 0 {
		y = y.Content[0]
	}
	r := yamlReader{}
	n := r.convert(y, 0)
	if r.tooLarge != nil {
		return nil, r.tooLarge
	}
	return n, nil
}

// invalidYAML gives a syntax error the position that the parser says, with the first text of that line as column.
func (s *Source) invalidYAML(err error) *SyntaxError {
	if line, column, ok := s.firstTabIndent(); ok {
		return &SyntaxError{Kind: Tab, Form: "YAML", Line: line, Column: column}
	}
	message := regexp.MustCompile(`^yaml: (line \d+: )?`).ReplaceAllString(err.Error(), "")
	if strings.Contains(message, "did not find expected") {
		message += "; check the indentation, brackets and quotes here"
	}
	line := firstBadLine(s.Text)
	text, _, _ := bytes.Cut(s.Text[offsetOf(s.Text, line, 1):], []byte("\n"))
	return &SyntaxError{Kind: Invalid, Form: "YAML", Line: line, Column: 1 + len(text) - len(bytes.TrimLeft(text, " ")), Why: message}
}

// firstTabIndent finds a line that is indented with a tab, which YAML forbids: the usual cause of a syntax error.
func (s *Source) firstTabIndent() (line, column int, found bool) {
	for i, text := range bytes.Split(s.Text, []byte("\n")) {
		indent := text[:len(text)-len(bytes.TrimLeft(text, " \t"))]
		if at := bytes.IndexByte(indent, '\t'); at >= 0 && len(bytes.TrimSpace(text)) > 0 {
			return i + 1, at + 1, true
		}
	}
	return 0, 0, false
}

// firstBadLine finds the line that breaks a document. The parser's own number is often that of the list around it, so
// the longest run of lines that parses is looked for instead: what follows it is wrong, or opens what is never closed.
func firstBadLine(text []byte) int {
	const (
		largest = 256 << 10 // beyond it, one try for each step takes too long
		ahead   = 50        // lines of one bracketed or quoted value, cut inside of which a good document fails
	)
	lines := bytes.SplitAfter(text, []byte("\n"))
	if len(text) > largest {
		return 1
	}
	parses := func(count int) bool {
		return yaml.Unmarshal(bytes.Join(lines[:count], nil), new(yaml.Node)) == nil
	}
	good, bad := 0, len(lines)
	for {
		for bad-good > 1 {
			if middle := (good + bad) / 2; parses(middle) {
				good = middle
			} else {
				bad = middle
			}
		}
		next := bad + 1
		for next < min(bad+ahead, len(lines)) && !parses(next) {
			next++
		}
		if next >= min(bad+ahead, len(lines)) {
			return bad
		}
		good, bad = next, len(lines)
	}
}

// yamlReader follows aliases and merges, and stops where they make a document enormous.
type yamlReader struct {
	nodes    int
	tooLarge *SyntaxError
}

func (r *yamlReader) convert(y *yaml.Node, depth int) *Node {
	n := &Node{Line: y.Line, Column: y.Column}
	r.nodes++
	if (r.nodes > maxNodes || depth > maxDepth) && r.tooLarge == nil {
		r.tooLarge = &SyntaxError{Kind: TooLarge, Form: "YAML", Line: y.Line, Column: y.Column}
	}
	if r.tooLarge != nil {
		return n
	}
	switch y.Kind {
	case yaml.AliasNode:
		aliased := r.convert(y.Alias, depth+1)
		aliased.Line, aliased.Column = y.Line, y.Column
		return aliased
	case yaml.SequenceNode:
		n.Kind = KindList
		for _, item := range y.Content {
			n.Items = append(n.Items, r.convert(item, depth+1))
		}
	case yaml.MappingNode:
		n.Kind = KindObject
		r.members(n, y, depth)
	case yaml.ScalarNode:
		n.Text = y.Value
		n.Kind = scalarKind(y)
		if n.Kind == KindBool {
			n.Text = strings.ToLower(y.Value)
		}
	}
	return n
}

func scalarKind(y *yaml.Node) Kind {
	switch y.ShortTag() {
	case "!!null":
		return KindNull
	case "!!bool":
		return KindBool
	case "!!int":
		return KindInteger
	case "!!float":
		return KindNumber
	}
	return KindString
}

func (r *yamlReader) members(n *Node, y *yaml.Node, depth int) {
	first := map[string]int{}
	var merged []*Node
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, value := y.Content[i], y.Content[i+1]
		if key.ShortTag() == "!!merge" {
			merged = append(merged, r.convert(value, depth+1))
			continue
		}
		if line, twice := first[key.Value]; key.Kind != yaml.ScalarNode || twice {
			n.Rejected = append(n.Rejected, RejectedKey{key.Value, key.Line, key.Column, line})
			continue
		}
		first[key.Value] = key.Line
		n.Members = append(n.Members, Member{key.Value, key.Line, key.Column, r.convert(value, depth+1)})
	}
	for _, m := range merged {
		parts := []*Node{m}
		if m.Kind == KindList {
			parts = m.Items
		}
		for _, part := range parts {
			n.inherit(part, first)
		}
	}
}

// inherit merges the members of another object (<<) that the object does not have itself.
func (n *Node) inherit(part *Node, first map[string]int) {
	n.Rejected = append(n.Rejected, part.Rejected...)
	for _, m := range part.Members {
		if _, own := first[m.Key]; !own {
			first[m.Key] = m.Line
			n.Members = append(n.Members, m)
		}
	}
}

// YAML is the way back, for readers of such nodes.
func (n *Node) YAML() *yaml.Node {
	y := &yaml.Node{Line: n.Line, Column: n.Column, Value: n.Text, Kind: yaml.ScalarNode}
	y.Tag = [...]string{KindNull: "!!null", KindString: "!!str", KindInteger: "!!int", KindNumber: "!!float", KindBool: "!!bool",
		KindList: "!!seq", KindObject: "!!map"}[n.Kind]
	switch n.Kind {
	case KindList:
		y.Kind = yaml.SequenceNode
		for _, item := range n.Items {
			y.Content = append(y.Content, item.YAML())
		}
	case KindObject:
		y.Kind = yaml.MappingNode
		for _, m := range n.Members {
			key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: m.Key, Line: m.Line, Column: m.Column}
			y.Content = append(y.Content, key, m.Value.YAML())
		}
	}
	return y
}
