package tenant_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"testing"
	"time"

	"renewal.example/fixtures"
	"renewal.example/mockauth0/tenant"
)

func TestFixturesLoadWithoutWarnings(t *testing.T) {
	for _, name := range fixtures.Names() {
		t.Run(name, func(t *testing.T) {
			files, err := fixtures.Tenant(name)
			if err != nil {
				t.Fatal(err)
			}
			loaded, err := tenant.Load(files, "fixtures/tenants/"+name, tenant.LoadOptions{Strict: true})
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range loaded.Warnings {
				t.Error(w)
			}
		})
	}
}

// The golden files show all that a server sees of the tutorial's tenant, on which other parts of the project rely, and
// of one that uses every key.
func TestGoldenTenants(t *testing.T) {
	tutorial, err := fixtures.Tenant("tutorial")
	if err != nil {
		t.Fatal(err)
	}
	for name, files := range map[string]fs.FS{"tutorial": tutorial, "everything": os.DirFS("testdata/everything")} {
		t.Run(name, func(t *testing.T) {
			loaded, err := tenant.Load(files, name, tenant.LoadOptions{Strict: true})
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.MarshalIndent(loaded, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden := "testdata/" + name + ".json"
			if update(t, golden, string(got)+"\n") {
				return
			}
			if want, err := os.ReadFile(golden); err != nil || string(got)+"\n" != string(want) {
				t.Errorf("%v; got:\n%s", err, got)
			}
		})
	}
}

// The promises that the brief of the tutorial makes, in words.
func TestTutorialPromises(t *testing.T) {
	files, err := fixtures.Tenant("tutorial")
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := tenant.Load(files, "tutorial", tenant.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	app := loaded.ClientByID("TutorialSpaClient000000000000001")
	if app == nil || len(app.ClientID) != 32 || app.Name != "Tutorial SPA" || !app.AllowsGrant("implicit") || len(app.Callbacks) != 8 {
		t.Fatalf("client: %+v", app)
	}
	if api := loaded.ResourceServer("https://api.example.test/"); api.TokenLifetimeForWeb != 2*time.Hour || api.TokenLifetime != 24*time.Hour {
		t.Errorf("API: %+v", api)
	}
	const database = "Username-Password-Authentication"
	for email, password := range map[string]string{"ada@example.test": "Analytical-Engine-1", "grace@example.test": "Flow-Matic-1"} {
		if u := loaded.FindUser(database, email); u == nil || !u.CheckPassword(password) {
			t.Errorf("%s cannot log in", email)
		}
	}
	if !loaded.Connection("github").DevKeys || loaded.Connection("google-oauth2").DevKeys {
		t.Error("the wrong connection has developer keys")
	}
	if len(loaded.UsersOf("github")) != 1 || len(loaded.UsersOf("google-oauth2")) != 1 || len(loaded.EnabledConnections(app)) != 3 {
		t.Error("social users or connections are missing")
	}
}

func BenchmarkLoadTutorial(b *testing.B) {
	files, err := fixtures.Tenant("tutorial")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := tenant.Load(files, "tutorial", tenant.LoadOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
