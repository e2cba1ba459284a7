package keys_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// A rotation must not log anybody out: what the key before has signed is good until that key is revoked, here and at
// everybody who follows the JWKS.
func TestKeysRotateAndAreRevoked(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
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
		return p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+token).StatusCode
	}
	list := func() (out []mockauth0.SigningKey) {
		t.Helper()
		var got struct{ Keys []mockauth0.SigningKey }
		if err := json.Unmarshal([]byte(p.Get("/__mock/v1/keys").Text), &got); err != nil {
			t.Fatal(err)
		}
		return got.Keys
	}
	before := p.Login(tenanttest.Request(s)).Fragment(t)
	was := list()
	if len(was) != 2 || !was[0].Current || !was[1].Next || was[0].KID == was[1].KID {
		t.Fatalf("keys: %+v", was)
	}
	block, _ := pem.Decode([]byte(was[0].Cert))
	if c, err := x509.ParseCertificate(block.Bytes); err != nil || c.Subject.CommonName != s.Domain() {
		t.Errorf("certificate: %v", err)
	}
	got := p.Ask("POST", "/__mock/v1/keys/rotate", "{}", "Content-Type", js)
	if got.StatusCode != 200 || got.Member(t, "kid") != was[1].KID || got.Member(t, "cert") != was[1].Cert {
		t.Errorf("rotate: %s %s", got.Status, got.Text)
	}
	after := p.Get(tenanttest.Request(s, "prompt", "none")).Fragment(t)
	for name, tokens := range map[string]string{was[0].KID: before.Get("id_token"), was[1].KID: after.Get("id_token")} {
		if tenanttest.Header(t, tokens)["kid"] != name {
			t.Errorf("kid is %v, want %s", tenanttest.Header(t, tokens)["kid"], name)
		}
	}
	if err := verifies(before.Get("id_token")); err != nil || verifies(after.Get("id_token")) != nil ||
		opens(before.Get("access_token")) != 200 || opens(after.Get("access_token")) != 200 {
		t.Errorf("after the rotation: %v", err)
	}
	for kid, status := range map[string]int{was[1].KID: 400, "nobody": 400} {
		if got := p.Ask("PUT", "/__mock/v1/keys/"+kid+"/revoke", "{}", "Content-Type", js); got.StatusCode != status ||
			!strings.Contains(got.Text, kid) {
			t.Errorf("revoke %s: %s %s", kid, got.Status, got.Text)
		}
	}
	if got := p.Ask("PUT", "/__mock/v1/keys/nobody/revoke", "{}", "Content-Type", js); !strings.Contains(got.Member(t, "error_description"),
		"give one of "+was[0].KID) {
		t.Errorf("an unknown key, and what there is instead: %s", got.Text)
	}
	if got := p.Ask("PUT", "/__mock/v1/keys/"+was[0].KID+"/revoke", "{}", "Content-Type", js); got.StatusCode != 200 ||
		got.Member(t, "kid") != was[0].KID || got.Member(t, "cert") != was[0].Cert {
		t.Errorf("revoke: %s %s", got.Status, got.Text)
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
	s := tenanttest.Serve(t, func(tn *tenant.Config) { tn.Settings.RemoveAlgFromJWKS = true })
	p := tenanttest.Browse(t, s)
	if got := p.Get("/.well-known/jwks.json"); strings.Contains(got.Text, `"alg"`) || !strings.Contains(got.Text, `"kid"`) {
		t.Error(got.Text)
	}
	other := s.Snapshot().Clone()
	other.Settings.RemoveAlgFromJWKS = false
	if err := s.Reload(other); err != nil {
		t.Fatal(err)
	}
	if got := p.Get("/.well-known/jwks.json"); strings.Count(got.Text, `"alg":"RS256"`) != 2 {
		t.Error(got.Text)
	}
}

func TestCertificateDownloads(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	all, err := s.Keys()
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode([]byte(all[0].Cert))
	for path, want := range map[string][2]string{
		"/pem": {"application/x-pem-file", all[0].Cert}, "/rawpem": {"text/plain; charset=utf-8", all[0].Cert}, "/cer": {"application/pkix-cert", string(block.Bytes)},
		"/pb7": {"application/x-pkcs7-certificates", all[0].PKCS7}, "/fingerprint": {"text/plain; charset=utf-8", all[0].Fingerprint},
	} {
		if got := p.Get(path); got.StatusCode != 200 || got.Header.Get("Content-Type") != want[0] || got.Text != want[1] {
			t.Errorf("%s: %s %s %q", path, got.Status, got.Header.Get("Content-Type"), got.Text)
		}
	}
}
