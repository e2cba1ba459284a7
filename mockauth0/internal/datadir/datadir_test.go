package datadir

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestWriteReplacesAtOnceAndKeepsPermissions(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "data")
	unlock, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	path := filepath.Join(dir, "key")
	for _, content := range []string{"first", "second"} {
		if err := Write(path, Private, []byte(content)); err != nil {
			t.Fatal(err)
		}
		got, exposed, err := Read(path, Private)
		if err != nil || exposed || string(got) != content {
			t.Fatalf("read %q, exposed %v, %v; want %q", got, exposed, err, content)
		}
	}
	if runtime.GOOS != "windows" {
		for path, want := range map[string]os.FileMode{dir: 0o700, path: 0o600} {
			if stat, _ := os.Stat(path); stat.Mode().Perm() != want {
				t.Errorf("%s has mode %v, want %v", path, stat.Mode().Perm(), want)
			}
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.tmp")); len(left) > 0 {
		t.Errorf("temporary files are left: %v", left)
	}
}

func TestWriteThatFailsLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "key") // a directory in its place makes the rename fail, for root too
	if err := os.MkdirAll(filepath.Join(path, "old"), 0o700); err != nil {
		t.Fatal(err)
	}
	err := Write(path, Private, []byte("new"))
	if err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v, want one that names %s", err, path)
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestReadTellsMissingFromEmptyAndClosesExposedFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if got, _, err := Read(path, Private); got != nil || err != nil {
		t.Fatalf("missing file: %v, %v", got, err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	got, exposed, err := Read(path, Private)
	if got == nil || err != nil {
		t.Fatalf("empty file: %v, %v", got, err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	stat, _ := os.Stat(path)
	if !exposed || stat.Mode().Perm() != Private {
		t.Errorf("exposed %v, mode now %v", exposed, stat.Mode().Perm())
	}
}

// Two processes that start at once: one reads while the other has just made the file.
func TestReadWhileAnotherMakesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				if f, err := os.OpenFile(path, os.O_CREATE, Private); err == nil {
					f.Close()
				}
				os.Remove(path)
			}
		}
	})
	for range 20000 {
		if _, _, err := Read(path, Public); err != nil {
			t.Errorf("a file that comes and goes: %v; it is there or it is not", err)
			break
		}
	}
	close(done)
	wg.Wait()
}

func TestReadTellsOfALinkThatLeadsNowhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if err := os.Symlink(path+".gone", path); err != nil {
		t.Skip(err)
	}
	if content, _, err := Read(path, Private); err == nil {
		t.Errorf("read %q without an error, so that a writer would replace the link", content)
	}
}

func TestLockLetsOneInAtATime(t *testing.T) {
	dir := t.TempDir()
	locks := map[string]func() (func(), error){
		"of this system": func() (func(), error) { return Lock(dir) },
		"exclusive file": func() (func(), error) { return lockExclusive(filepath.Join(dir, "x"), 20*time.Second) },
	}
	for name, lock := range locks {
		t.Run(name, func(t *testing.T) {
			var wg sync.WaitGroup
			path := filepath.Join(dir, "inside")
			for range 8 {
				wg.Go(func() {
					for range 5 {
						unlock, err := lock()
						if err != nil {
							t.Error(err)
							return
						}
						if f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL, 0o600); err != nil {
							t.Errorf("somebody else is inside: %v", err)
						} else {
							f.Close()
							os.Remove(path)
						}
						unlock()
					}
				})
			}
			wg.Wait()
		})
	}
}

func TestAbandonedExclusiveLockNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	if _, err := lockExclusive(path, 0); err != nil {
		t.Fatal(err)
	}
	_, err := lockExclusive(path, 0)
	if err == nil || !strings.Contains(err.Error(), path+".held") || !strings.Contains(err.Error(), "delete") {
		t.Errorf("error %v, want one that names %s.held and says to delete it", err, path)
	}
}

func TestLockInPlaceOfADirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(file); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("error %v, want one that names %s", err, file)
	}
}
