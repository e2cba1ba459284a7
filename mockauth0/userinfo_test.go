package mockauth0

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"renewal.example/mockauth0/tenant"
)

// ask sends a request with headers given as pairs.
func (p *person) ask(method, path, body string, headers ...string) answer {
	p.Helper()
	r, err := http.NewRequest(method, p.s.URL()+path, strings.NewReader(body))
	if err != nil {
		p.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	got := p.do(r)
	if strings.HasPrefix(path, "/__mock/") && got.StatusCode < 300 && got.body != "" && !strings.HasSuffix(got.body, "\n") {
		p.Errorf("%s %s: the control API ends its lines, for people with curl: %q", method, path, got.body)
	}
	got.body = strings.TrimSuffix(got.body, "\n")
	return got
}

func TestUserInfo(t *testing.T) {
	t.Parallel()
	s := serve(t, frozen)
	p := browse(t, s)
	jwt := p.login(request(s)).fragment(t)
	opaque := p.get(request(s, "prompt", "none", "audience", "")).fragment(t)
	bare := p.get(request(s, "prompt", "none", "scope", "openid")).fragment(t)
	form := "application/x-www-form-urlencoded"
	u := s.Snapshot().Users[0]
	for name, token := range map[string]string{"JWT": jwt.Get("access_token"), "opaque": opaque.Get("access_token")} {
		for where, got := range map[string]answer{
			"header":              p.ask("GET", "/userinfo", "", "Authorization", "Bearer "+token),
			"header, small":       p.ask("GET", "/userinfo", "", "authorization", "bearer "+token),
			"header, POST":        p.ask("POST", "/userinfo", "", "Authorization", "BEARER "+token),
			"body":                p.ask("POST", "/userinfo", "access_token="+url.QueryEscape(token), "Content-Type", form),
			"query":               p.ask("GET", "/userinfo?access_token="+url.QueryEscape(token), ""),
			"query, Basic header": p.ask("GET", "/userinfo?access_token="+url.QueryEscape(token), "", "Authorization", "Basic eDp5"),
		} {
			var claims map[string]any
			if err := json.Unmarshal([]byte(got.body), &claims); err != nil || got.StatusCode != 200 || got.Header.Get("Content-Type") != "application/json; charset=utf-8" {
				t.Errorf("%s in %s: %s %q", name, where, got.Status, got.body)
			}
			if !strings.HasPrefix(got.body, `{"sub":"`+u.ID+`","given_name":"Ada"`) || claims["email"] != u.Email || claims["email_verified"] != true || claims["nickname"] != "ada" {
				t.Errorf("%s in %s: %s", name, where, got.body)
			}
		}
	}
	if got := p.ask("GET", "/userinfo", "", "Authorization", "Bearer "+bare.Get("access_token")); got.body != `{"sub":"`+u.ID+`"}` {
		t.Errorf("scope openid alone: %s", got.body)
	}

	claims := claimsOf(t, jwt.Get("access_token"))
	forged := func(alg, key string, change func(map[string]any)) string {
		c := map[string]any{}
		for k, v := range claims {
			c[k] = v
		}
		if change != nil {
			change(c)
		}
		kid := strings.SplitN(jwt.Get("access_token"), ".", 2)[0]
		header, err := base64.RawURLEncoding.DecodeString(kid)
		if err != nil {
			t.Fatal(err)
		}
		var h map[string]any
		if err := json.Unmarshal(header, &h); err != nil {
			t.Fatal(err)
		}
		if alg == "none" {
			payload, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","kid":"`+h["kid"].(string)+`"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload) + "."
		}
		return signJWT(t, jose.SignatureAlgorithm(alg), []byte(key), h["kid"], c)
	}
	foreign, err := s.MintToken(TokenRequest{Client: "My App", User: u.Email, Audience: "https://api.example.test/", Claims: map[string]any{"iss": "https://other.example.test/"}})
	if err != nil {
		t.Fatal(err)
	}
	otherAudience, err := s.MintToken(TokenRequest{Client: "My App", User: u.Email, Audience: "https://api.example.test/", Scope: "profile"})
	if err != nil {
		t.Fatal(err)
	}
	good := jwt.Get("access_token")
	for name, token := range map[string]string{
		"empty": "", "rubbish": "x.y.z", "ID token": jwt.Get("id_token"), "another issuer": foreign.AccessToken, "no openid": otherAudience.AccessToken,
		"alg none": forged("none", "", nil), "HS256 by the public key": forged("HS256", strings.Repeat("k", 32), nil),
		"changed signature": good[:len(good)-4] + "AAAA", "no signature": good[:strings.LastIndexByte(good, '.')+1],
	} {
		got := p.ask("GET", "/userinfo", "", "Authorization", "Bearer "+token, "Origin", "http://localhost:3000")
		if got.StatusCode != 401 || got.Header.Get("Content-Type") != "text/plain; charset=utf-8" || got.body != "Unauthorized" || got.Header.Get("Access-Control-Allow-Origin") != "http://localhost:3000" {
			t.Errorf("%s: %s %q %q", name, got.Status, got.Header.Get("Content-Type"), got.body)
		}
	}
	for _, token := range []string{good, opaque.Get("access_token")} {
		for _, step := range []struct {
			d    time.Duration
			want int
		}{{2*time.Hour - time.Second, 200}, {time.Second, 401}, {-2 * time.Hour, 200}} {
			s.Advance(step.d)
			if got := p.ask("GET", "/userinfo", "", "Authorization", "Bearer "+token); got.StatusCode != step.want {
				t.Errorf("%s after %v: %s", s.Now(), step.d, got.Status)
			}
		}
	}
	gone := s.Snapshot().Clone()
	gone.Users = nil
	if err := s.Reload(gone); err != nil {
		t.Fatal(err)
	}
	if got := p.ask("GET", "/userinfo", "", "Authorization", "Bearer "+good); got.StatusCode != 401 {
		t.Errorf("the token of a deleted user: %s", got.Status)
	}
}

func TestTokensOfALogin(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		frozen(tn)
		tn.ResourceServers[0].TokenLifetimeForWeb = time.Second
		tn.ResourceServers[0].Scopes = []tenant.Scope{{Value: "read:profile"}}
		tn.Clients[0].IDTokenLifetime = 5 * time.Minute
	})
	p := browse(t, s)
	got := p.login(request(s, "scope", "openid read:profile write:everything email")).fragment(t)
	if got.Get("expires_in") != "1" || got.Get("scope") != "openid read:profile email" {
		t.Errorf("expires_in %s, scope %q", got.Get("expires_in"), got.Get("scope"))
	}
	now := float64(s.Now().Unix())
	id, access := claimsOf(t, got.Get("id_token")), claimsOf(t, got.Get("access_token"))
	sum := sha256.Sum256([]byte(got.Get("access_token")))
	for name, want := range map[string]any{"iss": s.Issuer(), "aud": s.Snapshot().Clients[0].ClientID, "iat": now, "exp": now + 300, "nonce": "the-nonce",
		"sid": s.Sessions()[0].ID, "sub": s.Snapshot().Users[0].ID, "at_hash": base64.RawURLEncoding.EncodeToString(sum[:16]), "name": nil, "auth_time": nil} {
		if id[name] != want {
			t.Errorf("ID token: %s is %v, want %v", name, id[name], want)
		}
	}
	for name, want := range map[string]any{"iss": s.Issuer(), "iat": now, "exp": now + 1, "azp": s.Snapshot().Clients[0].ClientID, "scope": "openid read:profile email"} {
		if access[name] != want {
			t.Errorf("access token: %s is %v, want %v", name, access[name], want)
		}
	}
	if aud, ok := access["aud"].([]any); !ok || len(aud) != 2 || aud[0] != "https://api.example.test/" || aud[1] != s.URL()+"/userinfo" {
		t.Errorf("access token: aud is %v", access["aud"])
	}
	alone := p.get(request(s, "response_type", "id_token", "prompt", "none")).fragment(t)
	if claims := claimsOf(t, alone.Get("id_token")); claims["at_hash"] != nil {
		t.Error("at_hash without an access token")
	}
	opaque := p.get(request(s, "audience", "", "prompt", "none")).fragment(t)
	if tok := opaque.Get("access_token"); strings.Count(tok, ".") != 4 || opaque.Get("expires_in") != "7200" {
		t.Errorf("without an audience: %q for %s s", tok, opaque.Get("expires_in"))
	}
}

func TestDiscoveryAndKeys(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := browse(t, s)
	got := p.get("/.well-known/openid-configuration")
	if alias := p.get("/.well-known/oauth-authorization-server"); alias.body != got.body {
		t.Error("the alias differs")
	}
	var doc map[string]any
	if err := json.Unmarshal([]byte(got.body), &doc); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"issuer": s.Issuer(), "authorization_endpoint": s.URL() + "/authorize", "userinfo_endpoint": s.URL() + "/userinfo",
		"token_endpoint": s.URL() + "/oauth/token", "revocation_endpoint": s.URL() + "/oauth/revoke", "jwks_uri": s.URL() + "/.well-known/jwks.json"} {
		if doc[name] != want {
			t.Errorf("%s is %v, want %s", name, doc[name], want)
		}
	}
	// Auth0's order: people compare documents by eye.
	if order := got.order(t); order != "issuer authorization_endpoint token_endpoint userinfo_endpoint jwks_uri revocation_endpoint scopes_supported response_types_supported "+
		"code_challenge_methods_supported response_modes_supported subject_types_supported token_endpoint_auth_methods_supported token_endpoint_auth_signing_alg_values_supported "+
		"claims_supported request_uri_parameter_supported request_parameter_supported id_token_signing_alg_values_supported end_session_endpoint pushed_authorization_request_endpoint" {
		t.Errorf("members: %s", order)
	}
	if !strings.HasPrefix(got.body, `{"issuer":"`) || doc["device_authorization_endpoint"] != nil || doc["end_session_endpoint"] != s.URL()+"/oidc/logout" {
		t.Errorf("discovery: %s", got.body)
	}
	for name, want := range map[string]string{
		"response_types_supported": "[code token id_token code token code id_token token id_token code token id_token]", "code_challenge_methods_supported": "[S256 plain]",
		"token_endpoint_auth_methods_supported": "[client_secret_basic client_secret_post private_key_jwt]", "token_endpoint_auth_signing_alg_values_supported": "[RS256 RS384 PS256]",
	} {
		if got := fmt.Sprint(doc[name]); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	keys := p.get("/.well-known/jwks.json")
	var set jose.JSONWebKeySet // go-jose refuses a key whose x5c is another key's
	if err := json.Unmarshal([]byte(keys.body), &set); err != nil || len(set.Keys) != 2 {
		t.Fatalf("%v: %s", err, keys.body)
	}
	k := set.Keys[0]
	if k.Algorithm != "RS256" || k.Use != "sig" || len(k.KeyID) != 21 || len(k.Certificates) != 1 || k.Certificates[0].Subject.CommonName != s.Domain() {
		t.Errorf("%+v", k)
	}
	for _, a := range []answer{got, keys} {
		if a.StatusCode != 200 || a.Header.Get("Content-Type") != "application/json; charset=utf-8" || a.Header.Get("Access-Control-Allow-Origin") != "*" || !strings.HasPrefix(a.Header.Get("Cache-Control"), "public, max-age=15") {
			t.Errorf("%s %v", a.Status, a.Header)
		}
	}
	tok, err := jose.ParseSignedCompact(p.login(request(s)).fragment(t).Get("id_token"), []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tok.Verify(set.Key(tok.Signatures[0].Protected.KeyID)[0]); err != nil {
		t.Error(err)
	}
}
