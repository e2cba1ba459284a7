package state

import "testing"

func TestWhatAGrantCovers(t *testing.T) {
	api := Grant{UserID: "u", ClientID: "c", Audience: "https://api.example.test/"}
	none := Grant{UserID: "u", ClientID: "c", Audience: "https://login.example.test/userinfo", UserInfo: true}
	for _, tc := range []struct {
		name        string
		f           Family
		api, opaque bool
	}{
		{"of the API", Family{UserID: "u", ClientID: "c", Audience: "https://api.example.test/"}, true, false},
		{"without an audience", Family{UserID: "u", ClientID: "c"}, false, true},
		{"another user's", Family{UserID: "v", ClientID: "c"}, false, false},
		{"another client's", Family{UserID: "u", ClientID: "d", Audience: "https://api.example.test/"}, false, false},
	} {
		if api.Covers(tc.f) != tc.api || none.Covers(tc.f) != tc.opaque {
			t.Errorf("%s: %v %v", tc.name, api.Covers(tc.f), none.Covers(tc.f))
		}
	}
}
