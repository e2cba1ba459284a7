package tenant

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Aliases can make a small file stand for an enormous value; no honest tenant comes near these.
const (
	maxNodes = 500_000
	maxDepth = 200
)

// parseYAML gives nil for an empty document and for one that cannot be read; the latter is reported.
func parseYAML(s *source, found *findings) *node {
	decoder := yaml.NewDecoder(bytes.NewReader(s.text))
	var document yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		s.refuseYAML(err, found)
		return nil
	}
	var second yaml.Node
	if err := decoder.Decode(&second); err == nil {
		found.refuse(s.at(second.Line, second.Column), "a second YAML document begins here; expected one in a file")
		return nil
	} else if !errors.Is(err, io.EOF) {
		s.refuseYAML(err, found)
		return nil
	}
	if document.Kind != yaml.DocumentNode || len(document.Content) == 0 {
		return nil
	}
	r := yamlReader{source: s, found: found}
	n := r.convert(document.Content[0], 0)
	if r.tooLarge {
		return nil
	}
	if n.kind == kindNull {
		return nil
	}
	return n
}

// refuseYAML gives a syntax error the position that the parser tells, with the first text of that line as column.
func (s *source) refuseYAML(err error, found *findings) {
	if tab, ok := s.firstTabIndent(); ok {
		found.refuse(tab, "a tab is used for indentation; YAML expects spaces")
		return
	}
	message := regexp.MustCompile(`^yaml: (line \d+: )?`).ReplaceAllString(err.Error(), "")
	if strings.Contains(message, "did not find expected") {
		message += "; check the indentation, brackets and quotes here"
	}
	line := firstBadLine(s.text)
	text, _, _ := bytes.Cut(s.text[offsetOf(s.text, line, 1):], []byte("\n"))
	found.refuse(s.at(line, 1+len(text)-len(bytes.TrimLeft(text, " "))), "this is not valid YAML: %s", message)
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

type yamlReader struct {
	source   *source
	found    *findings
	nodes    int
	tooLarge bool
}

func (r *yamlReader) convert(y *yaml.Node, depth int) *node {
	n := &node{line: y.Line, column: y.Column}
	r.nodes++
	if r.nodes > maxNodes || depth > maxDepth {
		if !r.tooLarge {
			r.found.refuse(r.source.at(y.Line, y.Column), "the document is nested too deeply or its aliases make it too large; expected a plain document")
		}
		r.tooLarge = true
		return n
	}
	if r.tooLarge {
		return n
	}
	switch y.Kind {
	case yaml.AliasNode:
		aliased := r.convert(y.Alias, depth+1)
		aliased.line, aliased.column = y.Line, y.Column
		return aliased
	case yaml.SequenceNode:
		n.kind = kindList
		for _, item := range y.Content {
			n.items = append(n.items, r.convert(item, depth+1))
		}
	case yaml.MappingNode:
		n.kind = kindObject
		r.members(n, y, depth)
	case yaml.ScalarNode:
		n.text = y.Value
		n.kind = scalarKind(y)
		if n.kind == kindBool {
			n.text = strings.ToLower(y.Value)
		}
	}
	return n
}

func scalarKind(y *yaml.Node) kind {
	switch y.ShortTag() {
	case "!!null":
		return kindNull
	case "!!bool":
		return kindBool
	case "!!int":
		return kindInteger
	case "!!float":
		return kindNumber
	}
	return kindString
}

func (r *yamlReader) members(n *node, y *yaml.Node, depth int) {
	first := map[string]int{}
	var merged []*node
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, value := y.Content[i], y.Content[i+1]
		if key.ShortTag() == "!!merge" {
			merged = append(merged, r.convert(value, depth+1))
			continue
		}
		if key.Kind != yaml.ScalarNode {
			r.found.refuse(r.source.at(key.Line, key.Column), "a key is not a plain word; expected a name")
			continue
		}
		if line, twice := first[key.Value]; twice {
			r.found.refuse(r.source.at(key.Line, key.Column), "the key %s is given twice, first at %v; expected it once",
				quoted(key.Value), r.source.at(line, 1))
			continue
		}
		first[key.Value] = key.Line
		n.members = append(n.members, member{key.Value, key.Line, key.Column, r.convert(value, depth+1)})
	}
	for _, m := range merged {
		parts := []*node{m}
		if m.kind == kindList {
			parts = m.items
		}
		for _, part := range parts {
			for _, inherited := range part.members {
				if _, own := first[inherited.key]; !own {
					first[inherited.key] = inherited.line
					n.members = append(n.members, inherited)
				}
			}
		}
	}
}

// yaml is the way back, for readers of such nodes.
func (n *node) yaml() *yaml.Node {
	y := &yaml.Node{Line: n.line, Column: n.column, Value: n.text, Kind: yaml.ScalarNode}
	y.Tag = [...]string{kindNull: "!!null", kindString: "!!str", kindInteger: "!!int", kindNumber: "!!float", kindBool: "!!bool", kindList: "!!seq", kindObject: "!!map"}[n.kind]
	switch n.kind {
	case kindList:
		y.Kind = yaml.SequenceNode
		for _, item := range n.items {
			y.Content = append(y.Content, item.yaml())
		}
	case kindObject:
		y.Kind = yaml.MappingNode
		for _, m := range n.members {
			key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: m.key, Line: m.line, Column: m.column}
			y.Content = append(y.Content, key, m.value.yaml())
		}
	}
	return y
}
