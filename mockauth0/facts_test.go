package mockauth0_test

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// factsFile is testdata/facts.yaml; its head says what the keys mean.
type factsFile struct {
	Sections map[string]any    `yaml:"sections"` // number → title and sources, which mockauth0/FIDELITY.md shows
	Later    map[string]string `yaml:"later"`    // reason → what of it is left out
	Facts    []fact            `yaml:"facts"`
}

type fact struct {
	ID     string   `yaml:"id"`
	Fact   string   `yaml:"fact"`
	Tag    string   `yaml:"tag"`
	Source string   `yaml:"source"`
	Scope  string   `yaml:"scope"`
	Reason string   `yaml:"reason"`
	Tests  []string `yaml:"tests"`
}

// TestEveryFactHasItsTest holds testdata/facts.yaml to its promise: each fact of the protocol that is in scope names
// tests that exist and are not skipped. That they pass is shown by the same run of go test.
func TestEveryFactHasItsTest(t *testing.T) {
	const path = "testdata/facts.yaml"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	problems, counted := checkFacts(text, knownTests(t))
	for _, p := range problems {
		t.Errorf("%s:%s", path, p)
	}
	t.Logf("%d facts are in scope, %d come later", counted["in"], counted["later"])
}

var (
	factID  = regexp.MustCompile(`^[1-7](\.[0-9]+)?(-[a-z0-9]+)+$`)
	factTag = regexp.MustCompile(`^(M|D|S|I|O|C|~)(/(M|D|S|I|O|C|~))*$`)
)

// checkFacts returns what is wrong with a facts file, and how many facts it has by scope.
func checkFacts(text []byte, tests *catalogue) (problems []string, counted map[string]int) {
	var file factsFile
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil {
		return []string{" " + err.Error()}, nil
	}
	var lines struct{ Facts []yaml.Node }
	if err := yaml.Unmarshal(text, &lines); err != nil {
		return []string{" " + err.Error()}, nil
	}
	counted = map[string]int{}
	seen, used := map[string]int{}, map[string]bool{}
	for i, f := range file.Facts {
		line := lines.Facts[i].Line
		bad := func(format string, args ...any) {
			problems = append(problems, fmt.Sprintf("%d: %s: ", line, f.ID)+fmt.Sprintf(format, args...))
		}
		if counted[f.Scope]++; !factID.MatchString(f.ID) {
			bad("the id is not the number of a section and words, such as 1.2-callback-mismatch")
		}
		if first := seen[f.ID]; first > 0 {
			bad("line %d has this id as well", first)
		}
		seen[f.ID] = line
		if !factTag.MatchString(f.Tag) {
			bad("the tag %q is not made of M, D, S, I, O, C and ~ with slashes between them", f.Tag)
		}
		if f.Fact == "" || strings.Contains(f.Fact, "\n") {
			bad("the fact is not one line")
		}
		switch f.Scope {
		case "in":
			if len(f.Tests) == 0 {
				bad("no test covers it")
			}
			if f.Reason != "" {
				bad("it is in scope and has a reason to come later")
			}
		case "later":
			if used[f.Reason] = true; file.Later[f.Reason] == "" {
				bad("the reason %q is none of those listed under `later`", f.Reason)
			}
			if len(f.Tests) > 0 {
				bad("it comes later and has tests: move it into scope")
			}
		default:
			bad("the scope %q is neither in nor later", f.Scope)
		}
		for i, name := range f.Tests {
			if why := tests.lacks(name); why != "" {
				bad("%s: %s", name, why)
			}
			if slices.Contains(f.Tests[:i], name) {
				bad("%s is listed twice", name)
			}
		}
	}
	for reason := range file.Later {
		if !used[reason] {
			problems = append(problems, fmt.Sprintf(" `later` has the reason %q, which no fact uses", reason))
		}
	}
	return problems, counted
}

// catalogue are the tests of the module, found in the sources: nothing has to be run to know their names.
type catalogue struct {
	functions map[string]*testFunction // "mockauth0/internal/oauth.TestMatchOrigin"
	specs     map[string]int           // text of a spec in e2e → how often it is there
}

type testFunction struct {
	rows    map[string]bool // names of sub-tests and of the rows of its tables
	skipped string          // why it may not run; "" when it always does
}

// lacks says what is wrong with the name of a test, or "". A name is
//
//	mockauth0.TestTokenErrors                  a test function of a package, or a fuzz function, whose seeds are tests
//	mockauth0.TestTokenErrors/wrong secret     one of its rows, be it a sub-test of go test or not
//	e2e: logs out in every tab                 a Ginkgo spec by its text
func (c *catalogue) lacks(name string) string {
	if text, ok := strings.CutPrefix(name, "e2e: "); ok {
		switch c.specs[text] {
		case 0:
			return "no spec in e2e/*_test.go has this text"
		case 1:
			return ""
		}
		return "several specs have this text"
	}
	function, row, within := strings.Cut(name, "/")
	for within && !strings.Contains(function, ".") { // the slashes of the package's path
		var more string
		more, row, within = strings.Cut(row, "/")
		function += "/" + more
	}
	f := c.functions[function]
	switch {
	case f == nil:
		return "there is no such test function"
	case f.skipped != "":
		return f.skipped
	case within && !f.rows[row]:
		return fmt.Sprintf("neither a sub-test nor a row of a table in %s is called %q", function, row)
	}
	return ""
}

// knownTests reads the test files of the module.
func knownTests(t *testing.T) *catalogue {
	t.Helper()
	c := &catalogue{map[string]*testFunction{}, map[string]int{}}
	for _, root := range []string{".", "../e2e"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.SkipObjectResolution)
			if err == nil {
				c.add(filepath.ToSlash(filepath.Join("mockauth0", filepath.Dir(path))), file)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// add takes the tests of a file into the catalogue.
func (c *catalogue) add(dir string, file *ast.File) {
	why := ""
	for _, group := range file.Comments {
		for _, comment := range group.List {
			if constraint.IsGoBuild(comment.Text) && group.Pos() < file.Package {
				why = "its file is built under a condition only: " + comment.Text
			}
		}
	}
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if ok && f.Recv == nil && f.Body != nil && (strings.HasPrefix(f.Name.Name, "Test") || strings.HasPrefix(f.Name.Name, "Fuzz")) {
			c.functions[dir+"."+f.Name.Name] = &testFunction{rowsOf(f.Body), cmp.Or(why, skips(f.Body))}
		}
	}
	if dir == "e2e" {
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && slices.Contains([]string{"It", "Entry", "Specify"}, name(call.Fun)) && len(call.Args) > 0 {
				if text, ok := constant(call.Args[0]); ok {
					c.specs[text]++
				}
			}
			return true
		})
	}
}

// skips says that a test calls Skip, SkipNow or Skipf.
func skips(body *ast.BlockStmt) (why string) {
	ast.Inspect(body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, name(call.Fun)) {
			why = "it may be skipped"
		}
		return true
	})
	return why
}

// rowsOf are the names that a test gives to its parts: what it passes to Run, and in its tables the keys of maps, the
// `name` of a row, or the text that a row without field names begins with.
func rowsOf(body *ast.BlockStmt) map[string]bool {
	rows := map[string]bool{}
	add := func(e ast.Expr) {
		if text, ok := constant(e); ok {
			rows[text] = true
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if name(n.Fun) == "Run" && len(n.Args) > 0 {
				add(n.Args[0])
			}
		case *ast.CompositeLit:
			of := element(n.Type)
			for _, e := range n.Elts {
				pair, keyed := e.(*ast.KeyValueExpr)
				if keyed {
					add(pair.Key)
				}
				if row, ok := e.(*ast.CompositeLit); ok && of && len(row.Elts) > 0 {
					add(row.Elts[0])
				}
				if keyed && name(pair.Key) == "name" {
					add(pair.Value)
				}
			}
		}
		return true
	})
	return rows
}

// element tells whether a type is a list of structs.
func element(e ast.Expr) bool {
	list, ok := e.(*ast.ArrayType)
	if !ok {
		return false
	}
	_, unnamed := list.Elt.(*ast.StructType)
	n := name(list.Elt)
	return unnamed || n != "" && n != "string" && n != "byte"
}

// constant is the text of a literal, also of one that is put together with +.
func constant(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		x, ok := constant(e.X)
		y, also := constant(e.Y)
		return x + y, ok && also && e.Op == token.ADD
	}
	return "", false
}

func TestFactsBite(t *testing.T) {
	tests := &catalogue{map[string]*testFunction{}, map[string]int{}}
	for dir, code := range map[string]string{
		"mockauth0": `func TestA(t *testing.T) {
			for _, tc := range []struct{ name, path string }{{"one", "x"}, {name: "two/b"}} { t.Run(tc.name, nil) }
			for name := range map[string][]string{"three": {"four"}} { t.Log(name) }
			t.Run("five" + " six", nil)
		}
		func TestS(t *testing.T) { if testing.Short() { t.Skip() } }
		func helper() { run("seven") }`,
		"mockauth0/internal/oauth": `func TestB(t *testing.T) { for range map[string]int{"row": 1} {} }`,
		"e2e":                      `var _ = Describe("x", func() { It("does it", nil); It("twice", nil); It("twice", nil); XIt("never", nil) })`,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x_test.go", "package x; "+code, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		tests.add(dir, file)
	}
	tagged, err := parser.ParseFile(token.NewFileSet(), "x_test.go", "//go:build race\n\npackage x; func TestT(t *testing.T) {}",
		parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	tests.add("mockauth0", tagged)
	const good = "id: 1.2-a, fact: x, tag: M/~, scope: in, tests: "
	for line, want := range map[string]string{
		good + "[mockauth0.TestA]":                                                "",
		good + "[mockauth0.TestA/one, mockauth0.TestA/two/b]":                     "",
		good + "[mockauth0.TestA/three, mockauth0.TestA/five six]":                "",
		good + "[mockauth0/internal/oauth.TestB/row, 'e2e: does it']":             "",
		good + "[mockauth0.TestA/x]":                                              "neither a sub-test nor a row",
		good + "[mockauth0.TestA/four]":                                           "neither a sub-test nor a row",
		good + "[mockauth0.TestA/seven]":                                          "neither a sub-test nor a row",
		good + "[mockauth0.TestB]":                                                "no such test function",
		good + "[mockauth0.helper]":                                               "no such test function",
		good + "[mockauth0.TestS]":                                                "may be skipped",
		good + "[mockauth0.TestT]":                                                "condition only",
		good + "['e2e: never']":                                                   "no spec",
		good + "['e2e: twice']":                                                   "several specs",
		good + "[]":                                                               "no test covers it",
		good + "[mockauth0.TestA, mockauth0.TestA]":                               "listed twice",
		good + "[mockauth0.TestA], reason: mfa":                                   "has a reason",
		"id: 1.2-b, fact: x, tag: M, scope: later, reason: mfa":                   "",
		"id: 1.2-b, fact: x, tag: M, scope: later, reason: time":                  "none of those listed",
		"id: 1.2-b, fact: x, tag: M, scope: later":                                "none of those listed",
		"id: 1.2-b, fact: x, tag: M, scope: later, reason: mfa, tests: [e2e]":     "move it into scope",
		"id: 1.2-b, fact: x, tag: M, scope: never":                                "neither in nor later",
		"id: 1.2-c, fact: x, tag: Z, scope: in, tests: [mockauth0.TestA]":         "the tag",
		"id: callback, fact: x, tag: M, scope: in, tests: [mockauth0.TestA]":      "the id",
		"id: 1.2-c, fact: '', tag: M, scope: in, tests: [mockauth0.TestA]":        "not one line",
		"id: 1.2-z, fact: x, tag: M, scope: later, reason: mfa":                   "has this id as well",
		"id: 1.2-c, fact: x, tags: M, scope: in, tests: [mockauth0.TestA]":        "field tags not found",
		"id: 1.2-c, fact: x, tag: M, scope: in, test: mockauth0.TestA, tests: []": "field test not found",
	} {
		problems, _ := checkFacts([]byte("later: {mfa: x}\nfacts:\n- {id: 1.2-z, fact: x, tag: M, scope: later, reason: mfa}\n- {"+line+"}\n"),
			tests)
		switch {
		case want == "" && len(problems) > 0:
			t.Errorf("%s: %q", line, problems)
		case want != "" && !slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, want) }):
			t.Errorf("%s: %q, want %q", line, problems, want)
		}
	}
	if problems, _ := checkFacts([]byte("later: {mfa: x}\nfacts: []"), tests); len(problems) != 1 {
		t.Errorf("an unused reason: %q", problems)
	}
}

// name is the last name of an expression; "" when it has none.
func name(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}
