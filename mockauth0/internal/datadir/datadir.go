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
)

// Permissions of what this package writes.
const (
	Private os.FileMode = 0o600 // keys
	Public  os.FileMode = 0o644 // certificates, so that other programs of the machine can be pointed at them
)

// lockName is the file that is locked; it stays there, empty.
const lockName = ".lock"

// Lock makes dir (0700) when it is missing and waits for its lock. Only writers need it: a file
// that Write made is never seen half-written. Call the returned function to give the lock back.
func Lock(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the data directory %s: %w", dir, err)
	}
	path := filepath.Join(dir, lockName)
	unlock, err = lockFile(path)
	if err != nil {
		return nil, fmt.Errorf("locking the data directory %s: %w", dir, err)
	}
	return unlock, nil
}

// Read returns the content of a file, or nil without an error when there is none to be seen. A private file (perm
// Private) that other accounts could read or write is closed to them, and exposed is true.
func Read(path string, perm os.FileMode) (content []byte, exposed bool, err error) {
	f, err := os.Open(path)
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
	if perm == Private && runtime.GOOS != "windows" { // Windows keeps access lists, its mode bits say nothing
		stat, err := f.Stat()
		if err != nil {
			return nil, false, err
		}
		if exposed = stat.Mode().Perm()&0o077 != 0; exposed {
			if err := f.Chmod(Private); err != nil {
				return nil, true, fmt.Errorf("%s can be read by others and could not be closed to them: %w; run chmod 600 on it", path, err)
			}
		}
	}
	content, err = io.ReadAll(f) // never nil, so that an empty file differs from a missing one
	return content, exposed, err
}

// Write puts content in place of path at once: a reader, or a crash, meets the old file or the new one.
// Hold the directory's lock.
func Write(path string, perm os.FileMode, content []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp") // made 0600
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
			err = fmt.Errorf("writing %s: %w", path, err)
		}
	}()
	if _, err := f.Write(content); err != nil {
		return err
	}
	if err := f.Chmod(perm); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
