package ownapp

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadProject(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, packages string // "name range" each, of dependencies; after a semicolon of devDependencies
		kind           Type
		formats, file  string
	}{
		{"react with vite", "@auth0/auth0-react ^2.3.0, react ^19;vite ^7", SinglePage, "vite", ".env.local"},
		{"vue with vite", "@auth0/auth0-vue ^2;vite ^7", SinglePage, "vite", ".env.local"},
		{"spa-js with vite", "@auth0/auth0-spa-js ^2;vite ^7", SinglePage, "vite", ".env.local"},
		{"spa-js alone", "@auth0/auth0-spa-js ^2", SinglePage, "dotenv", ".env"},
		{"create-react-app", "@auth0/auth0-react ^2, react-scripts 5.0.1", SinglePage, "react", ".env.local"},
		{"vue's own command line", "@auth0/auth0-vue ^2;@vue/cli-service ^5", SinglePage, "vue-cli", ".env.local"},
		{"angular", "@angular/core ^20, @auth0/auth0-angular ^2", SinglePage, "angular", ".env"},
		{"next 4", "next 15.0.0, @auth0/nextjs-auth0 ^4.6.0", RegularWeb, "next", ".env.local"},
		{"next 3", "next 14.0.0, @auth0/nextjs-auth0 ~3.5", RegularWeb, "next", ".env.local"},
		{"next without an SDK", "next 15.0.0", RegularWeb, "next", ".env.local"},
		{"react in next", "next 15.0.0, @auth0/auth0-react ^2", SinglePage, "next-public", ".env.local"},
		{"express", "express ^5, express-openid-connect ^2", RegularWeb, "express", ".env"},
		{"express without an SDK", "express ^5", RegularWeb, "express", ".env"},
		{"passport", "express ^5, passport-auth0 ^1", RegularWeb, "dotenv", ".env"},
		{"an API", "express ^5, express-oauth2-jwt-bearer ^1", "", "api", ".env"},
		{"an app and its API", "@auth0/auth0-react ^2, express ^5, express-oauth2-jwt-bearer ^1;vite ^7", SinglePage, "vite api", ".env.local"},
		{"a server's app and its API", "express ^5, express-openid-connect ^2, express-oauth2-jwt-bearer ^1", RegularWeb, "express api", ".env"},
		{"vite alone", ";vite ^7", SinglePage, "vite", ".env.local"},
		{"nothing to do with it", "left-pad 1.0.0", "", "", ".env"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, packageJSON(c.packages))
			p, err := ReadProject(dir)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(p.Formats, " "); p.Type != c.kind || got != c.formats || p.EnvFile() != c.file {
				t.Errorf("type %q, formats %q, file %s; want %q, %q, %s", p.Type, got, p.EnvFile(), c.kind, c.formats, c.file)
			}
		})
	}
}

func packageJSON(packages string) string {
	object := func(list string) string {
		var members []string
		for _, one := range strings.Split(list, ", ") {
			if name, version, ok := strings.Cut(one, " "); ok {
				members = append(members, `"`+name+`": "`+version+`"`)
			}
		}
		return "{" + strings.Join(members, ", ") + "}"
	}
	uses, builds, _ := strings.Cut(packages, ";")
	return `{"name": "app", "dependencies": ` + object(uses) + `, "devDependencies": ` + object(builds) + `}`
}

func write(t *testing.T, dir, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestReadProjectOfWhatIsNone(t *testing.T) {
	t.Parallel()
	if p, err := ReadProject(t.TempDir()); err != nil || p.File != "" || p.Type != "" {
		t.Errorf("an empty directory: %+v, %v", p, err)
	}
	dir := t.TempDir()
	write(t, dir, `{"dependencies": [`)
	if _, err := ReadProject(dir); err == nil || !strings.Contains(err.Error(), "package.json cannot be read: ") {
		t.Errorf("no JSON: %v", err)
	}
	write(t, dir, "\ufeff{\"dependencies\": {\"express-openid-connect\": \"^2\"}}")
	if p, err := ReadProject(dir); err != nil || p.Type != RegularWeb || strings.Join(p.SDKs, " ") != "express-openid-connect" {
		t.Errorf("with a byte order mark: %+v, %v", p, err)
	}
}
