package tenant_test

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"renewal.example/mockauth0/tenant"
)

func TestMinimalIsValidAndEachTimeNew(t *testing.T) {
	a, b := tenant.Minimal(), tenant.Minimal()
	if err := a.Validate(); err != nil || len(a.Warnings) > 0 {
		t.Fatal(err, a.Warnings)
	}
	if !reflect.DeepEqual(a, b) {
		t.Error("two minimal tenants differ")
	}
	a.Clients[0].Callbacks[0] = "https://changed.example.test/"
	if b.Clients[0].Callbacks[0] == a.Clients[0].Callbacks[0] {
		t.Error("two minimal tenants share their callbacks")
	}
	ada := a.FindUser("Username-Password-Authentication", "ADA@example.test")
	if ada == nil || !ada.CheckPassword("Analytical-Engine-1") {
		t.Errorf("the documented user cannot log in: %+v", ada)
	}
}

func TestDefaults(t *testing.T) {
	m := tenant.Minimal()
	c := m.Clients[0]
	if !regexp.MustCompile(`^[0-9A-Za-z]{32}$`).MatchString(c.ClientID) ||
		!regexp.MustCompile(`^[0-9A-Za-z_-]{64}$`).MatchString(c.ClientSecret) {
		t.Errorf("derived id %q and secret %q", c.ClientID, c.ClientSecret)
	}
	if c.IDTokenLifetime != 36000*time.Second || c.IDTokenAlg != "RS256" || c.TokenEndpointAuthMethod != "none" || len(c.GrantTypes) != 4 {
		t.Errorf("client: %+v", c)
	}
	if s := m.ResourceServers[0]; s.TokenLifetime != 24*time.Hour || s.TokenLifetimeForWeb != 2*time.Hour || s.TokenDialect != "access_token" {
		t.Errorf("API: %+v", s)
	}
	if m.Settings.SessionLifetime != 168*time.Hour || m.Settings.IdleSessionLifetime != 72*time.Hour || m.Mock.Domain != "auto" {
		t.Errorf("settings %+v, mock %+v", m.Settings, m.Mock)
	}
	u := m.Users[0]
	if !regexp.MustCompile(`^auth0\|[0-9a-f]{24}$`).MatchString(u.ID) || u.Nickname != "ada" {
		t.Errorf("user: %+v", u)
	}
}

func TestSocialUserIDs(t *testing.T) {
	for strategy, pattern := range map[string]string{
		"google-oauth2": `^google-oauth2\|1[0-9]{20}$`,
		"github":        `^github\|[0-9]{8}$`,
		"samlp":         `^samlp\|work\|[0-9a-f]{24}$`,
		"email":         `^email\|[0-9a-f]{24}$`,
	} {
		m := tenant.Minimal()
		m.Connections = append(m.Connections, &tenant.Connection{Name: "work", Strategy: strategy})
		m.Users = append(m.Users, &tenant.User{Email: "grace@example.test", Connection: "work"})
		if err := m.Validate(); err != nil {
			t.Fatal(err)
		}
		if id := m.Users[1].ID; !regexp.MustCompile(pattern).MatchString(id) || m.UserByID(id) != m.Users[1] {
			t.Errorf("%s: %s", strategy, id)
		}
	}
}

// A tenant that is built or changed in Go meets the same checks, with paths in place of lines.
func TestValidateReportsPaths(t *testing.T) {
	m := tenant.Minimal()
	m.Clients[0].Callbacks = []string{"https://ok.example.test/", "javascript:alert(1)"}
	m.Clients[0].IDTokenLifetime = 500 * time.Millisecond
	m.Clients = append(m.Clients, &tenant.Client{})
	m.Connections = append(m.Connections, &tenant.Connection{})
	m.ResourceServers[0].TokenLifetimeForWeb = -time.Second
	m.ResourceServers = append(m.ResourceServers, &tenant.ResourceServer{})
	m.ClientGrants = append(m.ClientGrants, &tenant.ClientGrant{})
	m.Users[0].Connection = "Users"
	m.Mock.ConsentPolicy = "ask"
	m.Settings.SessionLifetime = -time.Hour
	m.Settings.IdleSessionLifetime = 366 * 24 * time.Hour
	problems := problemsOf(t, m.Validate())
	want := `clients[0].callbacks[1]: the callback "javascript:alert(1)" has the scheme javascript:, which would run or read something in the browser; expected https:, http: or an app's own scheme
clients[0].jwt_configuration.lifetime_in_seconds: lifetime_in_seconds is 500ms; expected whole seconds, at least 1
clients[1]: has no name; expected one
clientGrants[0]: has no client or no audience; expected both
connections[1]: has no name or no strategy; expected both
mock.consent_policy: consent_policy is "ask", which is not accepted; expected skip, classic or new
resourceServers[0].token_lifetime_for_web: token_lifetime_for_web is -1s; expected whole seconds, at least 1
resourceServers[1]: has no identifier; expected the audience, such as https://api.example.com/
tenant.session_lifetime: session_lifetime is -1h0m0s; expected whole seconds, at least 1
tenant.idle_session_lifetime: idle_session_lifetime is 8784h0m0s; expected at most 31536000 s
users[0].connection: there is no connection "Users"; expected Username-Password-Authentication or `
	got := map[string]bool{}
	for _, p := range problems {
		got[p.String()] = true
	}
	for _, line := range strings.Split(want, "\n") {
		if !got[line] {
			t.Errorf("missing: %s", line)
		}
	}
	if len(problems) != 11 || t.Failed() {
		t.Errorf("got %d:\n%v", len(problems), problems)
	}
	if err := (&tenant.Config{Users: []*tenant.User{nil}}).Validate(); err == nil || err.Error() != "users[0]: is nil; expected a value" {
		t.Errorf("a nil user: %v", err)
	}
}

func TestCloneSharesNothing(t *testing.T) {
	load := func() *tenant.Config {
		loaded, err := tenant.Load(os.DirFS("testdata/everything"), "everything", tenant.LoadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return loaded
	}
	changed, untouched := load(), load()
	scramble(reflect.ValueOf(changed.Clone()).Elem())
	if !reflect.DeepEqual(changed, untouched) {
		t.Error("changing a clone changed the original")
	}

	original := tenant.Minimal()
	clone := original.Clone()
	if clone.ClientByName("My App") != clone.Clients[0] {
		t.Error("a clone that is not validated yet finds the original's client")
	}
	clone.Clients[0].Callbacks = append(clone.Clients[0].Callbacks, "https://more.example.test/")
	clone.ResourceServers[0].TokenLifetimeForWeb = time.Second
	if err := clone.Validate(); err != nil {
		t.Fatal(err)
	}
	if clone.ClientByName("My App") == original.ClientByName("My App") {
		t.Error("the clone finds the original's client")
	}
}

// scramble changes everything that can be reached through pointers, slices and maps.
func scramble(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			scramble(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				scramble(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			scramble(v.Index(i))
			if item := v.Index(i); item.Kind() == reflect.Interface {
				item.Set(reflect.ValueOf("scrambled"))
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			scramble(v.MapIndex(key))
			other := reflect.Zero(v.Type().Elem())
			if scrambled := reflect.ValueOf("scrambled"); scrambled.CanConvert(v.Type().Elem()) {
				other = scrambled.Convert(v.Type().Elem())
			}
			v.SetMapIndex(key, other)
		}
	case reflect.String:
		if v.CanSet() {
			v.SetString("scrambled")
		}
	case reflect.Bool:
		if v.CanSet() {
			v.SetBool(!v.Bool())
		}
	}
}

func TestFindersWithoutAnIndex(t *testing.T) {
	m := tenant.Minimal().Clone() // not validated
	if m.ClientByID(m.Clients[0].ClientID) == nil || m.ClientByName("My App") == nil ||
		m.Connection("Username-Password-Authentication") == nil ||
		m.ResourceServer("https://api.example.test/") == nil || m.UserByID(m.Users[0].ID) == nil ||
		m.FindUser("Username-Password-Authentication", "ada@example.test") == nil {
		t.Error("something is not found")
	}
	if m.ClientByID("") != nil || m.FindUser("Username-Password-Authentication", "") != nil ||
		m.FindUser("github", "ada@example.test") != nil {
		t.Error("something is found that is not there")
	}
}

func TestFindUserInAnyCase(t *testing.T) {
	m := tenant.Minimal()
	m.Users[0].Email, m.Users[0].Username = "Ada@Example.test", "Countess"
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ada@example.test", "ADA@EXAMPLE.TEST", "Countess", "countess"} {
		if m.FindUser("Username-Password-Authentication", name) != m.Users[0] {
			t.Errorf("%s is not found", name)
		}
	}
}

func TestEnabledConnections(t *testing.T) {
	m := tenant.Minimal()
	m.Connections = append(m.Connections,
		&tenant.Connection{Name: "none", Strategy: "github", EnabledClients: []string{}},
		&tenant.Connection{Name: "by-name", Strategy: "github", EnabledClients: []string{"My App"}},
		&tenant.Connection{Name: "by-id", Strategy: "github", EnabledClients: []string{m.Clients[0].ClientID}})
	var names []string
	for _, c := range m.EnabledConnections(m.Clients[0]) {
		names = append(names, c.Name)
	}
	if got := strings.Join(names, " "); got != "Username-Password-Authentication by-name by-id" {
		t.Error(got)
	}
}

func TestCheckPassword(t *testing.T) {
	hash, err := bcrypt.GenerateFromPassword([]byte("right"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		user tenant.User
		want bool // for the password "right"
	}{
		"plain":                  {tenant.User{Password: "right"}, true},
		"plain, wrong":           {tenant.User{Password: "wrong"}, false},
		"hash":                   {tenant.User{PasswordHash: string(hash)}, true},
		"plain before hash":      {tenant.User{Password: "wrong", PasswordHash: string(hash)}, false},
		"neither":                {tenant.User{}, false},
		"a hash that is not one": {tenant.User{PasswordHash: "right"}, false},
	} {
		if got := c.user.CheckPassword("right"); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if (&tenant.User{}).CheckPassword("") {
		t.Error("a user without a password logs in with an empty one")
	}
}
