package tenant

import (
	"slices"
	"strconv"
	"strings"

	"renewal.example/mockauth0/internal/strict"
)

// organization reads an entry of tenant.yaml's organizations.
func (r *reading) organization(t *Config, n *strict.Node) {
	name := named(n, "name")
	org, place := entry(r, t.Organizations, func(x *Organization) bool { return x.Name == name }, &Organization{})
	o := r.Object(n, organizationPath(place), "an entry of organizations")
	if o == nil {
		return
	}
	o.Required("name", "an organization", &org.Name)
	o.Text("display_name", &org.DisplayName)
	if o.Get("connections") != nil {
		org.Connections = nil
	}
	for _, item := range o.List("connections") {
		c := r.Object(item, o.Path+".connections["+strconv.Itoa(len(org.Connections))+"]", "an entry of connections")
		if c == nil {
			continue
		}
		var name string
		var joins bool
		c.Required("name", "a connection of an organization", &name)
		c.Flag("assign_membership_on_login", &joins)
		c.Finish("a connection of an organization", organizationConnectionKeys, false)
		if joins {
			org.Connections = append(org.Connections, name)
		}
	}
	if o.Get("client_grants") != nil {
		org.Grants = nil
	}
	for i, item := range o.List("client_grants") {
		g := r.Object(item, o.Path+".client_grants["+strconv.Itoa(i)+"]", "an entry of client_grants")
		if g == nil {
			continue
		}
		var permit Permit
		g.Required("client_id", "a client grant of an organization", &permit.Client)
		g.Required("audience", "a client grant of an organization", &permit.Audience)
		g.Finish("a client grant of an organization", "id grant_id scope organization_usage allow_any_organization", false)
		org.Grants = append(org.Grants, permit)
	}
	o.Finish("organization "+strict.Quoted(org.Name), organizationKeys, false)
	put(&t.Organizations, org, place)
}

// mockOrganizations gives organizations the ids and members that exports leave out.
func (r *reading) mockOrganizations(t *Config, o *strict.Object) {
	r.settingsByName(o, "organization", organizationNames(t), func(i int, settings *strict.Object) {
		readOverride(settings, "id", organizationPath(i), &t.Organizations[i].ID)
		settings.Path = organizationPath(i) // where a problem with an entry is looked for
		settings.Texts("members", &t.Organizations[i].Members)
	})
}

func organizationPath(i int) string { return "organizations[" + strconv.Itoa(i) + "]" }

func organizationNames(t *Config) []string {
	return namesOf(t.Organizations, func(o *Organization) string { return o.Name })
}

func (o *Organization) complete() {
	if o.Name != "" {
		orText(&o.ID, derivedID("org_", o.Name))
	}
	orText(&o.DisplayName, o.Name)
}

func (c *checker) organizations() {
	names, ids := map[string]string{}, map[string]string{}
	for i, o := range c.Organizations {
		path := organizationPath(i)
		if o.Name == "" && c.builtInGo(path) {
			c.refuse(path, "has no name; expected one")
		}
		if o.Name != "" && (!only(o.Name, nameByte) || strings.HasPrefix(o.Name, "org_") || len(o.Name) > 50) {
			c.refuse(path+".name",
				"the organization name %s is not accepted by Auth0; expected up to 50 small letters, digits, - and _, and not org_ in front",
				strict.Quoted(o.Name))
		}
		c.once(names, o.Name, path+".name", "the organization name "+strict.Quoted(o.Name))
		if o.ID != "" && (!strings.HasPrefix(o.ID, "org_") || !only(o.ID[len("org_"):], letterOrDigit)) {
			c.refuse(path+".id", "the organization id %s is not accepted; expected org_ and letters and digits", strict.Quoted(o.ID))
		}
		c.once(ids, o.ID, path+".id", "the organization id "+strict.Quoted(o.ID))
		for j, name := range o.Members {
			c.member(path+".members["+strconv.Itoa(j)+"]", name)
		}
		for j, g := range o.Grants {
			if g.Client == "" || g.Audience == "" {
				continue // a reader has reported it
			}
			if client := c.clientNamed(g.Client); client == nil || c.ClientGrant(client, g.Audience) == nil {
				c.refuse(path+".client_grants["+strconv.Itoa(j)+"]", "there is no client grant of %s for %s; expected it under clientGrants",
					strict.Quoted(g.Client), strict.Quoted(g.Audience))
			}
		}
		for j, name := range o.Connections {
			if c.Connection(name) == nil {
				c.refuse(path+".connections["+strconv.Itoa(j)+"].name", "there is no connection %s%s", strict.Quoted(name),
					strict.ExpectedOf("databases and connections", name, c.connectionNames()))
			}
		}
	}
}

func nameByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '-' || b == '_'
}

func (c *checker) member(path, name string) {
	switch n := len(usersNamed(c.Config, name)); {
	case n == 0:
		c.refuse(path, "there is no user %s%s", strict.Quoted(name), strict.ExpectedOf("users.json", name, loginsOf(c.Config)))
	case n > 1:
		c.refuse(path, "there are %d users %s; expected the user_id of one of them", n, strict.Quoted(name))
	}
}

// Organization gives the organization with an id or, where byName, a name in any case; nil when there is none.
func (t *Config) Organization(idOrName string, byName bool) *Organization {
	for _, o := range t.Organizations {
		if o.ID == idOrName || byName && strings.EqualFold(o.Name, idOrName) {
			return o
		}
	}
	return nil
}

// Permits reports whether a client may act for the organization by a grant of its own
// (https://auth0.com/docs/manage-users/organizations/organizations-for-m2m-applications).
func (o *Organization) Permits(c *Client, g *ClientGrant) bool {
	return g.AllowAnyOrganization || slices.ContainsFunc(o.Grants, func(p Permit) bool {
		return p.Audience == g.Audience && (p.Client == c.Name || p.Client == c.ClientID)
	})
}

// Belongs reports whether a user is a member: listed, or of a connection whose users become members by logging in.
func (o *Organization) Belongs(u *User) bool {
	return slices.Contains(o.Connections, u.Connection) || slices.ContainsFunc(o.Members, u.GoesBy)
}

// PinMembers puts the ids of users in place of the names that members are listed by: who joins the tenant afterwards, in
// another database and under the same name, is nobody's member.
func (t *Config) PinMembers() {
	for _, o := range t.Organizations {
		for i, name := range o.Members {
			if found := usersNamed(t, name); len(found) == 1 {
				o.Members[i] = t.Users[found[0]].ID
			}
		}
	}
}

// OrganizationsOf are the organizations that a user belongs to, in the order of the file.
func (t *Config) OrganizationsOf(u *User) []*Organization {
	var out []*Organization
	for _, o := range t.Organizations {
		if o.Belongs(u) {
			out = append(out, o)
		}
	}
	return out
}

// GoesBy reports whether a name means this user: e-mail address, user name, user_id or what stands after its provider.
func (u *User) GoesBy(name string) bool {
	return name != "" &&
		(u.ID == name || strings.HasSuffix(u.ID, "|"+name) || strings.EqualFold(u.Email, name) || strings.EqualFold(u.Username, name))
}

const organizationPlaceholder = "{organization_name}"

// CallbacksFor gives the client's callbacks for a request with an organization (nil: without). Those with the placeholder
// count only for clients that use organizations (https://auth0.com/docs/get-started/applications/wildcards-for-subdomains).
func (c *Client) CallbacksFor(o *Organization) []string { return c.forOrganization(c.Callbacks, o) }

// AllowedOriginsFor is CallbacksFor for Allowed Origins (CORS).
func (c *Client) AllowedOriginsFor(o *Organization) []string {
	return c.forOrganization(c.AllowedOrigins, o)
}

func (c *Client) forOrganization(list []string, o *Organization) []string {
	if !slices.ContainsFunc(list, func(s string) bool { return strings.Contains(s, organizationPlaceholder) }) {
		return list
	}
	var out []string
	for _, s := range list {
		switch {
		case !strings.Contains(s, organizationPlaceholder):
			out = append(out, s)
		case o != nil && c.OrganizationUsage != "deny":
			out = append(out, strings.Replace(s, organizationPlaceholder, o.Name, 1))
		}
	}
	return out
}
