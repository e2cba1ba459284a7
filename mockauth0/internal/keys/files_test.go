package keys_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0"
)

// TestRotationLeavesNoFiles but the two that every run begins with.
func TestRotationLeavesNoFiles(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	files := func() (names []string) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}
	for range 2 {
		s, err := mockauth0.New(mockauth0.Options{Keys: mockauth0.NewKeyPool(dir), Domain: "login.acme.test"})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if _, err := s.RotateKey(); err != nil {
			t.Fatal(err)
		}
		if _, err := s.RotateKey(); err != nil {
			t.Fatal(err)
		}
		got := files() // the lock, and two keys with a certificate each
		if len(got) != 5 || slices.ContainsFunc(got, func(name string) bool { return strings.HasPrefix(name, "signing-2") }) {
			t.Errorf("after two rotations: %s", got)
		}
	}
}
