package fault

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// FromYAML reads one fault from a node of a YAML document, strictly, and validates it. Its error is Problems: everything that
// is wrong at once, each with the line and the column of the node's document.
func FromYAML(n *yaml.Node) (Fault, error) {
	d := &decoder{places: map[string]*yaml.Node{}}
	var f Fault
	d.value(n, "", reflect.ValueOf(&f).Elem())
	if len(d.problems) == 0 { // what could not be read would only be reported once more, as missing
		d.problems = append(d.problems, f.problems()...)
	}
	for i := range d.problems {
		d.locate(&d.problems[i])
	}
	return f, d.problems.err()
}

// DecodeYAML is FromYAML for a text that is one fault.
func DecodeYAML(b []byte) (Fault, error) {
	var document, second yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(b))
	if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
		return Fault{}, Problems{{Message: "the text is empty: write one fault"}}
	} else if err != nil {
		return Fault{}, Problems{{Message: "the fault is not valid YAML: " + strings.TrimPrefix(err.Error(), "yaml: ")}}
	}
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		return Fault{}, Problems{{Message: "one fault at a time: there is more after the first document"}}
	}
	return FromYAML(&document)
}

// Aliases of YAML can make a small text stand for an enormous value; no honest fault comes near these.
const (
	maxNodes = 20_000
	maxDepth = 100
)

// decoder reads nodes into the form by the names of its json tags, so that there is one form in YAML, JSON and Go.
type decoder struct {
	problems Problems
	places   map[string]*yaml.Node // by path
	nodes    int
	depth    int
	tooLarge bool
}

// locate gives a problem the position of its value, or of the nearest one around it.
func (d *decoder) locate(p *Problem) {
	for path := p.Path; p.Line == 0; {
		if n := d.places[path]; n != nil {
			p.Line, p.Column = n.Line, n.Column
		}
		if path == "" {
			return
		}
		path = path[:max(0, strings.LastIndexByte(path, '.'))]
	}
}

// enter follows documents and aliases, and says whether to go on.
func (d *decoder) enter(n *yaml.Node, path string) (*yaml.Node, bool) {
	for n != nil && (n.Kind == yaml.DocumentNode || n.Kind == yaml.AliasNode) {
		if n.Kind == yaml.AliasNode {
			n = n.Alias
		} else if len(n.Content) > 0 {
			n = n.Content[0]
		} else {
			n = nil
		}
	}
	if n == nil {
		n = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}
	}
	d.nodes++
	if d.nodes > maxNodes || d.depth > maxDepth {
		if !d.tooLarge {
			d.problems.add(path, "the fault is nested too deeply, or its aliases make it too large")
		}
		d.tooLarge = true
		return n, false
	}
	d.places[path] = n
	return n, !d.tooLarge
}

func (d *decoder) value(n *yaml.Node, path string, into reflect.Value) {
	n, ok := d.enter(n, path)
	if !ok || n.ShortTag() == "!!null" && path != "" { // null is "not given"
		return
	}
	d.depth++
	defer func() { d.depth-- }()
	switch {
	case into.Type() == reflect.TypeFor[Duration]():
		d.duration(n, path, into)
	case into.Kind() == reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		d.value(n, path, into.Elem())
	case into.Kind() == reflect.Struct:
		d.object(n, path, into)
	case into.Kind() == reflect.Map:
		d.table(n, path, into)
	case into.Kind() == reflect.Slice:
		d.list(n, path, into)
	case into.Kind() == reflect.Interface:
		if v := d.plain(n, path); v != nil {
			into.Set(reflect.ValueOf(v))
		}
	default:
		d.scalar(n, path, into)
	}
}

// fields are the names of a struct's members, in their order.
func fields(t reflect.Type) (names []string) {
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// named is a path in a message.
func named(path string) string {
	if path == "" {
		return "the fault"
	}
	return path
}

func (d *decoder) object(n *yaml.Node, path string, into reflect.Value) {
	names := fields(into.Type())
	d.members(n, path, "an object", func(key, value *yaml.Node) {
		i := slices.Index(names, key.Value)
		if i < 0 {
			d.problems = append(d.problems, Problem{path, key.Line, key.Column,
				fmt.Sprintf("unknown field %q in %s; it has %s", key.Value, named(path), strings.Join(names, ", "))})
			return
		}
		d.value(value, join(path, names[i]), into.Field(i))
	})
}

// members calls each for the members of a mapping.
func (d *decoder) members(n *yaml.Node, path, expected string, each func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		d.problems.add(path, "%s is %s; expected %s", named(path), describe(n), expected)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case key.Kind != yaml.ScalarNode || key.ShortTag() == "!!merge":
			d.problems = append(d.problems, Problem{path, key.Line, key.Column, "a key of " + named(path) + " is not a plain word"})
			continue
		case seen[key.Value]:
			d.problems = append(d.problems, Problem{path, key.Line, key.Column, fmt.Sprintf("%q is given twice in %s", key.Value, named(path))})
			continue
		}
		seen[key.Value] = true
		each(key, n.Content[i+1])
	}
}

func (d *decoder) table(n *yaml.Node, path string, into reflect.Value) {
	table := reflect.MakeMap(into.Type())
	d.members(n, path, "an object", func(key, value *yaml.Node) {
		v := reflect.New(into.Type().Elem()).Elem() // null stays the zero value: a claim may be null
		d.value(value, join(path, key.Value), v)
		table.SetMapIndex(reflect.ValueOf(key.Value), v)
	})
	into.Set(table)
}

func (d *decoder) list(n *yaml.Node, path string, into reflect.Value) {
	if n.Kind != yaml.SequenceNode {
		d.problems.add(path, "%s is %s; expected a list", named(path), describe(n))
		return
	}
	for i, item := range n.Content {
		v := reflect.New(into.Type().Elem()).Elem()
		d.value(item, join(path, strconv.Itoa(i)), v)
		into.Set(reflect.Append(into, v))
	}
}

// scalar reads text, a number or a flag. The zero value says what leaving it out says, which cannot have been meant.
func (d *decoder) scalar(n *yaml.Node, path string, into reflect.Value) {
	wrong := func(expected string) { d.problems.add(path, "%s is %s; expected %s", path, describe(n), expected) }
	if n.Kind != yaml.ScalarNode {
		wrong(map[reflect.Kind]string{reflect.String: "text", reflect.Bool: "true or false", reflect.Float64: "a number"}[into.Kind()])
		return
	}
	switch into.Kind() {
	case reflect.String:
		if tag := n.ShortTag(); tag != "!!str" && tag != "!!timestamp" {
			wrong("text: put it in quotes")
			return
		}
		into.SetString(n.Value)
	case reflect.Bool:
		if n.ShortTag() != "!!bool" {
			wrong("true or false")
			return
		}
		into.SetBool(strings.EqualFold(n.Value, "true"))
	case reflect.Float64:
		v, err := strconv.ParseFloat(n.Value, 64)
		if tag := n.ShortTag(); tag != "!!int" && tag != "!!float" || err != nil {
			wrong("a number")
			return
		}
		into.SetFloat(v)
	default:
		v, err := strconv.ParseInt(n.Value, 10, into.Type().Bits())
		if n.ShortTag() != "!!int" || err != nil {
			wrong("a whole number")
			return
		}
		into.SetInt(v)
	}
	if into.IsZero() && path != "times" && path != "fired" {
		wrong("a value, or no such field")
	}
}

func (d *decoder) duration(n *yaml.Node, path string, into reflect.Value) {
	v, err := time.ParseDuration(n.Value)
	switch {
	case n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str":
		d.problems.add(path, "%s is %s; a duration is text with a unit, such as \"2s\" or \"1m30s\"", path, describe(n))
	case err != nil:
		d.problems.add(path, "%s: %q is no duration: write it as \"2s\" or \"1m30s\"", path, n.Value)
	case v == 0:
		d.problems.add(path, "%s is %s; expected a duration that is not 0, or no such field", path, n.Value)
	}
	into.SetInt(int64(v))
}

// plain is a value of any type, as JSON has them.
func (d *decoder) plain(n *yaml.Node, path string) any {
	n, ok := d.enter(n, path)
	if !ok {
		return nil
	}
	d.depth++
	defer func() { d.depth-- }()
	switch n.Kind {
	case yaml.MappingNode:
		object := map[string]any{}
		d.members(n, path, "an object", func(key, value *yaml.Node) { object[key.Value] = d.plain(value, join(path, key.Value)) })
		return object
	case yaml.SequenceNode:
		list := []any{}
		for i, item := range n.Content {
			list = append(list, d.plain(item, join(path, strconv.Itoa(i))))
		}
		return list
	}
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!int":
		if v, err := strconv.ParseInt(n.Value, 0, 64); err == nil {
			return v
		}
	case "!!float":
		if v, err := strconv.ParseFloat(n.Value, 64); err == nil && v-v == 0 { // JSON has no infinity
			return v
		}
	}
	return n.Value
}

// describe says what was found: `the text "x"`.
func describe(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "an object"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.ShortTag() == "!!null":
		return "null"
	case n.ShortTag() == "!!str":
		return fmt.Sprintf("the text %.100q", n.Value)
	}
	return fmt.Sprintf("%.100s", n.Value)
}
