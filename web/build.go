package web

import (
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// NewBuild serves what a bundler made of one of the apps in web/apps: its files, and index.html for every other path, which
// is a page of the app. settings are texts of its scripts and what stands in their place when they are served: with
// {"localhost:4443": "acme.test"} one build fits every tenant. NewBuild fails when the build is not there, or when a text
// does not occur in it.
func NewBuild(build fs.FS, settings map[string]string) (http.Handler, error) {
	files := map[string]asset{}
	found := map[string]bool{}
	err := fs.WalkDir(build, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := fs.ReadFile(build, name)
		if err != nil {
			return err
		}
		if path.Ext(name) == ".js" {
			body = []byte(set(string(body), settings, found))
		}
		files["/"+name] = newAsset(name, body)
		return nil
	})
	page, ok := files["/index.html"]
	if err == nil && !ok {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, fmt.Errorf("web: the app is not built: index.html: %w; `npm run build` in its folder does that, and `make e2e` for the "+
			"React app", err)
	}
	for text := range settings {
		if !found[text] {
			return nil, fmt.Errorf("web: no script of the build has the text %q, so it cannot be set to %q", text, settings[text])
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, ok := files[r.URL.Path]
		if !ok && path.Ext(r.URL.Path) == "" {
			file, ok = page, true
		}
		if !ok || r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.NotFound(w, r)
			return
		}
		file.serve(w, r)
	}), nil
}

// set replaces texts in a script, and notes which of them it has.
func set(script string, settings map[string]string, found map[string]bool) string {
	for text, value := range settings {
		if strings.Contains(script, text) {
			found[text] = true
			script = strings.ReplaceAll(script, text, value)
		}
	}
	return script
}
