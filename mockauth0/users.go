package mockauth0

import "renewal.example/mockauth0/tenant"

// BlockUser blocks a user: logins, silent requests and exchanges are refused from then on, as after a click in Auth0's
// dashboard. The user goes by user_id, e-mail address or user name. It holds through a Reload, until UnblockUser or Reset.
func (t *Tenant) BlockUser(user string) error { return t.manager.BlockUser(user, true) }

// UnblockUser takes BlockUser back, or what users.json says. What brute-force protection blocks is unblocked too.
func (t *Tenant) UnblockUser(user string) error { return t.manager.BlockUser(user, false) }

// DeleteUser deletes a user, who goes by user_id, e-mail address or user name. As at Auth0 the sessions, refresh tokens and
// grants stay and lead to nobody. It holds through a Reload, until Reset.
func (t *Tenant) DeleteUser(user string) error { return t.manager.DeleteUser(user) }

// CreateUser adds a user, to the first database unless the user says to which connection, and returns the user as completed. The user
// goes with Reset.
func (t *Tenant) CreateUser(u tenant.User) (tenant.User, error) { return t.manager.CreateUser(u) }

// ChangeUser changes a user, who goes by user_id, e-mail address or user name: change gets a copy. Its ID and Connection stay. It
// holds through a Reload, until Reset.
func (t *Tenant) ChangeUser(user string, change func(*tenant.User)) (tenant.User, error) {
	return t.manager.ChangeUser(user, change)
}
