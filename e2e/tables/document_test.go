package tables

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestUpdate(t *testing.T) {
	document := filepath.Join(t.TempDir(), "README.md")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(document, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	read := func() string {
		t.Helper()
		text, err := os.ReadFile(document)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	begin, end := Marks("matrix")
	stale := "before\n" + begin + "\nold\n" + end + "\nafter\n"
	write(stale)
	if err := Update(document, "matrix", "new\n", true); err == nil || !strings.Contains(err.Error(), "run `make matrix`") {
		t.Errorf("the check of a stale document: %v", err)
	}
	if got := read(); got != stale {
		t.Errorf("the check wrote %q", got)
	}
	for range 2 {
		if err := Update(document, "matrix", "new\n", false); err != nil {
			t.Fatal(err)
		}
		if got, want := read(), "before\n"+begin+"\nnew\n"+end+"\nafter\n"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if err := Update(document, "matrix", "new\n", true); err != nil {
		t.Errorf("the check of a fresh document: %v", err)
	}
	for _, without := range []string{"", begin, end + begin} {
		write(without)
		if err := Update(document, "matrix", "new\n", false); err == nil || !strings.Contains(err.Error(), begin) {
			t.Errorf("no place for the table: %v", err)
		}
	}
}
