// Package testapp serves a small app of a person for tests: another client id and API than the tutorial's, and auth0-spa-js.
package testapp

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What the app asks with.
const (
	ClientID = "ShopClient0000000000000000000001"
	Audience = "https://shop.example/"
)

// Options say how the app behaves. The zero value renews by a hidden frame, on demand.
type Options struct {
	Domain   string // of its tenant. Default: localhost:4443
	Refresh  bool   // it renews with refresh tokens
	Fallback bool   // and by a hidden frame where it has none
	Stored   bool   // tokens outlive a reload, in localStorage
	PollMS   int    // it fetches its orders so often. 0: when its button is pressed
	Control  string // name of its control to log in. Default: Sign in
	AtOnce   bool   // it leads to the tenant by itself
	Menu     bool   // its control to log out is in a menu that is closed
	Also     string // an address that it fetches three times with its orders, such as that of fonts
}

//go:embed page.html
var page embed.FS

// App is the app, and its API beside it on another port.
type App struct {
	URL, API string
}

// SDK reads the app's SDK. An error says that it is not installed.
func SDK(t testing.TB) ([]byte, error) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(checkout(t), filepath.FromSlash(
		"web/node_modules/@auth0/auth0-spa-js/dist/auth0-spa-js.production.js")))
	if err != nil {
		return nil, fmt.Errorf("npm ci --prefix web installs the SDK of the test's app: %w", err)
	}
	return text, nil
}

// Start serves the app until the test ends, and fails the test where the SDK is not installed.
func Start(t testing.TB, o Options) App {
	t.Helper()
	sdk, err := SDK(t)
	if err != nil {
		t.Fatal(err)
	}
	if o.Domain == "" {
		o.Domain = "localhost:4443"
	}
	if o.Control == "" {
		o.Control = "Sign in"
	}
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "authorization")
		w.Header().Set("Access-Control-Max-Age", "86400")
		if r.Method != http.MethodOptions && !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(api.Close)
	text, err := template.ParseFS(page, "page.html")
	if err != nil {
		t.Fatal(err)
	}
	var first strings.Builder
	settings, _ := json.Marshal(map[string]any{
		"domain": o.Domain, "clientId": ClientID, "audience": Audience, "api": api.URL, "refresh": o.Refresh, "fallback": o.Fallback,
		"stored": o.Stored, "poll": o.PollMS, "atOnce": o.AtOnce, "menu": o.Menu, "also": o.Also,
	})
	err = text.Execute(&first, map[string]any{"Control": o.Control, "Settings": template.JS(settings)}) //nolint:gosec // of this file
	if err != nil {
		t.Fatal(err)
	}
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/sdk.js" {
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = w.Write(sdk)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(first.String()))
	}))
	t.Cleanup(app.Close)
	return App{URL: app.URL + "/", API: api.URL}
}

// checkout is the folder of go.mod. Where the source was compiled from is not asked, since builds with -trimpath forget it.
func checkout(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	for ; err == nil; dir = filepath.Dir(dir) {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			return dir
		}
		if filepath.Dir(dir) == dir {
			err = fmt.Errorf("no go.mod in %s or above it", dir)
		}
	}
	t.Fatal(err)
	return ""
}
