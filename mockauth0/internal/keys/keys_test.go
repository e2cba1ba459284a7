package keys

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"renewal.example/mockauth0/internal/clock"
)

func mustRing(t testing.TB, pool *Pool, domain string) *Ring {
	t.Helper()
	ring, err := NewRing(pool, domain)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func certificateOf(t testing.TB, key *Key) *x509.Certificate {
	t.Helper()
	c, err := key.Certificate()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// body is the JWKS with algorithms.
func body(t testing.TB, ring *Ring) []byte {
	t.Helper()
	b, err := ring.JWKS(true)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRingPublishesItsKeys(t *testing.T) {
	ring := mustRing(t, NewPool(""), "Acme.localhost:4443")
	key := ring.Current()
	const one = `\{"kty":"RSA","use":"sig","n":"[\w-]{342}","e":"AQAB","kid":"[\w-]{21}","x5t":"[\w-]{27}","x5c":\["[\w+/]+=*"\],"alg":"RS256"\}`
	if !regexp.MustCompile(`^\{"keys":\[` + one + `,` + one + `\]\}$`).Match(body(t, ring)) {
		t.Errorf("JWKS: %s", body(t, ring))
	}
	if b, err := ring.JWKS(false); err != nil || !bytes.Equal(bytes.ReplaceAll(body(t, ring), []byte(`,"alg":"RS256"`), nil), b) {
		t.Errorf("JWKS without algorithms: %v %s", err, b)
	}
	var set jose.JSONWebKeySet // go-jose drops the set when x5c, x5t and the key do not fit together
	if err := json.Unmarshal(body(t, ring), &set); err != nil {
		t.Fatal(err)
	}
	found := set.Key(key.KID)
	if len(found) != 1 || !found[0].Valid() || !key.Private.PublicKey.Equal(found[0].Key) {
		t.Fatalf("go-jose finds %v", found)
	}
	sum := sha1.Sum(found[0].Certificates[0].Raw)
	if !bytes.Equal(found[0].CertificateThumbprintSHA1, sum[:]) ||
		!bytes.Contains(body(t, ring), []byte(base64.RawURLEncoding.EncodeToString(sum[:]))) {
		t.Error("x5t is not the hash of x5c")
	}
	c := certificateOf(t, key)
	if c.Subject.CommonName != "acme.localhost" || c.Issuer.CommonName != "acme.localhost" || c.SignatureAlgorithm != x509.SHA256WithRSA ||
		c.NotAfter.Sub(clock.Wall()) < 4999*24*time.Hour || c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) != nil {
		t.Errorf("certificate: %+v", c.Subject)
	}
	if ring.Find(key.KID) != key || ring.Find("other") != nil || ring.Find("") != nil {
		t.Error("Find")
	}
}

func TestTenantsShareAKeyButNotTheCertificate(t *testing.T) {
	pool := NewPool("")
	a, b := mustRing(t, pool, "a.test").Current(), mustRing(t, pool, "b.test").Current()
	if a.Private != b.Private || a.KID != b.KID {
		t.Error("two tenants of one pool have different keys")
	}
	if certificateOf(t, a).Subject.CommonName == certificateOf(t, b).Subject.CommonName {
		t.Error("two tenants have one certificate")
	}
	next, err := pool.Key(1)
	if err != nil || next.Equal(a.Private) {
		t.Errorf("key 1 is key 0, or %v", err)
	}
	for _, alg := range []string{"none", "HS256", "RS384"} {
		if _, err := a.Sign(alg, "JWT", []byte("{}")); err == nil {
			t.Errorf("signed by %s", alg)
		}
	}
}

func TestPoolKeepsKeyAndCertificate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	pool := NewPool(dir)
	first := mustRing(t, pool, "localhost:1")
	second := mustRing(t, NewPool(dir), "localhost:2")
	if !bytes.Equal(body(t, first), body(t, second)) {
		t.Error("the JWKS is another after a restart")
	}
	if pool.Warning() != nil {
		t.Error(pool.Warning())
	}
	other := mustRing(t, NewPool(dir), "other.test")
	if other.Current().KID != first.Current().KID || certificateOf(t, other.Current()).Subject.CommonName != "other.test" {
		t.Error("a second domain did not get its own certificate for the same key")
	}
	if runtime.GOOS == "windows" {
		return
	}
	if stat, err := os.Stat(filepath.Join(dir, "signing-0-key.pem")); err != nil || stat.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v, %v", stat, err)
	}
}

func TestUnwritableDirectoryIsAWarning(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		pool := NewPool(dir)
		ring, err := NewRing(pool, "a.test")
		if err != nil || ring.Current() == nil || pool.Warning() == nil || !strings.Contains(pool.Warning().Error(), file) {
			t.Errorf("%s: error %v, warning %v", dir, err, pool.Warning())
		}
	}
}

func TestDamagedFiles(t *testing.T) {
	dir := t.TempDir()
	before := mustRing(t, NewPool(dir), "a.test")
	path := filepath.Join(dir, "signing-0-key.pem")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	certificates, _ := filepath.Glob(filepath.Join(dir, "signing-0-????????????.pem"))
	if len(certificates) != 1 {
		t.Fatalf("certificates: %v", certificates)
	}
	damaged := bytes.Clone(good)
	damaged[200] ^= 3
	// Ed25519
	small := "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIIt4ZxMYTZEpEWuGTGSMvoRVSAvGCd1nnJMsMaz2lDZ4\n-----END PRIVATE KEY-----\n"
	for name, content := range map[string][]byte{
		"empty": nil, "half": good[:len(good)/2], "damaged": damaged, "not RSA": []byte(small), "text": []byte("hello"),
	} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := NewRing(NewPool(dir), "a.test")
		if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "delete") {
			t.Errorf("%s: error %v, want one that names the file and what to do", name, err)
		}
	}
	if err := os.WriteFile(path, good, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(certificates[0], []byte("-----BEGIN CERT"), 0o600); err != nil {
		t.Fatal(err)
	}
	mended := mustRing(t, NewPool(dir), "a.test")
	if mended.Current().KID != before.Current().KID || !mended.Current().Private.PublicKey.Equal(certificateOf(t,
		mended.Current()).PublicKey) {
		t.Error("a damaged certificate was not mended")
	}
	if again := mustRing(t, NewPool(dir), "a.test"); !bytes.Equal(body(t, again), body(t, mended)) {
		t.Error("the mended certificate was not kept")
	}
}

// The certificate of a key that was deleted must not be published with the new key: go-jose would drop the JWKS.
func TestCertificateOfAnOldKey(t *testing.T) {
	dir := t.TempDir()
	mustRing(t, NewPool(dir), "a.test")
	if err := os.Remove(filepath.Join(dir, "signing-0-key.pem")); err != nil {
		t.Fatal(err)
	}
	key := mustRing(t, NewPool(dir), "a.test").Current()
	if !certificateOf(t, key).PublicKey.(*rsa.PublicKey).Equal(&key.Private.PublicKey) {
		t.Error("the certificate belongs to the old key")
	}
}

// childDir makes this test binary a second process that opens the pool in that directory.
const childDir = "KEYS_TEST_CHILD_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		ring, err := NewRing(NewPool(dir), "a.test")
		if err != nil {
			os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		jwks, err := ring.JWKS(true)
		if err != nil {
			os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		os.Stdout.Write(jwks)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestSeveralStartAtOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	shared := NewPool(dir)
	var mu sync.Mutex
	seen := map[string]bool{}
	var wg sync.WaitGroup
	for i := range 9 {
		wg.Go(func() {
			var got []byte
			if i%3 == 0 {
				child := exec.Command(os.Args[0])
				child.Env = append(os.Environ(), childDir+"="+dir)
				child.Stderr = os.Stderr
				var err error
				if got, err = child.Output(); err != nil {
					t.Error(err)
				}
			} else {
				ring, err := NewRing(shared, "a.test")
				if err != nil {
					t.Error(err)
					return
				}
				if got, err = ring.JWKS(true); err != nil {
					t.Error(err)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			seen[string(got)] = true
		})
	}
	wg.Wait()
	if len(seen) != 1 {
		t.Errorf("%d different JWKS", len(seen))
	}
}

func BenchmarkNewRingWarm(b *testing.B) {
	dir := b.TempDir()
	mustRing(b, NewPool(dir), "a.test")
	for b.Loop() {
		mustRing(b, NewPool(dir), "a.test")
	}
}

func BenchmarkNewRingInMemory(b *testing.B) {
	pool := NewPool("")
	mustRing(b, pool, "a.test")
	for b.Loop() {
		mustRing(b, pool, "a.test")
	}
}
