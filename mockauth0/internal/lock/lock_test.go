package lock_test

import (
	"encoding/json"
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// called reads a script that calls one of Lock's callbacks with JSON.
func called(t testing.TB, a tenanttest.Answer, callback string) map[string]any {
	t.Helper()
	text, ok := strings.CutPrefix(a.Text, "Auth0."+callback+"(")
	text, end := strings.CutSuffix(text, ");")
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); !ok || !end || err != nil || a.StatusCode != 200 {
		t.Fatalf("no call of %s: %s %v\n%s", callback, a.Status, err, a.Text)
	}
	if got := a.Header.Get("Content-Type"); got != "application/x-javascript; charset=utf-8" {
		t.Errorf("Content-Type %q: nosniff would keep a browser from running it", got)
	}
	return v
}

func withLock(tn *tenant.Config) {
	tn.Connections[0].DisableSignup, tn.Connections[0].RequiresUsername = true, true
	tn.Connections = append(tn.Connections,
		&tenant.Connection{Name: "google-oauth2", Strategy: "google-oauth2", DisplayName: "Google </script>"},
		&tenant.Connection{
			Name: "partners", Strategy: "auth0", Passwords: tenant.PasswordPolicy{Strength: "good", MinLength: 12}, UsernameMin: 2, UsernameMax: 9,
		},
		&tenant.Connection{Name: "others", Strategy: "auth0", EnabledClients: []string{}})
}

// TestWhatLockAsks: the shapes are those that auth0-lock 14 reads.
func TestWhatLockAsks(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, withLock)
	p := tenanttest.Browse(t, s)
	id := s.Snapshot().Clients[0].ClientID
	c := called(t, p.Get("/client/"+id+".js?t1700000000000"), "setClient")
	got, err := json.Marshal(c["strategies"])
	if err != nil {
		t.Fatal(err)
	}
	const want = `[{"connections":[{"name":"Username-Password-Authentication","passwordPolicy":"none","requires_username":true,"showForgot":true,"showSignup":false,"validation":{"username":{"max":15,"min":1}}},` +
		`{"name":"partners","passwordPolicy":"good","password_complexity_options":{"min_length":12},"requires_username":false,"showForgot":true,"showSignup":true,"validation":{"username":{"max":9,"min":2}}}],"name":"auth0"},` +
		`{"connections":[{"display_name":"Google \u003c/script\u003e","name":"google-oauth2"}],"name":"google-oauth2"}]`
	if string(got) != want || c["id"] != id || c["callback"] != "http://localhost:3000" {
		t.Errorf("setClient: %v\nstrategies %s", c, got)
	}
	info := called(t, p.Get("/info-v1.js?t1700000000000"), "setTenant")
	mine, err := json.Marshal(info["clientsConnections"])
	if err != nil {
		t.Fatal(err)
	}
	if string(mine) != `{"`+id+`":["Username-Password-Authentication","google-oauth2","partners"]}` {
		t.Errorf("clientsConnections: %s", mine)
	}
	databases, _ := info["connections"].(map[string]any)["database"].([]any)
	if first, _ := databases[0].(map[string]any); len(databases) != 3 || first["allowSignup"] != false || first["requiresUsername"] != true ||
		first["strategy"] != "auth0" {
		t.Errorf("databases: %v", databases)
	}
}

// TestLocksScriptsHoldNothingOfTheRequest: they run on other people's pages.
func TestLocksScriptsHoldNothingOfTheRequest(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, withLock)
	p := tenanttest.Browse(t, s)
	for _, path := range []string{"/client/nobody.js", "/client/" + s.Snapshot().Clients[0].ClientID, "/client/%22);alert(1);(%22.js"} {
		if got := p.Get(path); got.StatusCode != 404 || strings.Contains(got.Text, "alert(1)") || strings.Contains(got.Text, "Auth0.set") {
			t.Errorf("%s: %s\n%s", path, got.Status, got.Text)
		}
	}
	for _, path := range []string{"/client/" + s.Snapshot().Clients[0].ClientID + ".js", "/info-v1.js"} {
		for _, query := range []string{"?callback=alert(1)", "?t=</script>alert"} {
			if got := p.Get(path + query); strings.Contains(got.Text, "alert") || strings.ContainsAny(got.Text, "<>") {
				t.Errorf("%s%s: %s", path, query, got.Text)
			}
		}
	}
}
