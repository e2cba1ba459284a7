package tenant

import (
	"strconv"

	"renewal.example/mockauth0/internal/strict"
)

// role reads an entry of tenant.yaml's roles.
func (r *reading) role(t *Config, n *strict.Node) {
	name := named(n, "name")
	role, place := entry(r, t.Roles, func(x *Role) bool { return x.Name == name }, &Role{})
	o := r.Object(n, "roles["+strconv.Itoa(place)+"]", "an entry of roles")
	if o == nil {
		return
	}
	o.Required("name", "a role", &role.Name)
	o.Text("description", &role.Description)
	readPermissions(o, &role.Permissions)
	o.Finish("role "+strict.Quoted(role.Name), "id", false)
	put(&t.Roles, role, place)
}

// readPermissions reads a list in the form of Auth0's roles.
func readPermissions(o *strict.Object, into *[]Permission) {
	if o.Get("permissions") != nil {
		*into = nil
	}
	for i, item := range o.List("permissions") {
		one := o.Object(item, o.Path+".permissions["+strconv.Itoa(i)+"]", "an entry of permissions")
		if one == nil {
			continue
		}
		var p Permission
		one.Required("permission_name", "a permission", &p.Name)
		one.Required("resource_server_identifier", "a permission", &p.Audience)
		one.Finish("a permission", "description resource_server_name", false)
		*into = append(*into, p)
	}
}

func (c *checker) roles() {
	names := map[string]string{}
	for i, role := range c.Roles {
		path := "roles[" + strconv.Itoa(i) + "]"
		if role.Name == "" && c.builtInGo(path) {
			c.refuse(path, "has no name; expected one")
		}
		c.once(names, role.Name, path+".name", "the role name "+strict.Quoted(role.Name))
		c.permissions(path, role.Permissions)
	}
}

// permissions must lead to an API; a scope that it does not define is tolerated, as exports of changing APIs have them.
func (c *checker) permissions(path string, list []Permission) {
	for i, p := range list {
		at := path + ".permissions[" + strconv.Itoa(i) + "]"
		api := c.ResourceServer(p.Audience)
		switch {
		case p.Name == "" || p.Audience == "":
			if c.builtInGo(at) {
				c.refuse(at, "has no name or no API; expected both")
			}
		case IsManagementAPI(p.Audience):
		case api == nil:
			c.refuse(at+".resource_server_identifier", "there is no API %s%s", strict.Quoted(p.Audience),
				strict.ExpectedOf("resourceServers", p.Audience, c.audiences()))
		case !api.HasScope(p.Name):
			c.warn(at+".permission_name", "the API %s has no scope %s%s", strict.Quoted(api.Name), strict.Quoted(p.Name),
				strict.DidYouMean(p.Name, scopeValues(api)))
		}
	}
}

// authorization checks what a user may do.
func (c *checker) authorization(path string, u *User) {
	for i, name := range u.Roles {
		if c.Role(name) != nil {
			continue
		}
		names := namesOf(c.Roles, func(r *Role) string { return r.Name })
		c.refuse(path+".roles["+strconv.Itoa(i)+"]", "there is no role %s%s", strict.Quoted(name), strict.ExpectedOf("roles", name, names))
	}
	c.permissions(path, u.Permissions)
}

// PermissionsOf gives the scopes of an API that a user has, by roles and directly, in the API's order.
func (t *Config) PermissionsOf(u *User, api *ResourceServer) []string {
	has := map[string]bool{}
	add := func(list []Permission) {
		for _, p := range list {
			if p.Audience == api.Identifier {
				has[p.Name] = true
			}
		}
	}
	add(u.Permissions)
	for _, name := range u.Roles {
		if role := t.Role(name); role != nil {
			add(role.Permissions)
		}
	}
	out := []string{} // never nil: the claim is an empty list then
	for _, s := range api.Scopes {
		if has[s.Value] {
			out = append(out, s.Value)
		}
	}
	return out
}
