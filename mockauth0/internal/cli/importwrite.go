package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"renewal.example/mockauth0/internal/reconstruct"
	"renewal.example/mockauth0/internal/safefile"
)

// writeFiles writes all files of an import or none, and gives their paths. Files that are there already with the same content are
// left as they are, so that a second import does as the first one did. It follows no link and replaces nothing but files.
func writeFiles(flags importFlags, files []reconstruct.File) (written []string, err error) {
	if flags.out == "" {
		return nil, refuse("--out is empty; expected a directory")
	}
	var there []string
	var missing []reconstruct.File // or another one
	for _, f := range files {
		path := filepath.Join(flags.out, filepath.FromSlash(f.Name))
		state, err := stateOf(flags.out, path, f.Text)
		if err != nil {
			return nil, refuse("nothing was written: %w; name another directory with --out", err)
		}
		if state == fileDiffers {
			there = append(there, path)
		}
		if state != fileIsSame {
			missing = append(missing, f)
		}
		written = append(written, path)
	}
	if len(there) > 0 && !flags.force {
		return nil, refuse("%s there already, and nothing was written: name another directory with --out, replace with --force, or "+
			"only diagnose with --dry-run", areThere(there))
	}
	if len(missing) == 0 {
		return written, nil
	}
	if placed, err := writeAll(flags.out, missing); err != nil {
		how := "nothing was written"
		if placed > 0 {
			how = fmt.Sprintf("only %d of %d files were written", placed, len(missing))
		}
		return nil, notWritten("%s: %w. Name a directory that can be written with --out, or only diagnose with --dry-run", how, err)
	}
	return written, nil
}

// fileState is what is at a path where a file is to be written.
type fileState int

const (
	fileIsMissing fileState = iota
	fileIsSame
	fileDiffers
)

// stateOf looks at a path and at the directories above it, as far as the import makes them.
func stateOf(out, path string, content []byte) (fileState, error) {
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if err := checkDirectory(dir); err != nil {
			return 0, err
		}
		if dir == filepath.Clean(out) {
			break
		}
	}
	switch exists, err := safefile.Exists(path); {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return 0, err
	case !exists:
		return fileIsMissing, nil
	}
	if old, err := safefile.Read(path, int64(len(content))); err == nil && bytes.Equal(old, content) {
		return fileIsSame, nil
	}
	return fileDiffers, nil
}

// checkDirectory makes sure that a directory is one, and no link to one, or that there is nothing.
func checkDirectory(path string) error {
	stat, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("%s cannot be written (%w)", path, cmp.Or(errors.Unwrap(err), err))
	case stat.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%s is a link, and import follows none", path)
	case !stat.IsDir():
		return fmt.Errorf("%s is not a directory", path)
	}
	return nil
}

// writeAll writes files beside their place first, so that a disk that is full leaves everything as it was. placed is how many got to
// their place.
func writeAll(out string, files []reconstruct.File) (placed int, err error) {
	made, err := makeDirectories(out, files)
	defer func() {
		if err != nil {
			for i := len(made) - 1; i >= 0; i-- {
				_ = os.Remove(made[i]) // only while it is empty
			}
		}
	}()
	if err != nil {
		return 0, err
	}
	staged, err := os.MkdirTemp(out, ".import-*.tmp")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(staged)
	for i, f := range files {
		if err := safefile.Create(stagedName(staged, i), safefile.Public, f.Text); err != nil {
			return 0, err
		}
	}
	for i, f := range files {
		if err := os.Rename(stagedName(staged, i), filepath.Join(out, filepath.FromSlash(f.Name))); err != nil {
			return placed, err
		}
		placed++
	}
	return placed, nil
}

func stagedName(dir string, i int) string { return filepath.Join(dir, fmt.Sprint(i)) }

// makeDirectories makes the directories of files, and gives those that were not there.
func makeDirectories(out string, files []reconstruct.File) (made []string, err error) {
	for _, f := range files {
		dir := filepath.Dir(filepath.Join(out, filepath.FromSlash(f.Name)))
		var missing []string
		for at := dir; ; at = filepath.Dir(at) {
			if _, err := os.Lstat(at); err == nil || at == filepath.Dir(at) {
				break
			}
			missing = append([]string{at}, missing...)
		}
		for _, one := range missing {
			if err := os.Mkdir(one, 0o755); err != nil {
				return made, err
			}
			made = append(made, one)
		}
	}
	return made, nil
}

func areThere(paths []string) string {
	if len(paths) == 1 {
		return paths[0] + " is"
	}
	return strings.Join(paths, ", ") + " are"
}
