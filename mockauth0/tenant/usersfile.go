package tenant

import (
	"strings"

	"renewal.example/mockauth0/internal/strict"
)

// usersFile reads users.json, Auth0's bulk-import list, into t.
func (r *reading) usersFile(t *Config, root *strict.Node) {
	if root.Kind != strict.KindList {
		r.Found.Refuse(r.At(root), "the document is %s; expected a list of users", root.Describe())
		return
	}
	ignored := userKeys()
	for _, n := range root.Items {
		r.user(t, n, ignored)
	}
	r.warnOfUnused(root.Items)
}

// user reads one entry; ignored are keys that it may have and that nothing is done with.
func (r *reading) user(t *Config, n *strict.Node, ignored string) {
	id, email, name, connection := named(n, "user_id"), named(n, "email"), named(n, "username"), named(n, "connection")
	u, place := entry(r, t.Users, func(u *User) bool {
		switch {
		case connection != "" && u.Connection != connection:
			return false
		case id != "":
			return u.ID == id || strings.HasSuffix(u.ID, "|"+id)
		case email != "":
			return strings.EqualFold(u.Email, email)
		}
		return name != "" && strings.EqualFold(u.Username, name)
	}, &User{})
	o := r.Object(n, userPath(place), "an entry of the list")
	if o == nil {
		return
	}
	if place == len(t.Users) {
		o.Text("user_id", &u.ID)
	} else {
		o.Get("user_id") // it is the user's already
	}
	o.Text("connection", &u.Connection)
	o.Text("email", &u.Email)
	if n := o.Get("email"); n != nil && n.Kind == strict.KindString && n.Text == "" {
		r.Found.Refuse(r.At(n), "email is empty; expected an e-mail address, or no such key")
	}
	o.Flag("email_verified", &u.EmailVerified)
	o.Text("phone_number", &u.PhoneNumber)
	o.Text("username", &u.Username)
	o.Text("given_name", &u.GivenName)
	o.Text("family_name", &u.FamilyName)
	o.Text("name", &u.Name)
	o.Text("nickname", &u.Nickname)
	o.Text("picture", &u.Picture)
	o.Flag("blocked", &u.Blocked)
	o.Text("password", &u.Password)
	o.Text("password_hash", &u.PasswordHash)
	if r.over && o.Get("password") != nil && o.Get("password_hash") == nil {
		u.PasswordHash = ""
	} else if r.over && o.Get("password_hash") != nil && o.Get("password") == nil {
		u.Password = ""
	}
	o.Metadata("user_metadata", &u.UserMetadata)
	o.Metadata("app_metadata", &u.AppMetadata)
	o.Moment("created_at", &u.CreatedAt)
	o.Moment("updated_at", &u.UpdatedAt)
	if custom := o.Get("custom_password_hash"); custom != nil && u.Password == "" && u.PasswordHash == "" {
		r.Found.Warn(r.At(custom), "custom_password_hash is not read, so this user cannot log in; expected password or a bcrypt password_hash")
	}
	o.Finish("a user", ignored, true)
	put(&t.Users, u, place)
}
