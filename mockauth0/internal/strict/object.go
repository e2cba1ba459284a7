package strict

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Reader turns the nodes of a file into a model and remembers where each part of the model came from, so that checks which know
// only the model can report with file and line.
type Reader struct {
	Source *Source
	Found  *Findings
	Places map[string]Place // by path in the model: clients[0].callbacks[2]
}

// At is where a value stands.
func (r *Reader) At(n *Node) Place { return r.sourceOf(n).At(n.Line, n.Column) }

// AtKey is where a key stands.
func (r *Reader) AtKey(m Member) Place { return r.sourceOf(m.Value).At(m.Line, m.Column) }

func (r *Reader) sourceOf(n *Node) *Source {
	if n.source != nil {
		return n.source
	}
	return r.Source
}

// Object is one mapping being read. Keys that a reader asked for are known; Finish looks at the rest.
type Object struct {
	*Reader
	Node  *Node
	Path  string // in the model
	asked []string
}

// Object gives nil, reported, when n is not a mapping.
func (r *Reader) Object(n *Node, path, what string) *Object {
	r.Places[path] = r.At(n)
	if n.Kind != KindObject {
		r.Found.Refuse(r.At(n), "%s is %s; expected an object", what, n.Describe())
		return nil
	}
	return &Object{Reader: r, Node: n, Path: path}
}

// Get gives nil for a key that is absent or null, which exports use for "not set".
func (o *Object) Get(key string) *Node {
	if !slices.Contains(o.asked, key) {
		o.asked = append(o.asked, key)
	}
	for _, m := range o.Node.Members {
		if m.Key == key {
			if m.Value.Kind == KindNull {
				return nil
			}
			o.Places[o.Path+"."+key] = o.At(m.Value)
			return m.Value
		}
	}
	return nil
}

func (o *Object) Wrong(n *Node, key, expected string) {
	o.Found.Refuse(o.At(n), "%s is %s; expected %s", key, n.Describe(), expected)
}

// Text reads a string, and leaves into as it is when the key is absent.
func (o *Object) Text(key string, into *string) {
	n := o.Get(key)
	switch {
	case n == nil:
	case n.Kind == KindString:
		*into = n.Text
	case n.Kind == KindInteger || n.Kind == KindNumber || n.Kind == KindBool:
		o.Wrong(n, key, "a string: put it in quotes")
	default:
		o.Wrong(n, key, "a string")
	}
}

// Required is text that must be there and not empty.
func (o *Object) Required(key, what string, into *string) {
	if o.Get(key) == nil {
		o.Found.Refuse(o.At(o.Node), "%s has no %s; expected a string", what, key)
		return
	}
	o.Text(key, into)
	if *into == "" && o.Get(key).Kind == KindString {
		o.Found.Refuse(o.At(o.Get(key)), "%s is empty; expected a name", key)
	}
}

// Flag reads true or false.
func (o *Object) Flag(key string, into *bool) {
	switch n := o.Get(key); {
	case n == nil:
	case n.Kind == KindBool:
		*into = n.Text == "true"
	default:
		o.Wrong(n, key, "true or false")
	}
}

// Texts leaves into as it is when the key is absent, and makes it non-nil when it is there.
func (o *Object) Texts(key string, into *[]string) {
	n := o.Get(key)
	if n == nil {
		return
	}
	if n.Kind != KindList {
		o.Wrong(n, key, "a list of strings")
		return
	}
	list := make([]string, 0, len(n.Items))
	for _, item := range n.Items {
		if item.Kind != KindString {
			o.Wrong(item, "an entry of "+key, "a string")
			continue
		}
		o.Places[o.Path+"."+key+"["+strconv.Itoa(len(list))+"]"] = o.At(item)
		list = append(list, item.Text)
	}
	*into = list
}

// Seconds reads a lifetime of 1 to most seconds; most 0 means no limit of Auth0's.
func (o *Object) Seconds(key string, most int64, into *time.Duration) {
	const century = 100 * 365 * 24 * 3600 // keeps the duration from overflowing
	n := o.Get(key)
	if n == nil {
		return
	}
	expected := "a whole number of seconds, at least 1"
	limit := int64(century)
	if most > 0 {
		limit = most
		expected += " and at most " + strconv.FormatInt(most, 10)
	}
	value, err := strconv.ParseInt(n.Text, 10, 64)
	if n.Kind != KindInteger || err != nil || value < 1 || value > limit {
		o.Wrong(n, key, expected)
		return
	}
	*into = time.Duration(value) * time.Second
}

// Number reads a whole number, which the checks judge.
func (o *Object) Number(key string, into *int) {
	n := o.Get(key)
	if n == nil {
		return
	}
	value, err := strconv.ParseInt(n.Text, 10, 32)
	if n.Kind != KindInteger || err != nil {
		o.Wrong(n, key, "a whole number")
		return
	}
	*into = int(value)
}

// Count reads a whole number between least and most.
func (o *Object) Count(key string, least, most int, into *int) {
	n := o.Get(key)
	if n == nil {
		return
	}
	value, err := strconv.Atoi(n.Text)
	if n.Kind != KindInteger || err != nil || value < least || value > most {
		o.Wrong(n, key, "a whole number from "+strconv.Itoa(least)+" to "+strconv.Itoa(most))
		return
	}
	*into = value
}

// Span reads a positive number of units, fractions allowed, up to a longest time.
func (o *Object) Span(key string, unit time.Duration, name string, longest time.Duration, into *time.Duration) {
	n := o.Get(key)
	if n == nil {
		return
	}
	most := float64(longest / unit)
	value, err := strconv.ParseFloat(n.Text, 64)
	if n.Kind != KindInteger && n.Kind != KindNumber || err != nil || !(value*float64(unit) >= float64(time.Second)) || value > most {
		o.Wrong(n, key, "a number of "+name+" greater than 0 and at most "+strconv.FormatFloat(most, 'f', -1, 64))
		return
	}
	*into = time.Duration(value * float64(unit)).Truncate(time.Second)
}

// Moment reads a time as RFC 3339 writes it.
func (o *Object) Moment(key string, into *time.Time) {
	var written string
	o.Text(key, &written)
	if written == "" {
		return
	}
	parsed, err := time.Parse(time.RFC3339Nano, written)
	if err != nil {
		o.Wrong(o.Get(key), key, "a time such as 2026-01-31T09:30:00Z (RFC 3339)")
		return
	}
	*into = parsed
}

// Metadata reads an object that is kept as it is.
func (o *Object) Metadata(key string, into *map[string]any) {
	switch n := o.Get(key); {
	case n == nil:
	case n.Kind == KindObject:
		*into = n.PlainObject()
	default:
		o.Wrong(n, key, "an object")
	}
}

// Child reads a nested object; nil when it is absent or of the wrong type.
func (o *Object) Child(key string) *Object {
	n := o.Get(key)
	if n == nil {
		return nil
	}
	return o.Reader.Object(n, o.Path+"."+key, key)
}

// List gives the items of a list; an absent one is empty.
func (o *Object) List(key string) []*Node {
	n := o.Get(key)
	switch {
	case n == nil:
		return nil
	case n.Kind == KindList:
		return n.Items
	}
	o.Wrong(n, key, "a list")
	return nil
}

// Finish looks at the keys that nobody asked for. Those in also (space-separated) are Auth0's and are not modelled.
// severe: an unknown key is an error, since the file is ours to define.
func (o *Object) Finish(what, also string, severe bool) {
	known := append(strings.Fields(also), o.asked...)
	isKnown := make(map[string]bool, len(known))
	for _, k := range known {
		isKnown[k] = true
	}
	for _, m := range o.Node.Members {
		if isKnown[m.Key] {
			continue
		}
		at := o.AtKey(m)
		report := o.Found.Warn
		if severe || o.Found.Strict {
			report = o.Found.Refuse
		}
		report(at, "unknown key %s in %s%s", Quoted(m.Key), what, DidYouMean(m.Key, known))
	}
}

// Slips warns of keys that are almost one that was asked for, in an object that may hold anything else.
func (o *Object) Slips(what string) {
	for _, m := range o.Node.Members {
		for _, key := range o.asked {
			if d := Distance(m.Key, key); d > 0 && d <= 2 {
				report := o.Found.Warn
				if o.Found.Strict {
					report = o.Found.Refuse
				}
				report(o.AtKey(m), "unknown key %s in %s; did you mean %s?", Quoted(m.Key), what, Quoted(key))
			}
		}
	}
}
