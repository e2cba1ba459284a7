package tenant

import "renewal.example/mockauth0/internal/strict"

// mockFile reads mock.yaml, which is ours: an unknown key is an error. t holds tenant.yaml already.
func (r *reading) mockFile(t *Config, root *strict.Node) {
	o := r.Object(root, "mock", "the document")
	if o == nil {
		return
	}
	m := &t.Mock
	o.Text("domain", &m.Domain)
	o.Text("scheme", &m.Scheme)
	o.Text("custom_domain", &m.CustomDomain)
	o.Text("listen", &m.Listen)
	o.Text("consent_policy", &m.ConsentPolicy)
	o.Text("consent_listed_localhost", &m.ListedLocalhost)
	o.Text("confirmation_error", &m.ConfirmationCode)
	o.Texts("control_origins", &m.ControlOrigins)
	o.Seconds("code_lifetime", 0, &m.CodeLifetime)
	o.Text("error_page_framing", &m.ErrorPageFraming)
	o.Text("cors_web_origins", &m.CORSWebOrigins)
	o.Number("unsupported_grant_status", &m.UnsupportedGrant)
	o.Text("opaque_tokens", &m.OpaqueTokens)
	o.Text("backchannel_logout", &m.BackchannelLogout)
	o.Text("mfa_error", &m.MFAError)
	o.Text("logout_without_target", &m.LogoutWithoutTarget)
	if clock := o.Child("clock"); clock != nil {
		clock.Moment("start", &m.ClockStart)
		clock.Flag("frozen", &m.ClockFrozen)
		clock.Finish("clock", "", true)
	}
	if limits := o.Child("rate_limits"); limits != nil {
		readRateLimits(limits, &m.RateLimits)
	}
	if clients := o.Child("clients"); clients != nil {
		r.mockClients(t, clients)
	}
	if connections := o.Child("connections"); connections != nil {
		r.mockConnections(t, connections)
	}
	if organizations := o.Child("organizations"); organizations != nil {
		r.mockOrganizations(t, organizations)
	}
	had := m.MagicUsers
	o.Flag("magic_users", &m.MagicUsers)
	if m.MagicUsers && !had {
		t.AddMagicUsers()
	}
	if users := o.Child("users"); users != nil {
		r.mockUsers(t, users)
	}
	if o.Get("actions") != nil { // they run in an order, so a list replaces the one before
		m.Actions = nil
	}
	for _, n := range o.List("actions") { // last: they speak of users
		r.action(t, n)
	}
	o.Finish("mock.yaml", "", true)
}

// mockClients gives clients of tenant.yaml the ids and secrets that exports leave out.
func (r *reading) mockClients(t *Config, o *strict.Object) {
	names := namesOf(t.Clients, func(c *Client) string { return c.Name })
	r.settingsByName(o, "client", names, func(i int, settings *strict.Object) {
		readOverride(settings, "client_id", clientPath(i), &t.Clients[i].ClientID)
		readOverride(settings, "client_secret", clientPath(i), &t.Clients[i].ClientSecret)
		settings.Path = clientPath(i) // where a problem with an entry is looked for
		settings.Texts("public_keys", &t.Clients[i].PublicKeys)
		readClaims(settings, "id_token_claims", &t.Clients[i].IDTokenClaims)
		readClaims(settings, "access_token_claims", &t.Clients[i].AccessTokenClaims)
	})
}

// settingsByName reads a section of mock.yaml whose keys are names of entries of tenant.yaml, and gives the settings of
// each with its place among the names.
func (r *reading) settingsByName(o *strict.Object, what string, names []string, read func(i int, settings *strict.Object)) {
	for _, entry := range o.Node.Members {
		i := indexOf(names, entry.Key)
		if i < 0 {
			r.Found.Refuse(r.AtKey(entry), "tenant.yaml has no %s %s%s", what, strict.Quoted(entry.Key),
				strict.ExpectedOf(what+"s", entry.Key, names))
			continue
		}
		about := what + " " + strict.Quoted(entry.Key)
		if settings := r.Object(entry.Value, o.Path+"."+entry.Key, about); settings != nil {
			read(i, settings)
			settings.Finish(about, "", true)
		}
	}
}

func namesOf[T any](all []T, name func(T) string) []string {
	names := make([]string, len(all))
	for i, one := range all {
		names[i] = name(one)
	}
	return names
}

// readOverride reads text that replaces what the model has at path.
func readOverride(o *strict.Object, key, path string, into *string) {
	n := o.Get(key)
	if n == nil {
		return
	}
	o.Text(key, into)
	o.Places[path+"."+key] = o.At(n)
	if n.Kind == strict.KindString && n.Text == "" {
		o.Found.Refuse(o.At(n), "%s is empty; expected a value, or no such key", key)
	}
}

func (r *reading) mockConnections(t *Config, o *strict.Object) {
	names := namesOf(t.Connections, func(c *Connection) string { return c.Name })
	r.settingsByName(o, "connection", names, func(i int, settings *strict.Object) {
		settings.Flag("dev_keys", &t.Connections[i].DevKeys)
		if n := settings.Get("dev_keys"); n != nil {
			r.Places[connectionPath(i)+".dev_keys"] = r.At(n)
		}
	})
}

func indexOf(words []string, word string) int {
	for i, w := range words {
		if w == word {
			return i
		}
	}
	return -1
}
