package datadir

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/clock"
)

func TestWriteReplacesAtOnceAndKeepsPermissions(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "data")
	unlock, err := Lock(dir, Wait{})
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
		"of this system": func() (func(), error) { return Lock(dir, Wait{}) },
		"exclusive file": func() (func(), error) {
			return Wait{}.until(dir, 20*time.Second, func() (func(), error) { return tryExclusive(filepath.Join(dir, "x")) })
		},
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
	try := func() (func(), error) { return tryExclusive(path) }
	if _, err := try(); err != nil {
		t.Fatal(err)
	}
	_, err := Wait{}.until("", time.Nanosecond, try)
	if err == nil || !strings.Contains(err.Error(), path+".held") || !strings.Contains(err.Error(), "delete") {
		t.Errorf("error %v, want one that names %s.held and says to delete it", err, path)
	}
}

func TestLockInPlaceOfADirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(file, Wait{}); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("error %v, want one that names %s", err, file)
	}
}

func TestWaitingIsToldOnceAndEndsWhenAsked(t *testing.T) {
	dir := t.TempDir()
	unlock, err := Lock(dir, Wait{})
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	done := make(chan struct{})
	var told []string
	began := clock.Wall()
	_, err = Lock(dir, Wait{Done: done, Tell: func(dir string) { told = append(told, dir); close(done) }})
	if !errors.Is(err, ErrGivenUp) {
		t.Errorf("error %v, want ErrGivenUp", err)
	}
	if len(told) != 1 || told[0] != dir || clock.Wall().Sub(began) < tellsAfter {
		t.Errorf("told %q after %s", told, clock.Wall().Sub(began))
	}
}

// Others may leave links and pipes in a directory that is open to them.
func TestALockThatIsNoFileIsRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("its lock is a file that must not exist")
	}
	dir := t.TempDir()
	target := filepath.Join(dir, "target")
	if err := os.Symlink(target, filepath.Join(dir, lockName)); err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(dir, Wait{}); err == nil || !strings.Contains(err.Error(), "is a link") {
		t.Errorf("error %v, want one that says what it is", err)
	}
	if _, err := os.Lstat(target); err == nil {
		t.Error("a file was made at the end of the link")
	}
}

// A program of root's must not take the rights from a file of the system that somebody linked into its directory.
func TestAFileAtTheEndOfALinkIsReadButNotChanged(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no mode bits")
	}
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "key")
	for _, step := range []error{os.WriteFile(target, []byte("secret"), 0o600), os.Symlink(target, link)} {
		if step != nil {
			t.Fatal(step)
		}
	}
	if got, exposed, err := Read(link, Private); string(got) != "secret" || exposed || err != nil {
		t.Errorf("read %q, exposed %v, %v", got, exposed, err)
	}
	if err := os.Chmod(target, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, exposed, err := Read(link, Private); !exposed || err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("exposed %v, error %v; want one that says what to do", exposed, err)
	}
	if stat, _ := os.Stat(target); stat.Mode().Perm() != 0o644 {
		t.Errorf("the target's mode is now %v", stat.Mode())
	}
	if err := Write(link, Private, []byte("new")); err == nil {
		t.Error("the link was replaced")
	}
}

func TestADirectoryOpenToOthersIsTold(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no mode bits")
	}
	dir := t.TempDir()
	for perm, want := range map[os.FileMode]bool{0o700: false, 0o755: false, 0o770: true, 0o777: true, 0o777 | os.ModeSticky: true} {
		if err := os.Chmod(dir, perm); err != nil {
			t.Fatal(err)
		}
		if got, err := OpenToOthers(dir); got != want || err != nil {
			t.Errorf("%v: %v, %v; want %v", perm, got, err, want)
		}
	}
}
