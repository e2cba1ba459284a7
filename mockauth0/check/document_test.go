package check

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the list of checks into CHECK.md")

// TestTheDocumentListsTheChecks as the table has them.
func TestTheDocumentListsTheChecks(t *testing.T) {
	const file, begin = "../CHECK.md", "<!-- What follows is written by go test ./mockauth0/check -update -->\n"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, _, found := strings.Cut(string(text), begin)
	if !found {
		t.Fatalf("%s has no line %q", file, begin)
	}
	want := head + begin + Document()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(text) != want {
		t.Errorf("%s does not list the checks as they are: go test ./mockauth0/check -update", file)
	}
}
