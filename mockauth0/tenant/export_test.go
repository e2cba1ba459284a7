package tenant_test

import (
	"os"
	"testing"
	"testing/fstest"
	"time"

	"renewal.example/mockauth0/tenant"
)

// An export of a real tenant is full of what is not modelled. It loads without a word.
func TestARealisticExportLoadsWithoutWarnings(t *testing.T) {
	values := map[string]string{
		"ORDERS_URL": "https://orders.example.test", "ORDERS_ORIGINS": `["https://orders.example.test"]`,
		"GOOGLE_CLIENT_ID": "id", "GOOGLE_CLIENT_SECRET": "secret", "AUTH0_DOMAIN": "shop.eu.auth0.com",
	}
	loaded, err := tenant.Load(os.DirFS("testdata/export"), "testdata/export", tenant.LoadOptions{
		Env: func(key string) (string, bool) { v, ok := values[key]; return v, ok }, Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range loaded.Warnings {
		t.Error(w)
	}
	s := loaded.Settings
	if s.SessionLifetime != 720*time.Hour || !s.NonPersistentCookie || s.ErrorPageURL != "https://errors.example.test/auth" {
		t.Errorf("settings: %+v", s)
	}
	if jobs := loaded.ClientByName("Orders Jobs"); jobs.TokenEndpointAuthMethod != "private_key_jwt" || jobs.AllowsGrant("implicit") {
		t.Errorf("jobs: %+v", jobs)
	}
	if app := loaded.ClientByName("Default App"); app.TokenEndpointAuthMethod != "client_secret_post" ||
		len(loaded.EnabledConnections(app)) != 1 {
		t.Errorf("default app: %+v", app)
	}
	phone := loaded.ClientByName("Orders for iPhone")
	if phone.TokenEndpointAuthMethod != "none" || !phone.AllowsGrant("client_credentials") { // by a YAML alias
		t.Errorf("phone: %+v", phone)
	}
	if !loaded.Connection("Username-Password-Authentication").DisableSignup {
		t.Error("disable_signup is lost")
	}
	if g := loaded.ClientGrant(loaded.ClientByName("Orders Jobs"), "https://orders.example.test"); g == nil || len(g.Scopes) != 1 {
		t.Errorf("grant: %+v", g)
	}
}

// What people do by mistake and what still works is a warning.
// An app of a tenant that was written by hand is easily left out of every connection: whoever logs in with it is refused.
func TestAClientWithoutAConnectionIsAWarning(t *testing.T) {
	files := fstest.MapFS{"tenant.yaml": {Data: []byte(`clients:
  - {name: Web, app_type: regular_web, callbacks: ["http://localhost:3000/callback"]}
  - {name: Shop, app_type: spa}
  - {name: Machine, app_type: non_interactive}
  - {name: Native with client credentials only, app_type: native, grant_types: [client_credentials]}
databases:
  - {name: Users, enabled_clients: [Shop]}
`)}}
	loaded, err := tenant.Load(files, "t", tenant.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := `t/tenant.yaml:2:5: no connection is enabled for the client "Web", so nobody can log in with it; expected its name in enabled_clients of a connection`
	if len(loaded.Warnings) != 1 || loaded.Warnings[0].String() != want {
		t.Errorf("warnings: %v", loaded.Warnings)
	}
}

func TestWarnings(t *testing.T) {
	files := fstest.MapFS{
		"tenant.yaml": {Data: []byte(`tenant:
  default_audience: https://api.example.tes/
clients:
  - name: My App
    web_origins: [https://app.example.test/, "https://app.example.test/path", https://ok.example.test]
    allowed_origins: ["https://app.example.test?x=1", "https://app.example.test:443", "http://app.example.test:443"]
databases:
  - name: Users
    enabled_clients: [0123456789012345678901234567890x]
connections:
  - {name: github, strategy: github}
resourceServers:
  - {name: API, identifier: "https://api.example.test/", scopes: [{value: "read:books"}]}
  - {name: API, identifier: "https://other.example.test/"}
clientGrants:
  - {client_id: My App, audience: "https://api.example.test/", scope: ["read:book"]}
`)},
		"users.json": {Data: []byte(`[
{"email": "none@example.test"},
{"email": "custom@example.test", "custom_password_hash": {"algorithm": "md5"}},
{"email": "social@example.test", "connection": "github", "password": "x"}
]`)},
		"mock.yaml": {Data: []byte("listen: 0.0.0.0:4443\n")},
		"mock.yml":  {Data: []byte("domain: auto\n")},
	}
	loaded, err := tenant.Load(files, "t", tenant.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`t/mock.yaml:1:9: listen is "0.0.0.0:4443", which other machines may reach; this mock is not made for that: expected a loopback address`,
		`t/mock.yml: is not read; expected the name mock.yaml`,
		`t/tenant.yaml:2:21: there is no API "https://api.example.tes/", so requests without an audience will fail; did you mean "https://api.example.test/"?`,
		`t/tenant.yaml:5:19: the web origin "https://app.example.test/" has more than scheme, host and port, so it may never match; expected an origin such as "https://app.example.test"`,
		`t/tenant.yaml:5:46: the web origin "https://app.example.test/path" has more than scheme, host and port, so it may never match; expected an origin such as "https://app.example.test"`,
		`t/tenant.yaml:6:23: the allowed origin "https://app.example.test?x=1" has more than scheme, host and port, so it may never match; expected an origin such as "https://app.example.test"`,
		`t/tenant.yaml:6:55: the allowed origin "https://app.example.test:443" names the default port of its scheme, so it may never match; expected "https://app.example.test"`,
		`t/tenant.yaml:9:23: no client has the id "0123456789012345678901234567890x"; it is left out of this connection`,
		`t/tenant.yaml:14:12: the API name "API" is used twice, first at tenant.yaml:13; people will confuse them`,
		`t/tenant.yaml:16:72: the API "API" has no scope "read:book"; did you mean "read:books"?`,
		`t/users.json:2:1: the user has no password, so nobody can log in as this user; expected password, or a bcrypt password_hash`,
		`t/users.json:3:1: the user has no password, so nobody can log in as this user; expected password, or a bcrypt password_hash`,
		`t/users.json:3:58: custom_password_hash is not read, so this user cannot log in; expected password or a bcrypt password_hash`,
		`t/users.json:4:70: the password is not used: users of "github" log in at the identity provider`,
	}
	for i := range max(len(want), len(loaded.Warnings)) {
		got, expected := "", ""
		if i < len(loaded.Warnings) {
			got = loaded.Warnings[i].String()
		}
		if i < len(want) {
			expected = want[i]
		}
		if got != expected {
			t.Errorf("got  %s\nwant %s", got, expected)
		}
	}
	// The origin with a path is kept as written: a mock that mends it would hide the mistake.
	if got := loaded.Clients[0].WebOrigins[1]; got != "https://app.example.test/path" {
		t.Errorf("the origin became %s", got)
	}
	// A server validates a clone; the lines must survive that.
	clone := loaded.Clone()
	if err := clone.Validate(); err != nil || len(clone.Warnings) != len(want) || clone.Warnings[0].Line != 1 {
		t.Errorf("%v; warnings of the clone: %v", err, clone.Warnings)
	}
}
