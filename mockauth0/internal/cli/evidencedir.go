package cli

import (
	"errors"
	"os"
	"path/filepath"

	"renewal.example/mockauth0/internal/safefile"
)

// workFolder is where commands keep what they make in a project, such as evidence. It ignores itself in git.
const workFolder = ".mockauth0"

// evidenceDir is where evidence goes when nobody names a directory: .mockauth0/evidence/NAME in the current one, or the same below the
// data directory where that cannot be written. A later run of the same name replaces it. Nothing goes to the system's temporary folder,
// where nobody would find it again or remove it.
func (a *app) evidenceDir(name string) (string, error) {
	dir := filepath.Join(a.path(workFolder), "evidence", name)
	err := makeWorkFolder(a.path(workFolder), dir)
	if err == nil {
		return dir, nil
	}
	data, noData := a.dataDirectory()
	if noData != nil {
		return "", errors.Join(err, noData)
	}
	dir = filepath.Join(data, "evidence", name)
	if noData := os.MkdirAll(dir, 0o700); noData != nil {
		return "", errors.Join(err, noData)
	}
	return dir, nil
}

// makeWorkFolder makes dir below the folder, and the folder with a .gitignore.
func makeWorkFolder(folder, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	err := safefile.Create(filepath.Join(folder, ".gitignore"), safefile.Public, []byte("*\n"))
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	return err
}
