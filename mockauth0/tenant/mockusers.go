package tenant

// mockUsers gives users of users.json what its format has no word for. A user goes by e-mail address, user name or the
// user_id written there.
func (r *reading) mockUsers(t *Config, o *object) {
	for _, entry := range o.node.members {
		at := r.atKey(entry)
		found := usersNamed(t, entry.key)
		switch {
		case len(found) == 0:
			r.found.refuse(at, "users.json has no user %s%s", quoted(entry.key), expectedOf("users.json", entry.key, loginsOf(t)))
			continue
		case len(found) > 1:
			r.found.refuse(at, "users.json has %d users %s; expected the user_id of one of them", len(found), quoted(entry.key))
			continue
		}
		settings := r.object(entry.value, o.path+"."+entry.key, "user "+quoted(entry.key))
		if settings == nil {
			continue
		}
		settings.path = userPath(found[0]) // where a problem with an entry is looked for
		u := t.Users[found[0]]
		settings.texts("roles", &u.Roles)
		settings.permissions(&u.Permissions)
		settings.text("renewal", &u.Renewal)
		settings.flag("password_leaked", &u.PasswordLeaked)
		settings.claims("id_token_claims", &u.IDTokenClaims)
		settings.claims("access_token_claims", &u.AccessTokenClaims)
		settings.finish("user "+quoted(entry.key), "", true)
	}
}

// usersNamed gives the places of the users with that e-mail address, user name or id.
func usersNamed(t *Config, name string) (found []int) {
	for i, u := range t.Users {
		if u.GoesBy(name) {
			found = append(found, i)
		}
	}
	return found
}

func loginsOf(t *Config) (names []string) {
	for _, u := range t.Users {
		for _, name := range []string{u.Email, u.Username, u.ID} {
			if name != "" {
				names = append(names, name)
				break
			}
		}
	}
	return names
}
