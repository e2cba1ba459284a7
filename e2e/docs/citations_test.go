package docs

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

var (
	// citation is "fact 1.2-callback-mismatch", or "facts 1.2-a, 1.2-b and 1.2-c".
	citation = regexp.MustCompile(`\bfacts? (` + factID + `(?:(?:, | and )` + factID + `)*)`)
	oneFact  = regexp.MustCompile(factID)
	// document is the name of a document, with or without its directory.
	document = regexp.MustCompile(`[\w./-]*\w\.md\b`)
	// wrap is where a comment goes on in the next line.
	wrap = regexp.MustCompile(`\n\s*(?://|#|\*)? ?`)
)

const factID = `[1-7](?:\.\d+)?(?:-[a-z0-9]+)+`

// TestCommentsCiteWhatIsThere reads every file: a fact that it cites is one of mockauth0/testdata/facts.yaml, and a
// document that it names is in the repository, so that a reader can look it up.
func TestCommentsCiteWhatIsThere(t *testing.T) {
	facts, documents := factIDs(t), files(t, ".md")
	cited := 0
	for _, file := range files(t, ".go", ".yaml", ".patch", ".md", ".js", ".mjs", ".html", ".css", ".sh", ".txtar", "") {
		if path.Dir(file) == "e2e/docs" { // its examples
			continue
		}
		text := read(t, file)
		for _, problem := range uncited(text, file, facts, documents) {
			t.Errorf("%s: %s", file, problem)
		}
		cited += len(citation.FindAllString(wrap.ReplaceAllString(text, " "), -1))
	}
	if cited < 50 {
		t.Errorf("only %d comments cite a fact: does this test still read them?", cited)
	}
}

// uncited says what a text cites that is not there.
func uncited(text, file string, facts, documents []string) (problems []string) {
	for _, found := range citation.FindAllString(wrap.ReplaceAllString(text, " "), -1) {
		for _, id := range oneFact.FindAllString(found, -1) {
			if !slices.Contains(facts, id) {
				problems = append(problems, "cites the fact "+id+", which mockauth0/testdata/facts.yaml does not have")
			}
		}
	}
	for _, name := range document.FindAllString(text, -1) {
		// Of an address, with its scheme or as FIDELITY.md shows it.
		if strings.HasPrefix(name, "//") || strings.HasPrefix(name, "github.com/") {
			continue
		}
		there := func(d string) bool {
			return d == path.Join(path.Dir(file), name) || d == name || strings.HasSuffix(d, "/"+name)
		}
		if !slices.ContainsFunc(documents, there) {
			problems = append(problems, "names the document "+name+", which is not in the repository: cite a public page or a fact")
		}
	}
	return problems
}

func factIDs(t *testing.T) (ids []string) {
	t.Helper()
	var file struct {
		Facts []struct {
			ID string `yaml:"id"`
		} `yaml:"facts"`
	}
	if err := yaml.Unmarshal([]byte(read(t, "mockauth0/testdata/facts.yaml")), &file); err != nil {
		t.Fatal(err)
	}
	for _, f := range file.Facts {
		ids = append(ids, f.ID)
	}
	return ids
}

func TestCitationsBite(t *testing.T) {
	facts, documents := []string{"1.2-a", "4-b-c"}, []string{"README.md", "e2e/README.md"}
	for text, want := range map[string]string{
		"// as is known (fact 1.2-a)":                 "",
		"// as is known (fact\n\t// 1.2-a), or not":   "",
		"// see facts 1.2-a, 4-b-c and the like":      "",
		"// see facts 1.2-a, 4-b-d":                   "the fact 4-b-d",
		"// see facts 1.2-a,\n// 4-b-d":               "the fact 4-b-d",
		"// see e2e/README.md":                        "",
		"// see ../README.md":                         "",
		"// as " + "protocol.md" + " §3 says":         "protocol.md",
		"// https://example.test/docs/protocol.md#it": "",
		"[github.com/a/b/blob/main/protocol" + ".md](https://github.com/a/b/blob/main/protocol.md)": "",
	} {
		problems := strings.Join(uncited(text, "e2e/x.go", facts, documents), "; ")
		if want == "" && problems != "" || !strings.Contains(problems, want) {
			t.Errorf("%q: %q, want %q", text, problems, want)
		}
	}
}
