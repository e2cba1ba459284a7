package tenant

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/strict"
	"renewal.example/mockauth0/internal/valid"
)

func logoutFault(written string) string {
	return urlFault(written, false, "an absolute URL such as https://app.example.com")
}

func (c *checker) settings() {
	s := c.Settings
	c.lifetime("tenant", "session_lifetime", s.SessionLifetime, maxSession)
	c.lifetime("tenant", "idle_session_lifetime", s.IdleSessionLifetime, maxSession)
	c.lifetime("tenant", "ephemeral_session_lifetime", s.EphemeralLifetime, maxSession)
	c.lifetime("tenant", "idle_ephemeral_session_lifetime", s.IdleEphemeralLifetime, maxSession)
	c.urls("tenant.allowed_logout_urls", "logout URL", s.AllowedLogoutURLs, logoutFault)
	if s.DefaultRedirectionURI != "" {
		c.url("tenant.default_redirection_uri", "default redirection URI", s.DefaultRedirectionURI, secureFault)
	}
	if s.ErrorPageURL != "" {
		c.url("tenant.error_page.url", "error page URL", s.ErrorPageURL, logoutFault)
	}
	if s.DefaultDirectory != "" && c.Connection(s.DefaultDirectory) == nil {
		c.refuse("tenant.default_directory", "there is no connection %s%s", strict.Quoted(s.DefaultDirectory),
			strict.ExpectedOf("databases", s.DefaultDirectory, c.connectionNames()))
	}
	if s.DefaultAudience != "" && c.ResourceServer(s.DefaultAudience) == nil && !IsManagementAPI(s.DefaultAudience) {
		c.warn("tenant.default_audience", "there is no API %s, so requests without an audience will fail%s",
			strict.Quoted(s.DefaultAudience), strict.ExpectedOf("resourceServers", s.DefaultAudience, c.audiences()))
	}
}

func (c *checker) clients() {
	names, ids := map[string]string{}, map[string]string{}
	for i, client := range c.Clients {
		path := clientPath(i)
		what := "the client name " + strict.Quoted(client.Name)
		if client.Name == "" {
			if c.builtInGo(path + ".name") {
				c.refuse(path, "has no name; expected one")
			}
		} else if strings.ContainsAny(client.Name, "<>") {
			c.refuse(path+".name", "%s holds < or >, which Auth0 refuses", what)
		}
		c.once(names, client.Name, path+".name", what)
		if id := client.ClientID; id != "" && (len(id) > 256 || !only(id, func(b byte) bool { return b > ' ' && b < 0x7f })) {
			c.refuse(path+".client_id", "the client id %s is not usable; expected 1 to 256 printable ASCII characters without spaces",
				strict.Quoted(id))
		}
		c.once(ids, client.ClientID, path+".client_id", "the client id "+strict.Quoted(client.ClientID))
		if client.AppType != "" {
			c.among(path+".app_type", "app_type", client.AppType, appTypes)
		}
		for j, g := range client.GrantTypes {
			c.among(path+".grant_types["+strconv.Itoa(j)+"]", "the grant type", g, grantTypes())
		}
		c.among(path+".token_endpoint_auth_method", "token_endpoint_auth_method", client.TokenEndpointAuthMethod, authMethods)
		c.among(path+".jwt_configuration.alg", "alg", client.IDTokenAlg, signingAlgs)
		c.among(path+".organization_usage", "organization_usage", client.OrganizationUsage, orgUsages)
		c.among(path+".organization_require_behavior", "organization_require_behavior", client.OrganizationPrompt, orgPrompts)
		c.lifetime(path+".jwt_configuration", "lifetime_in_seconds", client.IDTokenLifetime, 0)
		c.lifetime(path, "par_request_expiry", client.PushedLifetime, maxPushedLife)
		c.refreshToken(path+".refresh_token", client.RefreshToken)
		c.claims(path+".id_token_claims", client.IDTokenClaims)
		c.claims(path+".access_token_claims", client.AccessTokenClaims)
		if client.IDTokenAlg == "HS256" {
			c.hmacSecret(path+".client_secret", "client_secret of "+strict.Quoted(client.Name), client.ClientSecret)
		}
		c.pss(path+".jwt_configuration.alg", "ID tokens of the client "+strict.Quoted(client.Name), client.IDTokenAlg)
		c.publicKeys(path+".public_keys", client)
		c.urls(path+".callbacks", "callback", client.Callbacks, callbackFault)
		c.urls(path+".allowed_logout_urls", "logout URL", client.AllowedLogoutURLs, logoutFault)
		c.origins(path+".web_origins", "web origin", client.WebOrigins, false)
		if n := len(client.WebOrigins); n > maxWebOrigins {
			c.refuse(path+".web_origins", "web_origins has %d entries; Auth0 accepts at most %d", n, maxWebOrigins)
		}
		c.origins(path+".allowed_origins", "allowed origin", client.AllowedOrigins, true)
		if client.CrossOriginPage != "" {
			c.url(path+".cross_origin_loc", "cross_origin_loc", client.CrossOriginPage, framedFault)
		}
		c.backchannel(path+".oidc_logout", client.BackchannelLogout)
		if client.InitiateLoginURI != "" {
			c.url(path+".initiate_login_uri", "initiate_login_uri", client.InitiateLoginURI, secureFault)
		}
		if client.logsIn() && client.Name != "" && len(c.EnabledConnections(client)) == 0 {
			c.warn(path,
				"no connection is enabled for the client %s, so nobody can log in with it; expected its name in enabled_clients of a connection",
				strict.Quoted(client.Name))
		}
	}
}

// pss looks at tokens that are signed by PS256. The JWKS says alg RS256 of the key, as Auth0's does until its algorithms are left
// out, and a strict verifier then refuses the token (fact 3.3-alg-of-ps256).
func (c *checker) pss(path, what, alg string) {
	if alg == "PS256" && !c.Settings.RemoveAlgFromJWKS {
		c.warn(path, "%s are signed by PS256, and the JWKS says RS256 of the key, so strict verifiers refuse them, as at Auth0; "+
			"expected RS256, or remove_alg_from_jwks: true among the flags of tenant", what)
	}
}

func (c *checker) publicKeys(path string, client *Client) {
	for j, text := range client.PublicKeys {
		if _, err := valid.PublicKey(text); err != nil {
			c.refuse(path+"["+strconv.Itoa(j)+"]",
				"a public key of %s cannot be used (%v); expected an RSA or elliptic key (P-256, P-384) in PEM, -----BEGIN PUBLIC KEY-----",
				strict.Quoted(client.Name), err)
		}
	}
}

// grantTypes are those that a client may list, as words.
func grantTypes() string {
	return strings.Join(names.GrantTypes(func(names.Grant) bool { return true }), " ")
}

// logsIn reports whether a client is there for people to log in with: one of an app, with a grant for people.
func (c *Client) logsIn() bool {
	grants := names.GrantTypes(func(g names.Grant) bool { return g.Login })
	return slices.Contains(strings.Fields(loginApps), c.AppType) &&
		slices.ContainsFunc(c.GrantTypes, func(grant string) bool { return slices.Contains(grants, grant) })
}

// backchannel checks where logout tokens go. Receivers on this machine may speak http, which Auth0 refuses: they are what a
// mock is for. One elsewhere stays silent unless mock.yaml says otherwise.
func (c *checker) backchannel(path string, b BackchannelLogout) {
	urls := path + ".backchannel_logout_urls"
	if len(b.URLs) > 1 {
		c.refuse(urls, "backchannel_logout_urls has %d entries; Auth0 accepts one", len(b.URLs))
	}
	for i, one := range b.URLs {
		at := urls + "[" + strconv.Itoa(i) + "]"
		fault, here := receiverFault(one)
		switch {
		case fault != "":
			c.refuse(at, "the back-channel logout URL %s %s", strict.Quoted(one), fault)
		case !here && c.Mock.BackchannelLogout == "loopback":
			c.warn(at,
				"the back-channel logout URL %s is not on this machine, so nothing is sent there; expected a loopback address, or "+
					"backchannel_logout: any in mock.yaml", strict.Quoted(one))
		}
	}
	for i, one := range b.Initiators {
		c.among(path+".backchannel_logout_initiators.selected_initiators["+strconv.Itoa(i)+"]", "the initiator", one, initiators)
	}
}

// refreshToken checks lives, of which 0 is infinite.
func (c *checker) refreshToken(path string, r RefreshToken) {
	for _, l := range []struct {
		key  string
		life time.Duration
	}{{"leeway", r.Leeway}, {"token_lifetime", r.Lifetime}, {"idle_token_lifetime", r.IdleLifetime}} {
		if l.life != 0 {
			c.lifetime(path, l.key, l.life, 0)
		}
	}
}

// builtInGo reports whether the model has no file behind it: a reader has reported an empty name already.
func (c *checker) builtInGo(path string) bool { return !c.at(path).InText() }

func (c *checker) connections() {
	names := map[string]string{}
	for i, connection := range c.Connections {
		path := connectionPath(i)
		what := "the connection name " + strict.Quoted(connection.Name)
		if connection.Name == "" || connection.Strategy == "" {
			if c.builtInGo(path) {
				c.refuse(path, "has no name or no strategy; expected both")
			}
		} else if !connectionName(connection.Name) {
			c.refuse(path+".name", "%s is not accepted by Auth0; expected letters, digits and single hyphens between them", what)
		}
		c.once(names, connection.Name, path+".name", what)
		for j, name := range connection.EnabledClients {
			c.enabledClient(path+".enabled_clients["+strconv.Itoa(j)+"]", name)
		}
		if connection.Database() {
			c.database(path, connection)
		}
		if connection.DevKeys && connection.Database() {
			c.refuse(path+".dev_keys", "dev_keys is set for a database; Auth0's developer keys exist for social connections only")
		}
	}
}

// database checks what decides about sign-ups and passwords.
func (c *checker) database(path string, d *Connection) {
	c.among(path+".options.passwordPolicy", "passwordPolicy", d.Passwords.Strength, passwordStrengths)
	if d.UsernameMin < 1 || d.UsernameMax > 128 || d.UsernameMin > d.UsernameMax {
		c.refuse(path+".options.validation.username",
			"user names may have %d to %d characters; expected a smallest and a greatest length between 1 and 128", d.UsernameMin, d.UsernameMax)
	}
	if n := d.Passwords.MinLength; n < 0 || n > 128 {
		c.refuse(path+".options.password_complexity_options.min_length", "min_length is %d; expected 1 to 128", n)
	}
}

// connectionName is Auth0's rule: letters and digits with single hyphens between them, 128 at most.
func connectionName(name string) bool {
	for _, part := range strings.Split(name, "-") {
		if part == "" || !only(part, letterOrDigit) {
			return false
		}
	}
	return len(name) <= 128
}

// enabledClient accepts a name or an id. Exports keep the ids of clients that were excluded from them.
func (c *checker) enabledClient(path, name string) {
	switch {
	case c.ClientByName(name) != nil || c.ClientByID(name) != nil:
	case len(name) == 32 && only(name, letterOrDigit):
		c.warn(path, "no client has the id %s; it is left out of this connection", strict.Quoted(name))
	default:
		c.refuse(path, "there is no client %s%s", strict.Quoted(name), strict.ExpectedOf("clients", name, c.clientNames()))
	}
}
