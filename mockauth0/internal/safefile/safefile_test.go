package safefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// others are the things at a path that must stay as they are.
func others(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	precious := filepath.Join(dir, "precious")
	if err := os.WriteFile(precious, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	paths := map[string]string{"a directory": filepath.Join(dir, "directory")}
	if err := os.Mkdir(paths["a directory"], 0o700); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{
		"a link to a file": precious, "a link to a directory": paths["a directory"], "a link to a device": os.DevNull,
		"a link that leads nowhere": filepath.Join(dir, "nowhere"),
	} {
		paths[name] = filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
		if err := os.Symlink(target, paths[name]); err != nil {
			t.Skip(err)
		}
	}
	if pipe := filepath.Join(dir, "pipe"); makePipe(pipe) == nil {
		paths["a named pipe"] = pipe
	}
	// One of our own: a fault in this package must not cost the machine its /dev/null.
	if device := filepath.Join(dir, "device"); makeDevice(device) == nil {
		paths["a device"] = device
	}
	t.Cleanup(func() {
		if content, err := os.ReadFile(precious); err != nil || string(content) != "mine" {
			t.Errorf("the file that a link leads to holds %q (%v)", content, err)
		}
		if _, err := os.Lstat(filepath.Join(dir, "nowhere")); err == nil {
			t.Error("a file was made at the end of a link")
		}
	})
	return paths
}

func TestWhatIsNoRegularFileIsLeftAlone(t *testing.T) {
	for name, path := range others(t) {
		for verb, do := range map[string]func() error{
			"Exists": func() error { _, err := Exists(path); return err },
			"Read":   func() error { _, err := Read(path, 100); return err },
			"Write":  func() error { return Write(path, Public, []byte("new")) },
			"Remove": func() error { return Remove(path) },
		} {
			t.Run(verb+" "+name, func(t *testing.T) {
				before, err := os.Lstat(path)
				if err != nil {
					t.Fatal(err)
				}
				err = do()
				if other := (*NotRegularError)(nil); !errors.As(err, &other) || !strings.Contains(err.Error(), path+" is a") {
					t.Errorf("error %v, want one that says what %s is", err, path)
				}
				after, err := os.Lstat(path)
				if err != nil || after.Mode() != before.Mode() || !os.SameFile(before, after) {
					t.Errorf("%s was touched: %v (%v), it was %v", path, after, err, before)
				}
			})
		}
		t.Run("Create "+name, func(t *testing.T) {
			if err := Create(path, Public, []byte("new")); !errors.Is(err, fs.ErrExist) {
				t.Errorf("error %v, want that it exists", err)
			}
		})
	}
}

func TestWriteReplacesAtOnceAndSetsPermissions(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "key")
	for _, step := range []struct {
		content string
		perm    fs.FileMode
	}{{"first", Public}, {"second", Private}} {
		if err := Write(path, step.perm, []byte(step.content)); err != nil {
			t.Fatal(err)
		}
		if got, err := Read(path, 10); err != nil || string(got) != step.content {
			t.Fatalf("read %q, %v; want %q", got, err, step.content)
		}
		if stat, _ := os.Stat(path); runtime.GOOS != "windows" && stat.Mode().Perm() != step.perm {
			t.Errorf("mode %v, want %v", stat.Mode().Perm(), step.perm)
		}
	}
	onlyHolds(t, dir, "key")
}

func TestCreateReplacesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	if err := Create(path, Private, []byte("first")); err != nil {
		t.Fatal(err)
	}
	if err := Create(path, Private, []byte("second")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("error %v, want that it exists", err)
	}
	if got, _ := Read(path, 10); string(got) != "first" {
		t.Errorf("it holds %q", got)
	}
	onlyHolds(t, dir, "out")
}

func TestAWriteThatFailsLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	nowhere := filepath.Join(dir, "no", "such", "place")
	for name, write := range map[string]func(string, fs.FileMode, []byte) error{"Write": Write, "Create": Create} {
		if err := write(nowhere, Private, nil); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), nowhere) {
			t.Errorf("%s: error %v, want one that names %s", name, err, nowhere)
		}
	}
	failed := errors.New("the disk is full")
	if err := place(filepath.Join(dir, "out"), Private, true, nil, func(string, string) error { return failed }); !errors.Is(err, failed) {
		t.Errorf("error %v", err)
	}
	onlyHolds(t, dir)
}

func TestReadTellsMissingAndTooLong(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if _, err := Read(path, 3); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
	if err := Remove(path); err != nil {
		t.Errorf("removing what is not there: %v", err)
	}
	for content, ok := range map[string]bool{"": true, "abc": true, "abcd": false} {
		if err := Write(path, Private, []byte(content)); err != nil {
			t.Fatal(err)
		}
		if got, err := Read(path, 3); (err == nil) != ok || ok && string(got) != content {
			t.Errorf("%q: read %q, %v", content, got, err)
		}
	}
	if err := Remove(path); err != nil {
		t.Error(err)
	}
	if there, err := Exists(path); there || err != nil {
		t.Errorf("after it was removed: %v, %v", there, err)
	}
}

func onlyHolds(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("the directory holds %q, want %q", got, names)
	}
}
