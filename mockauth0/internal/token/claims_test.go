package token_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// TestClaimsInAuth0sOrder: people compare tokens with the real tenant's by eye.
func TestClaimsInAuth0sOrder(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Backends)
	p := tenanttest.Browse(t, s)
	login := p.Login(tenanttest.Request(s)).Fragment(t)
	code := p.Exchange(p.Code("scope", "openid profile email read:all offline_access"))
	renewed := p.Renew(code.Member(t, "refresh_token"))
	machine := p.Token("grant_type", "client_credentials", "audience", "https://api.example.test/", "client_id", "machine",
		"client_secret", "machine-secret")
	const profile = "given_name family_name nickname name picture updated_at email email_verified"
	for _, tc := range []struct{ name, token, header, claims string }{
		{"ID token of a code", code.Member(t, "id_token"), "alg typ kid", profile + " iss aud iat exp sub sid nonce"},
		{"ID token of the implicit flow", login.Get("id_token"), "alg typ kid", profile + " iss aud iat exp sub at_hash sid nonce"},
		{"ID token of a renewal", renewed.Member(t, "id_token"), "alg typ kid", profile + " iss aud iat exp sub sid"},
		{"access token of a code", code.Member(t, "access_token"), "alg typ kid", "iss sub aud iat exp scope azp"},
		{"access token of a renewal", renewed.Member(t, "access_token"), "alg typ kid", "iss sub aud iat exp scope azp gty"},
		{"access token of a machine", machine.Member(t, "access_token"), "alg typ kid", "iss sub aud iat exp scope azp gty"},
	} {
		for n, want := range []string{tc.header, tc.claims} {
			if got := (tenanttest.Answer{Text: tenanttest.Part(t, tc.token, n)}).MemberOrder(t); got != want {
				t.Errorf("%s: %s, want %s", tc.name, got, want)
			}
		}
		var header map[string]string
		if err := json.Unmarshal([]byte(tenanttest.Part(t, tc.token, 0)), &header); err != nil || header["alg"] != "RS256" ||
			header["typ"] != "JWT" || len(header["kid"]) != 21 {
			t.Errorf("%s: header %v %v", tc.name, header, err)
		}
	}
	c := tenanttest.Claims(t, code.Member(t, "id_token"))
	if got, _ := c["updated_at"].(string); !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`).MatchString(got) {
		t.Errorf("updated_at is %q", got)
	}
	if c["azp"] != nil {
		t.Errorf("azp of an ID token is %v", c["azp"])
	}
	if got, _ := c["picture"].(string); !strings.HasPrefix(got, "https://s.gravatar.com/avatar/") ||
		!strings.HasSuffix(got, "?s=480&r=pg&d=https%3A%2F%2Fcdn.auth0.com%2Favatars%2Fal.png") {
		t.Errorf("picture is %q", got)
	}
}

// TestScopesDecideTheProfile: what of a person is in the ID token follows from the scopes alone.
func TestScopesDecideTheProfile(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Backends(tn)
		tn.Users[0].PhoneNumber = "+15551234567"
		tn.Users = append(tn.Users, &tenant.User{Email: "bare@example.test", Password: "p"})
	})
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	for _, tc := range []struct{ scope, want string }{
		{"openid", ""},
		{"openid email", "email email_verified "},
		{"openid phone", "phone_number "},
		{"openid email phone", "email email_verified phone_number "},
		{"openid profile", "given_name family_name nickname name picture updated_at "},
	} {
		for _, responseType := range []string{"id_token", "token id_token"} {
			id := p.Get(tenanttest.Request(s, "prompt", "none", "scope", tc.scope, "response_type", responseType)).Fragment(t).Get("id_token")
			if got := (tenanttest.Answer{Text: tenanttest.Part(t, id, 1)}).MemberOrder(t); !strings.HasPrefix(got, tc.want+"iss aud iat exp sub ") {
				t.Errorf("%s for %s: %s", tc.scope, responseType, got)
			}
		}
	}
}

func TestTokensOfALogin(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Frozen(tn)
		tn.ResourceServers[0].TokenLifetimeForWeb = time.Second
		tn.ResourceServers[0].Scopes = []tenant.Scope{{Value: "read:profile"}}
		tn.Clients[0].IDTokenLifetime = 5 * time.Minute
	})
	p := tenanttest.Browse(t, s)
	got := p.Login(tenanttest.Request(s, "scope", "openid read:profile write:everything email")).Fragment(t)
	if got.Get("expires_in") != "1" || got.Get("scope") != "openid read:profile email" {
		t.Errorf("expires_in %s, scope %q", got.Get("expires_in"), got.Get("scope"))
	}
	now := float64(s.Now().Unix())
	id, access := tenanttest.Claims(t, got.Get("id_token")), tenanttest.Claims(t, got.Get("access_token"))
	sum := sha256.Sum256([]byte(got.Get("access_token")))
	for name, want := range map[string]any{"iss": s.Issuer(), "aud": s.Snapshot().Clients[0].ClientID, "iat": now, "exp": now + 300,
		"nonce": "the-nonce", "sid": s.Sessions()[0].ID, "sub": s.Snapshot().Users[0].ID,
		"at_hash": base64.RawURLEncoding.EncodeToString(sum[:16]), "name": nil, "auth_time": nil} {
		if id[name] != want {
			t.Errorf("ID token: %s is %v, want %v", name, id[name], want)
		}
	}
	for name, want := range map[string]any{
		"iss": s.Issuer(), "iat": now, "exp": now + 1, "azp": s.Snapshot().Clients[0].ClientID, "scope": "openid read:profile email",
	} {
		if access[name] != want {
			t.Errorf("access token: %s is %v, want %v", name, access[name], want)
		}
	}
	if aud, ok := access["aud"].([]any); !ok || len(aud) != 2 || aud[0] != "https://api.example.test/" || aud[1] != s.URL()+"/userinfo" {
		t.Errorf("access token: aud is %v", access["aud"])
	}
	alone := p.Get(tenanttest.Request(s, "response_type", "id_token", "prompt", "none")).Fragment(t)
	if claims := tenanttest.Claims(t, alone.Get("id_token")); claims["at_hash"] != nil {
		t.Error("at_hash without an access token")
	}
	opaque := p.Get(tenanttest.Request(s, "audience", "", "prompt", "none")).Fragment(t)
	if tok := opaque.Get("access_token"); strings.Count(tok, ".") != 4 || opaque.Get("expires_in") != "7200" {
		t.Errorf("without an audience: %q for %s s", tok, opaque.Get("expires_in"))
	}
}
