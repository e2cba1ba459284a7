// Package lock answers what the Lock widget asks before it can show anything: a client's settings and the tenant's
// connections, as scripts that call back (auth0-lock 14, core/client and core/tenant).
package lock

import (
	"encoding/json"
	"net/http"
	"strings"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/tenant"
)

// Service answers for one tenant.
type Service struct {
	Tenant func() *tenant.Config
}

type client struct {
	ID           string     `json:"id"` // Lock refuses the settings of another client
	Tenant       string     `json:"tenant"`
	Subscription string     `json:"subscription"`
	Allowed      []string   `json:"allowed"`
	Callback     string     `json:"callback"`
	Strategies   []strategy `json:"strategies"`
}

type strategy struct {
	Name        string       `json:"name"`
	Connections []connection `json:"connections"`
}

type connection struct {
	Name             string      `json:"name"`
	DisplayName      string      `json:"display_name,omitempty"`
	ShowSignup       *bool       `json:"showSignup,omitempty"` // of a database
	ShowForgot       *bool       `json:"showForgot,omitempty"`
	RequiresUsername *bool       `json:"requires_username,omitempty"`
	PasswordPolicy   string      `json:"passwordPolicy,omitempty"`
	Complexity       *complexity `json:"password_complexity_options,omitempty"`
	Validation       *validation `json:"validation,omitempty"`
}

type complexity struct {
	MinLength int `json:"min_length"`
}

type validation struct {
	PasswordPolicy string  `json:"passwordPolicy,omitempty"` // of the tenant's settings, which name it here
	Username       lengths `json:"username"`
}

type lengths struct {
	Min int `json:"min"`
	Max int `json:"max"`
}

// Client is GET /client/<id>.js.
func (s *Service) Client(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	tn := s.Tenant()
	id, isScript := strings.CutSuffix(r.PathValue("file"), ".js")
	c := tn.ClientByID(id)
	if !isScript || c == nil {
		return nil, &oauth.Error{Code: "not_found", Status: http.StatusNotFound, Description: "There are no settings of a client of that id.",
			Hint: "Give Lock a client id that mockauth0 env prints."}
	}
	x.Facts.ClientID, x.Facts.ClientName = c.ClientID, c.Name
	if err := x.Reach(httpx.Parsed); err != nil {
		return nil, err
	}
	out := client{ID: c.ClientID, Tenant: tn.Name, Subscription: "free", Allowed: c.WebOrigins, Strategies: []strategy{}}
	if len(c.Callbacks) > 0 {
		out.Callback = c.Callbacks[0]
	}
	at := map[string]int{}
	for _, conn := range tn.EnabledConnections(c) {
		i, ok := at[conn.Strategy]
		if !ok {
			i = len(out.Strategies)
			at[conn.Strategy] = i
			out.Strategies = append(out.Strategies, strategy{Name: conn.Strategy})
		}
		out.Strategies[i].Connections = append(out.Strategies[i].Connections, settings(conn))
	}
	return script("setClient", out)
}

// settings are a connection's, as Lock names them.
func settings(c *tenant.Connection) connection {
	out := connection{Name: c.Name}
	if c.DisplayName != c.Name {
		out.DisplayName = c.DisplayName
	}
	if c.Database() {
		signup, forgot, username := !c.DisableSignup, true, c.RequiresUsername
		out.ShowSignup, out.ShowForgot, out.RequiresUsername = &signup, &forgot, &username
		out.PasswordPolicy, out.Validation = c.Passwords.Strength, &validation{Username: lengths{c.UsernameMin, c.UsernameMax}}
		if c.Passwords.MinLength > 0 {
			out.Complexity = &complexity{c.Passwords.MinLength}
		}
	}
	return out
}

type info struct {
	Tenant            string               `json:"tenant"`
	DefaultDirectory  string               `json:"defaultDirectory,omitempty"`
	Connections       map[string][]infoRow `json:"connections"`
	ClientConnections map[string][]string  `json:"clientsConnections"`
}

// infoRow is a connection as the tenant's settings name it, which is not how a client's do.
type infoRow struct {
	Name             string      `json:"name"`
	Strategy         string      `json:"strategy"`
	AllowSignup      *bool       `json:"allowSignup,omitempty"`
	AllowForgot      *bool       `json:"allowForgot,omitempty"`
	RequiresUsername *bool       `json:"requiresUsername,omitempty"`
	Validation       *validation `json:"validation,omitempty"`
}

// TenantInfo is GET /info-v1.js.
func (s *Service) TenantInfo(x *httpx.Exchange, _ *http.Request) (*httpx.Result, error) {
	if err := x.Reach(httpx.Parsed); err != nil {
		return nil, err
	}
	tn := s.Tenant()
	out := info{Tenant: tn.Name, DefaultDirectory: tn.Settings.DefaultDirectory, ClientConnections: map[string][]string{},
		Connections: map[string][]infoRow{"database": {}, "social": {}, "enterprise": {}}}
	for _, c := range tn.Connections {
		kind, row, own := "social", infoRow{Name: c.Name, Strategy: c.Strategy}, settings(c)
		if c.Database() {
			kind = "database"
			row.AllowSignup, row.AllowForgot, row.RequiresUsername = own.ShowSignup, own.ShowForgot, own.RequiresUsername
			row.Validation = &validation{own.PasswordPolicy, own.Validation.Username}
		}
		out.Connections[kind] = append(out.Connections[kind], row)
	}
	for _, c := range tn.Clients {
		names := []string{}
		for _, conn := range tn.EnabledConnections(c) {
			names = append(names, conn.Name)
		}
		out.ClientConnections[c.ClientID] = names
	}
	return script("setTenant", out)
}

// script is a call of one of Lock's callbacks. Nothing in it comes from the request, and json.Marshal escapes what a
// script or a page could take for its own (< > & and the line separators).
func script(callback string, v any) (*httpx.Result, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return (&httpx.Result{Body: []byte("Auth0." + callback + "(" + string(b) + ");")}).
		Set("Content-Type", "application/x-javascript; charset=utf-8").Set("Cache-Control", "no-cache"), nil
}
