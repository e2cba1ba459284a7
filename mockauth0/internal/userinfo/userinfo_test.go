package userinfo_test

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestUserInfo(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Frozen(tn)
		tn.Users[0].PhoneNumber = "+15551234567"
	})
	p := tenanttest.Browse(t, s)
	jwt := p.Login(tenanttest.Request(s)).Fragment(t)
	opaque := p.Get(tenanttest.Request(s, "prompt", "none", "audience", "")).Fragment(t)
	bare := p.Get(tenanttest.Request(s, "prompt", "none", "scope", "openid")).Fragment(t)
	form := "application/x-www-form-urlencoded"
	u := s.Snapshot().Users[0]
	for name, token := range map[string]string{"JWT": jwt.Get("access_token"), "opaque": opaque.Get("access_token")} {
		for where, got := range map[string]tenanttest.Answer{
			"header":              p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+token),
			"header, small":       p.Ask("GET", "/userinfo", "", "authorization", "bearer "+token),
			"header, POST":        p.Ask("POST", "/userinfo", "", "Authorization", "BEARER "+token),
			"body":                p.Ask("POST", "/userinfo", "access_token="+url.QueryEscape(token), "Content-Type", form),
			"query":               p.Ask("GET", "/userinfo?access_token="+url.QueryEscape(token), ""),
			"query, Basic header": p.Ask("GET", "/userinfo?access_token="+url.QueryEscape(token), "", "Authorization", "Basic eDp5"),
		} {
			var claims map[string]any
			if err := json.Unmarshal([]byte(got.Text), &claims); err != nil || got.StatusCode != 200 ||
				got.Header.Get("Content-Type") != "application/json; charset=utf-8" {
				t.Errorf("%s in %s: %s %q", name, where, got.Status, got.Text)
			}
			if !strings.HasPrefix(got.Text, `{"sub":"`+u.ID+`","given_name":"Ada"`) || claims["email"] != u.Email ||
				claims["email_verified"] != true || claims["nickname"] != "ada" {
				t.Errorf("%s in %s: %s", name, where, got.Text)
			}
		}
	}
	phone := p.Get(tenanttest.Request(s, "prompt", "none", "scope", "openid phone")).Fragment(t).Get("access_token")
	if got := p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+phone); got.Text != `{"sub":"`+u.ID+`","phone_number":"+15551234567"}` {
		t.Errorf("scope phone: %s", got.Text)
	}
	if got := p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+bare.Get("access_token")); got.Text != `{"sub":"`+u.ID+`"}` {
		t.Errorf("scope openid alone: %s", got.Text)
	}

	claims := tenanttest.Claims(t, jwt.Get("access_token"))
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
			return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","kid":"`+h["kid"].(string)+`"}`)) + "." +
				base64.RawURLEncoding.EncodeToString(payload) + "."
		}
		return tenanttest.SignJWT(t, jose.SignatureAlgorithm(alg), []byte(key), h["kid"], c)
	}
	foreign, err := s.MintToken(mockauth0.TokenRequest{
		Client: "My App", User: u.Email, Audience: "https://api.example.test/", Claims: map[string]any{"iss": "https://other.example.test/"},
	})
	if err != nil {
		t.Fatal(err)
	}
	otherAudience, err := s.MintToken(mockauth0.TokenRequest{
		Client: "My App", User: u.Email, Audience: "https://api.example.test/", Scope: "profile",
	})
	if err != nil {
		t.Fatal(err)
	}
	good := jwt.Get("access_token")
	for name, token := range map[string]string{
		"empty": "", "rubbish": "x.y.z", "ID token": jwt.Get("id_token"), "another issuer": foreign.AccessToken,
		"no openid": otherAudience.AccessToken, "alg none": forged("none", "", nil),
		"HS256 by the public key": forged("HS256", strings.Repeat("k", 32), nil), "changed signature": good[:len(good)-4] + "AAAA",
		"no signature": good[:strings.LastIndexByte(good, '.')+1],
	} {
		got := p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+token, "Origin", "http://localhost:3000")
		if _, typed := got.Header["Content-Type"]; got.StatusCode != 401 || typed || got.Text != "Unauthorized" ||
			!strings.HasPrefix(got.Header.Get("WWW-Authenticate"), `Bearer realm="Users"`) ||
			got.Header.Get("Access-Control-Allow-Origin") != "http://localhost:3000" {
			t.Errorf("%s: %s %v %q", name, got.Status, got.Header, got.Text)
		}
	}
	for _, token := range []string{good, opaque.Get("access_token")} {
		for _, step := range []struct {
			d    time.Duration
			want int
		}{{2*time.Hour - time.Second, 200}, {time.Second, 401}, {-2 * time.Hour, 200}} {
			s.Advance(step.d)
			if got := p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+token); got.StatusCode != step.want {
				t.Errorf("%s after %v: %s", s.Now(), step.d, got.Status)
			}
		}
	}
	gone := s.Snapshot().Clone()
	gone.Users = nil
	if err := s.Reload(gone); err != nil {
		t.Fatal(err)
	}
	if got := p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+good); got.StatusCode != 401 {
		t.Errorf("the token of a deleted user: %s", got.Status)
	}
}

// TestTheChallengeOfUserInfo: a client that speaks OAuth by the book reads why from WWW-Authenticate (RFC 6750 §3); a body it
// does not read.
func TestTheChallengeOfUserInfo(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Frozen)
	p := tenanttest.Browse(t, s)
	granted := p.Login(tenanttest.Request(s)).Fragment(t)
	mint := func(q mockauth0.TokenRequest) string {
		t.Helper()
		q.Client, q.User = "My App", s.Snapshot().Users[0].Email
		set, err := s.MintToken(q)
		if err != nil {
			t.Fatal(err)
		}
		return set.AccessToken
	}
	const bare = `Bearer realm="Users"`
	const invalid = bare + `, error="invalid_token"`
	jwt := granted.Get("access_token")
	for _, tc := range []struct{ name, token, want string }{
		{"no token", "", bare},
		{"rubbish", "invalid_token", invalid + `, error_description="The access token signature could not be validated. A common cause of ` +
			`this is requesting multiple audiences for an access token signed with HS256, as that signature scheme requires only a single ` +
			`recipient for its security. Please change your API to employ RS256 if you wish to have multiple audiences for your access tokens"`},
		{"expired", mint(mockauth0.TokenRequest{Audience: "https://api.example.test/", Scope: "openid",
			Claims: map[string]any{"exp": s.Now().Unix()}}),
			invalid + `, error_description="The access token expired"`},
		{"for an API alone", mint(mockauth0.TokenRequest{Audience: "https://api.example.test/", Scope: "profile"}), invalid},
		{"a good one", jwt, ""},
	} {
		var header []string
		if tc.token != "" {
			header = []string{"Authorization", "Bearer " + tc.token}
		}
		got := p.Ask("GET", "/userinfo", "", header...)
		if challenge := got.Header.Get("WWW-Authenticate"); challenge != tc.want {
			t.Errorf("%s: %s\n got %s\nwant %s", tc.name, got.Status, challenge, tc.want)
		}
	}
}
