package mockauth0

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0/tenant"
)

// adaAndGrace are two people of whom Ada will be logged in and have a refresh token.
func adaAndGrace(tn *tenant.Config) {
	backends(tn)
	tn.Users = append(tn.Users, &tenant.User{Email: "grace@example.test", Password: "Compiler-1"})
}

func TestUsersBlockedAndDeletedAtRunTime(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name           string
		verb           func(s *Server) error
		silent, why    string // at the callback, or the page's text
		refresh, login string
	}{
		{"blocked", func(s *Server) error { return s.BlockUser("ADA@example.test") }, "unauthorized", "user is blocked", "user is blocked", "user is blocked"},
		{"deleted", func(s *Server) error { return s.DeleteUser(s.Snapshot().Users[0].ID) }, "", "Unable to construct sso user.", "doesn't exist anymore", "Wrong email or password."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, adaAndGrace)
			p := browse(t, s)
			rt := p.offline()
			if err := tc.verb(s); err != nil {
				t.Fatal(err)
			}
			check := func(when string) {
				t.Helper()
				a := p.get(request(s, "prompt", "none"))
				if got := a.fragment(t); got.Get("error") != tc.silent || !strings.Contains(got.Get("error_description")+a.body, tc.why) {
					t.Errorf("%s, in silence: %s %v", when, a.Status, got)
				}
				if a := p.renew(rt); a.StatusCode != 403 || !strings.Contains(a.body, tc.refresh) {
					t.Errorf("%s, refresh: %s %s", when, a.Status, a.body)
				}
				other := browse(t, s)
				_, state := other.loginPage(request(s))
				a = other.post("/u/login", form("state", state, "username", "ada@example.test", "password", "Analytical-Engine-1"))
				if a.StatusCode == 302 {
					a = other.get(a.Header.Get("Location"))
				}
				if !strings.Contains(a.body+a.fragment(t).Get("error_description"), tc.login) {
					t.Errorf("%s, login: %s %q", when, a.Status, a.Header.Get("Location"))
				}
			}
			check("at once")
			s.reconfigure(t, func(tn *tenant.Config) { tn.Settings.FriendlyName = "Reloaded" })
			check("after a reload")
			if len(s.Sessions()) != 1 || len(s.RefreshTokens()) != 1 {
				t.Errorf("%d sessions and %d refresh tokens are left, want one each", len(s.Sessions()), len(s.RefreshTokens()))
			}
			s.Reset()
			if got := s.Snapshot(); len(got.Users) != 2 || got.Users[0].Email != "ada@example.test" || got.Users[0].Blocked {
				t.Errorf("after a reset: %+v", got.Users)
			}
			if got := p.login(request(s)).fragment(t); got.Get("access_token") == "" {
				t.Errorf("after a reset: %v", got)
			}
		})
	}
}

func TestUnblocking(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) { adaAndGrace(tn); tn.Users[0].Blocked = true; tn.Settings.MaxAttempts = 1 })
	p := browse(t, s)
	if got := p.login(request(s)).fragment(t); got.Get("error") != "unauthorized" {
		t.Errorf("blocked by users.json: %v", got)
	}
	if err := s.UnblockUser("ada@example.test"); err != nil {
		t.Fatal(err)
	}
	if got := p.login(request(s)).fragment(t); got.Get("access_token") == "" {
		t.Errorf("unblocked: %v", got)
	}
	_, state := p.loginPage(request(s, "prompt", "login"))
	p.post("/u/login", form("state", state, "username", "ada@example.test", "password", "wrong"))
	right := func() answer {
		return p.post("/u/login", form("state", state, "username", "ada@example.test", "password", "Analytical-Engine-1"))
	}
	if a := right(); a.StatusCode != 400 || !strings.Contains(a.body, "has been blocked") {
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
	s := serve(t, adaAndGrace)
	p := browse(t, s)
	p.login(request(s))
	if err := s.DeleteUser("ada@example.test"); err != nil {
		t.Fatal(err)
	}
	if a := p.signUp("ada@example.test", "Analytical-Engine-2"); a.StatusCode != 200 {
		t.Fatalf("%s %s", a.Status, a.body)
	}
	if a := p.get(request(s, "prompt", "none")); a.StatusCode != 500 {
		t.Errorf("the old session is the new user's: %s %v", a.Status, a.fragment(t))
	}
	if err := s.BlockUser("ada@example.test"); err != nil || len(s.Snapshot().Users) != 2 {
		t.Errorf("block the new one: %v, %d users", err, len(s.Snapshot().Users))
	}
	if err := s.DeleteUser("ada@example.test"); err != nil || len(s.Snapshot().Users) != 1 {
		t.Errorf("delete the new one: %v, %d users", err, len(s.Snapshot().Users))
	}
}

func TestVerbsForUsersWhoAreNotThere(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		social(tn)
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
	s := serve(t, adaAndGrace)
	ada := browse(t, s)
	for _, tc := range []struct {
		user, client string
		want         int
	}{{"", "", 1}, {"ada@example.test", "", 1}, {"ada@example.test", "My App", 1}, {"", "My App", 1}, {"", "Web", 0}, {"grace@example.test", "", 0}} {
		rt := ada.offline()
		if n := s.RevokeRefreshTokens(tc.user, tc.client); n != tc.want {
			t.Errorf("%v: %d revoked", tc, n)
		}
		if a := ada.renew(rt); (a.StatusCode == 403) != (tc.want > 0) {
			t.Errorf("%v: %s %s", tc, a.Status, a.body)
		}
		s.RevokeRefreshTokens("", "")
	}
	if got := ada.silent(); got != "" {
		t.Errorf("the session is gone with them: %q", got)
	}
	if n := len(s.logged("srrt")); n != 6 {
		t.Errorf("%d entries srrt, want 6", n)
	}
}

func TestUsersAndTokensOverHTTP(t *testing.T) {
	t.Parallel()
	s := serve(t, adaAndGrace)
	p := browse(t, s)
	p.offline()
	ask := func(method, path, body string) answer {
		return p.ask(method, "/__mock/v1"+path, body, "Content-Type", "application/json")
	}
	ok := func(method, path, body, want string) {
		t.Helper()
		if a := ask(method, path, body); a.StatusCode != 200 || !strings.Contains(a.body, want) {
			t.Errorf("%s %s: %s %s", method, path, a.Status, a.body)
		}
	}
	id := url.PathEscape(s.Snapshot().Users[0].ID)
	ok("GET", "/users", "", `"email":"ada@example.test","blocked":false`)
	ok("PATCH", "/users/"+id, `{"blocked":true}`, `{"blocked":true}`)
	if !s.Snapshot().Users[0].Blocked {
		t.Error("not blocked")
	}
	ok("PATCH", "/users/ada@example.test", `{"blocked":false}`, `{"blocked":false}`)
	var list struct {
		Tokens []map[string]any `json:"refresh_tokens"`
	}
	if err := json.Unmarshal([]byte(ask("GET", "/refresh-tokens", "").body), &list); err != nil || len(list.Tokens) != 1 || list.Tokens[0]["user_id"] != s.Snapshot().Users[0].ID {
		t.Errorf("%+v %v", list, err)
	}
	ok("DELETE", "/refresh-tokens?user=ada@example.test&client=My+App", "", `{"revoked":1}`)
	ok("DELETE", "/sessions?user=ada@example.test", "", `{"ended":1}`)
	ok("DELETE", "/users/"+id, "", `{"deleted":true}`)
	if slices.ContainsFunc(s.Snapshot().Users, func(u *tenant.User) bool { return u.Email == "ada@example.test" }) {
		t.Error("not deleted")
	}
	ok("DELETE", "/sessions?user="+id, "", `{"ended":0}`) // an id may be that of a user who is gone
	for _, path := range []string{"/users/eve@example.test"} {
		if a := ask("DELETE", path, ""); a.StatusCode != 404 || !strings.Contains(a.body, "/__mock/v1/users lists them") {
			t.Errorf("%s: %s %s", path, a.Status, a.body)
		}
	}
}

// Whatever is misspelt would otherwise do more than was meant, or nothing.
func TestTheControlAPIIsStrict(t *testing.T) {
	t.Parallel()
	s := serve(t, adaAndGrace)
	p := browse(t, s)
	p.offline()
	for _, tc := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"DELETE", "/sessions?usr=x", "", 400, `no query parameter \"usr\": DELETE /__mock/v1/sessions takes user`},
		{"DELETE", "/sessions?user=a&user=b", "", 400, "give it once"},
		{"DELETE", "/sessions?user=eve@example.test", "", 404, "no user"},
		{"DELETE", "/sessions", `{"user":"x"}`, 400, "unknown field"},
		{"DELETE", "/grants?clent=x", "", 400, "takes user and client"},
		{"DELETE", "/grants?client=x", "", 404, "no client"},
		{"DELETE", "/refresh-tokens?userid=x", "", 400, "takes user and client"},
		{"DELETE", "/refresh-tokens?client=x", "", 404, "no client"},
		{"DELETE", "/faults?id=x", "", 400, "takes none"},
		{"GET", "/events?since=1", "", 400, "takes after and request and kind"},
		{"GET", "/events?after=%zz", "", 400, "cannot be read"},
		{"POST", "/keys/rotate", `{"kid":"x"}`, 400, `unknown field \"kid\"; it takes none`},
		{"POST", "/reset", `{"clock":true}`, 400, "unknown field"},
		{"POST", "/reset", `[]`, 400, "not the JSON expected"},
		{"POST", "/reset?all=1", `{}`, 400, "takes none"},
		{"PATCH", "/users/ada@example.test", `{"blockt":true}`, 400, `unknown field \"blockt\"; it takes blocked`},
		{"PATCH", "/users/ada@example.test", `{}`, 400, "blocked is missing"},
		{"PATCH", "/users/ada@example.test", ``, 400, "empty"},
	} {
		a := p.ask(tc.method, "/__mock/v1"+tc.path, tc.body, "Content-Type", "application/json")
		if a.StatusCode != tc.status || !strings.Contains(a.body, tc.want) {
			t.Errorf("%s %s %s: %s %s", tc.method, tc.path, tc.body, a.Status, a.body)
		}
	}
	if len(s.Sessions()) != 1 || len(s.RefreshTokens()) != 1 {
		t.Error("what was refused was done all the same")
	}
	for _, path := range []string{"/reset", "/keys/rotate"} {
		for _, body := range []string{"", "{}"} {
			if a := p.ask("POST", "/__mock/v1"+path, body, "Content-Type", "application/json"); a.StatusCode != 200 {
				t.Errorf("POST %s %q: %s %s", path, body, a.Status, a.body)
			}
		}
	}
}
