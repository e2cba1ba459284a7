package tenant

// Minimal gives a small valid tenant for programs without a tenant directory: the single-page client "My App" on
// http://localhost:3000, the API https://api.example.test/, and the user ada@example.test with the password
// "Analytical-Engine-1". Each call gives a new one, already validated: Clone is not needed before changing it, Validate is.
func Minimal() *Config {
	app := NewClient("My App")
	app.AppType = "spa"
	app.Callbacks = []string{"http://localhost:3000", "http://localhost:3000/callback"}
	app.WebOrigins = []string{"http://localhost:3000"}
	app.AllowedLogoutURLs = []string{"http://localhost:3000"}
	t := &Config{
		Name:        "minimal",
		Clients:     []*Client{app},
		Connections: []*Connection{{Name: "Username-Password-Authentication", Strategy: "auth0"}},
		ResourceServers: []*ResourceServer{{
			Name: "My API", Identifier: "https://api.example.test/", AllowOfflineAccess: true, SkipConsent: true,
		}},
		Users: []*User{{
			Email: "ada@example.test", EmailVerified: true, Password: "Analytical-Engine-1",
			GivenName: "Ada", FamilyName: "Lovelace", Name: "Ada Lovelace",
		}},
	}
	t.complete()
	t.index = newIndex(t)
	return t
}
