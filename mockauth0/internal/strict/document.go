package strict

import (
	"io/fs"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"
)

// Document is another YAML file in the manner of mock.yaml, a scenario for instance: it is read strictly, and everything
// that is wrong with it is collected with its place.
type Document struct {
	file  string
	found *Findings
	root  Section
}

// ReadDocument reads the file name of fsys, of which problems speak as printed. What is wrong shows in Problems.
func ReadDocument(fsys fs.FS, name, printed string) *Document {
	d := &Document{file: printed, found: &Findings{Strict: true}}
	s := Read(fsys, name, printed, nil, d.found)
	if s == nil {
		if len(d.found.Errors) == 0 {
			d.found.Refuse(Whole(printed), "is missing")
		}
		return d
	}
	root, err := s.ParseYAML()
	if err != nil {
		s.Report(err, d.found)
		return d
	}
	s.ReportKeys(root, d.found)
	root.Originate(s)
	r := &Reader{Source: s, Found: d.found, Places: map[string]Place{}}
	d.root.o = r.Object(root, "", "the document")
	return d
}

// Originate notes where a value and all in it come from.
func (n *Node) Originate(s *Source) {
	n.source = s
	for _, item := range n.Items {
		item.Originate(s)
	}
	for _, m := range n.Members {
		m.Value.Originate(s)
	}
}

// File is the document's name in problems.
func (d *Document) File() string { return d.file }

// Root is the whole of it; it is empty when the document cannot be read at all.
func (d *Document) Root() Section { return d.root }

// Add takes over problems that were found elsewhere in the document, such as those of LoadOver.
func (d *Document) Add(problems ...Problem) { d.found.Errors = append(d.found.Errors, problems...) }

// Problems is everything that is wrong, sorted.
func (d *Document) Problems() []Problem {
	out := slices.Clone(d.found.Errors)
	Sort(out)
	return out
}

// Section is an object in a Document. Its methods report what has the wrong type, and give the zero value then, as for a
// key that is absent. The zero Section has no keys.
type Section struct{ o *Object }

// Text is a string.
func (s Section) Text(key string) (text string) {
	if s.o != nil {
		s.o.Text(key, &text)
	}
	return text
}

// Required is a string that must be there and not empty; what names the section.
func (s Section) Required(key, what string) (text string) {
	if s.o != nil {
		s.o.Required(key, what, &text)
	}
	return text
}

// Among is a string that must be one of the known ones.
func (s Section) Among(key string, known ...string) string {
	text := s.Text(key)
	if text != "" && !slices.Contains(known, text) {
		s.Refuse(key, "%s is %s%s", key, Quoted(text), DidYouMean(text, known))
		return ""
	}
	return text
}

// Texts is a list of strings.
func (s Section) Texts(key string) (texts []string) {
	if s.o != nil {
		s.o.Texts(key, &texts)
	}
	return texts
}

// Flag is true or false.
func (s Section) Flag(key string) (on bool) {
	if s.o != nil {
		s.o.Flag(key, &on)
	}
	return on
}

// Count is a whole number of at least 1.
func (s Section) Count(key string) (n int) {
	if s.o != nil {
		s.o.Count(key, 1, 1_000_000, &n)
	}
	return n
}

// Duration is text such as 1m30s.
func (s Section) Duration(key string) time.Duration {
	v, ok := s.Value(key)
	if !ok {
		return 0
	}
	return v.Duration(key)
}

// Child is an object in the section.
func (s Section) Child(key string) Section {
	if s.o == nil {
		return Section{}
	}
	return Section{s.o.Child(key)}
}

// Items are the entries of a list.
func (s Section) Items(key string) []Value {
	if s.o == nil {
		return nil
	}
	items := s.o.List(key)
	out := make([]Value, len(items))
	for i, n := range items {
		out[i] = Value{s.o.Reader, n}
	}
	return out
}

// Value is what a key has; false when it is absent or null.
func (s Section) Value(key string) (Value, bool) {
	if s.o == nil {
		return Value{}, false
	}
	n := s.o.Get(key)
	if n == nil {
		return Value{}, false
	}
	return Value{s.o.Reader, n}, true
}

// Keys are those that the file has, in its order.
func (s Section) Keys() (keys []string) {
	if s.o == nil {
		return nil
	}
	for _, m := range s.o.Node.Members {
		keys = append(keys, m.Key)
	}
	return keys
}

// Refuse reports that a key has a wrong value; for a key that is absent, that the section is wrong.
func (s Section) Refuse(key, format string, args ...any) {
	if s.o == nil {
		return
	}
	at := s.o.At(s.o.Node)
	if n := s.o.Node.Member(key); n != nil {
		at = s.o.At(n)
	}
	s.o.Found.Refuse(at, format, args...)
}

// Finish reports each key that nobody asked for; what names the section.
func (s Section) Finish(what string) {
	if s.o != nil {
		s.o.Finish(what, "", true)
	}
}

// Value is anything in a Document.
type Value struct {
	reader *Reader
	node   *Node
}

// Text is the value as a string; false when it is none.
func (v Value) Text() (string, bool) {
	if v.node == nil || v.node.Kind != KindString {
		return "", false
	}
	return v.node.Text, true
}

// Section is the value as an object; what names it in the report when it is none.
func (v Value) Section(what string) Section {
	if v.node == nil {
		return Section{}
	}
	return Section{v.reader.Object(v.node, "", what)}
}

// IsObject reports whether it has keys.
func (v Value) IsObject() bool { return v.node != nil && v.node.Kind == KindObject }

// IsList reports whether it has items.
func (v Value) IsList() bool { return v.node != nil && v.node.Kind == KindList }

// Items are the entries of a list, none for anything else.
func (v Value) Items() (out []Value) {
	if v.node == nil {
		return nil
	}
	for _, n := range v.node.Items {
		out = append(out, Value{v.reader, n})
	}
	return out
}

// YAML is the value as a node of the YAML library, for what reads those; RefuseAt takes their positions.
func (v Value) YAML() *yaml.Node {
	if v.node == nil {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}
	}
	return v.node.YAML()
}

// Plain is the value as encoding/json would give it.
func (v Value) Plain() any {
	if v.node == nil {
		return nil
	}
	return v.node.Plain()
}

// Duration is the value as text such as 1m30s; what names it in the report when it is no such thing.
func (v Value) Duration(what string) time.Duration {
	text, ok := v.Text()
	d, err := time.ParseDuration(text)
	if !ok || err != nil {
		v.Refuse("%s is %s; expected a duration such as 2h, 1m30s or 500ms", what, v.Describe())
		return 0
	}
	return d
}

// Describe says what was found: the string "x", a list.
func (v Value) Describe() string {
	if v.node == nil {
		return KindNull.String()
	}
	return v.node.Describe()
}

// Refuse reports that the value is wrong.
func (v Value) Refuse(format string, args ...any) {
	if v.node != nil {
		v.reader.Found.Refuse(v.reader.At(v.node), format, args...)
	}
}

// RefuseAt reports that something in the value is wrong, at a position that the YAML library gave.
func (v Value) RefuseAt(line, column int, format string, args ...any) {
	if v.node != nil {
		v.reader.Found.Refuse(v.reader.sourceOf(v.node).At(line, column), format, args...)
	}
}
