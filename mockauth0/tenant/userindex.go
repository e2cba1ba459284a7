package tenant

import (
	"strings"
	"sync"
)

// userIndex finds users by their id and their names. Snapshots that differ only in who was added share one: each sees the first
// users of the list, as many as it has itself. Safe for concurrent use.
type userIndex struct {
	mu      sync.RWMutex
	count   int // of the users that are in it
	byID    map[string]placed
	byLogin map[login]placed
}

type login struct{ connection, name string } // name: e-mail address or user name, in lower case

// placed is a user, and where in the list of users it stands.
type placed struct {
	user  *User
	place int
}

func newUserIndex(users []*User) *userIndex {
	x := &userIndex{byID: make(map[string]placed, len(users)), byLogin: make(map[login]placed, 2*len(users))}
	for _, u := range users {
		x.put(u)
	}
	return x
}

// put needs the lock, or an index that nobody shares yet.
func (x *userIndex) put(u *User) {
	one := placed{u, x.count}
	x.count++
	x.byID[u.ID] = one
	for _, name := range []string{u.Email, u.Username} {
		if name != "" {
			x.byLogin[login{u.Connection, strings.ToLower(name)}] = one
		}
	}
}

// add puts the user after the first n, and tells whether that was possible: another snapshot may have added one before.
func (x *userIndex) add(u *User, n int) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.count != n {
		return false
	}
	x.put(u)
	return true
}

// withID is the user of an id among the first n; nil: there is none.
func (x *userIndex) withID(id string, n int) *User {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.byID[id].within(n)
}

// named is the user of a connection with an e-mail address or user name among the first n; nil: there is none.
func (x *userIndex) named(connection, name string, n int) *User {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.byLogin[login{connection, strings.ToLower(name)}].within(n)
}

func (p placed) within(n int) *User {
	if p.place >= n {
		return nil
	}
	return p.user
}

// WithUser gives a tenant with one user more, completed and checked as Validate does. It shares everything else with t, which
// must be validated, so it takes the same time however many users there are. The error is Problems, also where the id or a name
// is somebody's already.
func (t *Config) WithUser(u User) (*Config, error) {
	x := t.lookup()
	alone := (&Config{Name: t.Name, Connections: t.Connections, Roles: t.Roles, ResourceServers: t.ResourceServers}).Clone()
	for _, c := range alone.Connections {
		c.EnabledClients = nil // which are not there
	}
	for _, other := range []*User{t.UserByID(u.ID), t.FindUser(u.Connection, u.Email), t.FindUser(u.Connection, u.Username)} {
		if other != nil {
			one := *other
			alone.Users = []*User{&one} // the other is then refused in the words of Validate
		}
	}
	alone.Users = append(alone.Users, &u)
	if err := alone.Validate(); err != nil {
		return nil, err
	}
	next := *t
	if x.users.add(&u, len(t.Users)) {
		next.Users = append(t.Users, &u)
		return &next, nil
	}
	next.Users = append(t.Users[:len(t.Users):len(t.Users)], &u)
	next.index = newIndex(&next)
	return &next, nil
}
