// Package directory is the tenant's configuration in force: the snapshot that was loaded, and over it what people did at
// run time: signed up, changed their passwords, were blocked or deleted.
package directory

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"renewal.example/mockauth0/internal/secret"
	"renewal.example/mockauth0/tenant"
)

// Directory gives one immutable snapshot at a time. What was done at run time survives Replace and is dropped by Reset.
// Safe for concurrent use.
type Directory struct {
	current atomic.Pointer[tenant.Config]

	mu     sync.Mutex // of changes; readers never wait
	loaded *tenant.Config
	over   changes
	used   map[string][]*tenant.User // by user id: who the user was with passwords of before, newest first
}

// changes are what was done at run time.
type changes struct {
	added     []*tenant.User
	passwords map[string]change       // by user id, of users that were loaded
	standing  map[string]standing     // likewise
	profiles  map[string]*tenant.User // likewise: who the user is now, password and block apart
}

func (c changes) clone() changes {
	return changes{slices.Clone(c.added), maps.Clone(c.passwords), maps.Clone(c.standing), maps.Clone(c.profiles)}
}

// addedAt is where a user who was added stands, -1 for any other.
func (c changes) addedAt(id string) int {
	return slices.IndexFunc(c.added, func(a *tenant.User) bool { return a.ID == id })
}

// change is a loaded user's new password, and what was loaded in its place.
type change struct {
	now secret.Text
	was credentials
}

// credentials are what a user logs in with.
type credentials struct{ Plain, Hash secret.Text }

func of(u *tenant.User) credentials {
	return credentials{secret.New(u.Password), secret.New(u.PasswordHash)}
}

func (c credentials) same(other credentials) bool {
	plain, hash := c.Plain.Equal(other.Plain.Reveal()), c.Hash.Equal(other.Hash.Reveal())
	return plain && hash
}

// New makes a directory of a validated snapshot, which it never changes: directories may share one.
func New(loaded *tenant.Config) *Directory {
	d := &Directory{loaded: loaded}
	d.clear()
	d.current.Store(loaded)
	return d
}

func (d *Directory) clear() {
	d.over, d.used = changes{passwords: map[string]change{}, standing: map[string]standing{},
		profiles: map[string]*tenant.User{}}, map[string][]*tenant.User{}
}

// Snapshot is the configuration in force. Do not change it.
func (d *Directory) Snapshot() *tenant.Config { return d.current.Load() }

// Loaded is the configuration without what was done at run time. Do not change it: directories of other tenants may have it too.
func (d *Directory) Loaded() *tenant.Config {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.loaded
}

// Replace loads another snapshot, which has been validated and is the directory's from now on. What was done at run time
// is laid over it, unless the new one says otherwise: a user who is listed now, or whose password was changed there.
func (d *Directory) Replace(next *tenant.Config) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	over := d.own(next)
	if err := next.Validate(); err != nil { // its finders must not find who is gone
		return err
	}
	return d.lay(next, over)
}

// own takes what is ours out of a snapshot that was made from one of ours (Snapshot, Clone, change, Reload), so that a
// Reset finds what was loaded from files.
func (d *Directory) own(next *tenant.Config) changes {
	over := d.over.clone()
	next.Users = slices.DeleteFunc(next.Users, func(u *tenant.User) bool {
		i := over.addedAt(u.ID)
		if i >= 0 {
			over.added[i] = u // as it was changed there
		}
		return i >= 0
	})
	over.passwords = map[string]change{}
	for id, c := range d.over.passwords {
		u := next.UserByID(id)
		switch {
		case u == nil:
		case of(u).same(credentials{Plain: c.now}):
			u.Password, u.PasswordHash = c.was.Plain.Reveal(), c.was.Hash.Reveal()
			over.passwords[id] = c
		case of(u).same(c.was):
			over.passwords[id] = c
		}
	}
	d.over.takeOut(next)
	d.takeOutProfiles(next, &over)
	return over
}

// lay puts what was done at run time over a snapshot and makes the result the one in force.
func (d *Directory) lay(loaded *tenant.Config, over changes) error {
	next := loaded
	if len(over.added)+len(over.passwords)+len(over.standing)+len(over.profiles) > 0 {
		next = loaded.Clone()
		next.PinMembers()
		over.putOn(next)
		over.putProfilesOn(next)
		for _, u := range next.Users {
			if c, ok := over.passwords[u.ID]; ok {
				u.Password, u.PasswordHash = c.now.Reveal(), ""
			}
		}
		for _, u := range over.added {
			if over.fits(loaded, u) {
				one := *u
				next.Users = append(next.Users, &one)
			}
		}
	}
	if next != d.loaded { // which is validated, and others may be reading it
		if err := next.Validate(); err != nil { // also makes the finders fast
			return err
		}
	}
	d.loaded, d.over = loaded, over
	d.current.Store(next)
	return nil
}

// fits tells whether a user who signed up still has a place: the connection is there, and nobody else has the names.
func (c changes) fits(loaded *tenant.Config, u *tenant.User) bool {
	there := func(o *tenant.User) bool { return o != nil && !c.standing[o.ID].deleted }
	in := loaded.Connection(u.Connection)
	return in != nil && in.Database() == strings.HasPrefix(u.ID, "auth0|") && loaded.UserByID(u.ID) == nil &&
		!there(loaded.FindUser(u.Connection, u.Email)) &&
		!there(loaded.FindUser(u.Connection, u.Username))
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
	case !d.over.fits(d.loaded, &u):
		return nil, ErrGone
	}
	if len(d.over.added) > 0 { // the snapshot is ours, with its members pinned: no need to lay it anew, which takes longer with each user
		next, err := now.WithUser(u)
		if err != nil {
			return nil, err
		}
		d.over.added = append(d.over.added, &u)
		d.current.Store(next)
		return next.UserByID(u.ID), nil
	}
	over := d.over.clone()
	over.added = append(over.added, &u)
	if err := d.lay(d.loaded, over); err != nil {
		return nil, err
	}
	return d.Snapshot().UserByID(u.ID), nil
}

// SetPassword gives a user of a database a new password.
func (d *Directory) SetPassword(userID, password string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	over, before := d.over.clone(), d.Snapshot().UserByID(userID)
	if i := over.addedAt(userID); i >= 0 {
		u := *over.added[i]
		u.Password, u.PasswordHash = password, ""
		over.added[i] = &u
	} else if u := d.loaded.UserByID(userID); u != nil && before != nil {
		over.passwords[userID] = change{now: secret.New(password), was: of(u)}
	} else {
		return ErrGone
	}
	if err := d.lay(d.loaded, over); err != nil {
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
