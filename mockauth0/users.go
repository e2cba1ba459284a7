package mockauth0

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/directory"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// RefreshToken is what stands behind a refresh token and all that came of it by rotation; the token itself is not kept. Times are
// the tenant's.
type RefreshToken struct {
	ID           string    `json:"id"` // of the family that rotation makes; events name it as LogEntry.Family
	ClientID     string    `json:"client_id"`
	UserID       string    `json:"user_id"`                    // "auth0|…"
	Connection   string    `json:"connection"`                 // name of the connection of the login
	Audience     string    `json:"audience"`                   // identifier of the API; "": none
	Scopes       []string  `json:"scope"`                      // as granted, offline_access among them
	SessionID    string    `json:"session_id"`                 // of the login it came from, which it outlives
	Organization string    `json:"organization,omitempty"`     // id; "": none
	Issued       time.Time `json:"created_at"`                 // when the first one was issued
	Expires      time.Time `json:"expires_at,omitzero"`        // end of its absolute life, which rotation does not prolong; zero: none
	IdleExpires  time.Time `json:"idle_expires_at,omitzero"`   // when it expires unless it is exchanged before; zero: never
	Rotating     bool      `json:"rotating"`                   // an exchange replaces it
	Rotated      time.Time `json:"last_exchanged_at,omitzero"` // when an exchange last replaced it; zero: never
}

// BlockUser blocks a user: logins, silent requests and exchanges are refused from then on, as after a click in Auth0's
// dashboard. The user goes by user_id, e-mail address or user name. It holds through a Reload, until UnblockUser or Reset.
func (t *Tenant) BlockUser(user string) error { return t.block(user, true) }

// UnblockUser takes BlockUser back, or what users.json says. What brute-force protection blocks is unblocked too.
func (t *Tenant) UnblockUser(user string) error { return t.block(user, false) }

func (t *Tenant) block(name string, blocked bool) error {
	u, err := t.user(name)
	if err != nil {
		return err
	}
	if !blocked {
		t.guard.Unblock(u.ID)
	}
	changed, err := t.people.Block(u.ID, blocked)
	if err != nil || !changed {
		return err
	}
	change, what := event.UserBlocked, "user blocked"
	if !blocked {
		change, what = event.UserUnblocked, "user unblocked"
	}
	t.userEvent(u, change, what)
	return nil
}

// DeleteUser deletes a user, who goes by user_id, e-mail address or user name. As at Auth0 the sessions, refresh tokens and
// grants stay and lead to nobody. It holds through a Reload, until Reset.
func (t *Tenant) DeleteUser(user string) error {
	u, err := t.user(user)
	if err != nil {
		return err
	}
	if err := t.people.Delete(u.ID); err != nil {
		return err
	}
	t.emit(event.Event{
		Kind: event.KindLog, Type: event.SuccessUserDeletion, UserID: u.ID, UserName: u.Email, Connection: u.Connection,
		Description: "User successfully deleted",
	})
	t.sessions.TellDeleted(t.exchange(), u.ID)
	return nil
}

// user finds the one user who goes by a name.
func (t *Tenant) user(name string) (*tenant.User, error) {
	tn := t.Snapshot()
	if u := tn.UserByID(name); u != nil {
		return u, nil
	}
	var ids []string
	for _, u := range tn.Users {
		if u.GoesBy(name) {
			ids = append(ids, u.ID)
		}
	}
	switch len(ids) {
	case 0:
		return nil, fmt.Errorf("this tenant has no user %q", name)
	case 1:
		return tn.UserByID(ids[0]), nil
	}
	return nil, fmt.Errorf("%d users go by %q: give the user_id of one, %s", len(ids), name, strings.Join(ids, " or "))
}

// userID is that of a user who goes by a name, or the name itself: sessions and tokens may be of a user who is gone.
func (t *Tenant) userID(name string) string {
	if u, err := t.user(name); err == nil {
		return u.ID
	}
	return name
}

// clientID is that of a client with a name, or the name itself.
func (t *Tenant) clientID(name string) string {
	if c := t.Snapshot().ClientByName(name); c != nil {
		return c.ClientID
	}
	return name
}

// families are those whose time is not over, oldest first.
func (t *Tenant) families() []state.Family {
	now := t.clock.Now()
	return slices.DeleteFunc(t.store.Families(), func(f state.Family) bool { return f.Expired(now) })
}

// RefreshTokens lists what stands behind the refresh tokens that are still good, oldest first.
func (t *Tenant) RefreshTokens() []RefreshToken {
	return listOf(t.families(), func(f state.Family) RefreshToken {
		return RefreshToken{ID: f.ID, ClientID: f.ClientID, UserID: f.UserID, Connection: f.Connection, Audience: f.Audience,
			Scopes: f.Scopes, SessionID: f.SessionID, Organization: f.Organization, Issued: f.Issued, Expires: f.Expires,
			IdleExpires: f.IdleExpires, Rotating: f.Rotating, Rotated: f.Rotated}
	})
}

// listOf is a list of the library's own values in the form that callers get.
func listOf[From, To any](list []From, as func(From) To) []To {
	if list == nil {
		return nil
	}
	out := make([]To, len(list))
	for i, one := range list {
		out[i] = as(one)
	}
	return out
}

// RevokeRefreshTokens revokes refresh tokens, each with all that came of it by rotation. user (user_id, e-mail address or
// user name) and client (id or name) narrow it; "" is any. It returns how many there were.
func (t *Tenant) RevokeRefreshTokens(user, client string) (revoked int) {
	userID, clientID := t.userID(user), t.clientID(client)
	for _, f := range t.families() {
		if (userID == "" || f.UserID == userID) && (clientID == "" || f.ClientID == clientID) && t.revoke(f) {
			revoked++
		}
	}
	return revoked
}

func (t *Tenant) revoke(f state.Family) bool {
	if !t.store.DeleteFamily(f.ID) {
		return false
	}
	t.emit(event.Event{
		Kind: event.KindLog, Type: event.SuccessRevokeRefreshToken, UserID: f.UserID, ClientID: f.ClientID, Connection: f.Connection,
		Description: "Successfully revoked a refresh token", Data: &event.LogEntry{Family: f.ID},
	})
	return true
}

// RevokeRefreshToken revokes the refresh token with an id of RefreshTokens, with all that came of it by rotation; false: there is none.
func (t *Tenant) RevokeRefreshToken(id string) bool {
	f, ok := t.store.Family(id)
	return ok && t.revoke(f)
}

// ExpireRefreshToken makes one of the lives of the refresh token with an id of RefreshTokens be over at this moment, IdleLife or
// AbsoluteLife, without moving the clock; false: there is no such refresh token or life.
func (t *Tenant) ExpireRefreshToken(id, life string) bool {
	now := t.clock.Now()
	_, found, _ := t.store.UpdateFamily(id, func(f *state.Family) error { // a change without an error
		switch life {
		case IdleLife:
			f.IdleExpires = now
		case AbsoluteLife:
			f.Expires = now
		}
		return nil
	})
	return found && (life == IdleLife || life == AbsoluteLife)
}

// CreateUser adds a user, to the first database unless the user says to which connection, and returns the user as completed. The user
// goes with Reset.
func (t *Tenant) CreateUser(u tenant.User) (tenant.User, error) {
	added, err := t.people.Add(u)
	if err != nil {
		return tenant.User{}, err
	}
	t.userEvent(added, event.UserCreated, "user created")
	return *added, nil
}

// ChangeUser changes a user, who goes by user_id, e-mail address or user name: change gets a copy. Its ID and Connection stay. It
// holds through a Reload, until Reset.
func (t *Tenant) ChangeUser(user string, change func(*tenant.User)) (tenant.User, error) {
	u, err := t.user(user)
	if err != nil {
		return tenant.User{}, err
	}
	next := *u
	change(&next)
	if _, err := t.people.Edit(u.ID, next); err != nil {
		return tenant.User{}, err
	}
	if next.Password != u.Password {
		if err := t.people.SetPassword(u.ID, next.Password); err != nil {
			return tenant.User{}, err
		}
	}
	if next.Blocked != u.Blocked {
		if err := t.block(u.ID, next.Blocked); err != nil {
			return tenant.User{}, err
		}
	}
	changed := t.Snapshot().UserByID(u.ID)
	if changed == nil {
		return tenant.User{}, directory.ErrGone
	}
	if !reflect.DeepEqual(profileOf(changed), profileOf(u)) || next.Password != u.Password {
		t.userEvent(changed, event.UserChanged, "user changed")
	}
	return *changed, nil
}

// profileOf is a user without what has events of its own.
func profileOf(u *tenant.User) tenant.User {
	one := *u
	one.Blocked, one.Password, one.PasswordHash = false, "", ""
	return one
}

func (t *Tenant) userEvent(u *tenant.User, change event.ConfigChange, what string) {
	t.emit(event.Event{Kind: event.KindConfig, UserID: u.ID, UserName: u.Email, Connection: u.Connection, Description: what,
		Data: &event.Config{Change: change}})
}
