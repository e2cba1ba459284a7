// Package datadir keeps secrets on disk: a directory of 0700, private files of 0600 that appear whole or
// not at all, and one advisory lock per directory, so that two processes that start at once end with the
// same keys.
package datadir

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"renewal.example/mockauth0/internal/safefile"
)

// Permissions of what this package writes.
const (
	Private = safefile.Private // keys
	Public  = safefile.Public  // certificates, so that other programs of the machine can be pointed at them
)

// lockName is the file that is locked; it stays there, empty.
const lockName = ".lock"

// Lock makes dir (0700) when it is missing and waits for its lock. Only writers need it: a file
// that Write made is never seen half-written. Call the returned function to give the lock back. The error is ErrGivenUp when
// the wait was ended.
func Lock(dir string, w Wait) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the data directory %s: %w", dir, err)
	}
	unlock, err = w.until(dir, lockPatience, func() (func(), error) { return tryLock(filepath.Join(dir, lockName)) })
	if err != nil {
		return nil, fmt.Errorf("locking the data directory %s: %w", dir, err)
	}
	return unlock, nil
}

// Read returns the content of a file, or nil without an error when there is none to be seen. A private file (perm
// Private) that other accounts could read or write is closed to them, and exposed is true.
func Read(path string, perm os.FileMode) (content []byte, exposed bool, err error) {
	f, err := openFile(path)
	if err != nil {
		stat, unseen := os.Lstat(path)
		switch {
		case unseen != nil:
			// Of a directory that cannot be entered nothing is known; Lock will tell why, since it must enter too.
			return nil, false, nil
		case errors.Is(err, fs.ErrNotExist) && stat.Mode()&fs.ModeSymlink == 0:
			// Another process made it after Open looked. A link that leads nowhere stays an error: Write would replace it.
			return nil, false, nil
		}
		return nil, false, err
	}
	defer f.Close()
	if exposed, err = closeToOthers(f, path, perm); err != nil {
		return nil, exposed, err
	}
	content, err = io.ReadAll(f) // never nil, so that an empty file differs from a missing one
	return content, exposed, err
}

// openFile opens a regular file, or the one that a link leads to: secrets of a cluster are mounted as links. Nothing else
// is waited for or read, such as a named pipe.
func openFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		return nil, err
	}
	stat, err := f.Stat()
	if err == nil && !stat.Mode().IsRegular() {
		err = &safefile.NotRegularError{Path: path, Mode: stat.Mode()}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// closeToOthers takes the rights of other accounts from a private file. A file at the end of a link is not ours to change.
func closeToOthers(f *os.File, path string, perm os.FileMode) (exposed bool, err error) {
	if perm != Private || runtime.GOOS == "windows" { // Windows keeps access lists, its mode bits say nothing
		return false, nil
	}
	stat, err := f.Stat()
	if err != nil || stat.Mode().Perm()&0o077 == 0 {
		return false, err
	}
	if named, err := os.Lstat(path); err != nil || !os.SameFile(named, stat) {
		return true, fmt.Errorf("%s leads to a file that others can read: run chmod 600 on that file, or put it here", path)
	}
	if err := f.Chmod(Private); err != nil {
		return true, fmt.Errorf("%s can be read by others and could not be closed to them: %w; run chmod 600 on it", path, err)
	}
	return true, nil
}

// Write puts content in place of path at once: a reader, or a crash, meets the old file or the new one.
// Hold the directory's lock. A link or anything else that is no regular file is left alone, with an error.
func Write(path string, perm os.FileMode, content []byte) error {
	return safefile.Write(path, perm, content)
}

// OpenToOthers tells whether other accounts can put files into dir: they could put a key of their own there. An error is
// one of looking.
func OpenToOthers(dir string) (bool, error) {
	if runtime.GOOS == "windows" { // it keeps access lists, and its mode bits say nothing
		return false, nil
	}
	stat, err := os.Stat(dir)
	if err != nil {
		return false, err
	}
	return stat.IsDir() && stat.Mode().Perm()&0o022 != 0, nil
}
