package tenant

import "time"

// index makes the finders constant-time. It belongs to one snapshot and is never changed, but for its
// users.
type index struct {
	clientsByID     map[string]*Client
	clientsByName   map[string]*Client
	connections     map[string]*Connection
	resourceServers map[string]*ResourceServer
	roles           map[string]*Role
	users           *userIndex
}

func newIndex(t *Config) *index {
	x := &index{
		clientsByID:     make(map[string]*Client, len(t.Clients)),
		clientsByName:   make(map[string]*Client, len(t.Clients)),
		connections:     make(map[string]*Connection, len(t.Connections)),
		resourceServers: make(map[string]*ResourceServer, len(t.ResourceServers)),
		roles:           make(map[string]*Role, len(t.Roles)),
		users:           newUserIndex(t.Users),
	}
	for _, c := range t.Clients {
		x.clientsByID[c.ClientID] = c
		x.clientsByName[c.Name] = c
	}
	for _, c := range t.Connections {
		x.connections[c.Name] = c
	}
	for _, s := range t.ResourceServers {
		x.resourceServers[s.Identifier] = s
	}
	for _, r := range t.Roles {
		x.roles[r.Name] = r
	}
	return x
}

// lookup is the index of a validated tenant. One that was never validated is searched anew each time: slow, correct.
func (t *Config) lookup() *index {
	if t.index != nil {
		return t.index
	}
	return newIndex(t)
}

// ClientByID gives nil when no client has the id.
func (t *Config) ClientByID(id string) *Client { return t.lookup().clientsByID[id] }

// clientNamed gives the client with a name or an id.
func (t *Config) clientNamed(name string) *Client {
	if c := t.ClientByName(name); c != nil {
		return c
	}
	return t.ClientByID(name)
}

// ClientByName gives nil when no client has the name.
func (t *Config) ClientByName(name string) *Client { return t.lookup().clientsByName[name] }

// Connection gives nil when there is none of that name.
func (t *Config) Connection(name string) *Connection {
	if t.index != nil {
		return t.index.connections[name]
	}
	for _, c := range t.Connections { // used while the tenant is completed
		if c.Name == name {
			return c
		}
	}
	return nil
}

// ResourceServer gives the API whose identifier is the audience, or nil.
func (t *Config) ResourceServer(audience string) *ResourceServer {
	return t.lookup().resourceServers[audience]
}

// Role gives nil when no role has the name.
func (t *Config) Role(name string) *Role { return t.lookup().roles[name] }

// UserByID gives the user with a user_id such as "auth0|…", or nil.
func (t *Config) UserByID(id string) *User { return t.lookup().users.withID(id, len(t.Users)) }

// FindUser gives the user of a connection with that e-mail address or user name, in any case, or nil.
func (t *Config) FindUser(connection, emailOrUsername string) *User {
	if emailOrUsername == "" {
		return nil
	}
	return t.lookup().users.named(connection, emailOrUsername, len(t.Users))
}

// UsersOf gives the users of a connection in file order.
func (t *Config) UsersOf(connection string) []*User {
	var users []*User
	for _, u := range t.Users {
		if u.Connection == connection {
			users = append(users, u)
		}
	}
	return users
}

// EnabledConnections gives the connections through which a client's users may log in, databases first.
func (t *Config) EnabledConnections(client *Client) []*Connection {
	var enabled []*Connection
	for _, c := range t.Connections {
		if c.EnabledFor(client) {
			enabled = append(enabled, c)
		}
	}
	return enabled
}

// ClientGrant gives what a client may do with an API for itself, or nil.
func (t *Config) ClientGrant(client *Client, audience string) *ClientGrant {
	return t.clientGrant(client, audience, "client")
}

// UsersMay reports whether a client may use an API for its users.
func (t *Config) UsersMay(client *Client, api *ResourceServer) bool {
	switch api.UserPolicy {
	case "deny_all":
		return false
	case "require_client_grant":
		return t.clientGrant(client, api.Identifier, "user") != nil
	}
	return true
}

func (t *Config) clientGrant(client *Client, audience, subjectType string) *ClientGrant {
	for _, g := range t.ClientGrants {
		if sameAPI(g.Audience, audience) && g.SubjectType == subjectType && (g.Client == client.Name || g.Client == client.ClientID) {
			return g
		}
	}
	return nil
}

// EnabledFor reports whether the client's users may log in with this connection; a connection that says nothing about
// clients is open to all.
func (c *Connection) EnabledFor(client *Client) bool {
	return c.EnabledClients == nil || indexOf(c.EnabledClients, client.Name) >= 0 || indexOf(c.EnabledClients, client.ClientID) >= 0
}

// ConfirmsLogins reports whether a login of the client at a callback that nobody can verify has to be confirmed, under the
// consent policy new.
func (t *Config) ConfirmsLogins(c *Client) bool {
	if c.SkipConfirmation != nil {
		return !*c.SkipConfirmation
	}
	return !t.Settings.SkipConfirmation
}

// SessionLives are the absolute and the idle life of a session: those of ephemeral sessions where cookies are not
// persistent (https://auth0.com/docs/manage-users/sessions/session-lifecycle).
func (s *Settings) SessionLives() (absolute, idle time.Duration) {
	if s.NonPersistentCookie {
		return s.EphemeralLifetime, s.IdleEphemeralLifetime
	}
	return s.SessionLifetime, s.IdleSessionLifetime
}

// AllowsGrant reports whether the client may use a grant type, such as "implicit".
func (c *Client) AllowsGrant(grantType string) bool { return indexOf(c.GrantTypes, grantType) >= 0 }

// HasScope reports whether the API defines a scope.
func (s *ResourceServer) HasScope(value string) bool {
	for _, scope := range s.Scopes {
		if scope.Value == value {
			return true
		}
	}
	return false
}
