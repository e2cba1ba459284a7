package tenant_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"renewal.example/mockauth0/tenant"
)

const small = "clients:\n  - name: My App\n"

// only gives one file of a directory.
func only(t *testing.T, dir, name string) fs.FS {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS{name: {Data: content}}
}

func TestEncodings(t *testing.T) {
	for name, c := range map[string]struct {
		file, content string
		want          string // part of the error; "" means that it loads
	}{
		"byte order mark":           {"tenant.yaml", "\ufeff" + small, ""},
		"byte order mark in JSON":   {"users.json", "\ufeff[]", ""},
		"Windows line ends":         {"tenant.yaml", strings.ReplaceAll(small, "\n", "\r\n"), ""},
		"Windows line ends counted": {"tenant.yaml", "clients:\r\n  - name: My App\r\n    callbacks: [//x]\r\n", "t/tenant.yaml:3:17: "},
		"UTF-16":                    {"tenant.yaml", "\xff\xfec\x00l\x00", "t/tenant.yaml: is UTF-16"},
		"Latin-1":                   {"tenant.yaml", "clients:\n  - name: Caf\xe9\n", "t/tenant.yaml:2:14: the byte 0xe9"},
		"Latin-1 in JSON":           {"users.json", "[\n{\"email\": \"\xe9\"}]", "t/users.json:2:12: the byte 0xe9"},
		"a NUL":                     {"mock.yaml", "domain: auto\x00\n", "t/mock.yaml:1:13: the byte 0x00"},
		"columns count characters":  {"users.json", "[{\"name\": \"éé\", \"email\": 3}]", "t/users.json:1:26: "},
		"tabs in JSON":              {"users.json", "[\n\t{\"email\": 3}\n]", "t/users.json:2:12: "},
		"huge":                      {"tenant.yaml", small + "#" + strings.Repeat("x", 16<<20), "larger than 16 MiB"},
		"huge users":                {"users.json", "[" + strings.Repeat(" ", 16<<20) + "]", "larger than 16 MiB"},
		"deep YAML":                 {"tenant.yaml", "a: " + strings.Repeat("[", 500) + strings.Repeat("]", 500), "nested too deeply"},
		"deep JSON":                 {"users.json", strings.Repeat("[", 500) + strings.Repeat("]", 500), "nested too deeply"},
		"very deep JSON":            {"users.json", strings.Repeat("[", 100000), "not valid JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			files := fstest.MapFS{"tenant.yaml": {Data: []byte(small)}}
			files[c.file] = &fstest.MapFile{Data: []byte(c.content)}
			_, err := tenant.Load(files, "t", tenant.LoadOptions{})
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestLoadDir(t *testing.T) {
	empty, full, escaping := t.TempDir(), t.TempDir(), t.TempDir()
	write(t, filepath.Join(full, "tenant.yaml"), small)
	write(t, filepath.Join(escaping, "tenant.yaml"), small)
	if err := os.Symlink(filepath.Join(empty, "..", "elsewhere.json"), filepath.Join(escaping, "users.json")); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "tenant.yaml"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ dir, want string }{
		"good":              {full, ""},
		"with a slash":      {full + "/", ""},
		"empty":             {empty, filepath.Join(empty, "tenant.yaml") + ": is missing; a tenant directory holds tenant.yaml and, if wanted, users.json and mock.yaml; the directory is empty"},
		"absent":            {filepath.Join(empty, "nowhere"), "nowhere: cannot be read: no such file or directory; expected a tenant directory"},
		"a file":            {filepath.Join(full, "tenant.yaml"), "is a file; expected the tenant directory that holds it"},
		"a link out of it":  {escaping, filepath.Join(escaping, "users.json") + ": cannot be read: path escapes"},
		"a directory in it": {folder, "it is a directory; expected a file"},
	} {
		t.Run(name, func(t *testing.T) {
			loaded, err := tenant.LoadDir(c.dir, tenant.LoadOptions{})
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want == "" && loaded.Name != filepath.Base(full):
				t.Errorf("the name is %q", loaded.Name)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestOnlyRegularFilesAreOpened(t *testing.T) { // a pipe would wait for a writer for ever
	files := fstest.MapFS{"tenant.yaml": {Data: []byte(small)}, "users.json": {Mode: fs.ModeNamedPipe}}
	_, err := tenant.Load(files, "t", tenant.LoadOptions{})
	if want := "t/users.json: cannot be read: it is no regular file (a pipe, a socket or a device); expected a file"; err == nil ||
		err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestMarkersBecomeValues(t *testing.T) {
	files := fstest.MapFS{"tenant.yaml": {Data: []byte(`
tenant: {friendly_name: ##NAME##, session_lifetime: ##HOURS##, support_url: @@TEXT@@}
clients:
  - name: "##NAME##"
    callbacks: @@CALLBACKS@@
    web_origins: "@@CALLBACKS@@"
    initiate_login_uri: @@URL@@
`)}}
	values := map[string]string{
		"NAME": "My App", "HOURS": "2", "TEXT": `say "hi": now`, "CALLBACKS": `["https://app.example.test"]`,
		"URL": "https://app.example.test/login",
	}
	loaded, err := tenant.Load(files, "t", tenant.LoadOptions{Env: func(key string) (string, bool) { v, ok := values[key]; return v, ok }})
	if err != nil {
		t.Fatal(err)
	}
	c := loaded.ClientByName("My App")
	if loaded.Settings.FriendlyName != "My App" || loaded.Settings.SessionLifetime != 2*time.Hour ||
		loaded.Settings.SupportURL != values["TEXT"] || len(c.Callbacks) != 1 ||
		len(c.WebOrigins) != 1 || c.InitiateLoginURI != values["URL"] {
		t.Errorf("settings %+v, client %+v", loaded.Settings, c)
	}
}

func TestOneSecondAccessTokens(t *testing.T) {
	files := fstest.MapFS{"tenant.yaml": {Data: []byte("resourceServers: [{identifier: x, token_lifetime: 1, token_lifetime_for_web: 1}, " +
		"{identifier: y, token_lifetime: 60}]")}}
	loaded, err := tenant.Load(files, "t", tenant.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if x := loaded.ResourceServer("x"); x.TokenLifetime != time.Second || x.TokenLifetimeForWeb != time.Second {
		t.Errorf("x lives %v and %v", x.TokenLifetime, x.TokenLifetimeForWeb)
	}
	// The default for the web must not be above a short token_lifetime.
	if y := loaded.ResourceServer("y"); y.TokenLifetimeForWeb != time.Minute {
		t.Errorf("y lives %v on the web", y.TokenLifetimeForWeb)
	}
}

// unreadable is a directory in which one file is there and may not be opened; root could open any real one.
type unreadable struct{ fs.FS }

func (u unreadable) Open(name string) (fs.File, error) {
	if name == "users.json" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return u.FS.Open(name)
}

func TestAnUnreadableFile(t *testing.T) {
	_, err := tenant.Load(unreadable{fstest.MapFS{"tenant.yaml": {Data: []byte(small)}}}, "t", tenant.LoadOptions{})
	if err == nil || err.Error() != "t/users.json: cannot be read: permission denied" {
		t.Error(err)
	}
}

func TestThirdPartyClients(t *testing.T) {
	for text, want := range map[string][2]bool{
		"{name: A}": {false, false}, "{name: A, client_id: tpc_1}": {true, true}, "{name: A, client_id: tpc_1, third_party_security_mode: permissive}": {false, false},
		"{name: A, third_party_security_mode: strict}": {true, true}, "{name: A, third_party_security_mode: strict, redirection_policy: allow_always}": {true, false},
		"{name: A, redirection_policy: open_redirect_protection}": {false, true},
	} {
		loaded, err := tenant.Load(fstest.MapFS{"tenant.yaml": {Data: []byte("clients: [" + text + "]\n")}}, "x",
			tenant.LoadOptions{Strict: true})
		if err != nil {
			t.Fatal(err)
		}
		if c := loaded.Clients[0]; c.StrictThirdParty != want[0] || c.ErrorsOnPage != want[1] {
			t.Errorf("%s: %v %v", text, c.StrictThirdParty, c.ErrorsOnPage)
		}
	}
	m := tenant.Minimal()
	for range 101 {
		m.Clients[0].WebOrigins = append(m.Clients[0].WebOrigins, "https://a.example.test")
	}
	if err := m.Validate(); err == nil || !strings.Contains(err.Error(), "102 entries") {
		t.Errorf("too many web origins: %v", err)
	}
}

// Exports keep the HTML of the error page in a file beside tenant.yaml.
func TestTheErrorPageIsReadFromItsFile(t *testing.T) {
	const page = "pages: [{name: error_page, html: "
	for name, tc := range map[string]struct{ yaml, html, said string }{
		"file":            {page + "./pages/error.html}]", "<p>{{error}}</p>", ""},
		"windows":         {page + `'.\pages\error.html'}]`, "<p>{{error}}</p>", ""},
		"inline":          {page + "'<b>{{error}}</b>'}]", "<b>{{error}}</b>", ""},
		"of the tenant":   {"tenant: {error_page: {html: ./pages/error.html}}", "<p>{{error}}</p>", ""},
		"not used":        {page + "./pages/none.html, url: 'https://errors.example.test/'}]", "./pages/none.html", ""},
		"missing":         {page + "./pages/none.html}]", "", `x/tenant.yaml:1:34: there is no file "./pages/none.html"; the built-in error page is shown`},
		"not UTF-8":       {page + "./pages/latin.html}]", "", `x/tenant.yaml:1:34: html is the string "./pages/latin.html"; expected a file of HTML in UTF-8`},
		"a directory":     {page + "./pages}]", "", `x/tenant.yaml:1:34: html is the string "./pages"; expected a file of HTML that can be read (it is a directory; expected a file)`},
		"outside of here": {page + "../error.html}]", "", `x/tenant.yaml:1:34: html refers to "../error.html", outside of the tenant directory; expected a path inside it, such as ./pages/login.html`},
	} {
		files := fstest.MapFS{
			"tenant.yaml": {Data: []byte(tc.yaml)}, "pages/error.html": {Data: []byte("<p>{{error}}</p>")}, "pages/latin.html": {Data: []byte("\xe4")},
		}
		loaded, err := tenant.Load(files, "x", tenant.LoadOptions{})
		said, html := "", ""
		if err != nil {
			said = err.Error()
		} else if html = loaded.Settings.ErrorPageHTML; len(loaded.Warnings) > 0 {
			said = loaded.Warnings[0].String()
		}
		if said != tc.said || html != tc.html {
			t.Errorf("%s: %q, said %q; want %q, %q", name, html, said, tc.html, tc.said)
		}
	}
}
