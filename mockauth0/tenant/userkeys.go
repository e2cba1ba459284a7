package tenant

import (
	"strings"

	"renewal.example/mockauth0/internal/strict"
)

// unusedKey is a key of Auth0's bulk import or user export that changes nothing here.
type unusedKey struct {
	name string
	why  string // what to do in its place; "": it records the past, and nobody expects more of it
}

// unusedUserKeys are those of users.json that are accepted and have no effect.
func unusedUserKeys() []unusedKey {
	const factors = "a second factor is demanded by guardianPolicies in tenant.yaml or by an Action in mock.yaml, and sent by mail"
	const claims = "no Action's code runs here that would read it; expected id_token_claims or access_token_claims of the user in mock.yaml"
	return []unusedKey{
		{"user_metadata", claims},
		{"app_metadata", claims},
		{"mfa_factors", factors},
		{"multifactor", factors},
		{"verify_email", "no mail about the address is sent; expected email_verified"},
		{"phone_verified", "no token says it, as at Auth0, where that needs an Action"},
		{"identities", "a user has one account here; expected connection and user_id"},
		{"id", ""}, {"last_ip", ""}, {"last_login", ""}, {"last_password_reset", ""}, {"logins_count", ""},
		{"multifactor_last_modified", ""}, {"password_set_date", ""},
	}
}

// userKeys are the names of unusedUserKeys.
func userKeys() string {
	return strings.Join(namesOf(unusedUserKeys(), func(k unusedKey) string { return k.name }), " ")
}

// warnOfUnused names each key without an effect once, where it stands first: users of an export all have the same keys. Those
// that record the past are one warning together.
func (r *reading) warnOfUnused(users []*strict.Node) {
	first := map[string]strict.Place{}
	for _, user := range users {
		for _, m := range user.Members {
			if _, seen := first[m.Key]; !seen && !meaningless(m.Value) {
				first[m.Key] = r.AtKey(m)
			}
		}
	}
	var past []string
	var at strict.Place
	for _, k := range unusedUserKeys() {
		place, found := first[k.name]
		switch {
		case !found:
		case k.why != "":
			r.Found.Warn(place, "%s has no effect: %s", k.name, k.why)
		default:
			if past = append(past, k.name); len(past) == 1 {
				at = place
			}
		}
	}
	if len(past) > 0 {
		r.Found.Warn(at, "these keys have no effect, since a user's past is not kept: %s", strings.Join(past, ", "))
	}
}

// meaningless tells a value that says nothing: null, false, or an empty list or object.
func meaningless(n *strict.Node) bool {
	switch n.Kind {
	case strict.KindNull:
		return true
	case strict.KindBool:
		return n.Text == "false"
	case strict.KindList:
		return len(n.Items) == 0
	case strict.KindObject:
		return len(n.Members) == 0
	}
	return false
}
