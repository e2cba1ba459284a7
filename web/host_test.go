package web

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// hostFolder is a node_modules folder with two SDKs.
func hostFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"one/package.json": `{"version": "1.2.3"}`, "one/dist/one.js": "/* one */",
		"@two/sdk/package.json": `{"version": "2.0.0"}`, "@two/sdk/two.js": "/* two */",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func hostOptions(t *testing.T) HostOptions {
	return HostOptions{
		Domain: "login.acme.test", ClientID: "TheClient", Audience: "https://api.acme.test/", Origin: "http://localhost:5000",
		SilentOrigin: "http://localhost:3001", SDKDir: hostFolder(t), SDK: HostSDK{
			Package: "one", Scripts: []string{"one/dist/one.js"}, Driver: "auth0-js.js", Options: map[string]any{"scope": "openid"},
		},
	}
}

func TestHostServesThePageAndTheSDK(t *testing.T) {
	o := hostOptions(t)
	o.Second = &HostSDK{Package: "@two/sdk", Scripts: []string{"@two/sdk/two.js"}, Driver: "auth0-spa-js.js"}
	o.Headers = http.Header{"Content-Security-Policy": {"frame-src 'self'"}}
	o.Worker = []byte("// a worker")
	h, err := NewHost(o)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][]string{
		"/":                       {`src="/config.js"`, `src="/sdk/one/dist/one.js" defer`, `src="/auth0-js.js" defer`, `src="/second/auth0-spa-js.js" defer`},
		"/callback":               {`src="/config.js"`},
		"/config.js":              {`"domain":"login.acme.test"`, `"tenant":"https://login.acme.test"`, `"version":"1.2.3"`, `"scope":"openid"`},
		"/host.js":                {"function begin("},
		"/host.css":               {"#story"},
		"/sdk/one/dist/one.js":    {"/* one */"},
		"/sdk/@two/sdk/two.js":    {"/* two */"},
		"/auth0-js.js":            {"auth0.WebAuth"},
		"/second/auth0-spa-js.js": {`"version":"2.0.0"`, "readySecond);"},
		"/worker.js":              {"// a worker"},
	} {
		res := get(t, h, "GET", path)
		body := text(t, res)
		for _, part := range want {
			if res.StatusCode != 200 || !strings.Contains(body, part) {
				t.Errorf("%s: %d without %q:\n%s", path, res.StatusCode, part, body)
			}
		}
		page := path == "/" || path == "/callback"
		if got := res.Header.Get("Content-Security-Policy"); (got != "") != page {
			t.Errorf("%s is sent with the policy %q", path, got)
		}
	}
	for _, path := range []string{"/host.html", "/sdk/one/package.json", "/sdk/../host.go"} {
		if res := get(t, h, "GET", path); res.StatusCode != 404 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

func TestHostTellsWhatIsNotInstalled(t *testing.T) {
	for name, change := range map[string]func(*HostOptions){
		"the version of three cannot be read": func(o *HostOptions) { o.SDK.Package = "three" },
		"one is not installed":                func(o *HostOptions) { o.SDK.Scripts = []string{"one/dist/other.js"} },
		"nobody.js is no driver of ours":      func(o *HostOptions) { o.SDK.Driver = "nobody.js" },
		"the version of four cannot be read":  func(o *HostOptions) { o.Second = &HostSDK{Package: "four"} },
	} {
		o := hostOptions(t)
		change(&o)
		if _, err := NewHost(o); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want one that says: %s", err, name)
		}
	}
}

func TestSilentServesTheTutorialsPage(t *testing.T) {
	h, err := NewSilent(hostOptions(t), "posts-the-hash")
	if err != nil {
		t.Fatal(err)
	}
	for path, part := range map[string]string{
		"/silent": `src="/silent.js"`, "/silent.js": "'posts-the-hash':", "/config.js": `"form":"posts-the-hash"`,
		"/sdk/one/dist/one.js": "/* one */",
	} {
		if res := get(t, h, "GET", path); res.StatusCode != 200 || !strings.Contains(text(t, res), part) {
			t.Errorf("%s: %d without %q", path, res.StatusCode, part)
		}
	}
	if res := get(t, h, "GET", "/callback"); res.StatusCode != 404 {
		t.Errorf("/callback: %d", res.StatusCode)
	}
}
