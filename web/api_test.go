package web

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// keyServer publishes keys as a tenant does and counts the fetches.
type keyServer struct {
	*httptest.Server
	keys    atomic.Pointer[jose.JSONWebKeySet]
	fetches atomic.Int32
	broken  atomic.Bool
	hanging atomic.Bool
}

func publish(t *testing.T, keys ...jose.JSONWebKey) *keyServer {
	t.Helper()
	s := &keyServer{}
	s.keys.Store(&jose.JSONWebKeySet{Keys: keys})
	s.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fetches.Add(1)
		if s.hanging.Load() {
			<-r.Context().Done()
			return
		}
		if s.broken.Load() || r.URL.Path != "/.well-known/jwks.json" {
			http.Error(w, "broken", http.StatusInternalServerError)
			return
		}
		_ = json.NewEncoder(w).Encode(s.keys.Load())
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *keyServer) domain() string { return strings.TrimPrefix(s.URL, "https://") }

func newKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func public(key *rsa.PrivateKey, id string) jose.JSONWebKey {
	return jose.JSONWebKey{Key: &key.PublicKey, KeyID: id, Algorithm: "RS256", Use: "sig"}
}

// sign makes a token with any header algorithm and key, also such as no library would make.
func sign(t *testing.T, alg, kid string, key any, claims map[string]any) string {
	t.Helper()
	if alg == "none" {
		enc := func(v any) string {
			b, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			return base64.RawURLEncoding.EncodeToString(b)
		}
		return enc(map[string]string{"alg": "none", "kid": kid}) + "." + enc(claims) + "."
	}
	signer, err := jose.NewSigner(jose.SigningKey{
		Algorithm: jose.SignatureAlgorithm(alg), Key: key,
	}, (&jose.SignerOptions{}).WithHeader("kid", kid))
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(body)
	if err != nil {
		t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestAPIVerifiesAccessTokens(t *testing.T) {
	key, stranger := newKey(t), newKey(t)
	tenant := publish(t, public(key, "k1"))
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	o := options(t)
	o.Domain, o.JWKSClient, o.Now = tenant.domain(), tenant.Client(), func() time.Time { return now }
	app := start(t, o).App()

	good := func(change map[string]any) map[string]any {
		claims := map[string]any{
			"iss": "https://" + o.Domain + "/", "sub": "auth0|ada", "aud": []string{o.Audience, "https://" + o.Domain + "/userinfo"},
			"iat": now.Unix(), "exp": now.Unix() + 60, "scope": "openid profile", "azp": "TheClient",
		}
		for k, v := range change {
			if v == nil {
				delete(claims, k)
			} else {
				claims[k] = v
			}
		}
		return claims
	}
	sharedSecret, err := json.Marshal(public(key, "k1"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		authorization string
		status        int
		says          string
	}{
		"good":            {"Bearer " + sign(t, "RS256", "k1", key, good(nil)), 200, ""},
		"good, lowercase": {"bearer " + sign(t, "RS256", "k1", key, good(nil)), 200, ""},
		"one audience":    {"Bearer " + sign(t, "RS256", "k1", key, good(map[string]any{"aud": o.Audience})), 200, ""},
		"last second":     {"Bearer " + sign(t, "RS256", "k1", key, good(map[string]any{"exp": now.Unix() + 1})), 200, ""},
		"expired now":     {"Bearer " + sign(t, "RS256", "k1", key, good(map[string]any{"exp": now.Unix()})), 401, "expired"},
		"no expiry":       {"Bearer " + sign(t, "RS256", "k1", key, good(map[string]any{"exp": nil})), 401, "no expiry"},
		"not yet":         {"Bearer " + sign(t, "RS256", "k1", key, good(map[string]any{"nbf": now.Unix() + 5})), 401, "not valid yet"},
		"other audience":  {"Bearer " + sign(t, "RS256", "k1", key, good(map[string]any{"aud": "TheClient"})), 401, "not for this API"},
		"other issuer":    {"Bearer " + sign(t, "RS256", "k1", key, good(map[string]any{"iss": "https://evil.test/"})), 401, "another issuer"},
		"issuer no slash": {"Bearer " + sign(t, "RS256", "k1", key, good(map[string]any{"iss": "https://" + o.Domain})), 401, "another issuer"},
		"no subject":      {"Bearer " + sign(t, "RS256", "k1", key, good(map[string]any{"sub": nil})), 401, "no subject"},
		"alg none":        {"Bearer " + sign(t, "none", "k1", nil, good(nil)), 401, "RS256"},
		"HS256":           {"Bearer " + sign(t, "HS256", "k1", sharedSecret, good(nil)), 401, "RS256"},
		"PS256":           {"Bearer " + sign(t, "PS256", "k1", key, good(nil)), 401, "RS256"},
		"unknown key":     {"Bearer " + sign(t, "RS256", "k9", key, good(nil)), 401, "does not publish"},
		"other key":       {"Bearer " + sign(t, "RS256", "k1", stranger, good(nil)), 401, "signature"},
		"opaque":          {"Bearer abcdef", 401, "not a JWT"},
		"no token":        {"", 401, "no bearer token"},
		"basic":           {"Basic abc", 401, "no bearer token"},
	} {
		t.Run(name, func(t *testing.T) {
			r := get(t, app, "GET", "/api/me", "Authorization", c.authorization)
			var body map[string]any
			if err := json.Unmarshal([]byte(text(t, r)), &body); err != nil {
				t.Fatal(err)
			}
			if r.StatusCode != c.status {
				t.Fatalf("status %d, want %d: %v", r.StatusCode, c.status, body)
			}
			if c.status == 200 {
				if body["sub"] != "auth0|ada" || body["scope"] != "openid profile" {
					t.Errorf("body %v", body)
				}
				return
			}
			if text, _ := body["error_description"].(string); body["error"] != "invalid_token" || !strings.Contains(text, c.says) {
				t.Errorf("body %v, want invalid_token that says %q", body, c.says)
			}
			if got := r.Header.Get("WWW-Authenticate"); !strings.HasPrefix(got, `Bearer error="invalid_token"`) {
				t.Errorf("WWW-Authenticate %q", got)
			}
		})
	}
}

func TestAPIFetchesKeysOnceAndAgainForANewKey(t *testing.T) {
	first, second := newKey(t), newKey(t)
	tenant := publish(t, public(first, "k1"))
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	keys := newKeySet(tenant.URL+"/.well-known/jwks.json", tenant.Client(), func() time.Time { return now })
	look := func(id string, known bool, fetches int32) {
		t.Helper()
		key, err := keys.key(context.Background(), id)
		if err != nil || (key != nil) != known || tenant.fetches.Load() != fetches {
			t.Errorf("%s: key %v, error %v, %d fetches; want known %v after %d fetches", id, key != nil, err, tenant.fetches.Load(), known, fetches)
		}
	}
	look("k1", true, 1)
	look("k1", true, 1)
	look("junk", false, 1) // within the pause
	tenant.keys.Store(&jose.JSONWebKeySet{Keys: []jose.JSONWebKey{public(second, "k2")}})
	now = now.Add(2 * time.Second)
	look("k2", true, 2) // rotated
	look("k1", false, 2)
	now = now.Add(-24 * time.Hour) // the tenant's clock was moved back
	look("k2", true, 3)
	tenant.broken.Store(true)
	now = now.Add(time.Hour)
	look("k2", true, 4) // a known key outlives a tenant that is down
	if _, err := keys.key(context.Background(), "k3"); err == nil {
		t.Error("an unknown key and a broken key set give no error")
	}
}

func TestAPISaysThatTheTenantIsDown(t *testing.T) {
	key := newKey(t)
	tenant := publish(t, public(key, "k1"))
	tenant.broken.Store(true)
	o := options(t)
	o.Domain, o.JWKSClient = tenant.domain(), tenant.Client()
	app := start(t, o).App()
	r := get(t, app, "GET", "/api/me", "Authorization", "Bearer "+sign(t, "RS256", "k1", key, map[string]any{"sub": "x"}))
	if body := text(t, r); r.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, "cannot fetch the keys") {
		t.Errorf("%d %s", r.StatusCode, body)
	}
	if body := text(t, get(t, app, "GET", "/api/tenant")); !strings.Contains(body, `"reachable":false`) {
		t.Errorf("/api/tenant: %s", body)
	}
	tenant.broken.Store(false)
	if body := text(t, get(t, app, "GET", "/api/tenant")); !strings.Contains(body, `"reachable":true`) {
		t.Errorf("/api/tenant: %s", body)
	}
	if r := get(t, app, "POST", "/api/me"); r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST /api/me: %d", r.StatusCode)
	}
}

func TestAPINeedsNoTenantForAKeyThatItKnows(t *testing.T) {
	key := newKey(t)
	tenant := publish(t, public(key, "k1"))
	o := options(t)
	o.Domain, o.JWKSClient = tenant.domain(), tenant.Client()
	app := start(t, o).App()
	token := "Bearer " + sign(t, "RS256", "k1", key, map[string]any{
		"iss": "https://" + o.Domain + "/", "sub": "auth0|ada", "aud": o.Audience, "exp": time.Now().Add(time.Hour).Unix(),
	})
	if r := get(t, app, "GET", "/api/me", "Authorization", token); r.StatusCode != http.StatusOK {
		t.Fatalf("before: %d", r.StatusCode)
	}

	tenant.hanging.Store(true)
	before := tenant.fetches.Load()
	ctx, cancel := context.WithCancel(context.Background())
	asked := make(chan int)
	go func() { // the page asks whether the tenant can be reached, and goes away
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/api/tenant", nil))
		asked <- w.Code
	}()
	for tenant.fetches.Load() == before { // until the tenant was asked
		runtime.Gosched()
	}
	answered := make(chan int, 1)
	go func() {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/api/me", nil)
		r.Header.Set("Authorization", token)
		app.ServeHTTP(w, r)
		answered <- w.Code
	}()
	select {
	case status := <-answered:
		if status != http.StatusOK {
			t.Errorf("while the tenant hangs: %d", status)
		}
	case <-time.After(keysPatience / 2):
		t.Error("while the tenant hangs, a token whose key is known gets no answer")
	}
	cancel()
	<-asked
}
