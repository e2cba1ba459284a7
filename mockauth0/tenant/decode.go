package tenant

import (
	"io/fs"
	"strconv"
	"strings"
	"time"
)

// reading turns nodes into the model and remembers where each part of the model came from, so that the checks,
// which know only the model, can be reported with file and line.
type reading struct {
	source *source
	files  fs.FS // the tenant directory
	found  *findings
	places map[string]place // by path in the model: clients[0].callbacks[2]
}

func (r *reading) at(n *node) place { return r.sourceOf(n).at(n.line, n.column) }

// atKey is where a key stands.
func (r *reading) atKey(m member) place { return r.sourceOf(m.value).at(m.line, m.column) }

func (r *reading) sourceOf(n *node) *source {
	if n.source != nil {
		return n.source
	}
	return r.source
}

// object is one mapping being read. Keys that a reader asked for are known; finish looks at the rest.
type object struct {
	*reading
	node  *node
	path  string
	asked []string
}

// object gives nil, reported, when n is not a mapping.
func (r *reading) object(n *node, path, what string) *object {
	r.places[path] = r.at(n)
	if n.kind != kindObject {
		r.found.refuse(r.at(n), "%s is %s; expected an object", what, n.describe())
		return nil
	}
	return &object{reading: r, node: n, path: path}
}

// get gives nil for a key that is absent or null, which exports use for "not set".
func (o *object) get(key string) *node {
	if indexOf(o.asked, key) < 0 {
		o.asked = append(o.asked, key)
	}
	for _, m := range o.node.members {
		if m.key == key {
			if m.value.kind == kindNull {
				return nil
			}
			o.places[o.path+"."+key] = o.at(m.value)
			return m.value
		}
	}
	return nil
}

func (o *object) wrong(n *node, key, expected string) {
	o.found.refuse(o.at(n), "%s is %s; expected %s", key, n.describe(), expected)
}

func (o *object) text(key string, into *string) {
	n := o.get(key)
	switch {
	case n == nil:
	case n.kind == kindString:
		*into = n.text
	case n.kind == kindInteger || n.kind == kindNumber || n.kind == kindBool:
		o.wrong(n, key, "a string: put it in quotes")
	default:
		o.wrong(n, key, "a string")
	}
}

// required is text that must be there and not empty.
func (o *object) required(key, what string, into *string) {
	if o.get(key) == nil {
		o.found.refuse(o.at(o.node), "%s has no %s; expected a string", what, key)
		return
	}
	o.text(key, into)
	if *into == "" && o.get(key).kind == kindString {
		o.found.refuse(o.at(o.get(key)), "%s is empty; expected a name", key)
	}
}

func (o *object) flag(key string, into *bool) {
	switch n := o.get(key); {
	case n == nil:
	case n.kind == kindBool:
		*into = n.text == "true"
	default:
		o.wrong(n, key, "true or false")
	}
}

// texts leaves into as it is when the key is absent, and makes it non-nil when it is there.
func (o *object) texts(key string, into *[]string) {
	n := o.get(key)
	if n == nil {
		return
	}
	if n.kind != kindList {
		o.wrong(n, key, "a list of strings")
		return
	}
	list := make([]string, 0, len(n.items))
	for _, item := range n.items {
		if item.kind != kindString {
			o.wrong(item, "an entry of "+key, "a string")
			continue
		}
		o.places[o.path+"."+key+"["+strconv.Itoa(len(list))+"]"] = o.at(item)
		list = append(list, item.text)
	}
	*into = list
}

// seconds reads a lifetime of 1 to most seconds; most 0 means no limit of Auth0's.
func (o *object) seconds(key string, most int64, into *time.Duration) {
	const century = 100 * 365 * 24 * 3600 // keeps the duration from overflowing
	n := o.get(key)
	if n == nil {
		return
	}
	expected := "a whole number of seconds, at least 1"
	limit := int64(century)
	if most > 0 {
		limit = most
		expected += " and at most " + strconv.FormatInt(most, 10)
	}
	value, err := strconv.ParseInt(n.text, 10, 64)
	if n.kind != kindInteger || err != nil || value < 1 || value > limit {
		o.wrong(n, key, expected)
		return
	}
	*into = time.Duration(value) * time.Second
}

// number reads a whole number, which the checks judge.
func (o *object) number(key string, into *int) {
	n := o.get(key)
	if n == nil {
		return
	}
	value, err := strconv.ParseInt(n.text, 10, 32)
	if n.kind != kindInteger || err != nil {
		o.wrong(n, key, "a whole number")
		return
	}
	*into = int(value)
}

// count reads a whole number between least and most.
func (o *object) count(key string, least, most int, into *int) {
	n := o.get(key)
	if n == nil {
		return
	}
	value, err := strconv.Atoi(n.text)
	if n.kind != kindInteger || err != nil || value < least || value > most {
		o.wrong(n, key, "a whole number from "+strconv.Itoa(least)+" to "+strconv.Itoa(most))
		return
	}
	*into = value
}

// span reads a positive number of units, fractions allowed, up to a year: the longest session that Auth0 sells.
func (o *object) span(key string, unit time.Duration, name string, into *time.Duration) {
	n := o.get(key)
	if n == nil {
		return
	}
	most := float64(maxSession / unit)
	value, err := strconv.ParseFloat(n.text, 64)
	if n.kind != kindInteger && n.kind != kindNumber || err != nil || !(value*float64(unit) >= float64(time.Second)) || value > most {
		o.wrong(n, key, "a number of "+name+" greater than 0 and at most "+strconv.FormatFloat(most, 'f', -1, 64))
		return
	}
	*into = time.Duration(value * float64(unit)).Truncate(time.Second)
}

func (o *object) moment(key string, into *time.Time) {
	var written string
	o.text(key, &written)
	if written == "" {
		return
	}
	parsed, err := time.Parse(time.RFC3339Nano, written)
	if err != nil {
		o.wrong(o.get(key), key, "a time such as 2026-01-31T09:30:00Z (RFC 3339)")
		return
	}
	*into = parsed
}

// metadata reads an object that is kept as it is.
func (o *object) metadata(key string, into *map[string]any) {
	switch n := o.get(key); {
	case n == nil:
	case n.kind == kindObject:
		*into = n.plainObject()
	default:
		o.wrong(n, key, "an object")
	}
}

// child reads a nested object; nil when it is absent or of the wrong type.
func (o *object) child(key string) *object {
	n := o.get(key)
	if n == nil {
		return nil
	}
	return o.reading.object(n, o.path+"."+key, key)
}

// list gives the items of a list; an absent one is empty.
func (o *object) list(key string) []*node {
	n := o.get(key)
	switch {
	case n == nil:
		return nil
	case n.kind == kindList:
		return n.items
	}
	o.wrong(n, key, "a list")
	return nil
}

// finish looks at the keys that nobody asked for. Those in also (space-separated) are Auth0's and are not modelled.
// severe: an unknown key is an error, since the file is ours to define.
func (o *object) finish(what, also string, severe bool) {
	known := append(strings.Fields(also), o.asked...)
	isKnown := make(map[string]bool, len(known))
	for _, k := range known {
		isKnown[k] = true
	}
	for _, m := range o.node.members {
		if isKnown[m.key] {
			continue
		}
		at := o.atKey(m)
		report := o.found.warn
		if severe || o.found.strict {
			report = o.found.refuse
		}
		report(at, "unknown key %s in %s%s", quoted(m.key), what, didYouMean(m.key, known))
	}
}

// slips warns of keys that are almost one that was asked for, in an object that may hold anything else.
func (o *object) slips(what string) {
	for _, m := range o.node.members {
		for _, key := range o.asked {
			if d := editDistance(m.key, key); d > 0 && d <= 2 {
				report := o.found.warn
				if o.found.strict {
					report = o.found.refuse
				}
				report(o.atKey(m), "unknown key %s in %s; did you mean %s?", quoted(m.key), what, quoted(key))
			}
		}
	}
}
