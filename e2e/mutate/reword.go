package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// words are what reworded takes apart: verbs of a format are shorter.
var words = regexp.MustCompile(`[A-Za-z]{4,}`)

// reworded is a text with other words: each is taken apart, and one is appended.
func reworded(text string) string {
	return words.ReplaceAllStringFunc(text, func(w string) string { return w[:2] + "~" + w[2:] }) + " indeed"
}

// reword changes the words of every literal that is given as a description or as a private cause in a copy of the checkout, and
// runs tests there. They pass when nobody reads such a text to find out what happened.
func reword(ctx context.Context, root, dir string, tests []string, out io.Writer) (err error) {
	if root, err = filepath.Abs(root); err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "reword-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	if _, err := copyTree(ctx, root, scratch); err != nil {
		return err
	}
	changed, err := rewordTree(filepath.Join(scratch, dir))
	if err != nil {
		return err
	}
	if changed == 0 {
		return errors.New("no text was found that is given as a description or a cause")
	}
	fmt.Fprintf(out, "%d descriptions and causes have other words; testing with them\n", changed)
	test := exec.CommandContext(ctx, "go", append([]string{"test", "-count=1"}, tests...)...)
	test.Dir, test.Stdout, test.Stderr = scratch, out, out
	return test.Run()
}

// rewordTree rewords the packages below a directory, and says how many texts it changed.
func rewordTree(dir string) (changed int, err error) {
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		n, err := rewordPackage(path)
		changed += n
		return err
	})
	return changed, err
}

// rewordPackage rewords the files of one package, but for its tests.
func rewordPackage(dir string) (int, error) {
	set := token.NewFileSet()
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return 0, err
	}
	files := map[string]*ast.File{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		if files[path], err = parser.ParseFile(set, path, nil, parser.ParseComments); err != nil {
			return 0, err
		}
	}
	w := rewording{texts: map[string][]int{}, named: map[string]bool{}, done: map[*ast.BasicLit]bool{}}
	for _, visit := range []func(ast.Node) bool{w.helpers, w.function, w.uses, w.constants} {
		for _, f := range files {
			ast.Inspect(f, visit)
		}
	}
	if len(w.done) == 0 {
		return 0, nil
	}
	for path, f := range files {
		var b bytes.Buffer
		if err := format.Node(&b, set, f); err != nil {
			return 0, err
		}
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			return 0, err
		}
	}
	return len(w.done), nil
}

// rewording finds the texts of one package.
type rewording struct {
	texts map[string][]int       // functions of the package → which of their arguments are such texts
	named map[string]bool        // constants that are such texts
	done  map[*ast.BasicLit]bool // literals that were reworded
}

// isText tells whether a field or a parameter holds such a text, by its name.
func isText(name string) bool {
	switch name {
	case "Description", "Cause", "description", "cause", "why":
		return true
	}
	return false
}

// helpers notes the functions that take such a text.
func (w *rewording) helpers(n ast.Node) bool {
	f, ok := n.(*ast.FuncDecl)
	if !ok {
		return true
	}
	at := 0
	for _, field := range f.Type.Params.List {
		kind, _ := field.Type.(*ast.Ident)
		for _, name := range field.Names {
			if isText(name.Name) && kind != nil && kind.Name == "string" {
				w.texts[f.Name.Name] = append(w.texts[f.Name.Name], at)
			}
			at++
		}
		at += max(0, 1-len(field.Names))
	}
	return true
}

// function rewords what a function keeps in a variable first.
func (w *rewording) function(n ast.Node) bool {
	f, ok := n.(*ast.FuncDecl)
	if !ok || f.Body == nil {
		return true
	}
	local := rewording{texts: w.texts, named: map[string]bool{}, done: w.done}
	ast.Inspect(f.Body, local.uses)
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok && len(a.Lhs) == len(a.Rhs) {
			for i, to := range a.Lhs {
				if v, ok := to.(*ast.Ident); ok && local.named[v.Name] {
					w.text(a.Rhs[i])
				}
			}
		}
		return true
	})
	return false
}

// uses rewords what is given to fields and to helpers.
func (w *rewording) uses(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && isText(key.Name) {
			w.text(n.Value)
		}
	case *ast.AssignStmt:
		for i, to := range n.Lhs {
			if field, ok := to.(*ast.SelectorExpr); ok && isText(field.Sel.Name) && i < len(n.Rhs) {
				w.text(n.Rhs[i])
			}
		}
	case *ast.CallExpr:
		for _, at := range w.texts[called(n)] {
			if at < len(n.Args) {
				w.text(n.Args[at])
			}
		}
	}
	return true
}

// constants rewords those that uses has named.
func (w *rewording) constants(n ast.Node) bool {
	if v, ok := n.(*ast.ValueSpec); ok {
		for i, name := range v.Names {
			if w.named[name.Name] && i < len(v.Values) {
				w.text(v.Values[i])
			}
		}
	}
	return true
}

// text rewords the end of an expression that is such a text, or the error that holds it.
func (w *rewording) text(e ast.Expr) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		if err == nil && text != "" && e.Kind == token.STRING && !w.done[e] {
			e.Value, w.done[e] = strconv.Quote(reworded(text)), true
		}
	case *ast.Ident:
		w.named[e.Name] = true
	case *ast.BinaryExpr:
		if _, ok := e.Y.(*ast.BasicLit); ok {
			w.text(e.Y)
		} else {
			w.text(e.X)
		}
	case *ast.CallExpr:
		switch called(e) {
		case "errors.New", "fmt.Errorf", "fmt.Sprintf":
			w.text(e.Args[0])
		case "cmp.Or":
			for _, arg := range e.Args {
				w.text(arg)
			}
		}
	}
}

// called names what a call calls: "errors.New" of another package, "refuse" of this one or of a value.
func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok && (x.Name == "errors" || x.Name == "fmt" || x.Name == "cmp") {
			return x.Name + "." + f.Sel.Name
		}
		return f.Sel.Name
	}
	return ""
}
