package manage_test

import (
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestVerbsForUsersWhoAreNotThere(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Social(tn)
		tn.Users[1].Email = "ada@example.test" // at Google
	})
	for name, want := range map[string]string{"eve@example.test": "no user", "": "no user", "ada@example.test": "2 users go by"} {
		for verb, err := range map[string]error{"block": s.BlockUser(name), "unblock": s.UnblockUser(name), "delete": s.DeleteUser(name)} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s %q: %v", verb, name, err)
			}
		}
	}
}

func TestRevokingRefreshTokens(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.AdaAndGrace)
	ada := tenanttest.Browse(t, s)
	for _, tc := range []struct {
		user, client string
		want         int
	}{
		{"", "", 1}, {"ada@example.test", "", 1}, {"ada@example.test", "My App", 1}, {"", "My App", 1}, {"", "Web", 0}, {"grace@example.test", "", 0},
	} {
		rt := ada.Offline()
		if n := s.RevokeRefreshTokens(tc.user, tc.client); n != tc.want {
			t.Errorf("%v: %d revoked", tc, n)
		}
		if a := ada.Renew(rt); (a.StatusCode == 403) != (tc.want > 0) {
			t.Errorf("%v: %s %s", tc, a.Status, a.Text)
		}
		s.RevokeRefreshTokens("", "")
	}
	if got := ada.Silent(); got != "" {
		t.Errorf("the session is gone with them: %q", got)
	}
	if n := len(tenanttest.Logged(s, "srrt")); n != 6 {
		t.Errorf("%d entries srrt, want 6", n)
	}
}
