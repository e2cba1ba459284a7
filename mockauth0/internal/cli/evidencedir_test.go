package cli

import (
	"os"
	"path/filepath"
	"testing"
)

func TestEvidenceGoesWhereAPersonFindsIt(t *testing.T) {
	here, data := t.TempDir(), t.TempDir()
	file := filepath.Join(here, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		a := &app{env: Environment{Dir: here}, dataDir: data}
		dir, err := a.evidenceDir("offline")
		if err != nil || dir != filepath.Join(here, ".mockauth0", "evidence", "offline") {
			t.Fatalf("%s, %v", dir, err)
		}
		if ignored, err := os.ReadFile(filepath.Join(here, ".mockauth0", ".gitignore")); err != nil || string(ignored) != "*\n" {
			t.Errorf("git may take the evidence in: %q, %v", ignored, err)
		}
	}
	a := &app{env: Environment{Dir: file}, dataDir: data} // nothing can be made below a file
	dir, err := a.evidenceDir("offline")
	if err != nil || dir != filepath.Join(data, "evidence", "offline") {
		t.Errorf("%s, %v", dir, err)
	}
	a.dataDir = file
	if dir, err := a.evidenceDir("offline"); err == nil {
		t.Errorf("it says %s", dir)
	}
}
