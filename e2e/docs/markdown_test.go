package docs

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// page is a Markdown document, as far as these tests look at it.
type page struct {
	path    string
	anchors map[string]bool // of its headings, as GitHub makes them
	links   []link
	blocks  []block
}

type link struct {
	to   string
	line int
}

// block is a fenced example.
type block struct {
	language string
	text     string
	line     int  // of its first line
	mark     mark // what a comment before it says
}

// mark is an HTML comment that stands before a block: how these tests treat it. Readers of the page do not see it.
type mark struct {
	notRun string // <!-- not run: REASON -->
	needs  string // <!-- needs a browser -->, or the name of a program: run where that is
	file   string // <!-- file: PATH -->: the block is this file's content, for the examples after it
}

var comment = regexp.MustCompile(`^<!-- (?:(not run): (.+)|(file): (.+)|needs (a browser|\w+)) -->\s*$`)

// pages reads all Markdown documents of the repository.
func pages(t *testing.T) []page {
	t.Helper()
	var all []page
	for _, file := range files(t, ".md") {
		all = append(all, parse(file, read(t, file)))
	}
	return all
}

func parse(file, source string) page {
	p := page{path: file, anchors: map[string]bool{}}
	src := []byte(source)
	var before mark
	document := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(src))
	_ = ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			p.anchors[p.slug(plain(n, src))] = true
		case *ast.Link:
			p.links = append(p.links, link{string(n.Destination), p.line(n, src)})
		case *ast.Image:
			p.links = append(p.links, link{string(n.Destination), p.line(n, src)})
		case *ast.HTMLBlock:
			before = readMark(string(n.Lines().Value(src)))
			return ast.WalkContinue, nil
		case *ast.FencedCodeBlock:
			b := block{language: string(n.Language(src)), text: string(n.Lines().Value(src)), mark: before}
			if n.Lines().Len() > 0 {
				b.line = lineAt(src, n.Lines().At(0).Start)
			}
			p.blocks = append(p.blocks, b)
		}
		if n.Type() == ast.TypeBlock && n.Kind() != ast.KindDocument {
			before = mark{}
		}
		return ast.WalkContinue, nil
	})
	return p
}

func readMark(html string) mark {
	found := comment.FindStringSubmatch(html)
	if found == nil {
		return mark{}
	}
	return mark{notRun: found[2], file: found[4], needs: found[5]}
}

// slug is the anchor that GitHub makes of a heading.
func (p page) slug(heading string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(heading) {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_':
			b.WriteRune(r)
		}
	}
	slug := b.String()
	for n := 1; p.anchors[slug]; n++ {
		slug = fmt.Sprintf("%s-%d", b.String(), n)
	}
	return slug
}

// plain is the text of a node without its markup.
func plain(n ast.Node, src []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := n.(*ast.Text); ok && entering {
			b.Write(t.Segment.Value(src))
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// line is where the block that holds an inline node begins.
func (p page) line(n ast.Node, src []byte) int {
	for n != nil && (n.Type() == ast.TypeInline || n.Lines().Len() == 0) {
		n = n.Parent()
	}
	if n == nil {
		return 1
	}
	return lineAt(src, n.Lines().At(0).Start)
}

func lineAt(src []byte, offset int) int { return 1 + bytes.Count(src[:offset], []byte("\n")) }

// TestReadmeIsShort holds the first page to what can be read in five minutes.
func TestReadmeIsShort(t *testing.T) {
	if n := strings.Count(read(t, "README.md"), "\n"); n > 150 {
		t.Errorf("README.md has %d lines, and may have 150: what is not for the first five minutes belongs to another page", n)
	}
}

// TestLinksLead follows each link inside of the repository, with its anchor.
func TestLinksLead(t *testing.T) {
	all := map[string]page{}
	for _, p := range pages(t) {
		all[p.path] = p
	}
	for _, p := range all {
		for _, l := range p.links {
			if why := broken(p.path, l.to, all, exists); why != "" {
				t.Errorf("%s:%d: the link to %s: %s", p.path, l.line, l.to, why)
			}
		}
	}
}

// broken says why a link of a page leads nowhere; "" when it leads somewhere, or out of the repository.
func broken(from, to string, all map[string]page, exists func(string) bool) string {
	if strings.Contains(to, "://") || strings.HasPrefix(to, "mailto:") {
		return ""
	}
	target, anchor, anchored := strings.Cut(to, "#")
	file := from
	if target != "" {
		file = path.Join(path.Dir(from), target)
	}
	if strings.HasPrefix(file, "../") || !exists(file) {
		return "there is no " + file
	}
	if p, isPage := all[file]; anchored && !(isPage && p.anchors[anchor]) {
		return file + " has no heading with this anchor"
	}
	return ""
}

func TestMarkdownBites(t *testing.T) {
	p := parse("a/b.md",
		"# Top `x_y`: it's\n\n## Twice\n## Twice\n\nSee [one](c.md#d) and ![two](e.png).\n\n<!-- not run: needs npm -->\n```sh\nfalse\n```\n\n"+
			"<!-- file: acme/x.yaml -->\n\n```yaml\na: 1\n```\nText\n```go\npackage x\n```\n<!-- needs a browser -->\n```console\n$ true\n```\n")
	for _, want := range []string{"top-x_y-its", "twice", "twice-1"} {
		if !p.anchors[want] {
			t.Errorf("no anchor %s in %v", want, p.anchors)
		}
	}
	if len(p.links) != 2 || p.links[0] != (link{"c.md#d", 6}) || p.links[1] != (link{"e.png", 6}) {
		t.Errorf("links %v", p.links)
	}
	want := []block{
		{"sh", "false\n", 10, mark{notRun: "needs npm"}}, {"yaml", "a: 1\n", 16, mark{file: "acme/x.yaml"}},
		{"go", "package x\n", 20, mark{}}, {"console", "$ true\n", 24, mark{needs: "a browser"}},
	}
	if fmt.Sprint(p.blocks) != fmt.Sprint(want) {
		t.Errorf("blocks %v\nwant   %v", p.blocks, want)
	}
	there := func(file string) bool { return file == "a/c.md" || file == "a/b.md" || file == "x" }
	all := map[string]page{"a/b.md": p, "a/c.md": {anchors: map[string]bool{"d": true}}}
	for to, ok := range map[string]bool{
		"c.md": true, "c.md#d": true, "#twice-1": true, "../x": true, "https://example.test/y": true,
		"d.md": false, "c.md#e": false, "#thrice": false, "../../x": false, "../x#d": false,
	} {
		if why := broken("a/b.md", to, all, there); (why == "") != ok {
			t.Errorf("%s: %q", to, why)
		}
	}
}
