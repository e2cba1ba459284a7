package tenant_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"renewal.example/mockauth0/tenant"
)

// TestKeysOfUsersWithoutEffect: each is named once, where it stands first, and only where it says something.
func TestKeysOfUsersWithoutEffect(t *testing.T) {
	t.Parallel()
	const head = `[{"email": "a@example.test", "password": "x", "phone_number": "+15551234567"},` + "\n"
	for _, tc := range []struct {
		name, second string
		want         []string // beginnings
	}{
		{"none", `"name": "B"`, nil},
		{"a second factor", `"mfa_factors": [{"totp": {"secret": "S"}}]`, []string{"acme/users.json:2:46: mfa_factors has no effect: "}},
		{"metadata", `"app_metadata": {"roles": ["x"]}`, []string{"acme/users.json:2:46: app_metadata has no effect: "}},
		{"nothing in it", `"app_metadata": {}, "multifactor": [], "verify_email": false, "last_ip": null`, nil},
		{"records", `"last_ip": "127.0.0.1", "logins_count": 3`,
			[]string{"acme/users.json:2:46: these keys have no effect, since a user's past is not kept: last_ip, logins_count"}},
		{"another form of phone number", `"phone_number": "555 1234"`, []string{`acme/users.json:2:62: "555 1234" is no phone number that Auth0 takes`}},
	} {
		users := head + `{"email": "b@example.test", "password": "x", ` + tc.second + `},` + "\n" +
			`{"email": "c@example.test", "password": "x", ` + strings.ReplaceAll(tc.second, "555 1234", "+1") + `}]`
		config, err := tenant.Load(fstest.MapFS{
			"tenant.yaml": {Data: []byte("databases: [{name: Users, strategy: auth0}]")},
			"users.json":  {Data: []byte(users)},
		}, "acme", tenant.LoadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		fits := func(p tenant.Problem, beginning string) bool { return strings.HasPrefix(p.String(), beginning) }
		if !slices.EqualFunc(config.Warnings, tc.want, fits) {
			t.Errorf("%s: %v, want %q", tc.name, config.Warnings, tc.want)
		}
	}
}
