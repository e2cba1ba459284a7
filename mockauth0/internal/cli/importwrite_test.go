package cli

import (
	"os"
	"path/filepath"
	"testing"

	"renewal.example/mockauth0/internal/reconstruct"
)

// Somebody puts a directory in the place of the second file while an import writes: the first one is there, and that is said.
func TestAnImportThatFailsHalfWayCountsWhatItWrote(t *testing.T) {
	out := t.TempDir()
	if err := os.Mkdir(filepath.Join(out, "b"), 0o755); err != nil {
		t.Fatal(err)
	}
	placed, err := writeAll(out, []reconstruct.File{{Name: "a", Text: []byte("1")}, {Name: "b", Text: []byte("2")}})
	if placed != 1 || err == nil {
		t.Errorf("%d files were placed, error %v; want 1 and an error", placed, err)
	}
	if left, _ := os.ReadDir(out); len(left) != 2 {
		t.Errorf("it left %v", left)
	}
}
