package mockauth0

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"

	"renewal.example/mockauth0/tenant"
)

// A rotation must not log anybody out: what the key before has signed is good until that key is revoked, here and at
// everybody who follows the JWKS.
func TestKeysRotateAndAreRevoked(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := browse(t, s)
	const js = "application/json"
	ctx := oidc.ClientContext(context.Background(), s.Client())
	provider, err := oidc.NewProvider(ctx, s.Issuer())
	if err != nil {
		t.Fatal(err)
	}
	verifies := func(token string) error {
		// A verifier that starts anew: one that runs keeps what it has fetched.
		_, err := provider.Verifier(&oidc.Config{ClientID: s.Snapshot().Clients[0].ClientID}).Verify(ctx, token)
		return err
	}
	opens := func(token string) int {
		return p.ask("GET", "/userinfo", "", "Authorization", "Bearer "+token).StatusCode
	}
	list := func() (out []SigningKey) {
		t.Helper()
		var got struct{ Keys []SigningKey }
		if err := json.Unmarshal([]byte(p.get("/__mock/v1/keys").body), &got); err != nil {
			t.Fatal(err)
		}
		return got.Keys
	}
	before := p.login(request(s)).fragment(t)
	was := list()
	if len(was) != 2 || !was[0].Current || !was[1].Next || was[0].KID == was[1].KID {
		t.Fatalf("keys: %+v", was)
	}
	block, _ := pem.Decode([]byte(was[0].Cert))
	if c, err := x509.ParseCertificate(block.Bytes); err != nil || c.Subject.CommonName != s.Domain() {
		t.Errorf("certificate: %v", err)
	}
	got := p.ask("POST", "/__mock/v1/keys/rotate", "{}", "Content-Type", js)
	if got.StatusCode != 200 || got.member(t, "kid") != was[1].KID || got.member(t, "cert") != was[1].Cert {
		t.Errorf("rotate: %s %s", got.Status, got.body)
	}
	after := p.get(request(s, "prompt", "none")).fragment(t)
	for name, tokens := range map[string]string{was[0].KID: before.Get("id_token"), was[1].KID: after.Get("id_token")} {
		if headerOf(t, tokens)["kid"] != name {
			t.Errorf("kid is %v, want %s", headerOf(t, tokens)["kid"], name)
		}
	}
	if err := verifies(before.Get("id_token")); err != nil || verifies(after.Get("id_token")) != nil || opens(before.Get("access_token")) != 200 || opens(after.Get("access_token")) != 200 {
		t.Errorf("after the rotation: %v", err)
	}
	for kid, status := range map[string]int{was[1].KID: 400, "nobody": 400} {
		if got := p.ask("PUT", "/__mock/v1/keys/"+kid+"/revoke", "{}", "Content-Type", js); got.StatusCode != status || !strings.Contains(got.body, kid) {
			t.Errorf("revoke %s: %s %s", kid, got.Status, got.body)
		}
	}
	if got := p.ask("PUT", "/__mock/v1/keys/nobody/revoke", "{}", "Content-Type", js); !strings.Contains(got.member(t, "error_description"), "give one of "+was[0].KID) {
		t.Errorf("an unknown key, and what there is instead: %s", got.body)
	}
	if got := p.ask("PUT", "/__mock/v1/keys/"+was[0].KID+"/revoke", "{}", "Content-Type", js); got.StatusCode != 200 || got.member(t, "kid") != was[0].KID || got.member(t, "cert") != was[0].Cert {
		t.Errorf("revoke: %s %s", got.Status, got.body)
	}
	if provider, err = oidc.NewProvider(ctx, s.Issuer()); err != nil {
		t.Fatal(err)
	}
	if verifies(before.Get("id_token")) == nil || opens(before.Get("access_token")) != 401 {
		t.Error("a token of a revoked key is still good")
	}
	if err := verifies(after.Get("id_token")); err != nil || opens(after.Get("access_token")) != 200 {
		t.Errorf("a token of the current key after a revocation: %v", err)
	}
	if now := list(); len(now) != 3 || !now[2].Revoked || now[2].KID != was[0].KID {
		t.Errorf("keys: %+v", now)
	}
	s.Reset()
	if now, err := s.Keys(); err != nil || now[0].KID != was[0].KID || len(now) != 2 {
		t.Errorf("after Reset: %v %+v", err, now)
	}
}

func TestJWKSWithoutAlgorithms(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) { tn.Settings.RemoveAlgFromJWKS = true })
	p := browse(t, s)
	if got := p.get("/.well-known/jwks.json"); strings.Contains(got.body, `"alg"`) || !strings.Contains(got.body, `"kid"`) {
		t.Error(got.body)
	}
	other := s.Snapshot().Clone()
	other.Settings.RemoveAlgFromJWKS = false
	if err := s.Reload(other); err != nil {
		t.Fatal(err)
	}
	if got := p.get("/.well-known/jwks.json"); strings.Count(got.body, `"alg":"RS256"`) != 2 {
		t.Error(got.body)
	}
}

func TestCertificateDownloads(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := browse(t, s)
	all, err := s.Keys()
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode([]byte(all[0].Cert))
	for path, want := range map[string][2]string{
		"/pem": {"application/x-pem-file", all[0].Cert}, "/rawpem": {"text/plain; charset=utf-8", all[0].Cert}, "/cer": {"application/pkix-cert", string(block.Bytes)},
		"/pb7": {"application/x-pkcs7-certificates", all[0].PKCS7}, "/fingerprint": {"text/plain; charset=utf-8", all[0].Fingerprint},
	} {
		if got := p.get(path); got.StatusCode != 200 || got.Header.Get("Content-Type") != want[0] || got.body != want[1] {
			t.Errorf("%s: %s %s %q", path, got.Status, got.Header.Get("Content-Type"), got.body)
		}
	}
}

// headerOf reads a token's header without checking it.
func headerOf(t testing.TB, token string) map[string]any {
	t.Helper()
	head, _, _ := strings.Cut(token, ".")
	return claimsOf(t, "."+head+".")
}
