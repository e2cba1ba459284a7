// Package reconstruct writes what an imported recording tells about a tenant as a tenant directory, and its failures as scenarios,
// so that a mock answers the app in the way the real tenant did.
package reconstruct

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	"go.yaml.in/yaml/v3"

	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/recording"
	"renewal.example/mockauth0/tenant"
)

// File is a file to be written below the target directory.
type File struct {
	Name string // with slashes
	Text []byte
}

// Password of every person in a tenant that is made here.
const Password = "Imported-User-1"

const database = "Username-Password-Authentication"

// Tenant gives the three files of a tenant directory. They load without a problem, or the error says which.
func Tenant(f *recording.Findings, source string) ([]File, error) {
	d := describe(f)
	head := fmt.Sprintf("# What %s tells about the tenant. What it cannot tell has Auth0's default; nothing secret and "+
		"nobody's name is in here.\n", source)
	settings, err := encode(head+"# The format is that of Auth0's deploy CLI: the tenant's own export can replace this file.\n\n", d.tenant)
	if err != nil {
		return nil, err
	}
	mock, err := encode(head+"# What Auth0 has no word for; the comments in the tutorial's mock.yaml say what else there is.\n\n", d.mock)
	if err != nil {
		return nil, err
	}
	users, err := json.MarshalIndent(d.users, "", "  ")
	if err != nil {
		return nil, err
	}
	files := []File{{"tenant.yaml", settings}, {"users.json", append(users, '\n')}, {"mock.yaml", mock}}
	loaded := fstest.MapFS{}
	for _, file := range files {
		loaded[file.Name] = &fstest.MapFile{Data: file.Text}
	}
	_, err = tenant.Load(loaded, "imported", tenant.LoadOptions{Strict: true})
	return files, err
}

func encode(head string, v any) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(head)
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	err := e.Encode(v)
	return b.Bytes(), err
}

// The types below are the part of the deploy CLI's format that a recording can fill.
type tenantFile struct {
	Tenant      settings      `yaml:"tenant"`
	Clients     []*clientFile `yaml:"clients"`
	Databases   []connection  `yaml:"databases,omitempty"`
	Connections []connection  `yaml:"connections,omitempty"`
	APIs        []apiFile     `yaml:"resourceServers,omitempty"`
}

type settings struct {
	Name string `yaml:"friendly_name"`
}

type clientFile struct {
	Name         string            `yaml:"name"`
	Type         string            `yaml:"app_type"`
	Conformant   bool              `yaml:"oidc_conformant"`
	First        bool              `yaml:"is_first_party"`
	Callbacks    []string          `yaml:"callbacks,omitempty"`
	Origins      []string          `yaml:"web_origins,omitempty"`
	Logout       []string          `yaml:"allowed_logout_urls,omitempty"`
	Grants       []string          `yaml:"grant_types"`
	Method       string            `yaml:"token_endpoint_auth_method"`
	Organization string            `yaml:"organization_usage,omitempty"`
	Refresh      map[string]string `yaml:"refresh_token,omitempty"`
	JWT          *jwt              `yaml:"jwt_configuration,omitempty"`
}

type jwt struct {
	Alg  string `yaml:"alg,omitempty"`
	Life int64  `yaml:"lifetime_in_seconds,omitempty"`
}

type connection struct {
	Name     string   `yaml:"name"`
	Strategy string   `yaml:"strategy"`
	Enabled  []string `yaml:"enabled_clients"`
}

type apiFile struct {
	Name       string  `yaml:"name"`
	Identifier string  `yaml:"identifier"`
	Alg        string  `yaml:"signing_alg"`
	Life       int64   `yaml:"token_lifetime,omitempty"`
	WebLife    int64   `yaml:"token_lifetime_for_web,omitempty"`
	Offline    bool    `yaml:"allow_offline_access"`
	Skip       bool    `yaml:"skip_consent_for_verifiable_first_party_clients"`
	Scopes     []scope `yaml:"scopes,omitempty"`
}

type scope struct {
	Value string `yaml:"value"`
}

type mockFile struct {
	Domain      string                       `yaml:"domain,omitempty"`
	Scheme      string                       `yaml:"scheme,omitempty"`
	Custom      string                       `yaml:"custom_domain,omitempty"`
	Clients     map[string]map[string]string `yaml:"clients"`
	Connections map[string]map[string]bool   `yaml:"connections,omitempty"`
}

type userFile struct {
	ID         string `json:"user_id"`
	Connection string `json:"connection"`
	Email      string `json:"email"`
	Verified   bool   `json:"email_verified"`
	Name       string `json:"name"`
	Password   string `json:"password,omitempty"`
}

type description struct {
	tenant tenantFile
	mock   mockFile
	users  []userFile
}

func describe(f *recording.Findings) *description {
	d := &description{mock: mockFile{Clients: map[string]map[string]string{}}}
	d.domains(f)
	d.tenant.Tenant.Name = "Imported"
	if len(f.Domains) > 0 && plain(f.Domains[0]) {
		_, host := domain.Split(f.Domains[0])
		d.tenant.Tenant.Name = "Imported from " + host
	}
	for _, c := range f.Clients {
		d.client(c)
	}
	if len(d.tenant.Clients) == 0 {
		d.client(&recording.Client{ID: "ImportedClient00000000000000001", Name: "Imported app"})
	}
	d.connections(f)
	for _, a := range f.APIs {
		d.api(a)
	}
	d.people(f)
	return d
}

// domains chooses the tenant's own domain and its custom one, which have one scheme.
func (d *description) domains(f *recording.Findings) {
	var usable []string
	for _, written := range f.Domains {
		scheme, host := domain.Split(written)
		if tenant.CheckDomain(host) != nil || !plain(host) || slices.Contains(usable, host) {
			continue
		}
		if scheme = usableScheme(scheme, host); len(usable) > 0 && scheme != d.mock.Scheme {
			continue
		}
		d.mock.Scheme = scheme
		usable = append(usable, host)
	}
	if len(usable) == 0 {
		return
	}
	d.mock.Domain = usable[0]
	for _, other := range usable[1:] {
		switch {
		case recording.TenantDomain(usable[0]) && !recording.TenantDomain(other):
			d.mock.Custom = other
		case !recording.TenantDomain(usable[0]) && recording.TenantDomain(other):
			d.mock.Domain, d.mock.Custom = other, usable[0]
		}
		if d.mock.Custom != "" {
			return
		}
	}
}

// usableScheme is the scheme of a tenant as mock.yaml writes it: "" for https. By plain http a tenant is on this machine alone.
func usableScheme(scheme, host string) string {
	if scheme != domain.HTTP || domain.New(host, true).Check() != nil {
		return ""
	}
	return scheme
}

// plain refuses what the loader would take for a marker of the deploy CLI.
func plain(text string) bool {
	return text != "" && !strings.Contains(text, "##") && !strings.Contains(text, "@@")
}

// kept are the entries that the tenant package accepts, so that what a file holds by mistake does not spoil the directory.
func kept(list []string, set func(*tenant.Config, string)) []string {
	var out []string
	for _, one := range list {
		t := tenant.Minimal()
		set(t, one)
		if plain(one) && t.Validate() == nil && len(t.Warnings) == 0 {
			out = append(out, one)
		}
	}
	return out
}

func (d *description) client(c *recording.Client) {
	names := make([]string, len(d.tenant.Clients))
	for i, known := range d.tenant.Clients {
		names[i] = known.Name
	}
	file := &clientFile{Name: clientName(c, names), Type: "spa", Conformant: true, First: true, Method: "none", Grants: grants(c)}
	if c.Secret {
		file.Type, file.Method = "regular_web", "client_secret_post"
	}
	if len(c.Organizations) > 0 {
		file.Organization = "allow"
	}
	file.Callbacks = kept(c.Callbacks, func(t *tenant.Config, s string) { t.Clients[0].Callbacks = []string{s} })
	file.Origins = kept(c.Origins, func(t *tenant.Config, s string) { t.Clients[0].WebOrigins = []string{s} })
	file.Logout = kept(c.LogoutURLs, func(t *tenant.Config, s string) { t.Clients[0].AllowedLogoutURLs = []string{s} })
	if c.Rotates {
		file.Refresh = map[string]string{"rotation_type": "rotating", "expiration_type": "expiring"}
	}
	if c.IDTokenAlg == "HS256" || c.IDTokenAlg == "RS256" {
		file.JWT = &jwt{Alg: c.IDTokenAlg, Life: seconds(c.IDTokenLife)}
	}
	d.tenant.Clients = append(d.tenant.Clients, file)
	d.mock.Clients[file.Name] = map[string]string{"client_id": c.ID}
}

// clientName is the name in the log, or one made of the id; no two are the same.
func clientName(c *recording.Client, taken []string) string {
	name := strings.TrimSpace(c.Name)
	if name == "" || strings.ContainsAny(name, "<>") || !plain(name) {
		name = "App " + c.ID[:min(8, len(c.ID))]
	}
	if slices.Contains(taken, name) {
		name += " " + c.ID
	}
	return name
}

// grants are those that were seen; an SPA that was seen with none has the usual ones.
func grants(c *recording.Client) []string {
	var out []string
	for _, g := range c.Grants {
		if _, known := names.GrantOf(g); known {
			out = append(out, g)
		}
	}
	if !slices.Contains(out, names.GrantAuthorizationCode) && !slices.Contains(out, names.GrantImplicit) {
		out = append(out, names.GrantAuthorizationCode)
	}
	return out
}

func seconds(d time.Duration) int64 {
	return min(max(int64(d/time.Second), 0), 2592000)
}

// connections are the database, which everybody may use, and those that were seen.
func (d *description) connections(f *recording.Findings) {
	var all []string
	for _, c := range d.tenant.Clients {
		all = append(all, c.Name)
	}
	d.tenant.Databases = []connection{{database, "auth0", all}}
	add := func(name, strategy string, devKeys bool) {
		known := func(c connection) bool { return c.Name == name }
		if slices.ContainsFunc(d.tenant.Databases, known) || slices.ContainsFunc(d.tenant.Connections, known) || !connectionName(name) {
			return
		}
		if strategy == "auth0" {
			d.tenant.Databases = append(d.tenant.Databases, connection{name, strategy, all})
			return
		}
		d.tenant.Connections = append(d.tenant.Connections, connection{name, cmp.Or(strategy, name), all})
		if devKeys {
			if d.mock.Connections == nil {
				d.mock.Connections = map[string]map[string]bool{}
			}
			d.mock.Connections[name] = map[string]bool{"dev_keys": true}
		}
	}
	for _, c := range f.Clients {
		for _, one := range c.Connections {
			strategy := one.Strategy
			if !connectionName(strategy) {
				strategy = ""
			}
			add(one.Name, strategy, one.DevKeys)
		}
	}
	for _, person := range f.People {
		if provider, _, ok := strings.Cut(person, "|"); ok && provider != "auth0" {
			add(provider, provider, false)
		}
	}
}

func connectionName(name string) bool {
	return len(kept([]string{name}, func(t *tenant.Config, s string) {
		t.Connections = append(t.Connections, &tenant.Connection{Name: s, Strategy: "oauth2"})
	})) == 1
}

func (d *description) api(a *recording.API) {
	if a.Unknown || !plain(a.Audience) || strings.HasSuffix(a.Audience, "/api/v2/") || strings.HasSuffix(a.Audience, "/userinfo") {
		return
	}
	file := apiFile{
		Name: "API " + a.Audience, Identifier: a.Audience, Alg: "RS256", Life: seconds(a.Life), WebLife: seconds(a.WebLife),
		Offline: a.Offline, Skip: true,
	}
	if file.Life == 0 && file.WebLife > 86400 {
		file.Life = file.WebLife
	}
	if file.Life > 0 && file.WebLife > file.Life {
		file.Life = file.WebLife // Auth0 has it no other way; the one that was not seen may be any
	}
	for _, s := range a.Scopes {
		if plain(s) && !strings.ContainsAny(s, " \t\r\n\"\\") {
			file.Scopes = append(file.Scopes, scope{s})
		}
	}
	if file.Offline {
		for _, c := range d.tenant.Clients {
			if !slices.Contains(c.Grants, names.GrantRefreshToken) && slices.Contains(c.Grants, names.GrantAuthorizationCode) {
				c.Grants = append(c.Grants, names.GrantRefreshToken)
			}
		}
	}
	d.tenant.APIs = append(d.tenant.APIs, file)
}

// mostPeople is how many of those in a recording the tenant has.
const mostPeople = 50

// people are stand-ins; there is always somebody who can log in with a password.
func (d *description) people(f *recording.Findings) {
	add := func(id, connection string) {
		n := len(d.users) + 1
		u := userFile{
			ID: id, Connection: connection, Email: fmt.Sprintf("user-%d@example.test", n), Verified: true, Name: fmt.Sprintf("User %d", n),
		}
		if connection == database {
			u.Password = Password
		}
		d.users = append(d.users, u)
	}
	withPassword := false
	for _, person := range f.People[:min(len(f.People), mostPeople)] {
		provider, _, _ := strings.Cut(person, "|")
		switch {
		case provider == "auth0":
			add(person, database)
			withPassword = true
		case slices.ContainsFunc(d.tenant.Connections, func(c connection) bool { return c.Name == provider }):
			add(person, provider)
		}
	}
	if !withPassword {
		add(fmt.Sprintf("auth0|person-%d", len(f.People)+1), database)
	}
}
