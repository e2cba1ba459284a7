package mockauth0_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// secretWords are the words in a name that make it a secret's: what is compared with it tells by its time how much of
// a guess was right.
func secretWords() []string {
	return []string{"secret", "secrets", "password", "passwd", "token", "tokens", "mac", "hmac", "verifier", "challenge", "code", "ticket", "signature", "sig", "credential"}
}

// harmlessComparison is a comparison that is allowed although a name in it sounds like a secret's.
type harmlessComparison struct{ dir, text, why string }

// harmless lists every such comparison, so that a new one is looked at by somebody.
func harmless() []harmlessComparison {
	return []harmlessComparison{
		{"internal/httpx", "rt.Errors == ErrorToken", "how a route writes errors"},
		{"internal/cli", "res.StatusCode != http.StatusMisdirectedRequest", "a status"},
		{"diagnosis", "info.Code == wanted", "the name of a cause"},
		{"fault", "kind != mint.LogoutToken", "which of a tenant's tokens it is"},
		{"tenant", "at == AtPassword", "a moment at which Actions run"},
	}
}

// compared finds comparisons of secrets that do not take constant time: ==, !=, switch and the library's functions that
// stop at the first difference. A comparison with a literal is none of a secret: it asks whether something is there, or
// which of the known words it is. Looking a random token up in a map is left alone: nobody can walk towards a key that a
// hash table spreads.
func compared(file *ast.File, dir string) []finding {
	var found []finding
	report := func(n ast.Node, x, y ast.Expr) {
		if literal(x) || literal(y) || length(x) || length(y) || !secretName(x) && !secretName(y) {
			return
		}
		text := textOf(n)
		if slices.ContainsFunc(harmless(), func(c harmlessComparison) bool { return c.dir == dir && c.text == text }) {
			return
		}
		found = append(found, finding{n.Pos(), text + ": compare secrets by subtle.ConstantTimeCompare or hmac.Equal; if none is compared here, say so in harmless() of secrets_rule_test.go"})
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if n.Op == token.EQL || n.Op == token.NEQ {
				report(n, n.X, n.Y)
			}
		case *ast.SwitchStmt:
			if n.Tag == nil {
				return true
			}
			for _, clause := range n.Body.List {
				for _, e := range clause.(*ast.CaseClause).List {
					report(&ast.BinaryExpr{X: n.Tag, OpPos: e.Pos(), Op: token.EQL, Y: e}, n.Tag, e)
				}
			}
		case *ast.CallExpr:
			if hasty(n) {
				report(n, n.Args[0], n.Args[1])
			}
		}
		return true
	})
	return found
}

// hasty tells whether a call compares its first two arguments and stops at the first difference.
func hasty(call *ast.CallExpr) bool {
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) < 2 {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && slices.Contains([]string{
		"bytes.Equal", "bytes.EqualFold", "bytes.Compare", "bytes.HasPrefix", "bytes.HasSuffix", "bytes.Contains", "bytes.CutPrefix", "bytes.CutSuffix",
		"strings.EqualFold", "strings.Compare", "strings.HasPrefix", "strings.HasSuffix", "strings.Contains", "strings.CutPrefix", "strings.CutSuffix",
		"slices.Equal", "slices.Compare", "slices.Contains", "slices.Index", "cmp.Compare", "reflect.DeepEqual",
	}, x.Name+"."+s.Sel.Name)
}

func literal(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		return e.Name == "nil" || e.Name == "true" || e.Name == "false"
	case *ast.SelectorExpr: // a constant of a registry of names
		x, ok := e.X.(*ast.Ident)
		return ok && (x.Name == "names" || x.Name == "registry" || x.Name == "event" || x.Name == "diagnosis")
	case *ast.ParenExpr:
		return literal(e.X)
	case *ast.UnaryExpr:
		return literal(e.X)
	case *ast.CompositeLit:
		return !slices.ContainsFunc(e.Elts, func(e ast.Expr) bool { return !literal(e) })
	case *ast.CallExpr: // a conversion
		return len(e.Args) == 1 && literal(e.Args[0]) && name(e.Fun) == ""
	}
	return false
}

// length tells whether an expression is the length of something: how long a secret is, is no secret.
func length(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	return ok && name(call.Fun) == "len"
}

// secretName tells whether an expression is called like a secret: by its last name, or by the word that it is asked for
// with (form.Get("code_verifier")).
func secretName(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return secretName(e.X)
	case *ast.StarExpr:
		return secretName(e.X)
	case *ast.UnaryExpr:
		return secretName(e.X)
	case *ast.IndexExpr:
		return secretName(e.X)
	case *ast.SliceExpr:
		return secretName(e.X)
	case *ast.BinaryExpr:
		return e.Op == token.ADD && (secretName(e.X) || secretName(e.Y))
	case *ast.CallExpr:
		return secretName(e.Fun) || slices.ContainsFunc(e.Args, func(a ast.Expr) bool {
			lit, ok := a.(*ast.BasicLit)
			return ok && lit.Kind == token.STRING && named(strings.Trim(lit.Value, "`\"")) || secretName(a)
		})
	}
	return named(name(e))
}

func name(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// named looks for a secret word among the words of a Go name or a parameter's.
func named(s string) bool {
	var words []string
	last := ' '
	for _, r := range s {
		switch {
		case r == '_' || r == '-' || r == ' ':
		case len(words) == 0 || last == '_' || last == '-' || last == ' ' || unicode.IsUpper(r) && !unicode.IsUpper(last):
			words = append(words, string(unicode.ToLower(r)))
		default:
			words[len(words)-1] += string(unicode.ToLower(r))
		}
		last = r
	}
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(secretWords(), w) })
}

func textOf(n ast.Node) string {
	var b strings.Builder
	if err := printer.Fprint(&b, token.NewFileSet(), n); err != nil {
		return fmt.Sprint(err)
	}
	return b.String()
}

// TestHarmlessComparisonsAreThere: an entry whose comparison is gone would let a new one through unseen.
func TestHarmlessComparisonsAreThere(t *testing.T) {
	_, sources := parse(t)
	for _, c := range harmless() {
		found := slices.ContainsFunc(sources, func(s source) bool {
			there := false
			ast.Inspect(s.file, func(n ast.Node) bool {
				if e, ok := n.(ast.Expr); ok && s.dir() == c.dir && textOf(e) == c.text {
					there = true
				}
				return !there
			})
			return there
		})
		if !found {
			t.Errorf("harmless() lists %q in %s, which is not there any more", c.text, c.dir)
		}
		if c.why == "" {
			t.Errorf("harmless() does not say why %q is none of a secret", c.text)
		}
	}
}

func TestSecretComparisonsBite(t *testing.T) {
	for code, want := range map[string]bool{
		`func f(secret, sent string) bool { return secret == sent }`:                                       true,
		`func f(c C, sent string) bool { return sent != c.ClientSecret }`:                                  true,
		`func f(a, b C) bool { return a.Challenge == b.x }`:                                                true,
		`func f(v V, x string) bool { return v.Get("code_verifier") == x }`:                                true,
		`func f(m M, b []byte, x string) bool { return string(m.mac(b)) == x }`:                            true,
		`func f(token, x string) { switch x { case token: } }`:                                             true,
		`func f(loginTicket, x string) { switch loginTicket { case "a", x: } }`:                            true,
		`func f(mac, x []byte) bool { return bytes.Equal(mac, x) }`:                                        true,
		`func f(mac, x []byte) bool { return bytes.Equal(x, mac[:8]) }`:                                    true,
		`func f(password, x string) bool { return strings.EqualFold(x, password) }`:                        true,
		`func f(secrets []string, x string) bool { return slices.Contains(secrets, x) }`:                   true,
		`func f(signature *string, x string) bool { return *signature == x }`:                              true,
		`func f(u U, x string) bool { return "a:"+u.Password == x }`:                                       true,
		`func f(secret string) bool { return secret == "" }`:                                               false,
		`func f(e E) bool { return e.Code == "login_required" }`:                                           false,
		`func f(token []byte) bool { return token != nil }`:                                                false,
		`func f(a, b string) bool { return a == b }`:                                                       false,
		`func f(secret string, n int) bool { return len(secret) == n }`:                                    false,
		`func f(encoded, decoded string) bool { return encoded == decoded }`:                               false,
		`func f(token string) bool { return strings.HasPrefix(token, "v1.") }`:                             false,
		`func f(secret, x []byte) bool { return subtle.ConstantTimeCompare(secret, x) == 1 }`:              false,
		`func f(tokens map[string]int, x string) int { return tokens[x] }`:                                 false,
		`func f(grant, code string) { switch grant { case "authorization_code", "refresh_token": f2() } }`: false,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x; "+code, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		if got := compared(file, "x"); len(got) > 0 != want {
			t.Errorf("%s: found %v, want a finding: %v", code, got, want)
		}
	}
}
