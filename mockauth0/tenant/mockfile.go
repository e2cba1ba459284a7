package tenant

// mockFile reads mock.yaml, which is ours: an unknown key is an error. t holds tenant.yaml already.
func (r *reading) mockFile(t *Config, root *node) {
	o := r.object(root, "mock", "the document")
	if o == nil {
		return
	}
	m := &t.Mock
	o.text("domain", &m.Domain)
	o.text("custom_domain", &m.CustomDomain)
	o.text("listen", &m.Listen)
	o.text("consent_policy", &m.ConsentPolicy)
	o.text("consent_listed_localhost", &m.ListedLocalhost)
	o.text("confirmation_error", &m.ConfirmationCode)
	o.texts("control_origins", &m.ControlOrigins)
	o.seconds("code_lifetime", 0, &m.CodeLifetime)
	o.text("error_page_framing", &m.ErrorPageFraming)
	o.text("cors_web_origins", &m.CORSWebOrigins)
	o.number("unsupported_grant_status", &m.UnsupportedGrant)
	o.text("opaque_tokens", &m.OpaqueTokens)
	o.text("backchannel_logout", &m.BackchannelLogout)
	o.text("mfa_error", &m.MFAError)
	if clock := o.child("clock"); clock != nil {
		clock.moment("start", &m.ClockStart)
		clock.flag("frozen", &m.ClockFrozen)
		clock.finish("clock", "", true)
	}
	if limits := o.child("rate_limits"); limits != nil {
		limits.rateLimits(&m.RateLimits)
	}
	if clients := o.child("clients"); clients != nil {
		r.mockClients(t, clients)
	}
	if connections := o.child("connections"); connections != nil {
		r.mockConnections(t, connections)
	}
	if organizations := o.child("organizations"); organizations != nil {
		r.mockOrganizations(t, organizations)
	}
	o.flag("magic_users", &m.MagicUsers)
	if m.MagicUsers {
		t.AddMagicUsers()
	}
	if users := o.child("users"); users != nil {
		r.mockUsers(t, users)
	}
	for _, n := range o.list("actions") { // last: they speak of users
		r.action(t, n)
	}
	o.finish("mock.yaml", "", true)
}

// mockClients gives clients of tenant.yaml the ids and secrets that exports leave out.
func (r *reading) mockClients(t *Config, o *object) {
	names := namesOf(t.Clients, func(c *Client) string { return c.Name })
	r.settingsByName(o, "client", names, func(i int, settings *object) {
		settings.override("client_id", clientPath(i), &t.Clients[i].ClientID)
		settings.override("client_secret", clientPath(i), &t.Clients[i].ClientSecret)
		settings.path = clientPath(i) // where a problem with an entry is looked for
		settings.texts("public_keys", &t.Clients[i].PublicKeys)
		settings.claims("id_token_claims", &t.Clients[i].IDTokenClaims)
		settings.claims("access_token_claims", &t.Clients[i].AccessTokenClaims)
	})
}

// settingsByName reads a section of mock.yaml whose keys are names of entries of tenant.yaml, and gives the settings of
// each with its place among the names.
func (r *reading) settingsByName(o *object, what string, names []string, read func(i int, settings *object)) {
	for _, entry := range o.node.members {
		i := indexOf(names, entry.key)
		if i < 0 {
			r.found.refuse(r.atKey(entry), "tenant.yaml has no %s %s%s", what, quoted(entry.key), expectedOf(what+"s", entry.key, names))
			continue
		}
		about := what + " " + quoted(entry.key)
		if settings := r.object(entry.value, o.path+"."+entry.key, about); settings != nil {
			read(i, settings)
			settings.finish(about, "", true)
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

// override reads text that replaces what the model has at path.
func (o *object) override(key, path string, into *string) {
	n := o.get(key)
	if n == nil {
		return
	}
	o.text(key, into)
	o.places[path+"."+key] = o.at(n)
	if n.kind == kindString && n.text == "" {
		o.found.refuse(o.at(n), "%s is empty; expected a value, or no such key", key)
	}
}

func (r *reading) mockConnections(t *Config, o *object) {
	names := namesOf(t.Connections, func(c *Connection) string { return c.Name })
	r.settingsByName(o, "connection", names, func(i int, settings *object) {
		settings.flag("dev_keys", &t.Connections[i].DevKeys)
		if n := settings.get("dev_keys"); n != nil {
			r.places[connectionPath(i)+".dev_keys"] = r.at(n)
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
