package grant_test

import (
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// Rotation is the client's, whatever grant the family came from.
func TestRotationOfThePasswordGrant(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Backends(tn)
		tn.Clients[1].RefreshToken = tenant.RefreshToken{Rotating: true, Lifetime: time.Hour}
	})
	p := tenanttest.Browse(t, s)
	secret := []string{"client_id", "web", "client_secret", "web+secret%21"}
	first := p.Token(append(secret, "grant_type", "password", "scope", "offline_access", "username", "ada@example.test", "password",
		"Analytical-Engine-1")...).Member(t, "refresh_token")
	renew := func(token string) tenanttest.Answer {
		return p.Token(append(secret, "grant_type", "refresh_token", "refresh_token", token)...)
	}
	second := renew(first).Member(t, "refresh_token")
	if second == "" || second == first {
		t.Fatalf("not rotated: %q", second)
	}
	if got := renew(first); got.Text != tenanttest.ReusedRT {
		t.Errorf("the old one: %s", got.Text)
	}
	if got := renew(second); got.Text != tenanttest.UnknownRT {
		t.Errorf("after the reuse: %s", got.Text)
	}
}

func TestPasswordGrant(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Backends)
	p := tenanttest.Browse(t, s)
	send := func(pairs ...string) tenanttest.Answer {
		return p.Token(append([]string{"grant_type", "password", "client_id", "web", "client_secret", "web+secret%21",
			"username", "ada@example.test", "password", "Analytical-Engine-1"}, pairs...)...)
	}
	realm := []string{"grant_type", "http://auth0.com/oauth/grant-type/password-realm", "realm", "Username-Password-Authentication"}
	for name, pairs := range map[string][]string{"password": nil, "password-realm": realm} {
		got := send(append(pairs, "audience", "https://api.example.test/", "scope", "openid read:all offline_access")...)
		if got.StatusCode != 200 || got.MemberOrder(t) != "access_token refresh_token id_token scope expires_in token_type" ||
			tenanttest.LastLog(s).Type != "sepft" {
			t.Fatalf("%s: %s %s", name, got.Status, got.Text)
		}
		if c := tenanttest.Claims(t, got.Member(t, "access_token")); c["gty"] != "password" || c["sub"] != s.Snapshot().Users[0].ID ||
			c["scope"] != "openid read:all offline_access" {
			t.Errorf("%s: access token %v", name, c)
		}
		if c := tenanttest.Claims(t, got.Member(t, "id_token")); c["sid"] != nil || c["nonce"] != nil {
			t.Errorf("%s: no session came of it, but the ID token says %v", name, c)
		}
		renewed := p.Token("grant_type", "refresh_token", "client_id", "web", "client_secret", "web+secret%21", "refresh_token",
			got.Member(t, "refresh_token"))
		if renewed.StatusCode != 200 {
			t.Errorf("%s: %s %s", name, renewed.Status, renewed.Text)
		}
	}
	if got := send("audience", ""); got.StatusCode != 200 || strings.Count(got.Member(t, "access_token"), ".") != 4 {
		t.Errorf("no audience: %s %s", got.Status, got.Text)
	}
	if n := len(s.Sessions()); n != 0 {
		t.Errorf("%d sessions came of a password grant", n)
	}
}

// TestScopesOfThePasswordGrant: who asks for nothing in particular gets everything, and claims about the person with it.
func TestScopesOfThePasswordGrant(t *testing.T) {
	t.Parallel()
	const api = "https://api.example.test/"
	const standard = "openid profile email address phone"
	s := tenanttest.Serve(t, tenanttest.Backends)
	p := tenanttest.Browse(t, s)
	for _, tc := range []struct{ name, scope, audience, want string }{
		{"none", "", "", standard},
		{"openid alone", "openid", "", standard},
		{"none, for an API", "", api, standard + " read:all write:all"},
		{"openid alone, for an API", "openid", api, standard + " read:all write:all"},
		{"more than openid", "openid email", "", "openid email"},
		{"another alone", "profile", "", "profile"},
		{"of the API alone", "read:all", api, "read:all"},
	} {
		got := p.Token("grant_type", "password", "client_id", "web", "client_secret", "web+secret%21", "username", "ada@example.test",
			"password", "Analytical-Engine-1", "scope", tc.scope, "audience", tc.audience)
		if scope := got.Member(t, "scope"); scope != tc.want {
			t.Errorf("%s: %s, scope %q, want %q", tc.name, got.Status, scope, tc.want)
		}
		if !strings.HasPrefix(tc.want, "openid") {
			continue
		}
		claims := tenanttest.Claims(t, got.Member(t, "id_token"))
		if claims["email"] != "ada@example.test" || (claims["nickname"] == "ada") != strings.Contains(tc.want, "profile") {
			t.Errorf("%s: the ID token says %v", tc.name, claims)
		}
	}
}
