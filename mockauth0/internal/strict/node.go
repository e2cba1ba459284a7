package strict

import "strconv"

// Node is a value in a file with its position; YAML and JSON are both read into it.
type Node struct {
	Kind         Kind
	Text         string // of scalars, as a person wrote it without quotes
	Line, Column int
	Items        []*Node       // of a list
	Members      []Member      // of an object, in file order, without duplicates
	Rejected     []RejectedKey // of an object: those that are no members
	source       *Source       // where that is; nil: in the file that is being read
}

// Member is a key of an object with its value.
type Member struct {
	Key          string
	Line, Column int
	Value        *Node
}

// RejectedKey is a key that was given before, or that is no name.
type RejectedKey struct {
	Key          string
	Line, Column int
	First        int // the line where it was given before; 0: it is no name
}

// Kind is what a Node holds.
type Kind int

// The kinds of Node.
const (
	KindNull Kind = iota
	KindString
	KindInteger
	KindNumber
	KindBool
	KindList
	KindObject
)

// String is the kind as messages name it.
func (k Kind) String() string {
	return [...]string{"null", "a string", "an integer", "a number", "true or false", "a list", "an object"}[k]
}

// Describe says what was found: `the string "x"`.
func (n *Node) Describe() string {
	switch n.Kind {
	case KindString:
		return "the string " + Quoted(n.Text)
	case KindInteger, KindNumber:
		return "the number " + Shorten(n.Text)
	case KindBool:
		return n.Text
	}
	return n.Kind.String()
}

// Member is the value of a key, nil when there is none.
func (n *Node) Member(key string) *Node {
	for _, m := range n.Members {
		if m.Key == key {
			return m.Value
		}
	}
	return nil
}

// Plain gives the value as encoding/json would, for what is kept as it is.
func (n *Node) Plain() any { return n.plain(decimal) }

// PlainObject is Plain for an object.
func (n *Node) PlainObject() map[string]any { return n.object(decimal) }

// Exact is Plain with whole numbers as int64; what fits into no number stays text.
func (n *Node) Exact() any { return n.plain(exact) }

func decimal(n *Node) any {
	if f, err := strconv.ParseFloat(n.Text, 64); err == nil {
		return f
	}
	return n.Text
}

func exact(n *Node) any {
	if n.Kind == KindInteger {
		if v, err := strconv.ParseInt(n.Text, 0, 64); err == nil {
			return v
		}
		return n.Text
	}
	if v, err := strconv.ParseFloat(n.Text, 64); err == nil && v-v == 0 { // JSON has no infinity
		return v
	}
	return n.Text
}

func (n *Node) plain(number func(*Node) any) any {
	switch n.Kind {
	case KindString:
		return n.Text
	case KindInteger, KindNumber:
		return number(n)
	case KindBool:
		return n.Text == "true"
	case KindList:
		list := make([]any, len(n.Items))
		for i, item := range n.Items {
			list[i] = item.plain(number)
		}
		return list
	case KindObject:
		return n.object(number)
	}
	return nil
}

func (n *Node) object(number func(*Node) any) map[string]any {
	object := make(map[string]any, len(n.Members))
	for _, m := range n.Members {
		object[m.Key] = m.Value.plain(number)
	}
	return object
}
