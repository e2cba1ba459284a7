package tenant

// mockFile reads mock.yaml, which is ours: an unknown key is an error. t holds tenant.yaml already.
func (r *reading) mockFile(t *Tenant, root *node) {
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
func (r *reading) mockClients(t *Tenant, o *object) {
	names := make([]string, len(t.Clients))
	for i, c := range t.Clients {
		names[i] = c.Name
	}
	for _, entry := range o.node.members {
		i := indexOf(names, entry.key)
		if i < 0 {
			r.found.refuse(r.atKey(entry), "tenant.yaml has no client %s%s",
				quoted(entry.key), expectedOf("clients", entry.key, names))
			continue
		}
		settings := r.object(entry.value, o.path+"."+entry.key, "client "+quoted(entry.key))
		if settings == nil {
			continue
		}
		settings.override("client_id", clientPath(i), &t.Clients[i].ClientID)
		settings.override("client_secret", clientPath(i), &t.Clients[i].ClientSecret)
		settings.path = clientPath(i) // where a problem with an entry is looked for
		settings.texts("public_keys", &t.Clients[i].PublicKeys)
		settings.claims("id_token_claims", &t.Clients[i].IDTokenClaims)
		settings.claims("access_token_claims", &t.Clients[i].AccessTokenClaims)
		settings.finish("client "+quoted(entry.key), "", true)
	}
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

func (r *reading) mockConnections(t *Tenant, o *object) {
	names := make([]string, len(t.Connections))
	for i, c := range t.Connections {
		names[i] = c.Name
	}
	for _, entry := range o.node.members {
		i := indexOf(names, entry.key)
		if i < 0 {
			r.found.refuse(r.atKey(entry), "tenant.yaml has no connection %s%s",
				quoted(entry.key), expectedOf("connections", entry.key, names))
			continue
		}
		settings := r.object(entry.value, o.path+"."+entry.key, "connection "+quoted(entry.key))
		if settings == nil {
			continue
		}
		settings.flag("dev_keys", &t.Connections[i].DevKeys)
		if n := settings.get("dev_keys"); n != nil {
			r.places[connectionPath(i)+".dev_keys"] = r.at(n)
		}
		settings.finish("connection "+quoted(entry.key), "", true)
	}
}

func indexOf(words []string, word string) int {
	for i, w := range words {
		if w == word {
			return i
		}
	}
	return -1
}
