package directory_test

import (
	"strings"
	"testing"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestUsersBlockedAndDeletedAtRunTime(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name           string
		verb           func(s *mockauth0.Server) error
		silent, why    string // at the callback, or the page's text
		refresh, login string
	}{
		{"blocked", func(s *mockauth0.Server) error { return s.BlockUser("ADA@example.test") }, "unauthorized", "user is blocked", "user is blocked", "user is blocked"},
		{"deleted", func(s *mockauth0.Server) error { return s.DeleteUser(s.Snapshot().Users[0].ID) }, "", "Unable to construct sso user.", "doesn't exist anymore", "Wrong email or password."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := tenanttest.Serve(t, tenanttest.AdaAndGrace)
			p := tenanttest.Browse(t, s)
			rt := p.Offline()
			if err := tc.verb(s); err != nil {
				t.Fatal(err)
			}
			check := func(when string) {
				t.Helper()
				a := p.Get(tenanttest.Request(s, "prompt", "none"))
				if got := a.Fragment(t); got.Get("error") != tc.silent || !strings.Contains(got.Get("error_description")+a.Text, tc.why) {
					t.Errorf("%s, in silence: %s %v", when, a.Status, got)
				}
				if a := p.Renew(rt); a.StatusCode != 403 || !strings.Contains(a.Text, tc.refresh) {
					t.Errorf("%s, refresh: %s %s", when, a.Status, a.Text)
				}
				other := tenanttest.Browse(t, s)
				_, state := other.LoginPage(tenanttest.Request(s))
				a = other.Post("/u/login", tenanttest.Form("state", state, "username", "ada@example.test", "password", "Analytical-Engine-1"))
				if a.StatusCode == 302 {
					a = other.Get(a.Header.Get("Location"))
				}
				if !strings.Contains(a.Text+a.Fragment(t).Get("error_description"), tc.login) {
					t.Errorf("%s, login: %s %q", when, a.Status, a.Header.Get("Location"))
				}
			}
			check("at once")
			tenanttest.Reconfigure(t, s, func(tn *tenant.Config) { tn.Settings.FriendlyName = "Reloaded" })
			check("after a reload")
			if len(s.Sessions()) != 1 || len(s.RefreshTokens()) != 1 {
				t.Errorf("%d sessions and %d refresh tokens are left, want one each", len(s.Sessions()), len(s.RefreshTokens()))
			}
			s.Reset()
			if got := s.Snapshot(); len(got.Users) != 2 || got.Users[0].Email != "ada@example.test" || got.Users[0].Blocked {
				t.Errorf("after a reset: %+v", got.Users)
			}
			if got := p.Login(tenanttest.Request(s)).Fragment(t); got.Get("access_token") == "" {
				t.Errorf("after a reset: %v", got)
			}
		})
	}
}

func TestUnblocking(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.AdaAndGrace(tn)
		tn.Users[0].Blocked = true
		tn.Settings.MaxAttempts = 1
	})
	p := tenanttest.Browse(t, s)
	if got := p.Login(tenanttest.Request(s)).Fragment(t); got.Get("error") != "unauthorized" {
		t.Errorf("blocked by users.json: %v", got)
	}
	if err := s.UnblockUser("ada@example.test"); err != nil {
		t.Fatal(err)
	}
	if got := p.Login(tenanttest.Request(s)).Fragment(t); got.Get("access_token") == "" {
		t.Errorf("unblocked: %v", got)
	}
	_, state := p.LoginPage(tenanttest.Request(s, "prompt", "login"))
	p.Post("/u/login", tenanttest.Form("state", state, "username", "ada@example.test", "password", "wrong"))
	right := func() tenanttest.Answer {
		return p.Post("/u/login", tenanttest.Form("state", state, "username", "ada@example.test", "password", "Analytical-Engine-1"))
	}
	if a := right(); a.StatusCode != 400 || !strings.Contains(a.Text, "has been blocked") {
		t.Errorf("after a wrong password: %s", a.Status)
	}
	if err := s.UnblockUser("ada@example.test"); err != nil {
		t.Fatal(err)
	}
	if a := right(); a.StatusCode != 302 {
		t.Errorf("unblocked again: %s", a.Status)
	}
	s.Reset()
	if !s.Snapshot().Users[0].Blocked {
		t.Error("a reset does not bring back what users.json says")
	}
}

// Who signs up under the address of somebody who was deleted is somebody else.
func TestAnAddressThatIsFreeAgain(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.AdaAndGrace)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	if err := s.DeleteUser("ada@example.test"); err != nil {
		t.Fatal(err)
	}
	if a := p.SignUp("ada@example.test", "Analytical-Engine-2"); a.StatusCode != 200 {
		t.Fatalf("%s %s", a.Status, a.Text)
	}
	if a := p.Get(tenanttest.Request(s, "prompt", "none")); a.StatusCode != 500 {
		t.Errorf("the old session is the new user's: %s %v", a.Status, a.Fragment(t))
	}
	if err := s.BlockUser("ada@example.test"); err != nil || len(s.Snapshot().Users) != 2 {
		t.Errorf("block the new one: %v, %d users", err, len(s.Snapshot().Users))
	}
	if err := s.DeleteUser("ada@example.test"); err != nil || len(s.Snapshot().Users) != 1 {
		t.Errorf("delete the new one: %v, %d users", err, len(s.Snapshot().Users))
	}
}
