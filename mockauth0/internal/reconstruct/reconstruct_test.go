package reconstruct

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"renewal.example/mockauth0/internal/har"
	"renewal.example/mockauth0/internal/recording"
	"renewal.example/mockauth0/internal/tenantlog"
	"renewal.example/mockauth0/tenant"
)

// recordings are the fixtures of both readers.
func recordings(t *testing.T) map[string]*recording.Recording {
	t.Helper()
	out := map[string]*recording.Recording{}
	for _, pattern := range []string{"../har/testdata/*.har", "../tenantlog/testdata/*json"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, name := range files {
			in, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			var rec *recording.Recording
			if strings.HasSuffix(name, ".har") {
				rec, err = har.Read(in, recording.NewRedactor(), har.Options{})
			} else {
				rec, err = tenantlog.Read(in, recording.NewRedactor())
			}
			in.Close()
			var none *har.NoTrafficError
			var other *tenantlog.NoneError
			if errors.As(err, &none) || errors.As(err, &other) {
				continue
			}
			if err != nil {
				t.Fatal(name, err)
			}
			rec.Infer()
			out[filepath.Base(name)] = rec
		}
	}
	return out
}

func load(t *testing.T, files []File) *tenant.Config {
	t.Helper()
	fs := fstest.MapFS{}
	for _, f := range files {
		fs[f.Name] = &fstest.MapFile{Data: f.Text}
	}
	loaded, err := tenant.Load(fs, "imported", tenant.LoadOptions{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(loaded.Warnings) > 0 {
		t.Errorf("warnings: %v", loaded.Warnings)
	}
	return loaded
}

func TestEachRecordingBecomesATenantThatLoads(t *testing.T) {
	for name, rec := range recordings(t) {
		files, err := Tenant(rec.Findings(), name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		load(t, files)
	}
}

func TestWhatWasSeenIsInTheTenant(t *testing.T) {
	files, err := Tenant(recordings(t)["chrome-cookies-blocked.har"].Findings(), "it")
	if err != nil {
		t.Fatal(err)
	}
	got := load(t, files)
	c := got.ClientByID("AcmeSpaClient0000000000000000001")
	if c == nil || strings.Join(c.Callbacks, " ") != "https://app.acme.example/callback" ||
		strings.Join(c.WebOrigins, " ") != "https://app.acme.example" ||
		strings.Join(c.AllowedLogoutURLs, " ") != "https://app.acme.example" || strings.Join(c.GrantTypes, " ") != "authorization_code" ||
		c.AppType != "spa" {
		t.Errorf("client %+v", c)
	}
	api := got.ResourceServer("https://api.acme.example/")
	if api == nil || api.TokenLifetime.Seconds() != 7200 {
		t.Errorf("API %+v", api)
	}
	if got.Mock.Domain != "acme.eu.auth0.com" || len(got.Users) != 1 || got.Users[0].Password != Password ||
		got.Users[0].ID != "auth0|person-1" {
		t.Errorf("domain %s, users %+v", got.Mock.Domain, got.Users[0])
	}
}

func TestAnOriginThatWasRefusedIsNotListed(t *testing.T) {
	files, err := Tenant(recordings(t)["chrome-sanitized-web-origin.har"].Findings(), "it")
	if err != nil {
		t.Fatal(err)
	}
	c := load(t, files).Clients[0]
	if len(c.WebOrigins) != 0 || len(c.Callbacks) != 1 {
		t.Errorf("web origins %v, callbacks %v", c.WebOrigins, c.Callbacks)
	}
}

// What a damaged or hostile file holds never spoils the directory.
func TestWhatATenantCannotHaveIsLeftOut(t *testing.T) {
	odd := []string{
		"javascript:alert(1)", "https://a b/", "##KEY##", "https://@@X@@/", "//x", "https://*.com", "https://u:p@x.example/", "x",
		"https://ok.example/cb#f", "https://[::1", "\x00",
	}
	f := &recording.Findings{
		Domains: append(odd, "acme.auth0.com"), People: []string{"auth0|person-1", "weird one|x", "google-oauth2|person-2", "a|b|c"},
	}
	f.Clients = []*recording.Client{
		{ID: "one", Name: "<b>", Callbacks: append(odd, "https://ok.example/cb"), Origins: odd, LogoutURLs: odd, Grants: odd, Organizations: odd,
			IDTokenAlg: "none", IDTokenLife: -5,
			Connections: []recording.Connection{{Name: "a b"}, {Name: "ok", Strategy: "<x>"}, {Name: "ok"}, {Name: "@@x@@"}}},
		{ID: "two", Name: "Same"}, {ID: "three", Name: "Same"}, {ID: "four", Name: "##N##", IDTokenAlg: "HS256", IDTokenLife: 1 << 62},
	}
	for _, o := range odd {
		f.APIs = append(f.APIs, &recording.API{Audience: o, Scopes: odd, Life: 1, WebLife: 1 << 62})
	}
	files, err := Tenant(f, "it")
	if err != nil {
		t.Fatal(err)
	}
	got := load(t, files)
	if got.Mock.Domain != "acme.auth0.com" || len(got.Clients) != 4 || strings.Join(got.Clients[0].Callbacks, " ") != "https://ok.example/cb" {
		t.Errorf("domain %q, %d clients, callbacks %q", got.Mock.Domain, len(got.Clients), got.Clients[0].Callbacks)
	}
	if files, err = Tenant(&recording.Findings{}, "it"); err != nil {
		t.Fatal(err)
	}
	load(t, files)
}

// However many people a recording has, and wherever they come from, somebody can log in with a password.
func TestSomebodyHasAPassword(t *testing.T) {
	for _, provider := range []string{"auth0", "google-oauth2"} {
		f := &recording.Findings{}
		for n := range mostPeople + 10 {
			f.People = append(f.People, fmt.Sprintf("%s|person-%d", provider, n+1))
		}
		files, err := Tenant(f, "it")
		if err != nil {
			t.Fatal(err)
		}
		users := load(t, files).Users
		if n := len(users); n < mostPeople || n > mostPeople+1 {
			t.Errorf("%s: %d people", provider, n)
		}
		if !slices.ContainsFunc(users, func(u *tenant.User) bool { return u.Password == Password }) {
			t.Errorf("%s: nobody has a password", provider)
		}
	}
}

// TestATenantHasOneScheme: a domain that is asked by another scheme is no custom domain, and one that is asked by both is one domain.
func TestATenantHasOneScheme(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, domain, scheme, custom string
		seen                         []string
	}{
		{"https", "acme.auth0.com", "", "login.acme.example", []string{"acme.auth0.com", "login.acme.example"}},
		{"plain http", "localhost:4480", "http", "", []string{"http://localhost:4480", "acme.example"}},
		{"https, and something by plain http", "login.acme.example", "", "", []string{"login.acme.example", "http://localhost:4480"}},
		{"by both", "acme.auth0.com", "", "", []string{"http://acme.auth0.com", "acme.auth0.com"}},
	} {
		d := description{}
		d.domains(&recording.Findings{Domains: c.seen})
		if d.mock.Domain != c.domain || d.mock.Scheme != c.scheme || d.mock.Custom != c.custom {
			t.Errorf("%s: %+v", c.name, d.mock)
		}
	}
}
