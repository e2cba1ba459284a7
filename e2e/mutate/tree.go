package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// tree is a copy of the checkout that mutations are applied to. The checkout itself is never touched.
type tree struct{ dir string }

// files lists what git tracks or would track, as it is now.
func files(ctx context.Context, root string) ([]string, error) {
	list := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("listing the files of %s: %w", root, err)
	}
	return strings.Split(strings.Trim(string(out), "\x00"), "\x00"), nil
}

var testFunction = regexp.MustCompile(`(?m)^func (Test\w+)\(\w+ \*testing\.T\)`)

// findTests tells for each test function of the tree in which directories it is declared. A mutation names its test
// only, so that the test may move.
func findTests(ctx context.Context, root string) (map[string][]string, error) {
	names, err := files(ctx, root)
	if err != nil {
		return nil, err
	}
	tests := map[string][]string{}
	for _, name := range names {
		if !strings.HasSuffix(name, "_test.go") {
			continue
		}
		content, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue // removed, but not committed yet
		}
		if err != nil {
			return nil, err
		}
		for _, found := range testFunction.FindAllSubmatch(content, -1) {
			test, dir := string(found[1]), path.Dir(name)
			if !slices.Contains(tests[test], dir) {
				tests[test] = append(tests[test], dir)
			}
		}
	}
	return tests, nil
}

// copyTree copies the files into dir. What npm installed is linked.
func copyTree(ctx context.Context, root, dir string) (tree, error) {
	names, err := files(ctx, root)
	if err != nil {
		return tree{}, err
	}
	for _, name := range names {
		if err := copyFile(filepath.Join(root, name), filepath.Join(dir, name)); err != nil {
			return tree{}, err
		}
	}
	for _, modules := range []string{"web/node_modules", "e2e/servers/node_modules"} {
		installed := filepath.Join(root, modules)
		if _, err := os.Stat(installed); err == nil {
			if err := os.Symlink(installed, filepath.Join(dir, modules)); err != nil {
				return tree{}, err
			}
		}
	}
	return tree{dir}, nil
}

func copyFile(from, to string) error {
	stat, err := os.Lstat(from)
	if os.IsNotExist(err) {
		return nil // removed, but not committed yet
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if stat.Mode()&os.ModeSymlink != 0 {
		target, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return os.Symlink(target, to)
	}
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, stat.Mode().Perm())
}

// apply applies a mutation and returns what takes it back.
func (t tree) apply(m mutation) (restore func() error, err error) {
	at := filepath.Join(t.dir, filepath.FromSlash(m.File))
	content, err := os.ReadFile(at)
	if err != nil {
		return nil, err
	}
	changed, err := m.mutated(content)
	if err != nil {
		return nil, err
	}
	return func() error { return os.WriteFile(at, content, 0o600) }, os.WriteFile(at, changed, 0o600)
}

// verdict is how a test command ended.
type verdict int

const (
	passed verdict = iota
	failed
	notBuilt
	notRun // the filter matched nothing
)

func (t tree) run(ctx context.Context, command []string) (verdict, string) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = t.dir
	cmd.Env = append(os.Environ(), "MOCKAUTH0_REQUIRE_BROWSER=1") // a suite that skips itself would seem to pass
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	said := out.String()
	for _, sign := range []string{"[build failed]", "[setup failed]", "Failed to compile", "no required module provides", "[no test files]"} {
		if strings.Contains(said, sign) {
			return notBuilt, said
		}
	}
	for _, sign := range []string{"[no tests to run]", "testing: warning: no tests to run", "No specs ran", "--fail-on-empty"} {
		if strings.Contains(said, sign) {
			return notRun, said
		}
	}
	if err != nil {
		return failed, said
	}
	return passed, said
}
