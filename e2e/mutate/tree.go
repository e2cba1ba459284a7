package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// tree is a copy of the checkout that patches are applied to. The checkout itself is never touched.
type tree struct{ dir string }

// copyTree copies the files that git tracks or would track, as they are now, into dir. What npm installed is linked.
func copyTree(ctx context.Context, root, dir string) (tree, error) {
	list := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		return tree{}, fmt.Errorf("listing the files of %s: %w", root, err)
	}
	for _, name := range strings.Split(strings.Trim(string(out), "\x00"), "\x00") {
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

// apply applies a patch, or takes it back. The error holds what git said.
func (t tree) apply(ctx context.Context, patch string, back bool) error {
	args := []string{"apply", "--whitespace=nowarn"}
	if back {
		args = append(args, "--reverse")
	}
	cmd := exec.CommandContext(ctx, "git", append(args, patch)...)
	cmd.Dir = t.dir
	// Inside some repository git would silently skip what lies outside the index.
	cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(t.dir))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s", strings.TrimSpace(string(out)))
	}
	return nil
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
