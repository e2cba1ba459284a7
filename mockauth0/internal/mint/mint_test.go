package mint

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"

	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/keys"
)

func ring(t testing.TB) *keys.Ring {
	t.Helper()
	r, err := keys.NewRing(keys.NewPool(""), "acme.test")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func mustSign(t testing.TB, r *keys.Ring, spec Spec) string {
	t.Helper()
	token, err := Sign(r, spec)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// parts are the decoded header and payload, and the signature.
func parts(t *testing.T, token string) (header, payload string, signed, signature []byte) {
	t.Helper()
	p := strings.Split(token, ".")
	if len(p) != 3 {
		t.Fatalf("%d parts in %q", len(p), token)
	}
	var out [3][]byte
	for i := range p {
		var err error
		if out[i], err = base64.RawURLEncoding.DecodeString(p[i]); err != nil {
			t.Fatal(err)
		}
	}
	return string(out[0]), string(out[1]), []byte(p[0] + "." + p[1]), out[2]
}

func TestSignKeepsOrderAndNumbers(t *testing.T) {
	r := ring(t)
	kid := r.Current().KID
	secret := []byte("0123456789abcdef0123456789abcdef")
	for _, test := range []struct {
		name            string
		spec            Spec
		header, payload string
	}{
		{"defaults", Spec{Claims: []Claim{{"nickname", "ada"}, {"iss", "https://acme.test/"}, {"aud", "id"}, {"iat", int64(1700000000)}}},
			`{"alg":"RS256","typ":"JWT","kid":"` + kid + `"}`, `{"nickname":"ada","iss":"https://acme.test/","aud":"id","iat":1700000000}`},
		{"no HTML escapes", Spec{Alg: "PS256", Typ: "at+jwt", Claims: []Claim{{"https://x/?a=1&b=<2>", "a<b>&c"}, {"name", "Zoë \"😀\""}}},
			`{"alg":"PS256","typ":"at+jwt","kid":"` + kid + `"}`, `{"https://x/?a=1&b=<2>":"a<b>&c","name":"Zoë \"😀\""}`},
		{"nested and numbers", Spec{Alg: "HS256", Secret: secret, Claims: []Claim{{"z", map[string]any{"b": 1, "a": []any{true, nil, 1.5, "<"}}}, {"n", float64(1700000000)}, {"permissions", []string{}}}},
			`{"alg":"HS256","typ":"JWT"}`, `{"z":{"a":[true,null,1.5,"<"],"b":1},"n":1700000000,"permissions":[]}`},
		{"no claims", Spec{}, `{"alg":"RS256","typ":"JWT","kid":"` + kid + `"}`, `{}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			header, payload, signed, signature := parts(t, mustSign(t, r, test.spec))
			if header != test.header || payload != test.payload {
				t.Errorf("got %s %s\nwant %s %s", header, payload, test.header, test.payload)
			}
			sum, public := sha256.Sum256(signed), &r.Current().Private.PublicKey
			var err error
			switch test.spec.Alg {
			case "":
				err = rsa.VerifyPKCS1v15(public, crypto.SHA256, sum[:], signature)
			case "PS256":
				err = rsa.VerifyPSS(public, crypto.SHA256, sum[:], signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSignErrors(t *testing.T) {
	r := ring(t)
	for want, spec := range map[string]Spec{
		"no secret":             {Kind: IDToken, Alg: "HS256"},
		`algorithm "none"`:      {Kind: IDToken, Alg: "none"},
		`"a" is there twice`:    {Kind: IDToken, Claims: []Claim{{"a", 1}, {"b", 1}, {"a", 2}}},
		`"nan" cannot`:          {Kind: IDToken, Claims: []Claim{{"nan", math.NaN()}}},
		`minting the id_token:`: {Kind: IDToken, Alg: "ES256"},
	} {
		if _, err := Sign(r, spec); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func TestSpecKeepsOrder(t *testing.T) {
	s := Spec{Claims: []Claim{{"a", 1}, {"b", 2}, {"c", 3}}}
	s.Set("b", 20)
	s.Set("d", 4)
	s.Delete("a")
	s.Delete("absent")
	got, err := s.Payload()
	if err != nil || string(got) != `{"b":20,"c":3,"d":4}` {
		t.Errorf("%s, %v", got, err)
	}
	if v, ok := s.Get("b"); v != 20 || !ok {
		t.Errorf("b: %v %v", v, ok)
	}
	if v, ok := s.Get("a"); v != nil || ok {
		t.Errorf("a: %v %v", v, ok)
	}
}

// OIDC Core A.3 and A.4 have the same access token and code with their hashes.
func TestHalfHash(t *testing.T) {
	const token, code = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk"
	for _, test := range []struct{ value, alg, want string }{
		{token, "RS256", "77QmUPtjPfzWtF2AnpK9RQ"},
		{token, "", "77QmUPtjPfzWtF2AnpK9RQ"},
		{code, "HS256", "LDktKdoQak3Pk0cnXxCltA"},
	} {
		if got := HalfHash(test.value, test.alg); got != test.want {
			t.Errorf("HalfHash(%q, %q) = %s, want %s", test.value, test.alg, got, test.want)
		}
	}
	if a, b := len(HalfHash(code, "RS384")), len(HalfHash(code, "RS512")); a != 32 || b != 43 {
		t.Errorf("lengths %d, %d", a, b)
	}
}

func TestGoOIDCAndGoJoseAccept(t *testing.T) {
	r := ring(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		body, err := r.JWKS(true)
		if err != nil {
			t.Error(err)
		}
		w.Write(body)
	}))
	defer server.Close()
	now := clock.Wall()
	const access = "an-access-token"
	for _, alg := range []string{"RS256", "PS256"} {
		token := mustSign(t, r, Spec{Kind: IDToken, Alg: alg, Claims: []Claim{
			{"iss", "https://acme.test/"}, {"aud", "client"}, {"iat", now.Unix()}, {"exp", now.Add(time.Hour).Unix()}, {"sub", "auth0|1"}, {"at_hash", HalfHash(access, alg)},
		}})
		verifier := oidc.NewVerifier("https://acme.test/", oidc.NewRemoteKeySet(context.Background(), server.URL),
			&oidc.Config{ClientID: "client", SupportedSigningAlgs: []string{alg}})
		verified, err := verifier.Verify(context.Background(), token)
		// The JWKS says alg RS256, as Auth0's does; go-oidc goes by the token's header.
		if err != nil {
			t.Errorf("%s: go-oidc: %v", alg, err)
		} else if err := verified.VerifyAccessToken(access); err != nil {
			t.Errorf("%s: at_hash: %v", alg, err)
		}
		body, err := r.JWKS(true)
		if err != nil {
			t.Fatal(err)
		}
		var set jose.JSONWebKeySet
		if err := json.Unmarshal(body, &set); err != nil {
			t.Fatal(err)
		}
		parsed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parsed.Verify(&set); err != nil {
			t.Errorf("%s: go-jose: %v", alg, err)
		}
	}
}

func TestVerifyIsStrict(t *testing.T) {
	r, stranger := ring(t), ring(t)
	claims := []Claim{{"sub", "auth0|1"}}
	good := mustSign(t, r, Spec{Claims: claims})
	for _, alg := range []string{"RS256", "PS256"} {
		if payload, err := Verify(r, mustSign(t, r, Spec{Alg: alg, Claims: claims})); err != nil || string(payload) != `{"sub":"auth0|1"}` {
			t.Errorf("%s: %s, %v", alg, payload, err)
		}
	}
	p := strings.Split(good, ".")
	encode := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	certificate, err := r.Current().Certificate()
	if err != nil {
		t.Fatal(err)
	}
	der := certificate.RawSubjectPublicKeyInfo
	kid := r.Current().KID
	signRaw := func(header string) string { // by our key, with another header
		input := encode(header) + "." + p[1]
		sum := sha256.Sum256([]byte(input))
		s, err := rsa.SignPKCS1v15(rand.Reader, r.Current().Private, crypto.SHA256, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		return input + "." + base64.RawURLEncoding.EncodeToString(s)
	}
	for name, token := range map[string]string{
		"empty":                    "",
		"opaque":                   "abcdef",
		"alg none":                 encode(`{"alg":"none","kid":"`+kid+`"}`) + "." + p[1] + ".",
		"HS256 by the public key":  mustSign(t, r, Spec{Alg: "HS256", Secret: der, Claims: claims}),
		"another tenant's key":     mustSign(t, stranger, Spec{Claims: claims}),
		"our kid, another payload": p[0] + "." + encode(`{"sub":"auth0|2"}`) + "." + p[2],
		"cut signature":            good[:len(good)-4],
		"no kid":                   signRaw(`{"alg":"RS256","typ":"JWT"}`),
		"PS256 header on RS256":    signRaw(`{"alg":"PS256","kid":"` + kid + `"}`),
		"unknown crit":             signRaw(`{"alg":"RS256","kid":"` + kid + `","crit":["x"],"x":1}`),
		"JSON serialization":       `{"protected":"` + p[0] + `","payload":"` + p[1] + `","signature":"` + p[2] + `"}`,
	} {
		if payload, err := Verify(r, token); !errors.Is(err, ErrNotOurs) || payload != nil {
			t.Errorf("%s: %s, %v", name, payload, err)
		}
	}
	if _, err := Verify(r, signRaw(`{"alg":"RS256","kid":"`+kid+`"}`)); err != nil {
		t.Errorf("the test's own signature is refused, so it proves nothing: %v", err)
	}
}

func TestVerifySecretIsStrict(t *testing.T) {
	r := ring(t)
	secret := []byte("0123456789abcdef") // as short as Auth0 takes it
	claims := []Claim{{"sub", "auth0|1"}}
	good := mustSign(t, r, Spec{Alg: "HS256", Secret: secret, Claims: claims})
	if payload, err := VerifySecret(secret, good); err != nil || string(payload) != `{"sub":"auth0|1"}` {
		t.Fatalf("%s, %v", payload, err)
	}
	p := strings.Split(good, ".")
	encode := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	with := func(header string) string {
		text := encode(header) + "." + p[1]
		return text + "." + base64.RawURLEncoding.EncodeToString(hs256(secret, []byte(text)))
	}
	for name, token := range map[string]string{
		"empty": "", "two parts": p[0] + "." + p[1], "four parts": good + ".x",
		"another payload": p[0] + "." + encode(`{"sub":"auth0|2"}`) + "." + p[2], "cut signature": good[:len(good)-4],
		"alg none": with(`{"alg":"none"}`), "alg RS256": with(`{"alg":"RS256"}`), "unknown crit": with(`{"alg":"HS256","crit":["x"]}`),
		"another secret": mustSign(t, r, Spec{Alg: "HS256", Secret: []byte("another secret of some length"), Claims: claims}),
		"RS256":          mustSign(t, r, Spec{Claims: claims}),
	} {
		if payload, err := VerifySecret(secret, token); !errors.Is(err, ErrNotOurs) || payload != nil {
			t.Errorf("%s: %s, %v", name, payload, err)
		}
	}
	if payload, err := VerifySecret(nil, mustSign(t, r, Spec{Alg: "HS256", Secret: []byte{0}, Claims: claims})); err == nil {
		t.Errorf("verified without a secret: %s", payload)
	}
	if _, err := VerifySecret(secret, with(`{"alg":"HS256"}`)); err != nil {
		t.Errorf("the test's own signature is refused, so it proves nothing: %v", err)
	}
}

func TestSignAtOnce(t *testing.T) {
	r := ring(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, alg := range []string{"RS256", "PS256"} {
				token, err := Sign(r, Spec{Alg: alg, Claims: []Claim{{"sub", "x"}}})
				if err == nil {
					_, err = Verify(r, token)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func exampleSpec() Spec {
	return Spec{Kind: IDToken, Claims: []Claim{
		{"nickname", "ada"}, {"name", "ada@example.test"}, {"picture", "https://s.gravatar.com/avatar/0?s=480&r=pg"}, {"updated_at", "2024-01-01T00:00:00.000Z"},
		{"email", "ada@example.test"}, {"email_verified", true}, {"iss", "https://acme.test/"}, {"aud", "TutorialSpaClient000000000000001"},
		{"iat", int64(1700000000)}, {"exp", int64(1700036000)}, {"sub", "auth0|1"}, {"at_hash", "77QmUPtjPfzWtF2AnpK9RQ"}, {"sid", "s"}, {"nonce", "n"},
	}}
}

// BenchmarkSign and BenchmarkBareSignature are compared: minting should cost at most 5 % more than its signature.
func BenchmarkSign(b *testing.B) {
	r, spec := ring(b), exampleSpec()
	for b.Loop() {
		mustSign(b, r, spec)
	}
}

func BenchmarkBareSignature(b *testing.B) {
	key, sum := ring(b).Current().Private, sha256.Sum256([]byte("x"))
	for b.Loop() {
		if _, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:]); err != nil {
			b.Fatal(err)
		}
	}
}
