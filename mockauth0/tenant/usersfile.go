package tenant

// usersFile reads users.json, Auth0's bulk-import list, into t.
func (r *reading) usersFile(t *Config, root *node) {
	if root.kind != kindList {
		r.found.refuse(r.at(root), "the document is %s; expected a list of users", root.describe())
		return
	}
	for _, n := range root.items {
		r.user(t, n)
	}
}

func (r *reading) user(t *Config, n *node) {
	o := r.object(n, userPath(len(t.Users)), "an entry of the list")
	if o == nil {
		return
	}
	u := &User{}
	o.text("user_id", &u.ID)
	o.text("connection", &u.Connection)
	o.text("email", &u.Email)
	if n := o.get("email"); n != nil && n.kind == kindString && n.text == "" {
		r.found.refuse(r.at(n), "email is empty; expected an e-mail address, or no such key")
	}
	o.flag("email_verified", &u.EmailVerified)
	o.text("username", &u.Username)
	o.text("given_name", &u.GivenName)
	o.text("family_name", &u.FamilyName)
	o.text("name", &u.Name)
	o.text("nickname", &u.Nickname)
	o.text("picture", &u.Picture)
	o.flag("blocked", &u.Blocked)
	o.text("password", &u.Password)
	o.text("password_hash", &u.PasswordHash)
	o.metadata("user_metadata", &u.UserMetadata)
	o.metadata("app_metadata", &u.AppMetadata)
	o.moment("created_at", &u.CreatedAt)
	o.moment("updated_at", &u.UpdatedAt)
	if custom := o.get("custom_password_hash"); custom != nil && u.Password == "" && u.PasswordHash == "" {
		r.found.warn(r.at(custom), "custom_password_hash is not read, so this user cannot log in; expected password or a bcrypt password_hash")
	}
	o.finish("a user", userKeys, true)
	t.Users = append(t.Users, u)
}
