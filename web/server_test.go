package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sdkFolder makes a node_modules folder with a stand-in for auth0.js.
func sdkFolder(t *testing.T, version string) string {
	t.Helper()
	dir := t.TempDir()
	build := filepath.Join(dir, "auth0-js", "build")
	if err := os.MkdirAll(build, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		filepath.Join(build, "auth0.min.js"):           "/* auth0.js */",
		filepath.Join(dir, "auth0-js", "package.json"): `{"version":"` + version + `"}`,
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func options(t *testing.T) Options {
	t.Helper()
	return Options{Domain: "login.acme.test:4443", ClientID: "TheClient", Audience: "https://api.acme.test/", SDKDir: sdkFolder(t, sdkVersion)}
}

func start(t *testing.T, o Options) *Apps {
	t.Helper()
	apps, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return apps
}

func get(t *testing.T, h http.Handler, method, target string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestPlaceholdersAreFilled(t *testing.T) {
	o := options(t)
	o.AppOrigin, o.SilentOrigin, o.SameSiteAddress = "https://localhost:5443", "https://localhost:3443", "https://localhost:5443/hardened/"
	apps := start(t, o)
	for _, c := range []struct {
		handler http.Handler
		path    string
		want    []string
	}{
		{apps.App(), "/auth0-variables.js", []string{"'login.acme.test:4443'", "'TheClient'", "'https://localhost:5443/callback'", "'https://localhost:5443/hardened/'"}},
		{apps.App(), "/app.js", []string{"audience: 'https://api.acme.test/'", "redirectUri: 'https://localhost:3443/silent'", "returnTo: 'https://localhost:5443'"}},
		{apps.App(), "/hardened/auth0-variables.js", []string{"'login.acme.test:4443'", "APP_ORIGIN = 'https://localhost:5443'", "SILENT_ORIGIN = 'https://localhost:3443'"}},
		{apps.Silent(), "/silent", []string{"domain: 'login.acme.test:4443'", "clientID: 'TheClient'", "parent.postMessage(err || response, 'https://localhost:5443')"}},
		{apps.Silent(), "/silent-hardened", []string{"}, 'https://localhost:5443');"}},
		{apps.App(), "/", []string{`data-storage-prefix=""`, `data-testid="login-button"`}},
		{apps.App(), "/callback", []string{`src="/app.js"`}},
		{apps.App(), "/hardened/", []string{`data-storage-prefix="hardened."`, `data-testid="login-button"`}},
		{apps.App(), "/hardened/callback", []string{`src="/hardened/app.js"`}},
	} {
		r := get(t, c.handler, "GET", c.path)
		body := text(t, r)
		if r.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", c.path, r.StatusCode)
		}
		for _, want := range c.want {
			if !strings.Contains(body, want) {
				t.Errorf("%s: %q is missing in\n%s", c.path, want, body)
			}
		}
		for _, left := range []string{"YOUR_", "localhost:5000", "localhost:3001", "#include"} {
			if strings.Contains(body, left) {
				t.Errorf("%s: %q is left over", c.path, left)
			}
		}
	}
}

func TestDefaultsAreTheTutorialsAddresses(t *testing.T) {
	apps := start(t, options(t))
	if body := text(t, get(t, apps.App(), "GET", "/app.js")); !strings.Contains(body, "redirectUri: 'http://localhost:3001/silent'") {
		t.Error("app.js does not use the tutorial's silent page")
	}
	if body := text(t, get(t, apps.Silent(), "GET", "/silent")); !strings.Contains(body,
		"parent.postMessage(err || response, 'http://localhost:5000')") {
		t.Error("silent.html does not post to the tutorial's origin")
	}
}

func TestValuesCannotLeaveTheirString(t *testing.T) {
	o := options(t)
	o.ClientID = `x'</script><script>alert(1)//\` + "\u2028"
	o.Audience = `https://api/'+alert(2)+'`
	apps := start(t, o)
	for path, h := range map[string]http.Handler{"/silent": apps.Silent(), "/app.js": apps.App(), "/auth0-variables.js": apps.App()} {
		body := text(t, get(t, h, "GET", path))
		for _, bad := range []string{"alert(1)//\\'", "<script>alert", "api/'+alert(2)", "\u2028", "x'"} {
			if strings.Contains(body, bad) {
				t.Errorf("%s lets %q through:\n%s", path, bad, body)
			}
		}
	}
	if body := text(t, get(t, apps.App(), "GET", "/auth0-variables.js")); !strings.Contains(body, `'x\'\u003C/script\u003E`) {
		t.Errorf("the client id is not escaped as a JavaScript string:\n%s", body)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Options)
		want   string
	}{
		"no domain":                {func(o *Options) { o.Domain = "" }, "Domain"},
		"domain with scheme":       {func(o *Options) { o.Domain = "https://login.test" }, "without a scheme"},
		"domain with policy":       {func(o *Options) { o.Domain = "x; script-src *" }, "Domain"},
		"no client":                {func(o *Options) { o.ClientID = "" }, "ClientID"},
		"no audience":              {func(o *Options) { o.Audience = "" }, "Audience"},
		"app origin with path":     {func(o *Options) { o.AppOrigin = "http://localhost:5000/" }, "AppOrigin"},
		"silent origin a script":   {func(o *Options) { o.SilentOrigin = "javascript:alert(1)" }, "SilentOrigin"},
		"silent origin of no host": {func(o *Options) { o.SilentOrigin = "//evil" }, "SilentOrigin"},
		"same-site address":        {func(o *Options) { o.SameSiteAddress = "javascript:alert(1)" }, "SameSiteAddress"},
	} {
		o := options(t)
		c.change(&o)
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one that names %q", name, err, c.want)
		}
	}
}

func TestMissingSDKIsOneErrorThatSaysWhatToDo(t *testing.T) {
	for name, c := range map[string]struct{ dir, want string }{
		"absent":        {t.TempDir(), "is not installed"},
		"other version": {sdkFolder(t, "9.32.0"), `holds auth0.js "9.32.0"`},
	} {
		o := options(t)
		o.SDKDir = c.dir
		_, err := New(o)
		if err == nil {
			t.Fatalf("%s: no error", name)
		}
		for _, want := range []string{c.want, "npm ci", "npm ci --prefix web", "--sdk-dir", sdkVersion} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q does not name %q", name, err, want)
			}
		}
	}
}

func TestSDKComesFromTheCDNUnlessLocal(t *testing.T) {
	const cdn = "https://cdn.auth0.com/js/auth0/8.10.1/auth0.min.js"
	for _, local := range []bool{false, true} {
		o := options(t)
		o.LocalSDK = local
		apps := start(t, o)
		want, status := cdn, http.StatusNotFound
		if local {
			want, status = "/js/auth0/8.10.1/auth0.min.js", http.StatusOK
		}
		for path, h := range map[string]http.Handler{"/": apps.App(), "/hardened/": apps.App(), "/silent": apps.Silent()} {
			if body := text(t, get(t, h, "GET", path)); !strings.Contains(body, `src="`+want+`"`) {
				t.Errorf("local %v: %s does not load %s", local, path, want)
			}
		}
		for _, h := range []http.Handler{apps.App(), apps.Silent()} {
			if r := get(t, h, "GET", "/js/auth0/8.10.1/auth0.min.js"); r.StatusCode != status {
				t.Errorf("local %v: the SDK's path answers %d, want %d", local, r.StatusCode, status)
			}
		}
		r := get(t, apps.CDN(), "GET", cdn)
		if body := text(t, r); body != "/* auth0.js */" || r.Header.Get("Content-Type") != "text/javascript; charset=utf-8" {
			t.Errorf("the CDN serves %q as %s", body, r.Header.Get("Content-Type"))
		}
		if r := get(t, apps.CDN(), "GET", "https://cdn.auth0.com/js/auth0/9.0.0/auth0.min.js"); r.StatusCode != http.StatusNotFound {
			t.Errorf("the CDN serves another version: %d", r.StatusCode)
		}
	}
}

func TestContentSecurityPolicy(t *testing.T) {
	o := options(t)
	o.LocalSDK = true
	apps := start(t, o)
	policy := get(t, apps.App(), "GET", "/hardened/").Header.Get("Content-Security-Policy")
	for _, want := range []string{
		"default-src 'none'", "script-src 'self';", "connect-src 'self' https://login.acme.test:4443;",
		"frame-src 'self' https://login.acme.test:4443 http://localhost:3001;", "base-uri 'none'", "frame-ancestors 'self'",
	} {
		if !strings.Contains(policy, want) {
			t.Errorf("the app's policy lacks %q: %s", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Errorf("the app's policy is unsafe: %s", policy)
	}
	if p := get(t, apps.Silent(), "GET", "/silent").Header.Get("Content-Security-Policy"); p != "" {
		t.Errorf("the tutorial's silent page has the policy %q; its inline script would not run", p)
	}
	p := get(t, apps.Silent(), "GET", "/silent-hardened").Header.Get("Content-Security-Policy")
	if !strings.Contains(p, "script-src 'sha256-") || !strings.HasSuffix(p, "frame-ancestors http://localhost:5000") {
		t.Errorf("the hardened silent page's policy: %q", p)
	}
	o.LocalSDK = false
	if p := get(t, start(t, o).App(), "GET", "/").
		Header.Get("Content-Security-Policy"); !strings.Contains(p, "script-src 'self' https://cdn.auth0.com;") {
		t.Errorf("the policy keeps the CDN away: %s", p)
	}
}

// The policy forbids inline scripts, styles and handlers: a page that has one would be broken in browsers only.
func TestPagesHoldNothingInline(t *testing.T) {
	app := start(t, options(t)).App()
	inline := regexp.MustCompile(`<script>|<style|\sstyle=|\son[a-z]+=|javascript:`)
	for _, path := range []string{"/", "/callback", "/hardened/", "/hardened/callback"} {
		if found := inline.FindString(text(t, get(t, app, "GET", path))); found != "" {
			t.Errorf("%s holds %q", path, found)
		}
	}
}

// Every part of the page that a person or a page object needs is there, once.
func TestPagesHaveTheirTestIDs(t *testing.T) {
	app := start(t, options(t)).App()
	for _, path := range []string{"/", "/hardened/"} {
		body := text(t, get(t, app, "GET", path))
		for _, id := range []string{
			"session-state", "user-name", "user-email", "token-expires", "renewal-count", "renewal-countdown",
			"login-button", "renew-button", "logout-button", "tenant-logout-button",
			"api-button", "api-status", "api-body", "event-log", "log-empty",
			"problem", "problem-title", "problem-text", "problem-todo", "problem-link", "tenant-domain", "client-id",
		} {
			if n := strings.Count(body, `data-testid="`+id+`"`); n != 1 {
				t.Errorf("%s has %d elements with the test id %s, want 1", path, n, id)
			}
		}
	}
}

func TestSilentOriginAnswersCORS(t *testing.T) {
	silent := start(t, options(t)).Silent()
	r := get(t, silent, "GET", "/silent", "Origin", "http://localhost:5000")
	if got := r.Header.Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf("Access-Control-Allow-Origin %q, want *", got)
	}
	r = get(t, silent, "OPTIONS", "/silent", "Origin", "http://localhost:5000", "Access-Control-Request-Method", "GET",
		"Access-Control-Request-Headers", "x-test")
	if r.StatusCode != http.StatusNoContent || r.Header.Get("Access-Control-Allow-Headers") != "x-test" ||
		!strings.Contains(r.Header.Get("Access-Control-Allow-Methods"), "GET") {
		t.Errorf("preflight: %d %v", r.StatusCode, r.Header)
	}
}

func TestUnknownPathsAndMethods(t *testing.T) {
	apps := start(t, options(t))
	for _, c := range []struct {
		handler http.Handler
		method  string
		path    string
		status  int
	}{
		{apps.App(), "GET", "/nowhere", 404},
		{apps.App(), "GET", "/silent", 404},
		{apps.App(), "GET", "/server.js", 404},
		{apps.App(), "GET", "/package.json", 404},
		{apps.App(), "GET", "//evil.test/", 404},
		{apps.App(), "GET", "/hardened/../app.js", 404},
		{apps.App(), "POST", "/", 405},
		{apps.App(), "HEAD", "/", 200},
		{apps.App(), "GET", "/hardened", 308},
		{apps.Silent(), "GET", "/", 404},
		{apps.Silent(), "POST", "/silent", 405},
	} {
		r := httptest.NewRequest(c.method, "/", nil)
		r.URL.Path = c.path
		w := httptest.NewRecorder()
		c.handler.ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, w.Code, c.status)
		}
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.URL.Path = "/<script>alert(1)</script>"
	w := httptest.NewRecorder()
	apps.App().ServeHTTP(w, r)
	if body := w.Body.String(); strings.Contains(body, "<script>") || !strings.Contains(body, "There is no page /&lt;script&gt;") {
		t.Errorf("the 404 page: %s", body)
	} else if !strings.Contains(body,
		`are at <a href="/">/</a> and <a href="/hardened/">/hardened/</a>, the API is at <a href="/api/me">/api/me</a>.`) {
		t.Errorf("the 404 page leads nowhere: %s", body)
	}
	if r := get(t, apps.App(), "GET", "/hardened"); r.Header.Get("Location") != "/hardened/" {
		t.Errorf("/hardened leads to %q", r.Header.Get("Location"))
	}
}

func TestUnchangedFilesAreNotSentAgain(t *testing.T) {
	app := start(t, options(t)).App()
	etag := get(t, app, "GET", "/page.js").Header.Get("ETag")
	if r := get(t, app, "GET", "/page.js", "If-None-Match", etag); r.StatusCode != http.StatusNotModified {
		t.Errorf("status %d with the ETag %s, want 304", r.StatusCode, etag)
	}
}

func TestEditsMakeAMutant(t *testing.T) {
	o := options(t)
	o.Edits = []Edit{{"hardened/app.js", "const MIN_INTERVAL = 1000;", "const MIN_INTERVAL = 0;"}}
	if got := text(t, get(t, start(t, o).App(), http.MethodGet, "/hardened/app.js")); !strings.Contains(got, "const MIN_INTERVAL = 0;") {
		t.Error("the edit was not made")
	}
	for _, c := range []struct {
		name string
		edit Edit
		want string
	}{
		{"an unknown file", Edit{File: "hardened/other.js", Replace: "x"}, "none of our files"},
		{"a text that is not there", Edit{File: "hardened/app.js", Replace: "no such text"}, "0 times"},
		{"a text that is there often", Edit{File: "hardened/app.js", Replace: "session."}, "must be there once"},
	} {
		o.Edits = []Edit{c.edit}
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
