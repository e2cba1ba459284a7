package mockauth0

import (
	"strings"
	"testing"
)

func TestPasswordGrant(t *testing.T) {
	t.Parallel()
	s := serve(t, backends)
	p := browse(t, s)
	send := func(pairs ...string) answer {
		return p.token(append([]string{"grant_type", "password", "client_id", "web", "client_secret", "web+secret%21",
			"username", "ada@example.test", "password", "Analytical-Engine-1"}, pairs...)...)
	}
	realm := []string{"grant_type", "http://auth0.com/oauth/grant-type/password-realm", "realm", "Username-Password-Authentication"}
	for name, pairs := range map[string][]string{"password": nil, "password-realm": realm} {
		got := send(append(pairs, "audience", "https://api.example.test/", "scope", "openid read:all offline_access")...)
		if got.StatusCode != 200 || got.order(t) != "access_token refresh_token id_token scope expires_in token_type" || lastLog(s).Type != "sepft" {
			t.Fatalf("%s: %s %s", name, got.Status, got.body)
		}
		if c := claimsOf(t, got.member(t, "access_token")); c["gty"] != "password" || c["sub"] != s.Snapshot().Users[0].ID || c["scope"] != "openid read:all offline_access" {
			t.Errorf("%s: access token %v", name, c)
		}
		if c := claimsOf(t, got.member(t, "id_token")); c["sid"] != nil || c["nonce"] != nil {
			t.Errorf("%s: no session came of it, but the ID token says %v", name, c)
		}
		renewed := p.token("grant_type", "refresh_token", "client_id", "web", "client_secret", "web+secret%21", "refresh_token", got.member(t, "refresh_token"))
		if renewed.StatusCode != 200 {
			t.Errorf("%s: %s %s", name, renewed.Status, renewed.body)
		}
	}
	if got := send("audience", ""); got.StatusCode != 200 || strings.Count(got.member(t, "access_token"), ".") != 4 {
		t.Errorf("no audience: %s %s", got.Status, got.body)
	}
	if n := len(s.Sessions()); n != 0 {
		t.Errorf("%d sessions came of a password grant", n)
	}
}
