package directory

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"reflect"
	"strings"

	"renewal.example/mockauth0/tenant"
)

// Add adds a user as an administrator does, to any connection; "": to the first database. It returns the user as completed.
func (d *Directory) Add(u tenant.User) (*tenant.User, error) {
	now := d.Snapshot()
	for _, c := range now.Connections {
		if u.Connection == "" && c.Database() {
			u.Connection = c.Name
		}
	}
	c := now.Connection(u.Connection)
	if c == nil {
		return nil, NoConnection(now, u.Connection)
	}
	if u.Email == "" && u.Username == "" {
		return nil, fmt.Errorf("a user needs an e-mail address or a user name")
	}
	if u.ID == "" {
		var b [12]byte
		_, _ = rand.Read(b[:]) // never fails (crypto/rand)
		u.ID = hex.EncodeToString(b[:])
	}
	if !strings.Contains(u.ID, "|") {
		u.ID = c.Strategy + "|" + u.ID
	}
	if now.UserByID(u.ID) != nil {
		return nil, fmt.Errorf("there is a user %q already", u.ID)
	}
	return d.SignUp(u)
}

// Edit makes a user another, but for id, connection, password and block, and returns the user as completed.
func (d *Directory) Edit(userID string, next tenant.User) (*tenant.User, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.Snapshot().UserByID(userID)
	if now == nil {
		return nil, ErrGone
	}
	next = profile(&next, now)
	for _, o := range d.Snapshot().Users {
		same := func(a, b string) bool { return a != "" && strings.EqualFold(a, b) }
		switch {
		case o.ID == userID || o.Connection != now.Connection:
		case same(o.Email, next.Email):
			return nil, ErrEmailTaken
		case same(o.Username, next.Username):
			return nil, ErrUsernameTaken
		}
	}
	over := d.over.clone()
	if i := over.addedAt(userID); i >= 0 {
		over.added[i] = &next
	} else {
		over.profiles[userID] = &next
	}
	if err := d.lay(d.loaded, over); err != nil {
		return nil, err
	}
	return d.Snapshot().UserByID(userID), nil
}

// profile is a user with what is no part of a profile as it is at another.
func profile(u, at *tenant.User) tenant.User {
	one := *u
	one.ID, one.Connection = at.ID, at.Connection
	one.Password, one.PasswordHash, one.Blocked = at.Password, at.PasswordHash, at.Blocked
	return one
}

func (c changes) putProfilesOn(next *tenant.Config) {
	for _, u := range next.Users {
		if changed, ok := c.profiles[u.ID]; ok {
			*u = profile(changed, u)
		}
	}
}

// takeOutProfiles takes changed profiles out of a snapshot that was made from one of ours, and forgets those that are others there.
func (d *Directory) takeOutProfiles(next *tenant.Config, over *changes) {
	for id, changed := range d.over.profiles {
		u, was := next.UserByID(id), d.loaded.UserByID(id)
		if u == nil || was == nil || !reflect.DeepEqual(profile(changed, u), *u) {
			delete(over.profiles, id)
			continue
		}
		*u = profile(was, u)
	}
}
