package ownapp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/strict"
	"renewal.example/mockauth0/tenant"
)

// File is one file of a tenant directory.
type File struct {
	Name string
	Text []byte
}

// DirectoryOptions say how the tenant of a directory differs from the one that Tenant gives.
type DirectoryOptions struct {
	Audiences []string       // of its APIs. Default: the usual one
	Users     []*tenant.User // who can log in. Default: the usual two
	HTTP      bool           // the tenant is by plain http
}

// Directory is a tenant directory for the app, with comments.
func (a *App) Directory(o DirectoryOptions) ([]File, error) {
	t := a.plain()
	if o.HTTP {
		t.Mock.Scheme = domain.HTTP
	}
	if len(o.Audiences) > 0 {
		t.ResourceServers = nil
		for i, audience := range o.Audiences {
			name := apiName
			if i > 0 {
				name = fmt.Sprintf("%s %d", apiName, i+1)
			}
			t.ResourceServers = append(t.ResourceServers,
				&tenant.ResourceServer{Name: name, Identifier: audience, AllowOfflineAccess: true, SkipConsent: true})
		}
	}
	people := slices.DeleteFunc(t.Users, (*tenant.User).Magic)
	if len(o.Users) > 0 {
		people = o.Users
	}
	t.Users = people
	if err := t.Validate(); err != nil {
		return nil, first(err)
	}
	list, err := usersJSON(people)
	if err != nil {
		return nil, err
	}
	return []File{{"tenant.yaml", a.tenantYAML(t)}, {"users.json", list}, {"mock.yaml", a.mockYAML(t)}}, nil
}

// usersJSON is Auth0's bulk import, with plain passwords.
func usersJSON(users []*tenant.User) ([]byte, error) {
	type user struct {
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
		Given    string `json:"given_name,omitempty"`
		Family   string `json:"family_name,omitempty"`
		Name     string `json:"name,omitempty"`
		Nickname string `json:"nickname,omitempty"`
		Password string `json:"password"`
	}
	var list []user
	for _, u := range users {
		list = append(list, user{u.Email, true, u.GivenName, u.FamilyName, u.Name, u.Nickname, u.Password})
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(list)
	return b.Bytes(), err
}

// tenantYAML is the tenant in the format of Auth0's deploy CLI.
func (a *App) tenantYAML(t *tenant.Config) []byte {
	c := t.Clients[0]
	var b yamlText
	b.line("# The tenant of your app, in the format that Auth0's deploy CLI exports (a0deploy export --format yaml): the export of your")
	b.line("# real tenant loads in its place. Client ids are in mock.yaml, people in users.json.")
	b.line("tenant:")
	b.line("  friendly_name: %s", strict.Scalar(t.Settings.FriendlyName))
	b.line("  # Silent renewal in a hidden frame works as long as the SSO session does: so many hours after the login …")
	b.line("  session_lifetime: %d", int(t.Settings.SessionLifetime.Hours()))
	b.line("  # … or after the last request to /authorize.")
	b.line("  idle_session_lifetime: %d", int(t.Settings.IdleSessionLifetime.Hours()))
	b.line("")
	b.line("clients:")
	b.line("  - name: %s", strict.Scalar(c.Name))
	b.line("    app_type: %s", c.AppType)
	b.line("    token_endpoint_auth_method: %s", c.TokenEndpointAuthMethod)
	b.line("    # Allowed Callback URLs: where /authorize may send its answer. They are compared to the letter.")
	b.list("callbacks", c.Callbacks)
	b.line("    # Allowed Web Origins: who may get an answer from a hidden frame (response_mode=web_message).")
	b.list("web_origins", c.WebOrigins)
	b.line("    # Allowed Origins (CORS): who may read answers of /oauth/token, besides the origins of the callbacks.")
	b.list("allowed_origins", c.AllowedOrigins)
	b.line("    # Allowed Logout URLs: where a logout may lead.")
	b.list("allowed_logout_urls", c.AllowedLogoutURLs)
	b.list("grant_types", c.GrantTypes)
	if r := c.RefreshToken; r.Rotating {
		b.line("    # As the dashboard sets up a new single-page application: each refresh token works once, and the family ends after 30")
		b.line("    # days, or after 15 days without a renewal. Lifetimes are in seconds.")
		b.line("    refresh_token:")
		b.line("      rotation_type: rotating")
		b.line("      expiration_type: expiring")
		b.line("      leeway: %d # so many seconds the token before is still taken, as after an answer that was lost", int(r.Leeway.Seconds()))
		b.line("      token_lifetime: %d", int(r.Lifetime.Seconds()))
		b.line("      idle_token_lifetime: %d", int(r.IdleLifetime.Seconds()))
	}
	b.line("")
	b.line("databases:")
	b.line("  - name: %s", databaseName)
	b.line("    strategy: auth0")
	b.line("    enabled_clients:")
	b.line("      - %s", strict.Scalar(c.Name))
	b.line("")
	b.line("resourceServers:")
	for _, api := range t.ResourceServers {
		b.line("  - name: %s", strict.Scalar(api.Name))
		b.line("    identifier: %s # the audience", strict.Scalar(api.Identifier))
		b.line("    allow_offline_access: true # refresh tokens are given out: scope offline_access")
		b.line("    skip_consent_for_verifiable_first_party_clients: true")
	}
	b.line("    # scopes: [{value: read:orders, description: Read your orders}]")
	b.line("    # token_lifetime: 86400        # of access tokens, in seconds")
	b.line("    # token_lifetime_for_web: 7200 # of those that come straight from /authorize")
	return b.Bytes()
}

// mockYAML is what Auth0 has no word for.
func (a *App) mockYAML(t *tenant.Config) []byte {
	c := t.Clients[0]
	var b yamlText
	b.line("# What Auth0 has no word for. All of it is optional.")
	b.line("")
	b.line("# The issuer's host; \"auto\" is localhost with the port that the tenant got.")
	b.line("domain: auto")
	if t.Mock.Scheme == domain.HTTP {
		b.line("# By plain http, on this machine alone: no CA to trust, and an app at http://localhost is of the tenant's own site.")
		b.line("scheme: http")
	} else {
		b.line("# scheme: http # on this machine alone: no CA to trust, and an app at http://localhost is of the tenant's own site")
	}
	b.line("listen: 127.0.0.1:4443")
	b.line("")
	b.line("clients:")
	b.line("  %s:", strict.Scalar(c.Name))
	b.line("    client_id: %s", strict.Scalar(c.ClientID))
	if a.options.Type == RegularWeb {
		b.line("    client_secret: %s # for this mock only: it is no secret", strict.Scalar(c.ClientSecret))
	}
	b.line("")
	b.line("# skip: nobody is asked to let the app in. Auth0's own policies for apps on localhost are \"classic\" and \"new\".")
	b.line("consent_policy: skip")
	b.line("")
	b.line("# People who can log in with the password %s and then fail to renew, each in a way of its own: idle@scenario.test and the",
		tenant.MagicPassword)
	b.line("# others that `serve` lists.")
	b.line("magic_users: true")
	return b.Bytes()
}

// yamlText is YAML as it is written.
type yamlText struct{ bytes.Buffer }

func (b *yamlText) line(format string, values ...any) { fmt.Fprintf(b, format+"\n", values...) }

func (b *yamlText) list(key string, values []string) {
	b.line("    %s:", key)
	for _, value := range values {
		b.line("      - %s", strict.Scalar(value))
	}
}
