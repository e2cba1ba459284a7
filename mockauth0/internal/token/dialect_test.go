package token_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// dialects adds an API for each token dialect, and roles: ada may read, and write at the API with RBAC.
func dialects(tn *tenant.Config) {
	tenanttest.Backends(tn)
	scopes := []tenant.Scope{{Value: "read:all"}, {Value: "write:all"}, {Value: "delete:all"}}
	for _, dialect := range []string{"access_token", "access_token_authz", "rfc9068_profile", "rfc9068_profile_authz"} {
		for _, rbac := range []bool{false, true} {
			id := fmt.Sprintf("https://%s.%v.test/", dialect, rbac)
			tn.ResourceServers = append(tn.ResourceServers, &tenant.ResourceServer{
				Identifier: id, Scopes: scopes, TokenDialect: dialect, EnforcePolicies: rbac, AllowOfflineAccess: true,
			})
			tn.ClientGrants = append(tn.ClientGrants, &tenant.ClientGrant{
				Client: "Machine", Audience: id, Scopes: []string{"write:all", "read:all"},
			})
			tn.Users[0].Permissions = append(tn.Users[0].Permissions, tenant.Permission{Name: "write:all", Audience: id})
		}
	}
	tn.Roles = []*tenant.Role{{
		Name: "Reader", Permissions: []tenant.Permission{{Name: "read:all", Audience: "https://access_token_authz.true.test/"}},
	}}
	tn.Users[0].Roles = []string{"Reader"}
}

func TestTokenDialects(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, dialects)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	const auth0, rfc = "iss sub aud iat exp scope azp", "iss sub aud iat exp scope jti client_id"
	for _, tc := range []struct{ api, typ, order, scope, permissions string }{
		{"access_token.false", "JWT", auth0, "openid write:all delete:all read:all", ""},
		{"access_token.true", "JWT", auth0, "openid write:all", ""},
		{"access_token_authz.false", "JWT", auth0, "openid write:all delete:all read:all", ""},
		{"access_token_authz.true", "JWT", auth0 + " permissions", "openid write:all read:all", "[read:all write:all]"},
		{"rfc9068_profile.false", "at+jwt", rfc, "openid write:all delete:all read:all", ""},
		{"rfc9068_profile.true", "at+jwt", rfc, "openid write:all", ""},
		{"rfc9068_profile_authz.true", "at+jwt", rfc + " permissions", "openid write:all", "[write:all]"},
	} {
		audience := "https://" + tc.api + ".test/"
		got := p.Get(tenanttest.Request(s, "prompt", "none", "audience", audience, "scope", "openid write:all delete:all read:all")).Fragment(t)
		token := got.Get("access_token")
		c := tenanttest.Claims(t, token)
		if tenanttest.ClaimOrder(t, token) != tc.order || c["scope"] != tc.scope || got.Get("scope") != tc.scope ||
			tenanttest.Header(t, token)["typ"] != tc.typ {
			t.Errorf("%s: %s, typ %v, scope %q (told %q)", tc.api, tenanttest.ClaimOrder(t, token), tenanttest.Header(t, token)["typ"],
				c["scope"], got.Get("scope"))
		}
		if list := fmt.Sprint(c["permissions"]); tc.permissions != "" && list != tc.permissions {
			t.Errorf("%s: permissions %s, want %s", tc.api, list, tc.permissions)
		}
		if who := c["azp"]; tc.typ == "JWT" && who != s.Snapshot().Clients[0].ClientID ||
			tc.typ != "JWT" && (c["client_id"] != s.Snapshot().Clients[0].ClientID || len(c["jti"].(string)) != 22) {
			t.Errorf("%s: %v", tc.api, c)
		}
		info := p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+token)
		if info.StatusCode != 200 || lastResponseClient(s) != s.Snapshot().Clients[0].ClientID {
			t.Errorf("%s: userinfo %s, told of client %q", tc.api, info.Status, lastResponseClient(s))
		}
		machine := p.Token("grant_type", "client_credentials", "audience", audience, "client_id", "machine", "client_secret", "machine-secret").
			Member(t, "access_token")
		want := strings.Replace(tc.order, "azp", "azp gty", 1)
		if tenanttest.ClaimOrder(t, machine) != want ||
			tc.permissions != "" && fmt.Sprint(tenanttest.Claims(t, machine)["permissions"]) != "[write:all read:all]" {
			t.Errorf("%s, machine: %s, %v", tc.api, tenanttest.ClaimOrder(t, machine), tenanttest.Claims(t, machine)["permissions"])
		}
	}
	poor := s.Snapshot().Clone()
	poor.Users[0].Roles, poor.Users[0].Permissions = nil, nil
	if err := s.Reload(poor); err != nil {
		t.Fatal(err)
	}
	token := p.Get(tenanttest.Request(s, "prompt", "none", "audience", "https://access_token_authz.true.test/", "scope", "openid write:all")).
		Fragment(t).Get("access_token")
	if c := tenanttest.Claims(t, token); fmt.Sprint(c["permissions"]) != "[]" || c["scope"] != "openid" {
		t.Errorf("without roles: %v", c)
	}
}

// lastResponseClient is the client of the newest answer.
func lastResponseClient(s *mockauth0.Server) (id string) {
	for _, e := range s.Events(0) {
		if e.Kind == event.KindResponse {
			id = e.ClientID
		}
	}
	return id
}

// A permission that was taken away is gone at the next renewal.
func TestRefreshFollowsRoles(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, dialects)
	p := tenanttest.Browse(t, s)
	const audience = "https://access_token_authz.true.test/"
	got := p.Exchange(p.Code("audience", audience, "scope", "openid offline_access read:all write:all"))
	if scope := tenanttest.Claims(t, got.Member(t, "access_token"))["scope"]; scope != "openid read:all write:all offline_access" {
		t.Fatalf("scope %v", scope)
	}
	poor := s.Snapshot().Clone()
	poor.Users[0].Roles = nil
	if err := s.Reload(poor); err != nil {
		t.Fatal(err)
	}
	got = p.Token("grant_type", "refresh_token", "client_id", s.Snapshot().Clients[0].ClientID, "refresh_token",
		got.Member(t, "refresh_token"))
	c := tenanttest.Claims(t, got.Member(t, "access_token"))
	if c["scope"] != "openid write:all offline_access" || fmt.Sprint(c["permissions"]) != "[write:all]" || c["gty"] != "refresh_token" {
		t.Errorf("%v", c)
	}
}

func TestCustomClaims(t *testing.T) {
	t.Parallel()
	const plan, roles = "https://example.test/plan", "https://example.test/roles"
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Backends(tn)
		tn.Clients[0].IDTokenClaims = []tenant.Claim{{Name: plan, Value: "gold"}, {Name: roles, Value: []any{"guest"}}}
		tn.Clients[0].AccessTokenClaims = []tenant.Claim{{Name: plan, Value: "gold"}}
		tn.Users[0].IDTokenClaims = []tenant.Claim{{Name: roles, Value: []any{"admin"}}}
		tn.Clients[2].AccessTokenClaims = []tenant.Claim{{Name: plan, Value: float64(3)}}
	})
	p := tenanttest.Browse(t, s)
	got := p.Login(tenanttest.Request(s)).Fragment(t)
	id, access := tenanttest.Claims(t, got.Get("id_token")), tenanttest.Claims(t, got.Get("access_token"))
	if id[plan] != "gold" || fmt.Sprint(id[roles]) != "[admin]" || access[plan] != "gold" || access[roles] != nil {
		t.Errorf("%v\n%v", id, access)
	}
	if order := tenanttest.ClaimOrder(t, got.Get("id_token")); !strings.HasPrefix(order, plan+" "+roles+" given_name ") ||
		!strings.HasPrefix(tenanttest.ClaimOrder(t, got.Get("access_token")), plan+" iss ") {
		t.Errorf("custom claims come first: %s", order)
	}
	if info := p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+got.Get("access_token")); !strings.HasSuffix(info.Text,
		`"`+plan+`":"gold","`+roles+`":["admin"]}`) {
		t.Error(info.Text)
	}
	machine := p.Token("grant_type", "client_credentials", "audience", "https://api.example.test/", "client_id", "machine", "client_secret",
		"machine-secret").Member(t, "access_token")
	if tenanttest.Claims(t, machine)[plan] != float64(3) {
		t.Error(tenanttest.Claims(t, machine))
	}
	bad := s.Snapshot().Clone()
	bad.Users[0].IDTokenClaims = []tenant.Claim{{Name: "sub", Value: "auth0|mallory"}, {Name: "https://x.auth0.com/a", Value: 1}}
	if err := s.Reload(bad); err == nil || strings.Count(err.Error(), "users[0].id_token_claims") != 2 {
		t.Errorf("a reserved claim: %v", err)
	}
}

func TestSingleClaimScopes(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	got := p.Login(tenanttest.Request(s, "scope", "openid nickname email_verified created_at identities nonsense")).Fragment(t)
	if got.Get("scope") != "openid nickname email_verified created_at identities" ||
		!strings.HasPrefix(tenanttest.ClaimOrder(t, got.Get("id_token")), "created_at identities nickname email_verified iss") {
		t.Errorf("%s: %s", got.Get("scope"), tenanttest.ClaimOrder(t, got.Get("id_token")))
	}
	id := tenanttest.Claims(t, got.Get("id_token"))
	provider, user, _ := strings.Cut(s.Snapshot().Users[0].ID, "|")
	want, _ := json.Marshal([]any{map[string]any{
		"connection": "Username-Password-Authentication", "isSocial": false, "provider": provider, "user_id": user,
	}})
	if have, _ := json.Marshal(id["identities"]); string(have) != string(want) || id["created_at"] != "2026-01-01T00:00:00.000Z" {
		t.Errorf("%s, %v", have, id["created_at"])
	}
}

// Each algorithm of a client and of an API, as its verifier sees it; userinfo takes the access token of each.
func TestAlgorithms(t *testing.T) {
	t.Parallel()
	const secret = "an API's secret: 32 bytes or more"
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Backends(tn)
		for _, alg := range []string{"RS256", "PS256", "HS256"} {
			tn.ResourceServers = append(tn.ResourceServers, &tenant.ResourceServer{
				Identifier: "https://" + alg + ".test/", SigningAlg: alg, SigningSecret: secret,
			})
		}
	})
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	var set jose.JSONWebKeySet
	if err := json.Unmarshal([]byte(p.Get("/.well-known/jwks.json").Text), &set); err != nil {
		t.Fatal(err)
	}
	verify := func(token, alg, secret string) []byte {
		t.Helper()
		parsed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
		if err != nil {
			t.Errorf("%s: %v", alg, err)
			return nil
		}
		var key any = []byte(secret)
		if alg != "HS256" {
			key = set.Key(parsed.Signatures[0].Header.KeyID)[0].Key
		} else if parsed.Signatures[0].Header.KeyID != "" {
			t.Errorf("%s: a kid for a secret", alg)
		}
		payload, err := parsed.Verify(key)
		if err != nil {
			t.Errorf("%s: %v", alg, err)
		}
		return payload
	}
	for _, alg := range []string{"RS256", "PS256", "HS256"} {
		next := s.Snapshot().Clone()
		next.Clients[0].IDTokenAlg = alg
		if err := s.Reload(next); err != nil {
			t.Fatal(err)
		}
		got := p.Get(tenanttest.Request(s, "prompt", "none", "audience", "https://"+alg+".test/", "response_type", "code id_token token")).
			Fragment(t)
		access := got.Get("access_token")
		verify(access, alg, secret)
		var id map[string]any
		if err := json.Unmarshal(verify(got.Get("id_token"), alg, next.Clients[0].ClientSecret), &id); err != nil {
			t.Fatal(err)
		}
		half := func(s string) string { // the hash of the algorithm's own size, 256 for all three
			sum := sha256.Sum256([]byte(s))
			return base64.RawURLEncoding.EncodeToString(sum[:16])
		}
		if id["at_hash"] != half(access) || id["c_hash"] != half(got.Get("code")) {
			t.Errorf("%s: %v", alg, id)
		}
		if info := p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+access); info.StatusCode != 200 {
			t.Errorf("%s: userinfo %s", alg, info.Status)
		}
	}
}

// A secret opens /userinfo only when it is the one of the API that the token names.
func TestUserInfoIsNotFooledBySecrets(t *testing.T) {
	t.Parallel()
	const secret, other = "an API's secret: 32 bytes or more", "another API's secret, of 32 bytes"
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tn.Clients[0].IDTokenAlg = "HS256"
		tn.ResourceServers = append(tn.ResourceServers, &tenant.ResourceServer{
			Identifier: "https://hs.test/", SigningAlg: "HS256", SigningSecret: secret,
		},
			&tenant.ResourceServer{Identifier: "https://other.test/", SigningAlg: "HS256", SigningSecret: other})
	})
	p := tenanttest.Browse(t, s)
	forge := func(secret string, aud ...string) string {
		header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`))
		payload, err := json.Marshal(map[string]any{
			"iss": s.Issuer(), "sub": s.Snapshot().Users[0].ID, "aud": append(aud, s.URL()+"/userinfo"),
			"exp": s.Now().Unix() + 60, "scope": "openid",
		})
		if err != nil {
			t.Fatal(err)
		}
		text := header + "." + base64.RawURLEncoding.EncodeToString(payload)
		m := hmac.New(sha256.New, []byte(secret))
		m.Write([]byte(text))
		return text + "." + base64.RawURLEncoding.EncodeToString(m.Sum(nil))
	}
	all, err := s.Keys()
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		token string
		want  int
	}{
		"the API's own": {forge(secret, "https://hs.test/"), 200}, "another API's": {forge(other, "https://hs.test/"), 401}, "no API": {forge(secret), 401},
		"an RS256 API":        {forge(s.Snapshot().ResourceServers[0].SigningSecret, "https://api.example.test/"), 401},
		"the client's secret": {forge(s.Snapshot().Clients[0].ClientSecret, "https://hs.test/"), 401}, "the public key": {forge(all[0].Cert, "https://api.example.test/"), 401},
	} {
		if got := p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+tc.token); got.StatusCode != tc.want {
			t.Errorf("%s: %s", name, got.Status)
		}
	}
}

func TestOpaqueTokenForms(t *testing.T) {
	t.Parallel()
	for form, want := range map[string][]int{"jwe": {0, 16, 128, 22}, "short": nil} {
		s := tenanttest.Serve(t, func(tn *tenant.Config) { tn.Mock.OpaqueTokens = form })
		p := tenanttest.Browse(t, s)
		token := p.Login(tenanttest.Request(s, "audience", "")).Fragment(t).Get("access_token")
		parts := strings.Split(token, ".")
		var lengths []int
		for _, part := range parts[1:] {
			lengths = append(lengths, len(part))
		}
		if !slices.Equal(lengths, want) || form == "short" && len(token) != 32 {
			t.Errorf("%s: %q", form, token)
		}
		if form == "jwe" {
			if h, err := base64.RawURLEncoding.DecodeString(parts[0]); err != nil ||
				string(h) != `{"alg":"dir","enc":"A256GCM","iss":"`+s.Issuer()+`"}` {
				t.Errorf("%s: %s", form, h)
			}
		}
		if got := p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+token); got.StatusCode != 200 {
			t.Errorf("%s: userinfo %s", form, got.Status)
		}
	}
}
