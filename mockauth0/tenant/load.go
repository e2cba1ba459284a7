package tenant

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"renewal.example/mockauth0/internal/strict"
)

const (
	tenantName = "tenant.yaml"
	usersName  = "users.json"
	mockName   = "mock.yaml"
)

// LoadOptions says how a directory is read.
type LoadOptions struct {
	// Env gives the values of ##KEY## and @@KEY@@ markers; nil means that no key has one.
	Env func(key string) (value string, ok bool)
	// Strict makes unknown keys of tenant.yaml errors; otherwise they are warnings.
	Strict bool
}

// LoadDir reads the tenant directory dir. Links that lead out of it are not followed. The error is a
// *LoadError.
func LoadDir(dir string, opt LoadOptions) (*Config, error) {
	if info, err := os.Stat(dir); err != nil {
		return nil, unusable(dir, "cannot be read: "+strict.UnwrapPath(err).Error()+"; expected a tenant directory with tenant.yaml in it")
	} else if !info.IsDir() {
		return nil, unusable(dir, "is a file; expected the tenant directory that holds it")
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, unusable(dir, "cannot be read: "+strict.UnwrapPath(err).Error())
	}
	defer root.Close()
	name := dir
	if whole, err := filepath.Abs(dir); err == nil {
		name = filepath.Base(whole)
	}
	return load(root.FS(), name, func(file string) string { return filepath.Join(dir, file) }, dir, opt, nil)
}

// Load reads a tenant from the root of fsys. name is printed in front of the files' names, and its last element
// becomes the tenant's. The error is a *LoadError: everything that is wrong, sorted, and the warnings.
func Load(fsys fs.FS, name string, opt LoadOptions) (*Config, error) {
	return LoadOver(fsys, name, opt)
}

// LoadOver is Load with something laid over the files before they are judged, one after the other. What is wrong with
// that is reported where it was written.
func LoadOver(fsys fs.FS, name string, opt LoadOptions, overlays ...Overlay) (*Config, error) {
	return load(fsys, path.Base(name), func(file string) string { return path.Join(name, file) }, name, opt, overlays)
}

func load(fsys fs.FS, name string, printed func(string) string, directory string, opt LoadOptions, overlays []Overlay) (*Config, error) {
	l := &loader{files: fsys, printed: printed, env: opt.Env, found: &strict.Findings{Strict: opt.Strict}, places: map[string]strict.Place{}}
	t := &Config{Name: name}
	over := layers(overlays, l.found)
	l.tenantFile(t, over)
	readable := len(l.found.Errors) == 0 || len(t.Clients)+len(t.Connections) > 0
	l.usersFile(t, over)
	l.mockFile(t, over, readable) // last: it speaks of clients and users
	misnamed(fsys, printed, l.found)
	if readable { // otherwise every reference would be reported as broken
		t.complete()
		check(t, l.found, locate(l.places, strict.Whole(directory)))
	}
	if problems := t.finished(l.found); len(problems) > 0 {
		return nil, &LoadError{Problems: problems, Warnings: problemsOf(l.found.Warnings)}
	}
	return t, nil
}

// loader reads the files of one directory.
type loader struct {
	files   fs.FS
	printed func(string) string
	env     func(string) (string, bool)
	found   *strict.Findings
	places  map[string]strict.Place
}

// read gives nil for a file that is absent or cannot be used; the latter is reported.
func (l *loader) read(file string) *reading {
	s := strict.Read(l.files, file, l.printed(file), l.env, l.found)
	if s == nil {
		return nil
	}
	return &reading{Reader: &strict.Reader{Source: s, Found: l.found, Places: l.places}, files: l.files}
}

// parsed gives the document of a file, or reports why there is none. empty ends the message about an empty one; "": it may be empty.
func (r *reading) parsed(parse func() (*strict.Node, *strict.SyntaxError), empty string) *strict.Node {
	root, err := parse()
	switch {
	case err == nil:
	case err.Kind != strict.Empty:
		r.Source.Report(err, r.Found)
	case empty != "":
		r.Found.Refuse(r.Source.At(1, 1), "the file is empty; expected %s", empty)
	}
	if root != nil {
		r.Source.ReportKeys(root, r.Found)
	}
	return root
}

func (l *loader) tenantFile(t *Config, over []layer) {
	r := l.read(tenantName)
	if r == nil {
		if len(l.found.Errors) == 0 {
			l.found.Refuse(strict.Whole(l.printed(tenantName)), "%s", missingTenant(l.files))
		}
		return
	}
	if root := r.parsed(r.Source.ParseYAML, "sections such as clients, databases and resourceServers"); root != nil {
		r.tenantFile(t, overTenant(root, over))
	}
}

func (l *loader) usersFile(t *Config, over []layer) {
	if r := l.read(usersName); r != nil {
		if root := r.parsed(r.Source.ParseJSON, "a JSON list, for example []"); root != nil {
			r.usersFile(t, overUsers(root, over))
		}
	}
}

func (l *loader) mockFile(t *Config, over []layer, tenantReadable bool) {
	if r := l.read(mockName); r != nil {
		if root := r.parsed(r.Source.ParseYAML, ""); root != nil && tenantReadable {
			r.mockFile(t, overMock(root, over))
		}
	}
}

func unusable(dir, message string) error {
	return &LoadError{Problems: Problems{{File: dir, Message: message}}}
}

// finished gives the tenant its index and warnings, or else the problems.
func (t *Config) finished(found *strict.Findings) Problems {
	found.Sort()
	if len(found.Errors) == 0 {
		t.Warnings = problemsOf(found.Warnings)
		t.index = newIndex(t)
	}
	return problemsOf(found.Errors)
}

func missingTenant(fsys fs.FS) string {
	message := "is missing; a tenant directory holds tenant.yaml and, if wanted, users.json and mock.yaml"
	for _, other := range []string{"tenant.yml", "tenant.json"} {
		if _, err := fs.Stat(fsys, other); err == nil {
			return message + "; " + other + " is there and is not read: rename it"
		}
	}
	switch entries, err := fs.ReadDir(fsys, "."); {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return message + " (the directory cannot be listed: " + strict.UnwrapPath(err).Error() + ")"
	case err == nil && len(entries) == 0:
		return message + "; the directory is empty"
	}
	return message
}

// misnamed warns of files that look like ours and are not read.
func misnamed(fsys fs.FS, printed func(string) string, found *strict.Findings) {
	for _, pair := range [][2]string{
		{"users.yaml", usersName}, {"users.yml", usersName},
		{"user.json", usersName}, {"mock.yml", mockName}, {"mock.json", mockName},
	} {
		if _, err := fs.Stat(fsys, pair[0]); err == nil {
			found.Warn(strict.Whole(printed(pair[0])), "is not read; expected the name %s", pair[1])
		}
	}
}
