package directory

import (
	"maps"
	"slices"

	"renewal.example/mockauth0/internal/secret"
	"renewal.example/mockauth0/tenant"
)

// Saved is what was done at run time, for a snapshot. What was loaded is not in it: the directory has that.
type Saved struct {
	Added     []*tenant.User
	Passwords map[string]Password      // by user id, of users that were loaded
	Standing  map[string]Standing      // likewise
	Profiles  map[string]*tenant.User  // likewise: who the user is now, password and block apart
	Used      map[string][]Credentials // by user id: passwords of before, newest first
}

// Password is a loaded user's new password, and what was loaded in its place.
type Password struct {
	Now secret.Text
	Was Credentials
}

// Credentials are what a user logs in with.
type Credentials struct{ Plain, Hash secret.Text }

// Standing is what was done to a loaded user.
type Standing struct{ Blocked, Deleted bool }

// Save gives a copy of what was done at run time.
func (d *Directory) Save() Saved {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := Saved{Added: slices.Clone(d.over.added), Passwords: map[string]Password{}, Standing: map[string]Standing{},
		Profiles: maps.Clone(d.over.profiles), Used: map[string][]Credentials{}}
	for id, c := range d.over.passwords {
		s.Passwords[id] = Password{c.now, Credentials(c.was)}
	}
	for id, one := range d.over.standing {
		s.Standing[id] = Standing{one.blocked, one.deleted}
	}
	for id, users := range d.used {
		for _, u := range users {
			s.Used[id] = append(s.Used[id], Credentials(of(u)))
		}
	}
	return s
}

// Load puts what was saved in place of what was done so far. As with Replace, what was loaded wins where it has changed meanwhile: a
// user who is listed now or no more, a password that was changed there.
func (d *Directory) Load(s Saved) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	over := changes{passwords: map[string]change{}, standing: map[string]standing{}, profiles: map[string]*tenant.User{}}
	for _, u := range s.Added {
		one := *u
		over.added = append(over.added, &one)
	}
	for place, u := range d.loaded.Users {
		if c, ok := s.Passwords[u.ID]; ok && of(u).same(credentials(c.Was)) {
			over.passwords[u.ID] = change{c.Now, credentials(c.Was)}
		}
		if changed := s.Profiles[u.ID]; changed != nil {
			one := *changed
			over.profiles[u.ID] = &one
		}
		if one, ok := s.Standing[u.ID]; ok {
			over.standing[u.ID] = standing{blocked: one.Blocked, deleted: one.Deleted, was: u, place: place}
		}
	}
	used := map[string][]*tenant.User{}
	for id, all := range s.Used {
		for _, c := range all {
			used[id] = append(used[id], &tenant.User{ID: id, Password: c.Plain.Reveal(), PasswordHash: c.Hash.Reveal()})
		}
	}
	if err := d.lay(d.loaded, over); err != nil {
		return err
	}
	d.used = used
	return nil
}
