// Package console is the live page of a tenant: what happens, why renewals fail, and what a person can change. It is static files
// and speaks to the control API alone, as any other program does.
package console

import (
	"embed"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/look"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
)

// embedded holds the page and what it loads. `make test` serves it as it is: there is no build step.
//
//go:embed page
var embedded embed.FS

// Types are set here: what a system believes about .js must not decide whether a browser runs it under nosniff.
var types = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
}

// policy lets the page load its own files and ask its own tenant, and nothing else. Trusted Types make the browser itself refuse to
// read text as markup; the one policy, for the frame of a mail, escapes what it is given. No page may frame the console, and none
// that opened it keeps a hold on its window.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'none'; base-uri 'none'; " +
	"form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types console-mail"

// Serves tells whether a request is for the page or one of its files, which say nothing about the tenant: whoever reaches the tenant
// may have them, and asks the control API with the token that it wants.
func Serves(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && file(r.URL.Path) != nil
}

// Opened tells whether a person opens an address in a browser, to look at it: no SDK and no test asks for a page there.
func Opened(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	dest := r.Header.Get("Sec-Fetch-Dest") // a browser without these headers does not say
	return strings.Contains(r.Header.Get("Accept"), "text/html") && (dest == "" || dest == "document")
}

// Page answers the page, at whatever address.
func Page(*httpx.Exchange, *http.Request) (*httpx.Result, error) {
	return answer(names.ConsolePath, file(names.ConsolePath)), nil
}

// File answers what the page loads: GET /__mock/console/{file}.
func File(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	content := file(r.URL.Path)
	if content == nil {
		return nil, &oauth.Error{Code: "not_found", Status: http.StatusNotFound,
			Description: "The console has no such file; it is at " + names.ConsolePath + "."}
	}
	return answer(r.URL.Path, content), nil
}

func answer(at string, content []byte) *httpx.Result {
	kind := types[path.Ext(at)]
	if at == names.ConsolePath {
		kind = types[".html"]
	}
	return (&httpx.Result{Body: content}).Set("Content-Type", kind).Set("Content-Security-Policy", policy).Set("Cache-Control", "no-cache").
		Set("X-Frame-Options", "DENY").Set("Referrer-Policy", "no-referrer").Set("Cross-Origin-Opener-Policy", "same-origin").
		Set("Cross-Origin-Resource-Policy", "same-origin")
}

// file is what is served at a path; nil: nothing of the console's.
func file(at string) []byte {
	name, below := strings.CutPrefix(at, names.ConsoleFiles)
	switch {
	case at == names.ConsolePath:
		name = "index.html"
	case !below || strings.Contains(name, "/") || types[path.Ext(name)] == "":
		return nil
	}
	content, err := fs.ReadFile(embedded, path.Join("page", name))
	if err != nil {
		return nil // there is no such file
	}
	if name == "console.css" {
		content = append([]byte(look.Base()), content...)
	}
	return content
}
