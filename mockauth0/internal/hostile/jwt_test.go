package hostile_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func newRSA(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// forgeries are what an attacker makes who knows the public key that verifies a token, its kid and its claims, and has
// a key of their own. The key itself is used for tokens that are wrong in another way.
func forgeries(t testing.TB, key, own *rsa.PrivateKey, kid, claims string) map[string]string {
	t.Helper()
	header := func(format string, args ...any) string { return fmt.Sprintf(format, args...) }
	spki, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	pkcs1 := x509.MarshalPKCS1PublicKey(&key.PublicKey)
	jwk, err := json.Marshal(jose.JSONWebKey{Key: &key.PublicKey, KeyID: kid, Algorithm: "RS256", Use: "sig"})
	if err != nil {
		t.Fatal(err)
	}
	ownJWK, err := json.Marshal(jose.JSONWebKey{Key: &own.PublicKey, KeyID: kid, Algorithm: "RS256", Use: "sig"})
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1)},
		&x509.Certificate{SerialNumber: big.NewInt(1)}, &own.PublicKey, own)
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, der []byte) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	}
	rs256 := header(`{"alg":"RS256","typ":"JWT","kid":%q}`, kid)
	good := tenanttest.Forge(rs256, claims, tenanttest.ByRSA(t, key))
	parts := strings.Split(good, ".")
	other := strings.Replace(claims, `"exp":`, `"forged":true,"exp":`, 1)

	out := map[string]string{
		"empty": "", "dots": "..", "three words": "a.b.c", "cut": good[:len(good)-4], "no signature": parts[0] + "." + parts[1] + ".",
		"a signature too many": good + "." + parts[2], "two parts": parts[0] + "." + parts[1],
		"padded with =":      parts[0] + "=." + parts[1] + "." + parts[2],
		"another payload":    parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(other)) + "." + parts[2],
		"another key":        tenanttest.Forge(rs256, claims, tenanttest.ByRSA(t, own)),
		"our key, no kid":    tenanttest.Forge(`{"alg":"RS256","typ":"JWT"}`, claims, tenanttest.ByRSA(t, own)),
		"a jwk of their own": tenanttest.Forge(header(`{"alg":"RS256","jwk":%s}`, ownJWK), claims, tenanttest.ByRSA(t, own)),
		"a jwk of their own with the kid": tenanttest.Forge(header(`{"alg":"RS256","kid":%q,"jwk":%s}`, kid, ownJWK), claims,
			tenanttest.ByRSA(t, own)),
		"a jku of their own": tenanttest.Forge(header(`{"alg":"RS256","kid":%q,"jku":"https://evil.example/jwks.json"}`, kid),
			claims, tenanttest.ByRSA(t, own)),
		"an x5u of their own": tenanttest.Forge(header(`{"alg":"RS256","kid":%q,"x5u":"https://evil.example/cert.pem"}`, kid),
			claims, tenanttest.ByRSA(t, own)),
		"an x5c of their own": tenanttest.Forge(header(`{"alg":"RS256","kid":%q,"x5c":[%q]}`, kid,
			base64.StdEncoding.EncodeToString(certificate)), claims, tenanttest.ByRSA(t, own)),
		"a kid that is a path": tenanttest.Forge(`{"alg":"RS256","kid":"../../../../dev/null"}`, claims,
			tenanttest.ByRSA(t, own)),
		"a kid that is SQL": tenanttest.Forge(`{"alg":"RS256","kid":"x' UNION SELECT 'key"}`, claims,
			tenanttest.ByRSA(t, own)),
		"a kid that is no text": tenanttest.Forge(`{"alg":"RS256","kid":1}`, claims, tenanttest.ByRSA(t, own)),
		"an extension that must be understood": tenanttest.Forge(header(`{"alg":"RS256","kid":%q,"crit":["exp2"],"exp2":1}`, kid), claims,
			tenanttest.ByRSA(t, key)),
		"a payload that is not encoded": tenanttest.Forge(header(`{"alg":"RS256","kid":%q,"crit":["b64"],"b64":false}`, kid), claims,
			tenanttest.ByRSA(t, key)),
		"PS256 that is RS256":          tenanttest.Forge(header(`{"alg":"PS256","kid":%q}`, kid), claims, tenanttest.ByRSA(t, key)),
		"an unknown algorithm":         tenanttest.Forge(header(`{"alg":"RS257","kid":%q}`, kid), claims, tenanttest.ByRSA(t, key)),
		"no algorithm":                 tenanttest.Forge(header(`{"kid":%q}`, kid), claims, tenanttest.ByRSA(t, key)),
		"an algorithm that is no text": tenanttest.Forge(header(`{"alg":["RS256"],"kid":%q}`, kid), claims, tenanttest.ByRSA(t, key)),
		"a header that is no object":   tenanttest.Forge(`["RS256"]`, claims, tenanttest.ByRSA(t, key)),
		"a payload that is no object":  tenanttest.Forge(rs256, `"`+claims[1:len(claims)-1]+`"`, tenanttest.ByRSA(t, key)),
		"a payload that is nothing":    tenanttest.Forge(rs256, ``, tenanttest.ByRSA(t, key)),
		"nested in itself":             tenanttest.Forge(header(`{"alg":"RS256","kid":%q,"cty":"JWT"}`, kid), good, tenanttest.ByRSA(t, key)),
		"as JSON, flattened":           header(`{"protected":%q,"payload":%q,"signature":%q}`, parts[0], parts[1], parts[2]),
		"as JSON, general":             header(`{"payload":%q,"signatures":[{"protected":%q,"signature":%q}]}`, parts[1], parts[0], parts[2]),
	}
	for _, none := range []string{"none", "None", "NONE", "nOnE", ""} {
		out["alg "+none] = tenanttest.Forge(header(`{"alg":%q,"kid":%q}`, none, kid), claims, nil)
		out["alg "+none+" with a signature"] = tenanttest.Forge(header(`{"alg":%q,"kid":%q}`, none, kid), claims, tenanttest.ByRSA(t, key))
	}
	for name, secret := range map[string][]byte{
		"nothing": nil, "the public key in PEM": block("PUBLIC KEY", spki),
		"the public key in PEM, trimmed": []byte(strings.TrimSpace(string(block("PUBLIC KEY", spki)))),
		"the public key in PKCS #1":      block("RSA PUBLIC KEY", pkcs1), "the public key in DER": spki, "the public key in PKCS #1 DER": pkcs1,
		"the JWK": jwk, "the modulus": key.N.Bytes(), "the kid": []byte(kid),
	} {
		out["HS256 by "+name] = tenanttest.Forge(header(`{"alg":"HS256","kid":%q}`, kid), claims, tenanttest.ByHMAC(secret))
		out["HS256 called RS256 by "+name] = tenanttest.Forge(rs256, claims, tenanttest.ByHMAC(secret))
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	out["ES256"] = tenanttest.Forge(header(`{"alg":"ES256","kid":%q}`, kid), claims, func(text []byte) []byte {
		sum := sha256.Sum256(text)
		r, s, err := ecdsa.Sign(rand.Reader, curve, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		return slices.Concat(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32)))
	})
	out["ES256 of zeros"] = tenanttest.Forge(header(`{"alg":"ES256","kid":%q}`, kid), claims, func([]byte) []byte { return make([]byte, 64) })
	out["RS256 of zeros"] = tenanttest.Forge(rs256, claims, func([]byte) []byte { return make([]byte, 256) })
	for name, content := range map[string]string{
		"JWE of the claims": claims, "JWE of a token": tenanttest.Forge(rs256, claims, tenanttest.ByRSA(t, own)),
	} {
		e, err := jose.NewEncrypter(jose.A128GCM, jose.Recipient{
			Algorithm: jose.RSA_OAEP, Key: &key.PublicKey, KeyID: kid,
		}, (&jose.EncrypterOptions{}).WithContentType("JWT"))
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := e.Encrypt([]byte(content))
		if err != nil {
			t.Fatal(err)
		}
		if out[name], err = sealed.CompactSerialize(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestHostileJWTs: wherever the tenant accepts a JWT, no forgery is accepted. The unforged token, signed by hand as the
// forgeries are, must be: otherwise the table would prove nothing.
func TestHostileJWTs(t *testing.T) {
	t.Parallel()
	clientKey, own := newRSA(t), newRSA(t)
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.LogoutURLs(tn)
		tn.Clients[0].CrossOriginAuth = true
		c := tenant.NewClient("Keyed")
		c.AppType, c.ClientID, c.GrantTypes, c.TokenEndpointAuthMethod = "non_interactive", "keyed",
			[]string{"client_credentials"}, "private_key_jwt"
		c.PublicKeys = []string{tenanttest.PublicPEM(t, &clientKey.PublicKey)}
		tn.Clients = append(tn.Clients, c)
		tn.ClientGrants = append(tn.ClientGrants, &tenant.ClientGrant{Client: "Keyed", Audience: "https://api.example.test/"})
		hs256 := &tenant.ResourceServer{
			Name: "HS256", Identifier: "https://hs256.example.test/", SigningAlg: "HS256",
			SigningSecret: "a-secret-of-the-api-with-forty-characters",
		}
		tn.ResourceServers = append(tn.ResourceServers, hs256)
	})
	p := tenanttest.Browse(t, s)
	login := p.Login(tenanttest.Request(s)).Fragment(t)
	key := tenanttest.Ring(s).Current()
	const typ = "application/x-www-form-urlencoded"
	hs256 := strings.Replace(tenanttest.Part(t, login.Get("access_token"), 1), "https://api.example.test/", "https://hs256.example.test/", 1)
	for _, tc := range []struct {
		name     string
		key      *rsa.PrivateKey
		kid      string
		claims   string
		accepted func(token string) bool
	}{
		{"access token at /userinfo", key.Private, key.KID, tenanttest.Part(t, login.Get("access_token"), 1), func(token string) bool {
			got := p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+token)
			return got.StatusCode != 401 || got.Text != "Unauthorized"
		}},
		{"access token of an HS256 API at /userinfo", key.Private, key.KID, hs256, func(token string) bool {
			return p.Ask("POST", "/userinfo", tenanttest.Form("access_token", token).Encode(), "Content-Type", typ).StatusCode != 401
		}},
		{"id_token_hint at /oidc/logout", key.Private, key.KID, tenanttest.Part(t, login.Get("id_token"), 1), func(token string) bool {
			stranger := tenanttest.Browse(t, s)
			return stranger.Get("/oidc/logout?"+tenanttest.Form("id_token_hint", token, "post_logout_redirect_uri", "http://localhost:3000").
				Encode()).Header.Get("Location") == "http://localhost:3000"
		}},
		{"client_assertion at /oauth/token", clientKey, "", `{"iss":"keyed","sub":"keyed","aud":"` + s.Issuer() + `","iat":1,"exp":4102444800}`,
			func(token string) bool {
				got := p.Token("grant_type", "client_credentials", "audience", "https://api.example.test/", "client_id", "keyed",
					"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "client_assertion", token)
				return got.StatusCode != 401 || got.Text != tenanttest.NoAuth
			}},
		{"client_assertion at /oauth/revoke", clientKey, "", `{"iss":"keyed","sub":"keyed","aud":"` + s.Issuer() + `","iat":1,"exp":4102444800}`,
			func(token string) bool {
				got := p.Post("/oauth/revoke", tenanttest.Form("client_id", "keyed", "token", "x",
					"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "client_assertion", token))
				return got.StatusCode != 401
			}},
		{"client_assertion at /oauth/par", clientKey, "", `{"iss":"keyed","sub":"keyed","aud":"` + s.Issuer() + `","iat":1,"exp":4102444800}`,
			func(token string) bool {
				got := p.Post("/oauth/par", tenanttest.Form("client_id", "keyed", "response_type", "code",
					"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "client_assertion", token))
				return got.StatusCode != 401 || got.Text != tenanttest.NoAuth
			}},
		{"id_token_hint at /authorize", key.Private, key.KID, tenanttest.Part(t, login.Get("id_token"), 1), func(token string) bool {
			return token != "" && p.Get(tenanttest.Request(s, "prompt", "none", "id_token_hint", token)).Fragment(t).Get("error") == ""
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if !tc.accepted(tenanttest.Forge(fmt.Sprintf(`{"alg":"RS256","kid":%q}`, tc.kid), tc.claims, tenanttest.ByRSA(t, tc.key))) {
				t.Fatal("the right token is refused")
			}
			for name, token := range forgeries(t, tc.key, own, tc.kid, tc.claims) {
				if tc.accepted(token) {
					t.Errorf("%s is accepted: %s", name, token)
				}
			}
		})
	}
	t.Run("wresult at /login/callback", func(t *testing.T) {
		accepted := func(token string) bool {
			return tenanttest.Browse(t, s).Post("/login/callback", tenanttest.Form("wa", "wsignin1.0", "wresult", token, "wctx", "{}")).
				StatusCode == 302
		}
		good := tenanttest.WSFedForm(t, p.ClassicLogin()).Get("wresult")
		for name, token := range forgeries(t, key.Private, own, key.KID, tenanttest.Part(t, good, 1)) {
			if accepted(token) {
				t.Errorf("%s is accepted: %s", name, token)
			}
		}
		if !accepted(tenanttest.Forge(fmt.Sprintf(`{"alg":"RS256","kid":%q}`, key.KID), tenanttest.Part(t, good, 1),
			tenanttest.ByRSA(t, key.Private))) {
			t.Error("the right token is refused")
		}
	})
	if n := len(s.Sessions()); n != 2 { // the login, and the right wresult
		t.Errorf("%d sessions, want 2", n)
	}
}

// TestHostileAssertionsOfAnEllipticKey: a client whose key is elliptic is spoken for by that key and its algorithm alone.
func TestHostileAssertionsOfAnEllipticKey(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public := tenanttest.PublicPEM(t, &key.PublicKey)
	block, _ := pem.Decode([]byte(public))
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Backends(tn)
		c := tenant.NewClient("Elliptic")
		c.AppType, c.ClientID, c.GrantTypes, c.TokenEndpointAuthMethod, c.PublicKeys = "non_interactive", "elliptic",
			[]string{"client_credentials"}, "private_key_jwt", []string{public}
		tn.Clients = append(tn.Clients, c)
		tn.ClientGrants = append(tn.ClientGrants, &tenant.ClientGrant{Client: "Elliptic", Audience: "https://api.example.test/"})
	})
	p := tenanttest.Browse(t, s)
	by := func(key *ecdsa.PrivateKey, size int) func([]byte) []byte {
		return func(text []byte) []byte {
			sum := sha256.Sum256(text)
			r, v, err := ecdsa.Sign(rand.Reader, key, sum[:])
			if err != nil {
				t.Fatal(err)
			}
			return slices.Concat(r.FillBytes(make([]byte, size)), v.FillBytes(make([]byte, size)))
		}
	}
	asn1 := func(text []byte) []byte {
		sum := sha256.Sum256(text)
		signed, err := ecdsa.SignASN1(rand.Reader, key, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	claims := `{"iss":"elliptic","sub":"elliptic","aud":"` + s.Issuer() + `","iat":1,"exp":4102444800}`
	zeros := func([]byte) []byte { return make([]byte, 64) }
	order := func([]byte) []byte { // r = s = the order of the curve, which is zero in it
		n := elliptic.P256().Params().N.FillBytes(make([]byte, 32))
		return slices.Concat(n, n)
	}
	for _, tc := range []struct {
		name, token string
		want        int
	}{
		{"its own", tenanttest.Forge(`{"alg":"ES256"}`, claims, by(key, 32)), 200},
		{"another key", tenanttest.Forge(`{"alg":"ES256"}`, claims, by(other, 32)), 401},
		{"zeros", tenanttest.Forge(`{"alg":"ES256"}`, claims, zeros), 401},
		{"the order of the curve", tenanttest.Forge(`{"alg":"ES256"}`, claims, order), 401},
		{"ES384", tenanttest.Forge(`{"alg":"ES384"}`, claims, by(key, 48)), 401},
		{"ASN.1", tenanttest.Forge(`{"alg":"ES256"}`, claims, asn1), 401},
		{"RS256", tenanttest.Forge(`{"alg":"RS256"}`, claims, tenanttest.ByRSA(t, newRSA(t))), 401},
		{"HS256 by the public key", tenanttest.Forge(`{"alg":"HS256"}`, claims, tenanttest.ByHMAC([]byte(public))), 401},
		{"HS256 by the point", tenanttest.Forge(`{"alg":"HS256"}`, claims, tenanttest.ByHMAC(block.Bytes)), 401},
		{"alg none", tenanttest.Forge(`{"alg":"none"}`, claims, nil), 401},
	} {
		got := p.Token("grant_type", "client_credentials", "audience", "https://api.example.test/", "client_id", "elliptic",
			"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "client_assertion", tc.token)
		if got.StatusCode != tc.want {
			t.Errorf("%s: %s %s", tc.name, got.Status, got.Text)
		}
	}
}
