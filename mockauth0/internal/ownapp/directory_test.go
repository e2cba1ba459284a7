package ownapp

import (
	"reflect"
	"testing"
	"testing/fstest"

	"renewal.example/mockauth0/tenant"
)

func TestDirectoryIsTheTenant(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{
		"single-page": {}, "regular web": {Type: RegularWeb},
		"two origins": {URLs: []string{"http://localhost:5173/shop/", "https://[::1]:8443"}},
		"pinned":      {ClientID: "8", Audience: "urn:my: api", Callback: "http://localhost:5173/in?x=1&y"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := appAt(t, o)
			got := loaded(t, a, nil, nil)
			want := a.Tenant()
			got.Connections[0].EnabledClients = nil // which means the same
			if got.Name = want.Name; !reflect.DeepEqual(sanitized(got), sanitized(want)) {
				t.Errorf("the directory has\n%+v\nwant\n%+v", sanitized(got), sanitized(want))
			}
		})
	}
}

// loaded is the tenant of the directory that is written for an app, without a warning.
func loaded(t *testing.T, a *App, apis []string, users []*tenant.User) *tenant.Config {
	t.Helper()
	files, err := a.Directory(DirectoryOptions{Audiences: apis, Users: users})
	if err != nil {
		t.Fatal(err)
	}
	dir := fstest.MapFS{}
	for _, f := range files {
		dir[f.Name] = &fstest.MapFile{Data: f.Text}
	}
	tn, err := tenant.Load(dir, "dir", tenant.LoadOptions{Strict: true})
	if err != nil || len(tn.Warnings) > 0 {
		t.Fatalf("%v, %v", err, tn.Warnings)
	}
	return tn
}

// sanitized is what a tenant says, piece by piece.
func sanitized(t *tenant.Config) []any {
	pieces := []any{t.Settings, t.Mock.MagicUsers, t.Mock.ConsentPolicy}
	for _, c := range t.Clients {
		pieces = append(pieces, *c)
	}
	for _, s := range t.ResourceServers {
		pieces = append(pieces, *s)
	}
	for _, c := range t.Connections {
		pieces = append(pieces, *c)
	}
	for _, u := range t.Users {
		pieces = append(pieces, *u)
	}
	return pieces
}

func TestDirectoryWithApisAndUsersOfOnesOwn(t *testing.T) {
	t.Parallel()
	tn := loaded(t, appAt(t, Options{}), []string{"https://orders.example/", "payments: v1"},
		[]*tenant.User{{Email: "eve@example.test", Password: `"quoted" & <all>`}})
	if len(tn.ResourceServers) != 2 || tn.ResourceServer("payments: v1") == nil {
		t.Errorf("APIs %v", tn.ResourceServers)
	}
	if u := tn.Users[0]; u.Email != "eve@example.test" || u.Password != `"quoted" & <all>` || !tn.Users[1].Magic() {
		t.Errorf("the first person is %+v", u)
	}
}
