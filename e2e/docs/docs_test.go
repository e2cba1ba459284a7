// Package docs holds the repository's documents and comments to what is true: what they cite and link to exists, and their
// examples compile and run.
package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// root is the top of the repository, seen from this package.
const root = "../.."

// files gives the paths, from the top of the repository, of the files with one of these endings. What tools leave there
// (node_modules, hidden directories) does not count.
func files(t *testing.T, endings ...string) []string {
	t.Helper()
	var found []string
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, entry fs.DirEntry, err error) error {
		switch name := entry.Name(); {
		case err != nil:
			return err
		case entry.IsDir() && (name == "node_modules" || name == "venv" || path != "." && strings.HasPrefix(name, ".") && name != ".ci"):
			return fs.SkipDir
		case !entry.IsDir() && (len(endings) == 0 || slices.Contains(endings, filepath.Ext(name))):
			found = append(found, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// read gives the text of a file by its path from the top of the repository.
func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// exists tells whether there is a file or directory of this path, from the top of the repository.
func exists(path string) bool {
	_, err := os.Stat(filepath.Join(root, path))
	return err == nil
}
