package mockauth0_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// source is one parsed Go file of the library; tests are left out.
type source struct {
	path string // below mockauth0/, with slashes
	file *ast.File
}

func (s source) dir() string {
	if i := strings.LastIndexByte(s.path, '/'); i >= 0 {
		return s.path[:i]
	}
	return ""
}

func parse(t *testing.T) (*token.FileSet, []source) {
	t.Helper()
	set := token.NewFileSet()
	var sources []source
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && entry.Name() == "testdata" {
			return filepath.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(set, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		sources = append(sources, source{filepath.ToSlash(path), file})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return set, sources
}

// TestHouseRules holds the rules that a reader relies on without looking: time, environment and exit have one
// home each, and no package has state of its own.
func TestHouseRules(t *testing.T) {
	set, sources := parse(t)
	for _, s := range sources {
		for _, p := range check(s.file, s.dir()) {
			t.Errorf("%s: %s", set.Position(p.pos), p.text)
		}
	}
	for _, p := range written(sources) {
		t.Errorf("%s: %s", set.Position(p.pos), p.text)
	}
}

// drivesBrowsers tells the packages that wait for a real browser, in real time.
func drivesBrowsers(dir string) bool {
	return dir == "stage" || dir == "browser" || strings.HasPrefix(dir, "browser/")
}

type finding struct {
	pos  token.Pos
	text string
}

// homes says which names of the standard library may be used in one directory only.
func homes() []home {
	return []home{
		{"time", []string{"Now", "After", "AfterFunc", "Sleep", "NewTimer", "NewTicker", "Tick", "Since", "Until"}, "internal/clock",
			"only internal/clock reads real time or starts a timer; use a tenant's Clock, or clock.Wall"},
		{"os", []string{"Getenv", "LookupEnv", "Environ", "ExpandEnv", "UserHomeDir", "UserConfigDir", "UserCacheDir"}, "internal/cli",
			"only internal/cli reads the environment; take an option"},
		{"os", []string{"Exit"}, "cmd/mockauth0", "only main ends the process; return an error"},
		{"log", []string{"Fatal", "Fatalf", "Fatalln", "Panic", "Panicf", "Panicln"}, "", "only main ends the process; return an error"},
	}
}

type home struct {
	pkg   string
	names []string
	dir   string
	why   string
}

func check(file *ast.File, dir string) []finding {
	var found []finding
	imported := map[string]string{} // name in this file → import path
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		name := path[strings.LastIndexByte(path, '/')+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		imported[name] = path
	}
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := selector.X.(*ast.Ident)
		if !ok {
			return true
		}
		for _, h := range homes() {
			if imported[x.Name] == h.pkg && slices.Contains(h.names, selector.Sel.Name) && dir != h.dir &&
				!(h.pkg == "time" && drivesBrowsers(dir)) {
				found = append(found, finding{selector.Pos(), fmt.Sprintf("%s.%s: %s", h.pkg, selector.Sel.Name, h.why)})
			}
		}
		return true
	})
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			found = append(found, finding{f.Pos(), "func init: call what it does from a constructor"})
		}
		for _, v := range packageVars(decl) {
			if compiled := v.value != nil && madeBy(v.value) == "regexp.MustCompile"; compiled && dir != "internal/tenanttest" {
				found = append(found, finding{v.name.Pos(), "each start pays for " + v.name.Name + ": use pattern.Lazy"})
			} else if why := mutable(v); why != "" && !compiled {
				found = append(found, finding{v.name.Pos(), fmt.Sprintf("package variable %s %s: pass it to whoever needs it", v.name.Name, why)})
			}
		}
	}
	return found
}

type packageVar struct {
	name     *ast.Ident
	value    ast.Expr // nil: none
	embedded bool     // has a go:embed directive
}

func packageVars(decl ast.Decl) []packageVar {
	general, ok := decl.(*ast.GenDecl)
	if !ok || general.Tok != token.VAR {
		return nil
	}
	var vars []packageVar
	for _, spec := range general.Specs {
		v := spec.(*ast.ValueSpec)
		for i, name := range v.Names {
			if name.Name == "_" {
				continue
			}
			one := packageVar{name: name, embedded: embeds(general.Doc) || embeds(v.Doc)}
			if i < len(v.Values) {
				one.value = v.Values[i]
			}
			vars = append(vars, one)
		}
	}
	return vars
}

func embeds(doc *ast.CommentGroup) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") })
}

// mutable says why a package variable may change while the program runs, or "". Embedded files, error values,
// compiled patterns and templates, and tables that nothing writes to (see written) do not change.
func mutable(v packageVar) string {
	if v.embedded {
		return ""
	}
	switch value := v.value.(type) {
	case nil:
		return "starts empty, so something must fill it"
	case *ast.CompositeLit, *ast.BasicLit:
		return ""
	case *ast.CallExpr:
		called := madeBy(value)
		if slices.Contains([]string{
			"errors.New", "fmt.Errorf", "sync.OnceValue", "pattern.Lazy", "template.Must", "strings.NewReplacer", "netip.MustParsePrefix",
		}, called) {
			return ""
		}
		return "is made by " + called
	default:
		return "is not a plain value"
	}
}

// madeBy is the function whose result a package variable is: "errors.New", or "".
func madeBy(value ast.Expr) string {
	call, ok := value.(*ast.CallExpr)
	if !ok {
		return ""
	}
	return types.ExprString(call.Fun)
}

// written finds package variables that some function of their package assigns to, takes the address of or
// deletes from. Locals of the same name are taken for the package's: name them differently.
func written(sources []source) []finding {
	names := map[string]map[string]bool{} // directory → package variables
	for _, s := range sources {
		for _, decl := range s.file.Decls {
			for _, v := range packageVars(decl) {
				if names[s.dir()] == nil {
					names[s.dir()] = map[string]bool{}
				}
				names[s.dir()][v.name.Name] = true
			}
		}
	}
	var found []finding
	for _, s := range sources {
		report := func(e ast.Expr) {
			if id := root(e); id != nil && names[s.dir()][id.Name] {
				found = append(found, finding{id.Pos(), "package variable " + id.Name + " is written to"})
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				if n.Tok != token.DEFINE {
					for _, e := range n.Lhs {
						report(e)
					}
				}
			case *ast.IncDecStmt:
				report(n.X)
			case *ast.UnaryExpr:
				if n.Op == token.AND {
					report(n.X)
				}
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "delete" || f.Name == "clear") && len(n.Args) > 0 {
					report(n.Args[0])
				}
			}
			return true
		})
	}
	return found
}

// root is the variable that an expression such as table[k].field reaches into.
func root(e ast.Expr) *ast.Ident {
	switch e := e.(type) {
	case *ast.Ident:
		return e
	case *ast.IndexExpr:
		return root(e.X)
	case *ast.SelectorExpr:
		return root(e.X)
	case *ast.StarExpr:
		return root(e.X)
	case *ast.ParenExpr:
		return root(e.X)
	default:
		return nil
	}
}

// TestHouseRulesBite feeds each rule one offence, so that a rule that stopped looking is noticed.
func TestHouseRulesBite(t *testing.T) {
	for _, tc := range []struct{ name, dir, code, want string }{
		{"real time", "session", `import "time"; func f() time.Time { return time.Now() }`, "time.Now"},
		{"real time under another name", "session", `import clock "time"; func f() { clock.Sleep(1) }`, "time.Sleep"},
		{"real time at its home", "internal/clock", `import "time"; func f() time.Time { return time.Now() }`, ""},
		{"environment", "keys", `import "os"; func f() string { return os.Getenv("HOME") }`, "os.Getenv"},
		{"exit", "keys", `import "os"; func f() { os.Exit(1) }`, "os.Exit"},
		{"init", "keys", `func init() {}`, "func init"},
		{"a method called init", "keys", `type T struct{}; func (T) init() {}`, ""},
		{"empty variable", "keys", `var cache map[string]int`, "starts empty"},
		{"made variable", "keys", `var cache = make(map[string]int)`, "is made by make"},
		{"expression", "keys", `import "regexp"; var word = regexp.MustCompile("a")`, "use pattern.Lazy"},
		{"expression at its first use", "keys", `import "x/pattern"; var word = pattern.Lazy("a")`, ""},
		{"pointer", "keys", `var one = &T{}; type T struct{}`, "not a plain value"},
		{"error value", "keys", `import "errors"; var errGone = errors.New("gone")`, ""},
		{"interface check", "keys", `var _ interface{} = T{}; type T struct{}`, ""},
		{"table", "keys", `var table = map[string]int{"a": 1}; func f() int { return table["a"] }`, ""},
		{"written table", "keys", `var table = map[string]int{"a": 1}; func f() { table["b"] = 2 }`, "table is written to"},
		{"deleted from", "keys", `var table = map[string]int{"a": 1}; func f() { delete(table, "a") }`, "table is written to"},
		{"counter", "keys", `var n = 1; func f() { n++ }`, "n is written to"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x; "+tc.code, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			found := append(check(file, tc.dir), written([]source{{tc.dir + "/x.go", file}})...)
			if tc.want == "" {
				if len(found) > 0 {
					t.Errorf("found %q, want nothing", found[0].text)
				}
				return
			}
			if len(found) != 1 || !strings.Contains(found[0].text, tc.want) {
				t.Errorf("found %v, want one finding that names %q", found, tc.want)
			}
		})
	}
}

// reasonless are rooms whose errors never reach the tenant's log: they answer programs of the test, or serve a page.
func reasonless(dir string) bool {
	return slices.Contains([]string{"internal/control", "internal/console", "internal/routes", "internal/lock", "internal/oauth",
		"internal/faults"}, dir)
}

// TestEveryRefusalGivesItsReason: programs read why a request was refused, and no text. An error that is made without a
// reason would be one that nobody can tell from others.
func TestEveryRefusalGivesItsReason(t *testing.T) {
	set, sources := parse(t)
	seen := 0
	for _, s := range sources {
		if reasonless(s.dir()) {
			continue
		}
		given := map[ast.Node]bool{}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Because" {
					given[f.X] = true
				}
				maker := types.ExprString(n.Fun)
				if (maker == "oauth.Errorf" || helper(s.dir(), maker)) && !given[n] && !inHelper(s, n) {
					t.Errorf("%s: %s without Because(event.…)", set.Position(n.Pos()), maker)
				}
			case *ast.CompositeLit:
				if types.ExprString(n.Type) != "oauth.Error" {
					return true
				}
				seen++
				if !keyed(n, "Reason") && !inHelper(s, n) {
					t.Errorf("%s: oauth.Error without a Reason", set.Position(n.Pos()))
				}
			}
			return true
		})
	}
	if seen < 20 {
		t.Errorf("found %d errors: does this test look in the right place?", seen)
	}
}

// helper tells the functions that make an error for others, who give the reason.
func helper(dir, name string) bool {
	return dir == "internal/grant" && name == "denied" || dir == "internal/authorize" && name == "pageError"
}

func inHelper(s source, n ast.Node) bool {
	return slices.ContainsFunc(s.file.Decls, func(d ast.Decl) bool {
		f, ok := d.(*ast.FuncDecl)
		return ok && helper(s.dir(), f.Name.Name) && f.Pos() <= n.Pos() && n.End() <= f.End()
	})
}

func keyed(n *ast.CompositeLit, name string) bool {
	return slices.ContainsFunc(n.Elts, func(e ast.Expr) bool {
		kv, ok := e.(*ast.KeyValueExpr)
		return ok && types.ExprString(kv.Key) == name
	})
}

// TestNoPublicTypeIsAnAliasOfAnInternalOne: go doc shows an alias without its fields, and a caller could not look them up.
func TestNoPublicTypeIsAnAliasOfAnInternalOne(t *testing.T) {
	set, sources := parse(t)
	for _, s := range sources {
		if strings.HasPrefix(s.path, "internal/") {
			continue
		}
		for _, decl := range s.file.Decls {
			types, ok := decl.(*ast.GenDecl)
			if !ok || types.Tok != token.TYPE {
				continue
			}
			for _, spec := range types.Specs {
				if one := spec.(*ast.TypeSpec); one.Assign.IsValid() && one.Name.IsExported() {
					t.Errorf("%s: %s is an alias: make it a type with documented fields, which the library fills", set.Position(one.Pos()), one.Name)
				}
			}
		}
	}
}
