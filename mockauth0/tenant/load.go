package tenant

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
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
		return nil, unusable(dir, "cannot be read: "+unwrapPath(err).Error()+"; expected a tenant directory with tenant.yaml in it")
	} else if !info.IsDir() {
		return nil, unusable(dir, "is a file; expected the tenant directory that holds it")
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, unusable(dir, "cannot be read: "+unwrapPath(err).Error())
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
	found := &findings{strict: opt.Strict}
	places := map[string]place{}
	read := func(file string) *reading {
		s := readSource(fsys, file, printed(file), opt.Env, found)
		if s == nil {
			return nil
		}
		return &reading{source: s, files: fsys, found: found, places: places}
	}
	t := &Config{Name: name}
	if r := read(tenantName); r != nil {
		before := len(found.errors)
		if root := parseYAML(r.source, found); root != nil {
			r.tenantFile(t, overTenant(root, overlays))
		} else if len(found.errors) == before {
			found.refuse(r.source.at(1, 1), "the file is empty; expected sections such as clients, databases and resourceServers")
		}
	} else if len(found.errors) == 0 {
		found.refuse(place{file: printed(tenantName)}, "%s", missingTenant(fsys))
	}
	tenantReadable := len(found.errors) == 0 || len(t.Clients)+len(t.Connections) > 0
	if r := read(usersName); r != nil {
		if root := parseJSON(r.source, found); root != nil {
			r.usersFile(t, overUsers(root, overlays))
		}
	}
	if r := read(mockName); r != nil { // last: it speaks of clients and users
		if root := parseYAML(r.source, found); root != nil && tenantReadable {
			r.mockFile(t, overMock(root, overlays))
		}
	}
	misnamed(fsys, printed, found)
	if tenantReadable { // otherwise every reference would be reported as broken
		t.complete()
		check(t, found, locate(places, place{file: directory}))
	}
	if problems := t.finished(found); len(problems) > 0 {
		return nil, &LoadError{Problems: problems, Warnings: found.warnings}
	}
	return t, nil
}

func unusable(dir, message string) error {
	return &LoadError{Problems: Problems{{File: dir, Message: message}}}
}

// finished gives the tenant its index and warnings, or else the problems.
func (t *Config) finished(found *findings) Problems {
	found.errors.sort()
	found.warnings.sort()
	if len(found.errors) == 0 {
		t.Warnings = found.warnings
		t.index = newIndex(t)
	}
	return found.errors
}

// locate finds where a part of the model came from: itself, or the nearest part around it.
func locate(places map[string]place, otherwise place) func(string) place {
	return func(path string) place {
		for path != "" {
			if p, ok := places[path]; ok {
				return p
			}
			path = path[:max(0, strings.LastIndexAny(path, ".["))]
		}
		return otherwise
	}
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
		return message + " (the directory cannot be listed: " + unwrapPath(err).Error() + ")"
	case err == nil && len(entries) == 0:
		return message + "; the directory is empty"
	}
	return message
}

// misnamed warns of files that look like ours and are not read.
func misnamed(fsys fs.FS, printed func(string) string, found *findings) {
	for _, pair := range [][2]string{
		{"users.yaml", usersName}, {"users.yml", usersName},
		{"user.json", usersName}, {"mock.yml", mockName}, {"mock.json", mockName},
	} {
		if _, err := fs.Stat(fsys, pair[0]); err == nil {
			found.warn(place{file: printed(pair[0])}, "is not read; expected the name %s", pair[1])
		}
	}
}
