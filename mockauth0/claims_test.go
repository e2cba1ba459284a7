package mockauth0

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"renewal.example/mockauth0/tenant"
)

// part gives the header (0) or the payload (1) of a token as it was written.
func part(t testing.TB, token string, n int) string {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("no JWT: %q", token)
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[n])
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestClaimsInAuth0sOrder: people compare tokens with the real tenant's by eye.
func TestClaimsInAuth0sOrder(t *testing.T) {
	t.Parallel()
	s := serve(t, backends)
	p := browse(t, s)
	login := p.login(request(s)).fragment(t)
	code := p.exchange(p.code("scope", "openid profile email read:all offline_access"))
	renewed := p.renew(code.member(t, "refresh_token"))
	machine := p.token("grant_type", "client_credentials", "audience", "https://api.example.test/", "client_id", "machine", "client_secret", "machine-secret")
	const profile = "given_name family_name nickname name picture updated_at email email_verified"
	for _, tc := range []struct{ name, token, header, claims string }{
		{"ID token of a code", code.member(t, "id_token"), "alg typ kid", profile + " iss aud iat exp sub sid nonce"},
		{"ID token of the implicit flow", login.Get("id_token"), "alg typ kid", profile + " iss aud iat exp sub at_hash sid nonce"},
		{"ID token of a renewal", renewed.member(t, "id_token"), "alg typ kid", profile + " iss aud iat exp sub sid"},
		{"access token of a code", code.member(t, "access_token"), "alg typ kid", "iss sub aud iat exp scope azp"},
		{"access token of a renewal", renewed.member(t, "access_token"), "alg typ kid", "iss sub aud iat exp scope azp gty"},
		{"access token of a machine", machine.member(t, "access_token"), "alg typ kid", "iss sub aud iat exp scope azp gty"},
	} {
		for n, want := range []string{tc.header, tc.claims} {
			if got := (answer{body: part(t, tc.token, n)}).order(t); got != want {
				t.Errorf("%s: %s, want %s", tc.name, got, want)
			}
		}
		var header map[string]string
		if err := json.Unmarshal([]byte(part(t, tc.token, 0)), &header); err != nil || header["alg"] != "RS256" || header["typ"] != "JWT" || len(header["kid"]) != 21 {
			t.Errorf("%s: header %v %v", tc.name, header, err)
		}
	}
	c := claimsOf(t, code.member(t, "id_token"))
	if got, _ := c["updated_at"].(string); !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`).MatchString(got) {
		t.Errorf("updated_at is %q", got)
	}
	if c["azp"] != nil {
		t.Errorf("azp of an ID token is %v", c["azp"])
	}
	if got, _ := c["picture"].(string); !strings.HasPrefix(got, "https://s.gravatar.com/avatar/") || !strings.HasSuffix(got, "?s=480&r=pg&d=https%3A%2F%2Fcdn.auth0.com%2Favatars%2Fal.png") {
		t.Errorf("picture is %q", got)
	}
}

// TestScopesDecideTheProfile: what of a person is in the ID token follows from the scopes alone.
func TestScopesDecideTheProfile(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		backends(tn)
		tn.Users = append(tn.Users, &tenant.User{Email: "bare@example.test", Password: "p"})
	})
	p := browse(t, s)
	p.login(request(s))
	for _, tc := range []struct{ scope, want string }{
		{"openid", ""},
		{"openid email", "email email_verified "},
		{"openid profile", "given_name family_name nickname name picture updated_at "},
	} {
		for _, responseType := range []string{"id_token", "token id_token"} {
			id := p.get(request(s, "prompt", "none", "scope", tc.scope, "response_type", responseType)).fragment(t).Get("id_token")
			if got := (answer{body: part(t, id, 1)}).order(t); !strings.HasPrefix(got, tc.want+"iss aud iat exp sub ") {
				t.Errorf("%s for %s: %s", tc.scope, responseType, got)
			}
		}
	}
}
