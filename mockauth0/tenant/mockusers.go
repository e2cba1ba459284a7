package tenant

import "renewal.example/mockauth0/internal/strict"

// mockUsers gives users of users.json what its format has no word for. A user goes by e-mail address, user name or the
// user_id written there.
func (r *reading) mockUsers(t *Config, o *strict.Object) {
	for _, entry := range o.Node.Members {
		at := r.AtKey(entry)
		found := usersNamed(t, entry.Key)
		switch {
		case len(found) == 0:
			r.Found.Refuse(at, "users.json has no user %s%s", strict.Quoted(entry.Key), strict.ExpectedOf("users.json", entry.Key, loginsOf(t)))
			continue
		case len(found) > 1:
			r.Found.Refuse(at, "users.json has %d users %s; expected the user_id of one of them", len(found), strict.Quoted(entry.Key))
			continue
		}
		settings := r.Object(entry.Value, o.Path+"."+entry.Key, "user "+strict.Quoted(entry.Key))
		if settings == nil {
			continue
		}
		settings.Path = userPath(found[0]) // where a problem with an entry is looked for
		u := t.Users[found[0]]
		settings.Texts("roles", &u.Roles)
		readPermissions(settings, &u.Permissions)
		settings.Text("renewal", &u.Renewal)
		settings.Flag("password_leaked", &u.PasswordLeaked)
		readClaims(settings, "id_token_claims", &u.IDTokenClaims)
		readClaims(settings, "access_token_claims", &u.AccessTokenClaims)
		settings.Finish("user "+strict.Quoted(entry.Key), "", true)
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
