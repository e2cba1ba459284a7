package tenanttest

// The settings that several subjects' tests start from. Serve takes them, alone or one within another.

import (
	"time"

	"renewal.example/mockauth0/tenant"
)

// Terms is a page that an Action sends people to.
const Terms = "https://terms.example.test/agree?version=2"

// Actions adds Actions to the login flow.
func Actions(actions ...tenant.Action) func(*tenant.Config) {
	return func(tn *tenant.Config) {
		for _, a := range actions {
			tn.Mock.Actions = append(tn.Mock.Actions, &a)
		}
	}
}

// EmbeddedLogin is Backends with a login on the pages of the first client.
func EmbeddedLogin(tn *tenant.Config) {
	Backends(tn)
	CrossOriginLogins(tn)
}

// CrossOriginLogins lets the first client's pages log people in.
func CrossOriginLogins(tn *tenant.Config) {
	tn.Clients[0].CrossOriginAuth = true
	tn.Settings.DefaultDirectory = Database
	tn.Users = append(tn.Users, &tenant.User{Email: "mallory@example.test", Password: "p", Blocked: true})
}

// Database is the connection of the small default tenant.
const Database = "Username-Password-Authentication"

// Social adds two identity providers, one with Auth0's dev keys, and a user of each.
func Social(tn *tenant.Config) {
	tn.Connections = append(tn.Connections,
		&tenant.Connection{Name: "google-oauth2", Strategy: "google-oauth2"},
		&tenant.Connection{Name: "github", Strategy: "github", DevKeys: true})
	tn.Users = append(tn.Users,
		&tenant.User{Connection: "google-oauth2", Email: "ada.google@example.test"},
		&tenant.User{Connection: "github", Email: "ada.github@example.test"})
}

// LogoutURLs is Backends with Allowed Logout URLs of the tenant and of two clients.
func LogoutURLs(tn *tenant.Config) {
	Backends(tn)
	tn.Settings.AllowedLogoutURLs = []string{"https://tenant.example.test/bye"}
	tn.Clients[0].AllowedLogoutURLs = []string{"http://localhost:3000", "https://*.example.test/out?a=1", "http://localhost:3000/bye#top"}
	tn.Clients[1].AllowedLogoutURLs = []string{"https://*.web.example.test/", "https://web.example.test/bye"}
}

// OrganizationPrompt is a tenant whose first client requires an organization and asks for it.
func OrganizationPrompt(behavior string) func(*tenant.Config) {
	return func(tn *tenant.Config) {
		Organizations(tn)
		tn.Clients[0].OrganizationUsage, tn.Clients[0].OrganizationPrompt = "require", behavior
		tn.Organizations = append(tn.Organizations, &tenant.Organization{Name: "beta", ID: "org_beta", DisplayName: "Beta <& Sons>",
			Members: []string{"ada@example.test"}})
		tn.Organizations[2].Connections = nil // open is nobody's here
	}
}

// Customers is Backends with Organizations.
func Customers(tn *tenant.Config) {
	Backends(tn)
	Organizations(tn)
}

// Organizations adds organizations: ada belongs to acme, nobody to empty, everybody of the database to open.
func Organizations(tn *tenant.Config) {
	tn.Clients[0].OrganizationUsage = "allow"
	tn.Clients[0].Callbacks = append(tn.Clients[0].Callbacks, "https://{organization_name}.app.example.test/cb")
	tn.Clients[0].AllowedOrigins = []string{"https://{organization_name}.api.example.test"}
	tn.Organizations = []*tenant.Organization{
		{Name: "acme", ID: "org_acme", Members: []string{"ADA@example.test"}}, {Name: "empty", ID: "org_empty"},
		{Name: "open", ID: "org_open", Connections: []string{"Username-Password-Authentication"}},
	}
}

// Rotating switches rotation on for the first client.
func Rotating(leeway time.Duration) func(*tenant.Config) {
	return func(tn *tenant.Config) {
		Backends(tn)
		tn.Clients[0].RefreshToken = tenant.RefreshToken{Rotating: true, Leeway: leeway}
	}
}

// Frozen stops a tenant's clock, so that a test can stand exactly on a boundary.
func Frozen(tn *tenant.Config) { tn.Mock.ClockFrozen = true }

// Backends adds clients that keep a secret: "Web" for people, "Machine" for itself. The first client, a SPA, stays.
func Backends(tn *tenant.Config) {
	Frozen(tn)
	web := tenant.NewClient("Web")
	web.AppType, web.ClientID, web.ClientSecret = "regular_web", "web", "web+secret%21"
	web.Callbacks = []string{"https://web.example.test/cb"}
	web.GrantTypes = []string{"authorization_code", "implicit", "refresh_token", "password", "client_credentials"}
	machine := tenant.NewClient("Machine")
	machine.AppType, machine.ClientID, machine.ClientSecret = "non_interactive", "machine", "machine-secret"
	machine.GrantTypes = []string{"client_credentials"}
	tn.Clients = append(tn.Clients, web, machine)
	tn.ResourceServers[0].Scopes = []tenant.Scope{{Value: "read:all"}, {Value: "write:all"}}
	tn.ClientGrants = []*tenant.ClientGrant{{Client: "Machine", Audience: "https://api.example.test/", Scopes: []string{"read:all"}}}
	tn.ResourceServers = append(tn.ResourceServers, &tenant.ResourceServer{Name: "Online", Identifier: "https://online.example.test/"})
	tn.Settings.DefaultDirectory = "Username-Password-Authentication"
}

// AdaAndGrace is Backends with a second person.
func AdaAndGrace(tn *tenant.Config) {
	Backends(tn)
	tn.Users = append(tn.Users, &tenant.User{Email: "grace@example.test", Password: "Compiler-1"})
}
