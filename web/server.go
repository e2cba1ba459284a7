// Package web serves the sample apps: the tutorial's page, its hardened twin, their silent pages on an origin
// of their own, a sample API, and auth0.js at the CDN's path.
package web

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Options say which tenant the apps use and where they live.
type Options struct {
	// Domain of the tenant, host or host:port, without a scheme. Required.
	Domain string
	// ClientID of the sample client at that tenant. Required.
	ClientID string
	// Audience is the identifier of the sample API. Required.
	Audience string
	// AppOrigin is where browsers see App, such as https://localhost:5443. Default: the tutorial's http://localhost:5000.
	AppOrigin string
	// SilentOrigin is where browsers see Silent. Default: the tutorial's http://localhost:3001.
	SilentOrigin string
	// SameSiteAddress is what the page advises to open when the browser blocks the tenant's cookie.
	// Empty: the page gives the advice in general words.
	SameSiteAddress string
	// SDKDir is a node_modules folder that holds auth0-js 8.10.1. Default: web/node_modules.
	SDKDir string
	// LocalSDK loads auth0.js from the app's own server. False: from the unmodified CDN address, for browsers whose
	// name mapping leads that address to CDN.
	LocalSDK bool
	// JWKSClient fetches the tenant's keys, so it has to trust the tenant's certificate. Nil: a client with a timeout of
	// 5 s and the system's trust.
	JWKSClient *http.Client
	// Now is the time by which the API judges tokens; give it the tenant's clock. Nil: real time.
	Now func() time.Time
	// Edits change files of the apps when they are served: what makes a mutant of them. Nil: none.
	Edits []Edit
}

// Edit is a change of one of the apps' files.
type Edit struct {
	File    string // below web, such as hardened/app.js
	Replace string // a text that is in the file once
	With    string // what stands there instead
}

// Apps are the handlers of the sample apps. Safe for concurrent use.
type Apps struct {
	app, silent map[string]asset
	sdk         asset
	api         *api
	options     Options
}

const (
	cdnOrigin     = "https://cdn.auth0.com"
	defaultSDKDir = "web/node_modules"
)

// New prepares everything that is served. It fails when an option is missing or malformed, or when auth0.js is not
// installed.
func New(o Options) (*Apps, error) {
	setDefaults(&o)
	if err := o.check(); err != nil {
		return nil, err
	}
	if err := o.checkEdits(); err != nil {
		return nil, err
	}
	sdk, err := readSDK(o.SDKDir)
	if err != nil {
		return nil, err
	}
	a := &Apps{sdk: sdk, api: newAPI(o), options: o}
	if a.app, err = appAssets(o); err != nil {
		return nil, err
	}
	if a.silent, err = silentAssets(o); err != nil {
		return nil, err
	}
	if o.LocalSDK {
		a.app[sdkPath], a.silent[sdkPath] = sdk, sdk
	}
	return a, nil
}

func setDefaults(o *Options) {
	if o.AppOrigin == "" {
		o.AppOrigin = "http://localhost:5000"
	}
	if o.SilentOrigin == "" {
		o.SilentOrigin = "http://localhost:3001"
	}
	if o.SDKDir == "" {
		o.SDKDir = defaultSDKDir
	}
	if o.JWKSClient == nil {
		o.JWKSClient = &http.Client{Timeout: 5 * time.Second}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

func (o Options) check() error {
	// These go into a Content-Security-Policy and into scripts, so nothing but a plain host is let through.
	host := regexp.MustCompile(`^([A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?$`)
	if !host.MatchString(o.Domain) {
		return fmt.Errorf("web: Domain %q is not a host or host:port; give the tenant's domain without a scheme, such as localhost:4443",
			o.Domain)
	}
	if o.ClientID == "" {
		return fmt.Errorf("web: ClientID is empty; give the client id of the sample client at %s", o.Domain)
	}
	if o.Audience == "" {
		return fmt.Errorf("web: Audience is empty; give the identifier of the sample API at %s", o.Domain)
	}
	for _, origin := range []struct{ name, value string }{{"AppOrigin", o.AppOrigin}, {"SilentOrigin", o.SilentOrigin}} {
		scheme, rest, _ := strings.Cut(origin.value, "://")
		if (scheme != "http" && scheme != "https") || !host.MatchString(rest) {
			return fmt.Errorf("web: %s %q is not an origin; write scheme, host and port only, such as http://localhost:5000",
				origin.name, origin.value)
		}
	}
	if o.SameSiteAddress != "" {
		u, err := url.Parse(o.SameSiteAddress)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return fmt.Errorf("web: SameSiteAddress %q is not an http or https address, such as https://localhost:5443/", o.SameSiteAddress)
		}
	}
	return nil
}

// checkEdits finds edits that would change nothing, or more than one place.
func (o Options) checkEdits() error {
	for _, e := range o.Edits {
		body, err := pages.ReadFile(e.File)
		if err != nil {
			return fmt.Errorf("web: an edit is of %s, which is none of our files: %w", e.File, err)
		}
		if n := strings.Count(string(body), e.Replace); n != 1 {
			return fmt.Errorf("web: an edit replaces a text that is in %s %d times, and must be there once: %q", e.File, n, e.Replace)
		}
	}
	return nil
}

// App serves the app's origin: the tutorial at / and /callback, the hardened app at /hardened/ and
// /hardened/callback, the sample API at /api/me.
func (a *Apps) App() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/me":
			a.api.me(w, r)
		case "/api/tenant":
			a.api.tenant(w, r)
		case "/hardened":
			http.Redirect(w, r, "/hardened/", http.StatusPermanentRedirect)
		default:
			a.serve(w, r, a.app, "The sample apps are at / and /hardened/, the API is at /api/me.")
		}
	})
}

// Silent serves the silent pages' origin: /silent of the tutorial and /silent-hardened, with CORS for everyone as the
// tutorial's server sends it.
func (a *Apps) Silent() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		if r.Method == http.MethodOptions {
			h := w.Header()
			h.Set("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE")
			if asked := r.Header.Get("Access-Control-Request-Headers"); asked != "" {
				h.Set("Access-Control-Allow-Headers", asked)
			}
			h.Set("Vary", "Access-Control-Request-Headers")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		a.serve(w, r, a.silent, "The silent pages are at /silent and /silent-hardened.")
	})
}

// CDN serves auth0.js at the path that it has at cdn.auth0.com.
func (a *Apps) CDN() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		a.serve(w, r, map[string]asset{sdkPath: a.sdk}, "The only file here is "+sdkPath+".")
	})
}

func (a *Apps) serve(w http.ResponseWriter, r *http.Request, assets map[string]asset, hint string) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	found, ok := assets[r.URL.Path]
	if !ok {
		notFound(w, r, hint)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "This page can only be read (GET or HEAD).", http.StatusMethodNotAllowed)
		return
	}
	found.serve(w, r)
}
