package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// mutation is one patch that takes something away, and the test that must notice.
type mutation struct {
	name    string   // of the file, without .patch
	path    string   // absolute
	removes string   // in words
	test    []string // the command as written: go test … or ginkgo …
}

// read finds the patches of a directory, sorted by name; focus is a part of the names wanted, "" all.
func read(dir, focus string) ([]mutation, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.patch"))
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	var mutations []mutation
	var problems []error
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".patch")
		if !strings.Contains(name, focus) {
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		m, err := parse(content)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", path, err))
			continue
		}
		m.name = name
		if m.path, err = filepath.Abs(path); err != nil {
			return nil, err
		}
		mutations = append(mutations, m)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	if len(mutations) == 0 {
		return nil, fmt.Errorf("no patch in %s has %q in its name", dir, focus)
	}
	return mutations, nil
}

// parse reads the header, the lines before the first diff.
func parse(content []byte) (mutation, error) {
	var m mutation
	lines := bufio.NewScanner(bytes.NewReader(content))
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "diff ") && !strings.HasPrefix(lines.Text(), "--- ") {
		name, value, ok := strings.Cut(lines.Text(), ":")
		if !ok {
			continue
		}
		var err error
		switch name {
		case "Removes":
			m.removes = strings.TrimSpace(value)
		case "Test":
			if m.test, err = words(value); err != nil {
				return m, fmt.Errorf("Test: %w", err)
			}
		}
	}
	if err := lines.Err(); err != nil {
		return m, err
	}
	if m.removes == "" {
		return m, errors.New(`the header has no line "Removes: …" that says in words what the patch takes away`)
	}
	goTest := len(m.test) > 2 && m.test[0] == "go" && m.test[1] == "test"
	if !goTest && (len(m.test) < 2 || m.test[0] != "ginkgo") {
		return m, errors.New(`the header has no line "Test: go test PACKAGE -run NAME" or "Test: ginkgo --focus NAME"`)
	}
	return m, nil
}

// words splits a command as a shell would, with single and double quotes and no expansion.
func words(line string) ([]string, error) {
	var found []string
	var word strings.Builder
	inWord, quote := false, rune(0)
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, inWord = r, true
		case r == ' ' || r == '\t':
			if inWord {
				found = append(found, word.String())
				word.Reset()
				inWord = false
			}
		default:
			word.WriteRune(r)
			inWord = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("a quote %c is not closed", quote)
	}
	if inWord {
		found = append(found, word.String())
	}
	return found, nil
}

// command is what is really run: tests that hang must end, tests must not come from a cache, and a filter that
// matches nothing must not pass.
func (m mutation) command() []string {
	if m.test[0] == "ginkgo" {
		return slices.Concat([]string{"go", "run", "github.com/onsi/ginkgo/v2/ginkgo", "--fail-on-empty", "--timeout=4m", "--no-color"}, m.test[1:], []string{"./e2e"})
	}
	return slices.Concat([]string{"go", "test", "-count=1", "-timeout=4m"}, m.test[2:])
}
