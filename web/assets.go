package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"html/template"
	"net/http"
	"path"
	"regexp"
	"strings"
	"time"
)

// asset is one file, ready to be sent.
type asset struct {
	body        []byte
	contentType string
	csp         string // Content-Security-Policy; empty: none
	cache       string // Cache-Control
	etag        string
}

func newAsset(name string, body []byte) asset {
	types := map[string]string{
		".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
		".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
	}
	sum := sha256.Sum256(body)
	return asset{body: body, contentType: types[path.Ext(name)], cache: "no-cache", etag: `"` + hex.EncodeToString(sum[:8]) + `"`}
}

func (a asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.contentType)
	h.Set("Cache-Control", a.cache)
	h.Set("ETag", a.etag)
	if a.csp != "" {
		h.Set("Content-Security-Policy", a.csp)
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.body))
}

// appAssets are the files of the app's origin by path.
func appAssets(o Options) (map[string]asset, error) {
	files := map[string]string{
		"/":                            "tutorial/index.html",
		"/callback":                    "tutorial/index.html",
		"/app.js":                      "tutorial/app.js",
		"/auth0-variables.js":          "tutorial/auth0-variables.js",
		"/hardened/":                   "hardened/index.html",
		"/hardened/callback":           "hardened/index.html",
		"/hardened/app.js":             "hardened/app.js",
		"/hardened/session.js":         "hardened/session.js",
		"/hardened/silent-renewal.js":  "hardened/silent-renewal.js",
		"/hardened/auth0-variables.js": "hardened/auth0-variables.js",
		"/page.js":                     "page/page.js",
		"/diagnose.js":                 "page/diagnose.js",
		"/page.css":                    "page/page.css",
		"/favicon.svg":                 "page/favicon.svg",
	}
	assets := map[string]asset{}
	for at, name := range files {
		a, err := o.render(name)
		if err != nil {
			return nil, err
		}
		if path.Ext(name) == ".html" {
			a.csp = o.appPolicy()
		}
		assets[at] = a
	}
	return assets, nil
}

// silentAssets are the silent pages by path. The tutorial's has no policy, as in the tutorial.
func silentAssets(o Options) (map[string]asset, error) {
	tutorial, err := o.render("tutorial/silent.html")
	if err != nil {
		return nil, err
	}
	hardened, err := o.render("hardened/silent.html")
	if err != nil {
		return nil, err
	}
	hardened.csp = "default-src 'none'; script-src " + inlineHashes(hardened.body) +
		"; base-uri 'none'; form-action 'none'; frame-ancestors " + o.AppOrigin
	return map[string]asset{"/silent": tutorial, "/silent-hardened": hardened}, nil
}

// render reads one of our files, puts shared parts in and replaces the tutorial's placeholders. All of them stand in
// JavaScript strings, so the values are escaped for that; the escape leaves no character that ends a script element.
func (o Options) render(name string) (asset, error) {
	body, err := pages.ReadFile(name)
	if err != nil {
		return asset{}, fmt.Errorf("web: %s is not built into this program: %w", name, err)
	}
	text := string(body)
	for _, e := range o.Edits {
		if e.File == name {
			text = strings.Replace(text, e.Replace, e.With, 1)
		}
	}
	switch path.Ext(name) {
	case ".html":
		if text, err = include(name, text); err != nil {
			return asset{}, err
		}
	case ".js":
	default:
		return newAsset(name, body), nil
	}
	sameSite := o.SameSiteAddress
	if sameSite != "" && strings.HasPrefix(name, "hardened/") {
		sameSite = strings.TrimSuffix(sameSite, "/") + "/hardened/"
	}
	fill := []string{
		"YOUR_AUTH0_DOMAIN", template.JSEscapeString(o.Domain),
		"YOUR_CLIENT_ID", template.JSEscapeString(o.ClientID),
		"{YOUR_API_IDENTIFIER}", template.JSEscapeString(o.Audience),
		"YOUR_SAME_SITE_ADDRESS", template.JSEscapeString(sameSite),
		"http://localhost:5000", o.AppOrigin,
		"http://localhost:3001", o.SilentOrigin,
	}
	if o.LocalSDK {
		fill = append(fill, cdnOrigin+sdkPath, sdkPath)
	}
	return newAsset(name, []byte(strings.NewReplacer(fill...).Replace(text))), nil
}

func include(name, text string) (string, error) {
	directive := regexp.MustCompile(`<!--#include file="([a-z/.]+)" -->`)
	var failed error
	text = directive.ReplaceAllStringFunc(text, func(found string) string {
		part, err := pages.ReadFile(directive.FindStringSubmatch(found)[1])
		if err != nil {
			failed = fmt.Errorf("web: %s includes a part that is not there: %w", name, err)
		}
		return string(part)
	})
	return text, failed
}

// appPolicy lets the app load its own files and auth0.js, talk to the tenant and its own API, and frame the way of a
// silent renewal: tenant, then silent page.
func (o Options) appPolicy() string {
	script := "'self'"
	if !o.LocalSDK {
		script += " " + cdnOrigin
	}
	tenant := "https://" + o.Domain
	return strings.Join([]string{
		"default-src 'none'",
		"script-src " + script,
		"style-src 'self'",
		"img-src 'self'",
		"connect-src 'self' " + tenant,
		"frame-src 'self' " + tenant + " " + o.SilentOrigin,
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'self'",
	}, "; ")
}

// inlineHashes lists the hashes that allow exactly the inline scripts of a page.
func inlineHashes(page []byte) string {
	var hashes []string
	for _, script := range regexp.MustCompile(`(?s)<script>(.*?)</script>`).FindAllSubmatch(page, -1) {
		sum := sha256.Sum256(script[1])
		hashes = append(hashes, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	return strings.Join(hashes, " ")
}

func notFound(w http.ResponseWriter, r *http.Request, hint string) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src "+styleHash(notFoundStyle)+"; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNotFound)
	if r.Method == http.MethodHead {
		return
	}
	fmt.Fprintf(w, `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Not found</title><style>%s</style></head>
<body><main><h1>Not found</h1><p>There is no page %s on this server. %s</p></main></body></html>
`, notFoundStyle, html.EscapeString(r.URL.Path), linked(hint))
}

// notFoundStyle stands in the page, since page.css is on one of the servers only.
const notFoundStyle = `:root { color-scheme: light dark; --ground: #f4f6fb; --ink: #16203a; --accent: #1d4ed8 }
@media (prefers-color-scheme: dark) { :root { --ground: #0e1424; --ink: #e8ecf7; --accent: #8fb0ff } }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif }
main { max-width: 46rem; margin: 0 auto; padding: clamp(1.25rem, 12vh, 6rem) clamp(1rem, 4vw, 2.5rem); overflow-wrap: anywhere }
h1 { margin: 0 0 .5rem; font-size: clamp(1.5rem, 1.2rem + 1.6vw, 2.25rem); line-height: 1.2 }
p { margin: 0 }
a { color: var(--accent) }
`

func styleHash(style string) string {
	sum := sha256.Sum256([]byte(style))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// linked escapes a sentence and makes links of the paths in it.
func linked(sentence string) string {
	path := regexp.MustCompile(`(^| )(/(?:[a-z0-9./-]*[a-z0-9/-])?)`)
	return path.ReplaceAllString(html.EscapeString(sentence), `$1<a href="$2">$2</a>`)
}
