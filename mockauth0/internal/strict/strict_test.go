package strict_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"renewal.example/mockauth0/internal/strict"
)

// read parses a text and gives what is wrong with it, "line:column: message" each.
func read(t *testing.T, form, text string) (*strict.Node, []string) {
	t.Helper()
	found := &strict.Findings{}
	s := strict.FromText([]byte(text))
	parse := s.ParseYAML
	if form == "JSON" {
		parse = s.ParseJSON
	}
	n, err := parse()
	if err != nil {
		s.Report(err, found)
	}
	if n != nil {
		s.ReportKeys(n, found)
	}
	found.Sort()
	return n, lines(found.Errors)
}

func lines(problems []strict.Problem) (out []string) {
	for _, p := range problems {
		out = append(out, fmt.Sprintf("%s%d:%d: %s", p.File, p.Line, p.Column, p.Message))
	}
	return out
}

// TestWhatIsWrongHasItsPosition: lines and columns from 1, columns in characters.
func TestWhatIsWrongHasItsPosition(t *testing.T) {
	for _, tc := range []struct{ form, text, want string }{
		{"YAML", "", "1:1: the file is empty"},
		{"YAML", "# nothing\n", "1:1: the file is empty"},
		{"YAML", "null", "1:1: the file is empty"},
		{"YAML", "a: 1\n\tb: 2\n", "2:1: a tab is used for indentation; YAML expects spaces"},
		{"YAML", "a: 1\n---\nb: 2\n", "2:1: a second YAML document begins here; expected one in a file"},
		{"YAML", "a: [1, 2\nb: 3\n", "1:1: this is not valid YAML: did not find expected ',' or ']'; check the indentation, brackets and quotes here"},
		{"YAML", "é: {a: 1, a: 2}\n", `1:11: the key "a" is given twice, first at .:1; expected it once`},
		{"YAML", "a: 1\nb:\n  c: 1\n  c: 2\na: 3\n", `4:3: the key "c" is given twice, first at .:3; expected it once` + "\n" +
			`5:1: the key "a" is given twice, first at .:1; expected it once`},
		{"YAML", "? [a]\n: 1\n", "1:3: a key is not a plain word; expected a name"},
		{"YAML", "a: &a [*a]\n", "1:4: the document is nested too deeply or its aliases make it too large; expected a plain document"},
		{"JSON", "", "1:1: the file is empty"},
		{"JSON", " \n", "1:1: the file is empty"},
		{"JSON", "{\n  \"a\": }", "2:8: this is not valid JSON: invalid character '}' looking for beginning of value"},
		{"JSON", "{\"a\": [1, \"x", `1:13: this is not valid JSON: the file ends too early; expected the rest, which ends with "]}`},
		{"JSON", "[1]\n [2]", "2:2: this is not valid JSON: invalid character '[' after top-level value"},
		{"JSON", "{\"é\": 1,\n \"a\": 1, \"a\": 2}", `2:10: the key "a" is given twice, first at .:2; expected it once`},
		{"JSON", strings.Repeat("[", 300) + strings.Repeat("]", 300),
			"1:201: the document is nested too deeply or its aliases make it too large; expected a plain document"},
	} {
		if _, got := read(t, tc.form, tc.text); strings.Join(got, "\n") != tc.want {
			t.Errorf("%s %q:\n%s\nwant\n%s", tc.form, tc.text, strings.Join(got, "\n"), tc.want)
		}
	}
}

// TestYAMLAndJSONAreReadAlike: the same kinds, texts and positions.
func TestYAMLAndJSONAreReadAlike(t *testing.T) {
	const text = `{"text": "é\n", "n": 12, "f": 1.5, "on": true, "none": null, "list": [1, {"a": "b"}]}`
	fromYAML, _ := read(t, "YAML", text)
	fromJSON, _ := read(t, "JSON", text)
	if a, b := outline(fromYAML), outline(fromJSON); a != b {
		t.Errorf("YAML\n%s\nJSON\n%s", a, b)
	}
	if got := fmt.Sprintf("%T %T", fromJSON.Member("n").Plain(), fromJSON.Member("n").Exact()); got != "float64 int64" {
		t.Error("a whole number is", got)
	}
}

func outline(n *strict.Node) string {
	out := fmt.Sprintf("%d:%d %s %q", n.Line, n.Column, n.Kind, n.Text)
	for _, item := range n.Items {
		out += " [" + outline(item) + "]"
	}
	for _, m := range n.Members {
		out += fmt.Sprintf("\n%d:%d %s: %s", m.Line, m.Column, m.Key, outline(m.Value))
	}
	return out
}

// TestTypesAndUnknownKeys: everything that is wrong comes at once, and an unknown key with the nearest known one.
func TestTypesAndUnknownKeys(t *testing.T) {
	d := strict.ReadDocument(fstest.MapFS{"x.yaml": {Data: []byte(`name: 1
on: maybe
words: [a, 2]
many: 0
wait: soon
colour: red
inner:
  nmae: x
`)}}, "x.yaml", "dir/x.yaml")
	root := d.Root()
	root.Text("name")
	root.Flag("on")
	root.Texts("words")
	root.Count("many")
	root.Duration("wait")
	root.Among("colour", "blue", "green")
	root.Required("title", "a thing")
	inner := root.Child("inner")
	inner.Text("name")
	inner.Finish("inner")
	root.Finish("a thing")
	want := []string{
		"dir/x.yaml1:1: a thing has no title; expected a string",
		"dir/x.yaml1:7: name is the number 1; expected a string: put it in quotes",
		`dir/x.yaml2:5: on is the string "maybe"; expected true or false`,
		"dir/x.yaml3:12: an entry of words is the number 2; expected a string",
		"dir/x.yaml4:7: many is the number 0; expected a whole number from 1 to 1000000",
		`dir/x.yaml5:7: wait is the string "soon"; expected a duration such as 2h, 1m30s or 500ms`,
		`dir/x.yaml6:9: colour is "red"; expected blue or green`,
		`dir/x.yaml8:3: unknown key "nmae" in inner; did you mean "name"?`,
	}
	if got := lines(d.Problems()); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestMarkersKeepPositions: what a marker is replaced by moves no position, and one without a value is reported once.
func TestMarkersKeepPositions(t *testing.T) {
	env := func(key string) (string, bool) { return "a name that is much longer", key == "NAME" }
	found := &strict.Findings{}
	files := fstest.MapFS{"x.yaml": {Data: []byte("a: {name: ##NAME##, x: 1, x: 2}\nb: ##LOST##\n# ##COMMENT##\n")}}
	s := strict.Read(files, "x.yaml", "x.yaml", env, found)
	n, err := s.ParseYAML()
	if err != nil {
		t.Fatal(err)
	}
	s.ReportKeys(n, found)
	found.Sort()
	want := []string{`x.yaml1:27: the key "x" is given twice, first at x.yaml:1; expected it once`,
		"x.yaml2:4: the marker ##LOST## has no value; expected LOST in the environment or in AUTH0_KEYWORD_REPLACE_MAPPINGS"}
	if got := lines(found.Errors); !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	if got := n.Member("a").Member("name").Text; got != "a name that is much longer" {
		t.Errorf("the marker stands for %q", got)
	}
}

// TestOver: objects are merged by key, null takes a key away, lists of named entries are merged by name.
func TestOver(t *testing.T) {
	base, _ := read(t, "YAML", "a: 1\nb: {c: 1, d: 2}\nlist: [{name: x, n: 1}, {name: y}]\nplain: [1, 2]")
	top, _ := read(t, "YAML", "a: null\nb: {d: 3}\nlist: [{name: x, n: 2}, {name: z}]\nplain: [3]")
	want := "map[b:map[c:1 d:3] list:[map[n:2 name:x] map[name:y] map[name:z]] plain:[3]]"
	if got := fmt.Sprint(strict.Over(base, top).Plain()); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if got := fmt.Sprint(base.Member("b").Plain()); got != "map[c:1 d:2]" {
		t.Errorf("the base has changed: %s", got)
	}
}

func TestTheNearestWord(t *testing.T) {
	known := []string{"callbacks", "web_origins", "name"}
	for word, want := range map[string]string{
		"calbacks": `; did you mean "callbacks"?`, "Name": `; did you mean "name"?`, "xyzzyxyzzy": "; expected callbacks, web_origins or name",
		strings.Repeat("x", 100): "; expected callbacks, web_origins or name",
	} {
		if got := strict.DidYouMean(word, known); got != want {
			t.Errorf("%s: %s", word, got)
		}
	}
}
