// Package safefile reads, writes and removes files at paths that somebody named. It touches regular files only: it never
// follows a link at the end of a path, never waits for a pipe, and never puts a file in place of a device or a directory. Links
// in the directories above are followed, as everywhere.
//
// A file appears whole or not at all: it is written beside its place, and renamed.
package safefile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Permissions that callers give to what they write.
const (
	Private fs.FileMode = 0o600 // for this account only: keys, evidence
	Public  fs.FileMode = 0o644 // for other programs of the machine too
)

// NotRegularError says that there is something at a path which is no regular file. It was left alone.
type NotRegularError struct {
	Path string
	Mode fs.FileMode // of what is there
}

func (e *NotRegularError) Error() string {
	return fmt.Sprintf("%s is %s, and a regular file was expected", e.Path, kindOf(e.Mode))
}

func kindOf(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSymlink != 0:
		return "a link"
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "no regular file"
}

// Exists tells whether there is a regular file at path. The error is a *NotRegularError when there is something else.
func Exists(path string) (bool, error) {
	stat, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, regular(path, stat)
}

func regular(path string, stat fs.FileInfo) error {
	if !stat.Mode().IsRegular() {
		return &NotRegularError{Path: path, Mode: stat.Mode()}
	}
	return nil
}

// Open opens a regular file for reading. The error is a *NotRegularError when there is something else at path, and
// fs.ErrNotExist when there is nothing.
func Open(path string) (*os.File, error) {
	stat, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if err := regular(path, stat); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDONLY|noFollow, 0)
	if err != nil {
		return nil, err
	}
	opened, err := f.Stat()
	if err == nil {
		err = regular(path, opened)
	}
	if err == nil && !os.SameFile(stat, opened) { // replaced since, by a link perhaps
		err = fmt.Errorf("%s was replaced while it was opened", path)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Read returns the content of a regular file, at most limit bytes of it; more than that is an error. Errors are those of Open.
func Read(path string, limit int64) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(content)) > limit {
		return nil, fmt.Errorf("%s is longer than %d bytes", path, limit)
	}
	return content, err
}

// Write makes a file with this content at path, or puts it in place of the regular file that is there. A reader, or a crash,
// meets the old file or the new one. When it fails, the old file is as it was. The error is a *NotRegularError when there is
// something else at path, a link for instance.
func Write(path string, perm fs.FileMode, content []byte) error {
	if _, err := Exists(path); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return place(path, perm, true, content, os.Rename)
}

// Create makes a file with this content at path, where nothing may be: whatever is there, a link that leads nowhere for
// instance, makes it fail with fs.ErrExist. The umask of the process takes permissions away, as of any file that a person asks for.
func Create(path string, perm fs.FileMode, content []byte) error {
	return place(path, perm, false, content, func(temporary, path string) error {
		err := os.Link(temporary, path) // unlike a rename, it replaces nothing
		if err == nil {
			return os.Remove(temporary)
		}
		if errors.Is(err, fs.ErrExist) {
			return err
		}
		// A file system without hard links.
		if _, err := os.Lstat(path); err == nil {
			return &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
		}
		return os.Rename(temporary, path)
	})
}

// place writes a temporary file beside path and lets put give it its name. exact gives it perm also where the umask takes some of that
// away.
func place(path string, perm fs.FileMode, exact bool, content []byte, put func(temporary, path string) error) (err error) {
	dir := filepath.Dir(path)
	temporary := filepath.Join(dir, "."+filepath.Base(path)+"."+rand.Text()+".tmp")
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()           // it may be closed already
			_ = os.Remove(f.Name()) // it may be gone already
			err = fmt.Errorf("writing %s: %w", path, err)
		}
	}()
	if _, err := f.Write(content); err != nil {
		return err
	}
	if exact {
		if err := f.Chmod(perm); err != nil {
			return err
		}
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := put(f.Name(), path); err != nil {
		return err
	}
	syncDirectory(dir)
	return nil
}

// syncDirectory makes a new name last through a crash of the machine. Not every system can do that for a directory, and the file
// is there either way.
func syncDirectory(dir string) {
	if runtime.GOOS == "windows" {
		return
	}
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}

// Remove removes a regular file; it is no error when there is none. The error is a *NotRegularError when there is something
// else at path.
func Remove(path string) error {
	there, err := Exists(path)
	if err != nil || !there {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
