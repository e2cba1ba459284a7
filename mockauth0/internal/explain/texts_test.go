package explain

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0/diagnosis"
)

// pasted is a text as people paste it, with what it means.
type pasted struct {
	where  string   // FILE:LINE
	want   []string // codes of causes that may come first, or none, or unknown
	source string
	text   string
}

// texts reads a table of testdata.
func texts(t *testing.T, name string) (rows []pasted) {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	in := bufio.NewScanner(file)
	in.Buffer(nil, 1<<20)
	for n := 1; in.Scan(); n++ {
		line := in.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		columns := strings.Split(line, "\t")
		if len(columns) != 3 {
			t.Fatalf("%s:%d has %d columns, want 3: WANTED, SOURCE, TEXT", name, n, len(columns))
		}
		text := strings.NewReplacer(`\\`, `\`, `\n`, "\n").Replace(columns[2])
		rows = append(rows, pasted{fmt.Sprintf("%s:%d", name, n), strings.Split(columns[0], "|"), columns[1], text})
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

// grade says whether an explanation is right, and if not, whether it at least says that it guesses.
func (p pasted) grade(e Explanation) (right, honest bool) {
	honest = e.Guess || !e.Known
	for _, want := range p.want {
		switch {
		case want == "unknown":
			right = right || honest
		case want == "none":
			right = right || !honest && len(e.Causes) == 0
		default:
			right = right || len(e.Causes) > 0 && e.Causes[0].Code == diagnosis.Code(want)
		}
	}
	return right, honest
}

// TestTextsThatPeoplePaste holds explain to its bar: 95 of 100 real texts lead first to their cause, and for the others it says that
// it guesses, or knows nothing.
func TestTextsThatPeoplePaste(t *testing.T) {
	const wanted, fewest = 95, 150
	all, right := 0, 0
	for _, name := range []string{"texts.tsv", "texts-held-out.tsv"} {
		for _, p := range texts(t, name) {
			all++
			e := Explain(p.text, "")
			ok, honest := p.grade(e)
			switch {
			case ok:
				right++
			case honest:
				t.Logf("%s: %.100q leads to %v, which it calls a guess; want %v", p.where, p.text, leading(e), p.want)
			default:
				t.Errorf("%s: %.100q leads to %v without saying that it guesses; want %v", p.where, p.text, leading(e), p.want)
			}
		}
	}
	if right*100 < all*wanted || all < fewest {
		t.Errorf("%d of %d texts lead first to their cause; want %d of 100, and at least %d texts", right, all, wanted, fewest)
	}
	t.Logf("%d of %d right first", right, all)
}

// TestTextsAreWellFormed: each row names causes that there are, and a page that anybody can read.
func TestTextsAreWellFormed(t *testing.T) {
	seen := map[string]string{}
	for _, name := range []string{"texts.tsv", "texts-held-out.tsv"} {
		for _, p := range texts(t, name) {
			for _, want := range p.want {
				if _, ok := diagnosis.Lookup(diagnosis.Code(want)); !ok && !slices.Contains([]string{"none", "unknown"}, want) {
					t.Errorf("%s wants %q, which is no cause", p.where, want)
				}
			}
			if !strings.HasPrefix(p.source, "https://") {
				t.Errorf("%s has the source %q, want a page", p.where, p.source)
			}
			if first, again := seen[p.text]; again {
				t.Errorf("%s: the text stands in %s already", p.where, first)
			}
			seen[p.text] = p.where
		}
	}
}

func leading(e Explanation) (out []diagnosis.Code) {
	for _, c := range e.Causes[:min(3, len(e.Causes))] {
		out = append(out, c.Code)
	}
	return out
}
