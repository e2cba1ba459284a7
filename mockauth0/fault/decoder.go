package fault

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"renewal.example/mockauth0/internal/strict"
)

// decoder reads nodes into the form by the names of its json tags, so that there is one form in YAML, JSON and Go.
type decoder struct {
	problems Problems
	places   map[string]*strict.Node // by path
}

func (d *decoder) read(n *strict.Node, f *Fault) { d.value(n, "", reflect.ValueOf(f).Elem()) }

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

func (d *decoder) value(n *strict.Node, path string, into reflect.Value) {
	d.places[path] = n
	if n.Kind == strict.KindNull && path != "" { // null is "not given"
		return
	}
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
		d.plain(n, path, into)
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

func (d *decoder) object(n *strict.Node, path string, into reflect.Value) {
	names := fields(into.Type())
	for _, m := range d.members(n, path) {
		i := slices.Index(names, m.Key)
		if i < 0 {
			d.problems = append(d.problems, Problem{path, m.Line, m.Column, unknownField(m.Key, path, names)})
			continue
		}
		d.value(m.Value, join(path, names[i]), into.Field(i))
	}
}

// unknownField names the nearest field that there is, or all of them.
func unknownField(key, path string, names []string) string {
	hint := "; it has " + strings.Join(names, ", ")
	if near := strict.Nearest(key, names); near != "" {
		hint += fmt.Sprintf("; did you mean %q?", near)
	}
	return fmt.Sprintf("unknown field %q in %s%s", key, named(path), hint)
}

// members are those of an object; what has none, and keys that are none, are reported.
func (d *decoder) members(n *strict.Node, path string) []strict.Member {
	if n.Kind != strict.KindObject {
		d.problems.add(path, "%s is %s; expected an object", named(path), describe(n))
		return nil
	}
	d.rejected(n, path)
	return n.Members
}

func (d *decoder) rejected(n *strict.Node, path string) {
	for _, key := range n.Rejected {
		message := "a key of " + named(path) + " is not a plain word"
		if key.First > 0 {
			message = fmt.Sprintf("%q is given twice in %s", key.Key, named(path))
		}
		d.problems = append(d.problems, Problem{path, key.Line, key.Column, message})
	}
}

func (d *decoder) table(n *strict.Node, path string, into reflect.Value) {
	table := reflect.MakeMap(into.Type())
	for _, m := range d.members(n, path) {
		v := reflect.New(into.Type().Elem()).Elem() // null stays the zero value: a claim may be null
		d.value(m.Value, join(path, m.Key), v)
		table.SetMapIndex(reflect.ValueOf(m.Key), v)
	}
	into.Set(table)
}

func (d *decoder) list(n *strict.Node, path string, into reflect.Value) {
	if n.Kind != strict.KindList {
		d.problems.add(path, "%s is %s; expected a list", named(path), describe(n))
		return
	}
	for i, item := range n.Items {
		v := reflect.New(into.Type().Elem()).Elem()
		d.value(item, join(path, strconv.Itoa(i)), v)
		into.Set(reflect.Append(into, v))
	}
}

// scalar reads text, a number or a flag. The zero value says what leaving it out says, which cannot have been meant.
func (d *decoder) scalar(n *strict.Node, path string, into reflect.Value) {
	wrong := func(expected string) { d.problems.add(path, "%s is %s; expected %s", path, describe(n), expected) }
	switch into.Kind() {
	case reflect.String:
		switch n.Kind {
		case strict.KindString:
			into.SetString(n.Text)
		case strict.KindList, strict.KindObject:
			wrong("text")
			return
		default:
			wrong("text: put it in quotes")
			return
		}
	case reflect.Bool:
		if n.Kind != strict.KindBool {
			wrong("true or false")
			return
		}
		into.SetBool(n.Text == "true")
	case reflect.Float64:
		v, err := strconv.ParseFloat(n.Text, 64)
		if n.Kind != strict.KindInteger && n.Kind != strict.KindNumber || err != nil {
			wrong("a number")
			return
		}
		into.SetFloat(v)
	default:
		v, err := strconv.ParseInt(n.Text, 10, into.Type().Bits())
		if n.Kind != strict.KindInteger || err != nil {
			wrong("a whole number")
			return
		}
		into.SetInt(v)
	}
	if into.IsZero() && path != "times" && path != "fired" {
		wrong("a value, or no such field")
	}
}

func (d *decoder) duration(n *strict.Node, path string, into reflect.Value) {
	v, err := time.ParseDuration(n.Text)
	switch {
	case n.Kind != strict.KindString:
		d.problems.add(path, "%s is %s; a duration is text with a unit, such as \"2s\" or \"1m30s\"", path, describe(n))
	case err != nil:
		d.problems.add(path, "%s: %q %s", path, n.Text, noDuration(n.Text))
	case v == 0:
		d.problems.add(path, "%s is %s; expected a duration that is not 0, or no such field", path, n.Text)
	}
	into.SetInt(int64(v))
}

// plain is a value of any type, as JSON has them.
func (d *decoder) plain(n *strict.Node, path string, into reflect.Value) {
	d.plainKeys(n, path)
	if v := n.Exact(); v != nil {
		into.Set(reflect.ValueOf(v))
	}
}

// plainKeys reports keys of objects inside of such a value that are given twice or are no names.
func (d *decoder) plainKeys(n *strict.Node, path string) {
	d.places[path] = n
	d.rejected(n, path)
	for _, m := range n.Members {
		d.plainKeys(m.Value, join(path, m.Key))
	}
	for i, item := range n.Items {
		d.plainKeys(item, join(path, strconv.Itoa(i)))
	}
}

// describe says what was found: `the text "x"`.
func describe(n *strict.Node) string {
	switch n.Kind {
	case strict.KindString:
		return fmt.Sprintf("the text %.100q", n.Text)
	case strict.KindInteger, strict.KindNumber, strict.KindBool:
		return fmt.Sprintf("%.100s", n.Text)
	}
	return n.Kind.String()
}
