package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// HostSDK is a browser SDK on a host page: its own files, and the driver that does with it what an app does.
type HostSDK struct {
	// Package in node_modules; its version decides how the driver configures it. Required.
	Package string
	// Scripts are the SDK's files in node_modules, as published, in the order in which a page loads them.
	Scripts []string
	// Driver is the name of one of our drivers, such as auth0-spa-js.js. Required.
	Driver string
	// Bundle is the driver made into one script with all that it imports, for an SDK that is published for bundlers only.
	// Nil: the driver is served as it is.
	Bundle []byte
	// Options are what the app gives the SDK besides the tenant, the client and the addresses.
	Options map[string]any
}

// HostOptions say what a host page has in it.
type HostOptions struct {
	Domain, ClientID, Audience string // as in Options; required
	// Origin is where browsers see the page, and SilentOrigin where the tutorial's silent page lives. Required.
	Origin, SilentOrigin string
	// SDKDir is the node_modules folder with the SDK. Default: web/node_modules.
	SDKDir string
	// SDK is the one under test. Required.
	SDK HostSDK
	// Second is another SDK on the same page, which shares storage, cookies and messages with the first. Nil: none.
	Second *HostSDK
	// Headers are sent with the page: a Content-Security-Policy, for instance.
	Headers http.Header
	// Worker is the script of a service worker, served at /worker.js for whoever registers it. Nil: there is none.
	Worker []byte
}

// Host serves a page with an SDK in it at /, /callback, /silent and /verifier (of cross-origin logins) of its origin. Safe
// for concurrent use.
type Host struct {
	files map[string]asset
	pages http.Header
}

// NewHost reads the SDK and prepares the page. It fails when the SDK is not installed.
func NewHost(o HostOptions) (*Host, error) {
	h := &Host{files: map[string]asset{}, pages: o.Headers}
	config, err := o.config(o.SDK)
	if err != nil {
		return nil, err
	}
	text := "const config = " + config + ";\n"
	scripts, err := h.add(o, o.SDK, "/", func(driver []byte) []byte { return driver })
	if err != nil {
		return nil, err
	}
	if o.Second != nil {
		second, err := o.config(*o.Second)
		if err != nil {
			return nil, err
		}
		// Drivers speak to their page by two names; the second SDK's is given its own.
		more, err := h.add(o, *o.Second, "/second/", func(driver []byte) []byte {
			return []byte("((config, ready) => {\n" + string(driver) + "\n})(" + second + ", readySecond);\n")
		})
		if err != nil {
			return nil, err
		}
		scripts = append(scripts, more...)
	}
	if o.Worker != nil {
		h.files["/worker.js"] = newAsset("worker.js", o.Worker)
	}
	h.files["/config.js"] = newAsset("config.js", []byte(text))
	for _, name := range []string{"host.js", "host.css"} {
		if h.files["/"+name], err = hostFile(name); err != nil {
			return nil, err
		}
	}
	h.cacheScripts()
	return h, h.page(scripts)
}

// cacheScripts lets a browser keep all that the pages load: it does not change while a Host is served, and to ask for it
// again would be most of what the return from a login costs.
func (h *Host) cacheScripts() {
	for at, file := range h.files {
		if at != "/worker.js" && path.Ext(at) != "" {
			file.cache = sdkCache
			h.files[at] = file
		}
	}
}

// NewSilent is the tutorial's silent page, on an origin of its own: at /silent, with the SDK of o. form is what it does
// with its answer, as web/host/silent.js names it.
func NewSilent(o HostOptions, form string) (*Host, error) {
	h := &Host{files: map[string]asset{}}
	if _, err := h.add(o, o.SDK, "/", func(driver []byte) []byte { return driver }); err != nil {
		return nil, err
	}
	config, err := json.Marshal(map[string]any{"domain": o.Domain, "clientID": o.ClientID, "origin": o.Origin, "form": form})
	if err != nil {
		return nil, fmt.Errorf("web: the silent page's settings: %w", err)
	}
	h.files["/config.js"] = newAsset("config.js", []byte("const config = "+string(config)+";\n"))
	for at, name := range map[string]string{"/silent": "silent.html", "/silent.js": "silent.js"} {
		if h.files[at], err = hostFile(name); err != nil {
			return nil, err
		}
	}
	h.cacheScripts()
	return h, nil
}

func (o HostOptions) sdkDir() string {
	if o.SDKDir == "" {
		return defaultSDKDir
	}
	return o.SDKDir
}

// tenant is the tenant's origin: a domain by plain http is written with its scheme.
func (o HostOptions) tenant() string {
	if strings.HasPrefix(o.Domain, "http://") {
		return o.Domain
	}
	return "https://" + o.Domain
}

// config is what a driver gives its SDK, in JSON.
func (o HostOptions) config(sdk HostSDK) (string, error) {
	version, err := PackageVersion(o.sdkDir(), sdk.Package)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(map[string]any{
		"domain": o.Domain, "tenant": o.tenant(), "clientID": o.ClientID, "audience": o.Audience, "origin": o.Origin,
		"silentOrigin": o.SilentOrigin,
		"version":      version, "options": sdk.Options,
	})
	if err != nil {
		return "", fmt.Errorf("web: the options of %s cannot be written as JSON: %w", sdk.Package, err)
	}
	return string(text), nil
}

// add serves an SDK's scripts and then its driver, and gives their paths in that order.
func (h *Host) add(o HostOptions, sdk HostSDK, under string, wrap func([]byte) []byte) (paths []string, err error) {
	for _, name := range sdk.Scripts {
		body, err := os.ReadFile(filepath.Join(o.sdkDir(), filepath.FromSlash(name)))
		if err != nil {
			return nil, fmt.Errorf("web: %s is not installed (%w); %s", sdk.Package, err, install)
		}
		h.files["/sdk/"+name] = newAsset(name, body)
		paths = append(paths, "/sdk/"+name)
	}
	driver := sdk.Bundle
	if driver == nil {
		if driver, err = pages.ReadFile("host/" + sdk.Driver); err != nil {
			return nil, fmt.Errorf("web: %s is no driver of ours: %w", sdk.Driver, err)
		}
	}
	h.files[under+sdk.Driver] = newAsset(sdk.Driver, wrap(driver))
	return append(paths, under+sdk.Driver), nil
}

// hostFile is one of our files.
func hostFile(name string) (asset, error) {
	body, err := pages.ReadFile("host/" + name)
	if err != nil {
		return asset{}, fmt.Errorf("web: %s is not built into this program: %w", name, err)
	}
	return newAsset(name, body), nil
}

// page renders the page that loads the scripts.
func (h *Host) page(scripts []string) error {
	t, err := template.ParseFS(pages, "host/host.html")
	if err != nil {
		return fmt.Errorf("web: the host page: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, scripts); err != nil {
		return fmt.Errorf("web: the host page: %w", err)
	}
	for _, at := range []string{"/", "/callback", "/silent", "/verifier"} {
		h.files[at] = newAsset("host.html", b.Bytes())
	}
	return nil
}

// ServeHTTP serves the page and what it loads.
func (h *Host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	found, ok := h.files[r.URL.Path]
	if !ok || r.Method != http.MethodGet {
		http.NotFound(w, r)
		return
	}
	if path.Ext(r.URL.Path) == "" {
		for name, values := range h.pages {
			w.Header()[name] = values
		}
	}
	found.serve(w, r)
}

// PackageVersion is the version of a package in a node_modules folder.
func PackageVersion(modules, name string) (string, error) {
	text, err := os.ReadFile(filepath.Join(modules, filepath.FromSlash(name), "package.json"))
	var about struct{ Version string }
	if err == nil {
		err = json.Unmarshal(text, &about)
	}
	if err != nil {
		return "", fmt.Errorf("web: the version of %s cannot be read (%w); %s", name, err, install)
	}
	return strings.TrimSpace(about.Version), nil
}
