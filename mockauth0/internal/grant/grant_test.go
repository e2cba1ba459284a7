package grant_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestTokensOfACode(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Backends)
	p := tenanttest.Browse(t, s)
	for _, tc := range []struct{ scope, order, granted string }{
		{"openid profile offline_access read:all unknown", "access_token refresh_token id_token scope expires_in token_type", "openid profile read:all offline_access"},
		{"openid", "access_token id_token scope expires_in token_type", "openid"},
		{"read:all", "access_token scope expires_in token_type", "read:all"},
	} {
		got := p.Exchange(p.Code("scope", tc.scope))
		if got.StatusCode != 200 || got.MemberOrder(t) != tc.order || got.Member(t, "scope") != tc.granted ||
			got.Member(t, "token_type") != "Bearer" || !strings.Contains(got.Text, `"expires_in":86400`) {
			t.Errorf("%s: %s %s", tc.scope, got.Status, got.Text)
		}
		for name, want := range map[string]string{
			"Content-Type": "application/json", "Cache-Control": "no-store", "Pragma": "no-cache",
			"Access-Control-Allow-Origin": "http://localhost:3000",
		} {
			if h := got.Header.Get(name); h != want {
				t.Errorf("%s: %s is %q, want %q", tc.scope, name, h, want)
			}
		}
		if e := tenanttest.LastLog(s); e.Type != "seacft" || e.UserName != "ada@example.test" || e.ClientName != "My App" {
			t.Errorf("log: %+v", e)
		}
		if id := got.Member(t, "id_token"); id != "" {
			c := tenanttest.Claims(t, id)
			if c["nonce"] != "the-nonce" || c["sid"] != s.Sessions()[0].ID || c["aud"] != s.Snapshot().Clients[0].ClientID || c["at_hash"] != nil ||
				c["c_hash"] != nil || c["auth_time"] != nil {
				t.Errorf("ID token: %v", c)
			}
		}
	}
	withAge := p.Exchange(p.Code("scope", "openid", "max_age", "1000"))
	if got := tenanttest.Claims(t, withAge.Member(t, "id_token"))["auth_time"]; got != float64(s.Now().Unix()) {
		t.Errorf("auth_time after max_age: %v", got)
	}
	opaque := p.Exchange(p.Code("audience", ""))
	if tok := opaque.Member(t, "access_token"); strings.Count(tok, ".") != 4 || !strings.Contains(opaque.Text, `"expires_in":86400`) ||
		p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+tok).StatusCode != 200 {
		t.Errorf("without an audience: %s", opaque.Text)
	}
}

func TestJSONBodiesAreLikeForms(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Backends)
	p := tenanttest.Browse(t, s)
	id := s.Snapshot().Clients[0].ClientID
	send := func(body string) tenanttest.Answer {
		return p.Ask("POST", "/oauth/token", body, "Content-Type", "application/json; charset=utf-8")
	}
	if got := send(`{"grant_type":"authorization_code","client_id":"` + id + `","code":"` + p.Code() +
		`","redirect_uri":"http://localhost:3000","code_verifier":"` + tenanttest.Verifier +
		`","auth0Client":{"name":"x"},"n":1,"nothing":null}`); got.StatusCode != 200 {
		t.Errorf("%s %s", got.Status, got.Text)
	}
	for body, want := range map[string]string{
		``:                                 `{"error":"invalid_request","error_description":"The body is not a JSON object."}`,
		`[]`:                               `{"error":"invalid_request","error_description":"The body is not a JSON object."}`,
		`{} {}`:                            `{"error":"invalid_request","error_description":"The body is not a JSON object."}`,
		`{`:                                `{"error":"invalid_request","error_description":"The body is not a JSON object."}`,
		`null`:                             `{"error":"invalid_request","error_description":"Missing required parameter: grant_type"}`,
		`{"code":7}`:                       `{"error":"invalid_request","error_description":"Missing required parameter: grant_type"}`,
		`{"grant_type":["refresh_token"]}`: `{"error":"invalid_request","error_description":"Invalid parameter: grant_type must be a string"}`,
		`{"grant_type":"a\u0000b"}`:        `{"error":"invalid_request","error_description":"Invalid parameter: grant_type must be valid UTF-8 text"}`,
	} {
		if got := send(body); got.StatusCode != 400 || got.Text != want {
			t.Errorf("%s: %s %s", body, got.Status, got.Text)
		}
	}
	if got := send(`{"a":"` + strings.Repeat("a", 1<<20) + `"}`); got.StatusCode != 413 {
		t.Errorf("a body that is too large: %s", got.Status)
	}
}

func TestTokenErrors(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Backends(tn)
		tn.Users = append(tn.Users, &tenant.User{Email: "mallory@example.test", Password: "p", Blocked: true})
	})
	p := tenanttest.Browse(t, s)
	spa := s.Snapshot().Clients[0].ClientID
	ropg := []string{
		"grant_type", "password", "client_id", "web", "client_secret", "web+secret%21", "username", "ada@example.test", "password",
		"Analytical-Engine-1",
	}
	m2m := []string{
		"grant_type", "client_credentials", "client_id", "machine", "client_secret", "machine-secret", "audience", "https://api.example.test/",
	}
	rt := []string{"grant_type", "refresh_token", "client_id", spa}
	with := func(base []string, pairs ...string) []string { return slices.Concat(base, pairs) }
	for _, tc := range []struct {
		name   string
		send   []string
		status int
		code   string
		text   string
		log    string
	}{
		{"nothing", nil, 400, "invalid_request", "Missing required parameter: grant_type", "f"},
		{"unknown grant", []string{"grant_type", "x"}, 403, "unsupported_grant_type", "Unsupported grant type: x", "f"},
		{"no client", []string{"grant_type", "refresh_token"}, 400, "invalid_request", "Missing required parameter: client_id", "fertft"},
		{"unknown client", []string{"grant_type", "refresh_token", "client_id", "x"}, 401, "access_denied", "Unauthorized", "fertft"},
		{"wrong secret", with(m2m, "client_secret", "x"), 401, "access_denied", "Unauthorized", "feccft"},
		{"no secret", with(m2m, "client_secret", ""), 401, "access_denied", "Unauthorized", "feccft"},
		{"no code", []string{"grant_type", "authorization_code", "client_id", spa}, 400, "invalid_request", "Missing required parameter: code", "feacft"},
		{"wrong code", []string{"grant_type", "authorization_code", "client_id", spa, "code", "x"}, 403, "invalid_grant", "Invalid authorization code", "feacft"},
		{"no refresh token", rt, 400, "invalid_request", "Missing required parameter: refresh_token", "fertft"},
		{"wrong refresh token", with(rt, "refresh_token", "x"), 403, "invalid_grant", "Unknown or invalid refresh token.", "fertft"},
		{"grant not allowed", []string{"grant_type", "password", "client_id", spa}, 403, "unauthorized_client", "Grant type 'password' not allowed for the client.", "fepft"},
		{"machine without a secret", []string{"grant_type", "client_credentials", "client_id", spa, "audience", "https://api.example.test/"}, 403, "unauthorized_client", "Grant type 'client_credentials' not allowed for the client.", "feccft"},
		{"no audience", with(m2m, "audience", ""), 403, "access_denied", "Non-global clients are not allowed access to APIv1", "feccft"},
		{"unknown audience", with(m2m, "audience", "https://x.example.test/"), 403, "access_denied", "Service not enabled within domain: https://x.example.test/", "feccft"},
		{"no client grant", with(m2m, "client_id", "web", "client_secret", "web+secret%21"), 403, "access_denied", `Client is not authorized to access "https://api.example.test/". You might probably want to create a "client-grant" associated to this API. See: https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants`, "feccft"},
		{"scopes not granted", with(m2m, "scope", "read:all b a"), 403, "access_denied", "Client has not been granted scopes: b a", "feccft"},
		{"no user name", with(ropg, "username", ""), 400, "invalid_request", "Missing required parameter: username", "fepft"},
		{"no password", with(ropg, "password", ""), 400, "invalid_request", "Missing required parameter: password", "fepft"},
		{"wrong password", with(ropg, "password", "x"), 403, "invalid_grant", "Wrong email or password.", "fepft"},
		{"unknown user", with(ropg, "username", "x"), 403, "invalid_grant", "Wrong email or password.", "fepft"},
		{"blocked user", with(ropg, "username", "mallory@example.test", "password", "p"), 403, "unauthorized", "user is blocked", "fepft"},
		{"no such API", with(ropg, "audience", "https://x.example.test/"), 400, "invalid_request", "invalid audience specified for password grant exchange", "fepft"},
		{"no realm", with(ropg, "grant_type", "http://auth0.com/oauth/grant-type/password-realm"), 400, "invalid_request", "Missing required parameter: realm", "fepft"},
		{"wrong realm", with(ropg, "grant_type", "http://auth0.com/oauth/grant-type/password-realm", "realm", "x"), 400, "invalid_request", "the connection was not found", "fepft"},
	} {
		got := p.Token(tc.send...)
		text, err := json.Marshal(tc.text)
		if err != nil {
			t.Fatal(err)
		}
		if want := `{"error":"` + tc.code + `","error_description":` + string(text) + `}`; got.StatusCode != tc.status || got.Text != want {
			t.Errorf("%s: %s %s, want %d %s", tc.name, got.Status, got.Text, tc.status, want)
		}
		for name, want := range map[string]string{
			"Content-Type": "application/json", "Cache-Control": "no-store", "Pragma": "no-cache", "WWW-Authenticate": "",
			"Access-Control-Allow-Origin": "http://localhost:3000",
		} {
			if h := got.Header.Get(name); h != want {
				t.Errorf("%s: %s is %q, want %q", tc.name, name, h, want)
			}
		}
		if e := tenanttest.LastLog(s); string(e.Type) != tc.log || e.Description != tc.text {
			t.Errorf("%s: log %s %q", tc.name, e.Type, e.Description)
		}
	}
	if got := p.Ask("POST", "/oauth/token", "grant_type=a&grant_type=b", "Content-Type",
		"application/x-www-form-urlencoded"); got.StatusCode != 400 {
		t.Errorf("a parameter twice: %s", got.Status)
	}
	if got := p.Ask("POST", "/oauth/token?grant_type=password", ""); !strings.Contains(got.Text, "grant_type") || got.StatusCode != 400 {
		t.Errorf("parameters in the query count: %s %s", got.Status, got.Text)
	}
	bare := s.Snapshot().Clone()
	bare.Settings.DefaultDirectory = ""
	if err := s.Reload(bare); err != nil {
		t.Fatal(err)
	}
	if got := p.Token(ropg...); got.StatusCode != 500 ||
		got.Member(t, "error_description") != "Authorization server not configured with default connection." {
		t.Errorf("no default directory: %s %s", got.Status, got.Text)
	}
}

func TestClientAuthentication(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	elliptical, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	wider, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public := tenanttest.PublicPEM(t, &key.PublicKey)
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Backends(tn)
		c := tenant.NewClient("Keyed")
		c.AppType, c.ClientID, c.GrantTypes, c.TokenEndpointAuthMethod, c.PublicKeys = "non_interactive", "keyed", []string{"client_credentials"},
			"private_key_jwt", []string{public, tenanttest.PublicPEM(t, &elliptical.PublicKey)}
		tn.Clients = append(tn.Clients, c)
		tn.ClientGrants = append(tn.ClientGrants, &tenant.ClientGrant{Client: "Keyed", Audience: "https://api.example.test/"},
			&tenant.ClientGrant{Client: "Web", Audience: "https://api.example.test/"})
	})
	p := tenanttest.Browse(t, s)
	now := s.Now().Unix()
	sign := func(alg jose.SignatureAlgorithm, key any, change func(map[string]any)) string {
		claims := map[string]any{"iss": "keyed", "sub": "keyed", "aud": s.Issuer(), "exp": now + 60, "iat": now}
		if change != nil {
			change(claims)
		}
		return tenanttest.SignJWT(t, alg, key, nil, claims)
	}
	set := func(name string, value any) func(map[string]any) { return func(c map[string]any) { c[name] = value } }
	basic := func(id, secret string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
	}
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." +
		base64.RawURLEncoding.EncodeToString([]byte(`{"iss":"keyed","sub":"keyed","aud":"`+s.Issuer()+`","exp":9999999999}`)) + "."
	const jwt = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	for _, tc := range []struct {
		name, header string
		send         []string
		want         int
	}{
		{"Basic, form-encoded", basic("web", "web%2Bsecret%2521"), nil, 200},
		{"Basic, as it is", basic("web", "web+secret%21"), nil, 200},
		{"Basic and client_id", basic("machine", "machine-secret"), []string{"client_id", "machine"}, 200},
		{"Basic and another client_id", basic("machine", "machine-secret"), []string{"client_id", "web"}, 401},
		{"Basic, wrong", basic("machine", "x"), []string{"client_secret", "machine-secret"}, 401},
		{"Basic, no secret", basic("machine", ""), nil, 401},
		{"body", "", []string{"client_id", "machine", "client_secret", "machine-secret"}, 200},
		{"another client's secret", "", []string{"client_id", "machine", "client_secret", "web+secret%21"}, 401},
		{"a secret instead of the key", "", []string{"client_id", "keyed", "client_secret", s.Snapshot().ClientByID("keyed").ClientSecret}, 401},
		{"key", "", []string{"client_id", "keyed", "client_assertion_type", jwt, "client_assertion", sign("RS256", key, nil)}, 200},
		{"elliptic key", "", []string{"client_id", "keyed", "client_assertion_type", jwt, "client_assertion", sign("ES256", elliptical, nil)}, 200},
		{"elliptic key, another curve's algorithm", "", []string{"client_id", "keyed", "client_assertion_type", jwt, "client_assertion", sign("ES384", wider, nil)}, 401},
		{"key, PS384", "", []string{"client_assertion_type", jwt, "client_assertion", sign("PS384", key, nil)}, 200},
		{"key, RS512", "", []string{"client_assertion_type", jwt, "client_assertion", sign("RS512", key, nil)}, 400},
		{"key, no client_id", "", []string{"client_assertion_type", jwt, "client_assertion", sign("PS256", key, nil)}, 200},
		{"key, audience list", "", []string{"client_assertion_type", jwt, "client_assertion", sign("RS384", key, set("aud", []string{"x", s.URL() + "/oauth/token"}))}, 200},
		{"key, no type", "", []string{"client_id", "keyed", "client_assertion", sign("RS256", key, nil)}, 401},
		{"key, another's", "", []string{"client_assertion_type", jwt, "client_assertion", sign("RS256", other, nil)}, 401},
		{"key, as an HMAC secret", "", []string{"client_id", "keyed", "client_assertion_type", jwt, "client_assertion", sign("HS256", []byte(public), nil)}, 401},
		{"key, alg none", "", []string{"client_id", "keyed", "client_assertion_type", jwt, "client_assertion", none}, 401},
		{"key, expired", "", []string{"client_assertion_type", jwt, "client_assertion", sign("RS256", key, set("exp", now))}, 401},
		{"key, no exp", "", []string{"client_assertion_type", jwt, "client_assertion", sign("RS256", key, func(c map[string]any) { delete(c, "exp") })}, 401},
		{"key, not yet", "", []string{"client_assertion_type", jwt, "client_assertion", sign("RS256", key, set("nbf", now+1))}, 401},
		{"key, another audience", "", []string{"client_assertion_type", jwt, "client_assertion", sign("RS256", key, set("aud", "https://other.example.test/"))}, 401},
		{"key, another issuer", "", []string{"client_assertion_type", jwt, "client_assertion", sign("RS256", key, set("iss", "web"))}, 401},
		{"key, for another client", "", []string{"client_id", "machine", "client_assertion_type", jwt, "client_assertion", sign("RS256", key, nil)}, 401},
	} {
		send := tenanttest.Form(append([]string{"grant_type", "client_credentials", "audience", "https://api.example.test/"}, tc.send...)...).
			Encode()
		got := p.Ask("POST", "/oauth/token", send, "Content-Type", "application/x-www-form-urlencoded", "Authorization", tc.header)
		if got.StatusCode != tc.want || tc.want == 401 && got.Text != tenanttest.NoAuth {
			t.Errorf("%s: %s %s (log: %v)", tc.name, got.Status, got.Text, tenanttest.LastLog(s).Data)
		}
	}
	m2m := p.Token("grant_type", "client_credentials", "audience", "https://api.example.test/", "client_id", "machine",
		"client_secret", "machine-secret")
	c := tenanttest.Claims(t, m2m.Member(t, "access_token"))
	if c["sub"] != "machine@clients" || c["gty"] != "client-credentials" || c["azp"] != "machine" || c["aud"] != "https://api.example.test/" ||
		c["scope"] != "read:all" || c["exp"] != float64(s.Now().Add(24*time.Hour).Unix()) {
		t.Errorf("claims of a machine: %v", c)
	}
	if m2m.MemberOrder(t) != "access_token scope expires_in token_type" || tenanttest.LastLog(s).Type != "seccft" {
		t.Errorf("%s, log %s", m2m.Text, tenanttest.LastLog(s).Type)
	}
}
