package directory

import (
	"slices"

	"renewal.example/mockauth0/tenant"
)

// standing is what was done to a user that was loaded.
type standing struct {
	blocked bool
	deleted bool
	was     *tenant.User // as loaded
	place   int          // in the list of users
}

// Block blocks a user, or takes that back; false when the user was so before.
func (d *Directory) Block(userID string, blocked bool) (changed bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	u := d.Snapshot().UserByID(userID)
	switch {
	case u == nil:
		return false, ErrGone
	case u.Blocked == blocked:
		return false, nil
	}
	over := d.over.clone()
	if i := over.addedAt(userID); i >= 0 {
		one := *over.added[i]
		one.Blocked = blocked
		over.added[i] = &one
	} else {
		s := d.standingOf(userID)
		s.blocked = blocked
		over.standing[userID] = s
	}
	return true, d.lay(d.loaded, over)
}

// Delete removes a user. Sessions, refresh tokens and grants stay, and lead to nobody.
func (d *Directory) Delete(userID string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.Snapshot().UserByID(userID) == nil {
		return ErrGone
	}
	over := d.over.clone()
	if i := over.addedAt(userID); i >= 0 {
		over.added = slices.Delete(over.added, i, i+1)
	} else {
		s := d.standingOf(userID)
		s.deleted = true
		over.standing[userID] = s
	}
	return d.lay(d.loaded, over)
}

// standingOf is what a loaded user's standing is so far.
func (d *Directory) standingOf(userID string) standing {
	if s, ok := d.over.standing[userID]; ok {
		return s
	}
	i := slices.IndexFunc(d.loaded.Users, func(u *tenant.User) bool { return u.ID == userID })
	return standing{blocked: d.loaded.Users[i].Blocked, was: d.loaded.Users[i], place: i}
}

// putOn makes users blocked and gone.
func (c changes) putOn(next *tenant.Config) {
	next.Users = slices.DeleteFunc(next.Users, func(u *tenant.User) bool { return c.standing[u.ID].deleted })
	for _, u := range next.Users {
		if s, ok := c.standing[u.ID]; ok {
			u.Blocked = s.blocked
		}
	}
}

// takeOut makes a snapshot that was made from one of ours what it would be without this, so that a Reset finds what was
// loaded from files.
func (c changes) takeOut(next *tenant.Config) {
	for _, id := range c.byPlace() {
		s, u := c.standing[id], next.UserByID(id)
		switch {
		case u != nil:
			u.Blocked = s.was.Blocked
		case s.deleted:
			one := *s.was
			next.Users = slices.Insert(next.Users, min(s.place, len(next.Users)), &one)
		}
	}
}

// byPlace are the users with a standing in the order in which they were loaded.
func (c changes) byPlace() (ids []string) {
	for id := range c.standing {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return c.standing[a].place - c.standing[b].place })
	return ids
}
