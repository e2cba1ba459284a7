package control_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestUsersAndTokensOverHTTP(t *testing.T) {
	t.Parallel()
	s := serve(t, tenanttest.AdaAndGrace)
	p := tenanttest.Browse(t, s)
	p.Offline()
	ask := func(method, path, body string) tenanttest.Answer {
		return p.Ask(method, "/__mock/v1"+path, body, "Content-Type", "application/json")
	}
	ok := func(method, path, body, want string) {
		t.Helper()
		if a := ask(method, path, body); a.StatusCode != 200 || !strings.Contains(a.Text, want) {
			t.Errorf("%s %s: %s %s", method, path, a.Status, a.Text)
		}
	}
	id := url.PathEscape(s.Snapshot().Users[0].ID)
	ok("GET", "/users", "", `"email":"ada@example.test"`)
	ok("PATCH", "/users/"+id, `{"blocked":true}`, `"blocked":true`)
	if !s.Snapshot().Users[0].Blocked {
		t.Error("not blocked")
	}
	ok("PATCH", "/users/ada@example.test", `{"blocked":false}`, `"blocked":false`)
	var list struct {
		Tokens []map[string]any `json:"refresh_tokens"`
	}
	if err := json.Unmarshal([]byte(ask("GET", "/refresh-tokens", "").Text), &list); err != nil || len(list.Tokens) != 1 ||
		list.Tokens[0]["user_id"] != s.Snapshot().Users[0].ID {
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
		if a := ask("DELETE", path, ""); a.StatusCode != 404 || !strings.Contains(a.Text, "/__mock/v1/users lists them") {
			t.Errorf("%s: %s %s", path, a.Status, a.Text)
		}
	}
}
