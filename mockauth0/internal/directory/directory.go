// Package directory is the tenant's configuration in force: the snapshot that was loaded, and over it what people did at
// run time: signed up, changed their passwords.
package directory

import (
	"crypto/subtle"
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"renewal.example/mockauth0/tenant"
)

// Directory gives one immutable snapshot at a time. What was done at run time survives Replace and is dropped by Reset.
// Safe for concurrent use.
type Directory struct {
	current atomic.Pointer[tenant.Tenant]

	mu        sync.Mutex // of changes; readers never wait
	loaded    *tenant.Tenant
	added     []*tenant.User
	passwords map[string]change         // by user id, of users that were loaded
	used      map[string][]*tenant.User // by user id: who the user was with passwords of before, newest first
}

// change is a loaded user's new password, and what was loaded in its place.
type change struct {
	now string
	was credentials
}

// credentials are what a user logs in with.
type credentials struct{ plain, hash string }

func of(u *tenant.User) credentials { return credentials{u.Password, u.PasswordHash} }

func (c credentials) same(other credentials) bool {
	return subtle.ConstantTimeCompare([]byte(c.plain), []byte(other.plain))&subtle.ConstantTimeCompare([]byte(c.hash), []byte(other.hash)) == 1
}

// New makes a directory of a validated snapshot.
func New(loaded *tenant.Tenant) *Directory {
	d := &Directory{loaded: loaded}
	d.clear()
	d.current.Store(loaded)
	return d
}

func (d *Directory) clear() {
	d.added, d.passwords, d.used = nil, map[string]change{}, map[string][]*tenant.User{}
}

// Snapshot is the configuration in force. Do not change it.
func (d *Directory) Snapshot() *tenant.Tenant { return d.current.Load() }

// Replace loads another snapshot, which has been validated and is the directory's from now on. What was done at run time
// is laid over it, unless the new one says otherwise: a user who is listed now, or whose password was changed there.
func (d *Directory) Replace(next *tenant.Tenant) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	added, passwords := d.own(next)
	if err := next.Validate(); err != nil { // its finders must not find who is gone
		return err
	}
	return d.lay(next, added, passwords)
}

// own takes what is ours out of a snapshot that was made from one of ours (Snapshot, Clone, change, Reload), so that a
// Reset finds what was loaded from files.
func (d *Directory) own(next *tenant.Tenant) ([]*tenant.User, map[string]change) {
	added := slices.Clone(d.added)
	next.Users = slices.DeleteFunc(next.Users, func(u *tenant.User) bool {
		i := slices.IndexFunc(added, func(a *tenant.User) bool { return a.ID == u.ID })
		if i >= 0 {
			added[i] = u // as it was changed there
		}
		return i >= 0
	})
	passwords := map[string]change{}
	for id, c := range d.passwords {
		u := next.UserByID(id)
		switch {
		case u == nil:
		case of(u).same(credentials{plain: c.now}):
			u.Password, u.PasswordHash = c.was.plain, c.was.hash
			passwords[id] = c
		case of(u).same(c.was):
			passwords[id] = c
		}
	}
	return added, passwords
}

// lay puts what was done at run time over a snapshot and makes the result the one in force.
func (d *Directory) lay(loaded *tenant.Tenant, added []*tenant.User, passwords map[string]change) error {
	next := loaded
	if len(added)+len(passwords) > 0 {
		next = loaded.Clone()
		next.PinMembers()
		for _, u := range next.Users {
			if c, ok := passwords[u.ID]; ok {
				u.Password, u.PasswordHash = c.now, ""
			}
		}
		for _, u := range added {
			if fits(loaded, u) {
				one := *u
				next.Users = append(next.Users, &one)
			}
		}
	}
	if err := next.Validate(); err != nil { // also makes the finders fast
		return err
	}
	d.loaded, d.added, d.passwords = loaded, added, passwords
	d.current.Store(next)
	return nil
}

// fits tells whether a user who signed up still has a place: the connection is there, and nobody else has the names.
func fits(loaded *tenant.Tenant, u *tenant.User) bool {
	c := loaded.Connection(u.Connection)
	return c != nil && c.Database() && loaded.UserByID(u.ID) == nil && loaded.FindUser(u.Connection, u.Email) == nil && loaded.FindUser(u.Connection, u.Username) == nil
}

// Reset forgets what was done at run time.
func (d *Directory) Reset() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.clear()
	d.current.Store(d.loaded)
}

// Why a user cannot be added.
var (
	ErrEmailTaken    = errors.New("the e-mail address is taken")
	ErrUsernameTaken = errors.New("the user name is taken")
	ErrGone          = errors.New("there is no such user or connection any more")
)

// SignUp adds a user to a database and returns the user as completed.
func (d *Directory) SignUp(u tenant.User) (*tenant.User, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.Snapshot()
	switch {
	case now.FindUser(u.Connection, u.Email) != nil:
		return nil, ErrEmailTaken
	case now.FindUser(u.Connection, u.Username) != nil:
		return nil, ErrUsernameTaken
	case !fits(d.loaded, &u):
		return nil, ErrGone
	}
	if err := d.lay(d.loaded, append(slices.Clone(d.added), &u), d.passwords); err != nil {
		return nil, err
	}
	return d.Snapshot().UserByID(u.ID), nil
}

// SetPassword gives a user of a database a new password.
func (d *Directory) SetPassword(userID, password string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	added, passwords, before := slices.Clone(d.added), maps.Clone(d.passwords), d.Snapshot().UserByID(userID)
	if i := slices.IndexFunc(added, func(a *tenant.User) bool { return a.ID == userID }); i >= 0 {
		u := *added[i]
		u.Password, u.PasswordHash = password, ""
		added[i] = &u
	} else if u := d.loaded.UserByID(userID); u != nil {
		passwords[userID] = change{now: password, was: of(u)}
	} else {
		return ErrGone
	}
	if err := d.lay(d.loaded, added, passwords); err != nil {
		return err
	}
	if before != nil {
		d.used[userID] = append([]*tenant.User{before}, d.used[userID]...)
	}
	return nil
}

// Used tells whether a password is the user's own, or one of the last so many.
func (d *Directory) Used(userID, password string, last int) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := d.used[userID]
	if u := d.Snapshot().UserByID(userID); u != nil {
		all = append([]*tenant.User{u}, all...)
	}
	return slices.ContainsFunc(all[:min(last, len(all))], func(u *tenant.User) bool { return u.CheckPassword(password) })
}
