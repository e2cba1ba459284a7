package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// mutation is one entry of a file: it takes something away from one place, and names the test that must notice.
type mutation struct {
	Name        string `yaml:"name"`
	Removes     string `yaml:"removes"` // in words
	Test        string `yaml:"test"`    // TestName or TestName/part, in whatever package; or else
	Spec        string `yaml:"spec"`    // what Ginkgo is to focus on, in the browser suite
	File        string `yaml:"file"`
	Anchor      string `yaml:"anchor"` // occurs once in the file
	Replacement string `yaml:"replacement"`
	subject     string // the name of the YAML file, without .yaml
}

// String is what -focus is compared with: subject/name.
func (m mutation) String() string { return m.subject + "/" + m.Name }

// read finds the mutations of a directory, one YAML file for each subject. It reports every mistake at once; focus is a
// part of the names that are wanted, "" all.
func read(dir, focus string) ([]mutation, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, err
	}
	var all []mutation
	var problems []error
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		found, err := parse(strings.TrimSuffix(filepath.Base(path), ".yaml"), content)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", path, err))
		}
		all = append(all, found...)
	}
	seen := map[string]bool{}
	for _, m := range all {
		if seen[m.Name] {
			problems = append(problems, fmt.Errorf("two mutations are called %s", m.Name))
		}
		seen[m.Name] = true
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(m mutation) bool { return !strings.Contains(m.String(), focus) })
	if len(all) == 0 {
		return nil, fmt.Errorf("no mutation in %s has %q in its name", dir, focus)
	}
	return all, nil
}

// parse reads one file. A key that it does not know is a mistake.
func parse(subject string, content []byte) ([]mutation, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	var all []mutation
	if err := decoder.Decode(&all); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	var problems []error
	for i := range all {
		m := &all[i]
		m.subject = subject
		if m.Name == "" {
			problems = append(problems, fmt.Errorf("mutation %d has no name", i+1))
			continue
		}
		if err := m.check(); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", m.Name, err))
		}
	}
	return all, errors.Join(problems...)
}

func (m mutation) check() error {
	switch {
	case m.Removes == "":
		return errors.New("removes says in words what is taken away")
	case (m.Test == "") == (m.Spec == ""):
		return errors.New("give either test: TestName or spec: what Ginkgo focuses on")
	case m.Test != "" && !testName.MatchString(m.Test):
		return fmt.Errorf("test: %q is no TestName or TestName/part", m.Test)
	case !filepath.IsLocal(filepath.FromSlash(m.File)):
		return fmt.Errorf("file: %q is no path inside the tree", m.File)
	case strings.TrimSpace(m.Anchor) == "":
		return errors.New("anchor is the text that is replaced")
	case slices.Equal(strings.Fields(m.Anchor), strings.Fields(m.Replacement)):
		return errors.New("the replacement changes nothing")
	}
	return nil
}

var testName = regexp.MustCompile(`^Test\w+(/.+)?$`)

// place finds the anchor in a file's content. White space of any length counts as equal, so that an anchor survives when
// code is indented or wrapped differently.
func (m mutation) place(content []byte) (from, to int, err error) {
	words := strings.Fields(m.Anchor)
	for i, w := range words {
		words[i] = regexp.QuoteMeta(w)
	}
	found := regexp.MustCompile(strings.Join(words, `\s+`)).FindAllIndex(content, -1)
	if len(found) != 1 {
		return 0, 0, fmt.Errorf("the anchor occurs %d times in %s, where it must occur once:\n%s", len(found), m.File, m.Anchor)
	}
	return found[0][0], found[0][1], nil
}

// mutated is the content with the replacement in place of the anchor.
func (m mutation) mutated(content []byte) ([]byte, error) {
	from, to, err := m.place(content)
	if err != nil {
		return nil, err
	}
	return slices.Concat(content[:from], []byte(m.Replacement), content[to:]), nil
}

// command is what must fail. Tests that hang must end, tests must not come from a cache, and a filter that matches
// nothing must not pass.
func (m mutation) command(tests map[string][]string) ([]string, error) {
	if m.Spec != "" {
		return []string{
			"go", "run", "github.com/onsi/ginkgo/v2/ginkgo",
			"--fail-on-empty", "--timeout=4m", "--no-color", "--focus", m.Spec, "./e2e",
		}, nil
	}
	name, part, hasPart := strings.Cut(m.Test, "/")
	dirs := tests[name]
	if len(dirs) == 0 {
		return nil, fmt.Errorf("no package declares %s", name)
	}
	pattern := "^" + name + "$"
	if hasPart {
		pattern += "/" + part
	}
	command := []string{"go", "test", "-count=1", "-timeout=4m", "-run", pattern}
	for _, dir := range dirs { // where several declare it, one that fails is enough
		command = append(command, "./"+dir)
	}
	return command, nil
}
