package keys

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/datadir"
)

// certificateLife is what Auth0 gives a signing certificate, near enough.
const certificateLife = 5000 * 24 * time.Hour

// Key is a signing key as one tenant publishes it. It does not change.
type Key struct {
	KID         string // 21 characters, derived from the public key
	Private     *rsa.PrivateKey
	Certificate *x509.Certificate // self-signed, CN = the tenant's host name

	signers sync.Map // signerKey → jose.Signer
}

type signerKey struct {
	alg jose.SignatureAlgorithm
	typ string
}

// Signer is a go-jose signer with this key, whose tokens have the headers alg, kid and typ (in that order: go-jose
// sorts them). alg is RS256 or PS256. It is made once for each alg and typ.
func (k *Key) Signer(alg jose.SignatureAlgorithm, typ string) (jose.Signer, error) {
	at := signerKey{alg, typ}
	if s, ok := k.signers.Load(at); ok {
		return s.(jose.Signer), nil
	}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: k.Private, KeyID: k.KID}},
		(&jose.SignerOptions{}).WithType(jose.ContentType(typ)))
	if err != nil {
		return nil, fmt.Errorf("making a signer for %s: %w", alg, err)
	}
	k.signers.Store(at, s)
	return s, nil
}

// Ring is the signing keys of one tenant. It does not change, and has one key: Auth0 publishes the next
// one as well, which matters only once keys can be rotated.
type Ring struct {
	current *Key
	jwks    []byte
}

// NewRing gives key 0 of the pool a certificate for the tenant of that domain (a port is ignored) and makes the JWKS.
func NewRing(pool *Pool, domain string) (*Ring, error) {
	private, err := pool.Key(0)
	if err != nil {
		return nil, err
	}
	public, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("encoding the token-signing key: %w", err)
	}
	host := strings.ToLower(domain)
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	certificate, err := pool.certificate(0, host, private)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(public)
	key := &Key{KID: base64.RawURLEncoding.EncodeToString(sum[:])[:21], Private: private, Certificate: certificate}
	jwks, err := json.Marshal(keySet{Keys: []publishedKey{key.published()}})
	if err != nil {
		return nil, fmt.Errorf("encoding the JWKS: %w", err)
	}
	return &Ring{current: key, jwks: jwks}, nil
}

// Current is the key that signs.
func (r *Ring) Current() *Key { return r.current }

// Find is the key with that kid, nil when the ring has none.
func (r *Ring) Find(kid string) *Key {
	if kid != r.current.KID {
		return nil
	}
	return r.current
}

// JWKS is the body of /.well-known/jwks.json. It is shared: do not write to it.
func (r *Ring) JWKS() []byte { return r.jwks }

type keySet struct {
	Keys []publishedKey `json:"keys"`
}

// publishedKey has the members in Auth0's order.
type publishedKey struct {
	KTY string   `json:"kty"`
	Use string   `json:"use"`
	N   string   `json:"n"`
	E   string   `json:"e"`
	KID string   `json:"kid"`
	X5T string   `json:"x5t"`
	X5C []string `json:"x5c"`
	Alg string   `json:"alg"`
}

func (k *Key) published() publishedKey {
	thumbprint := sha1.Sum(k.Certificate.Raw) // RFC 7517 §4.8 wants SHA-1; it protects nothing here
	return publishedKey{
		KTY: "RSA",
		Use: "sig",
		N:   base64.RawURLEncoding.EncodeToString(k.Private.N.Bytes()),
		E:   base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.Private.E)).Bytes()),
		KID: k.KID,
		X5T: base64.RawURLEncoding.EncodeToString(thumbprint[:]),
		X5C: []string{base64.StdEncoding.EncodeToString(k.Certificate.Raw)},
		Alg: string(jose.RS256),
	}
}

// certificate is the certificate of key n for host. It is kept beside the key so that a restart neither pays
// for a signature nor changes x5t; being public and replaceable, it is simply made anew when it is of no use.
func (p *Pool) certificate(n int, host string, key *rsa.PrivateKey) (*x509.Certificate, error) {
	if p.dir == "" {
		return selfSign(host, key)
	}
	sum := sha256.Sum256([]byte(host))
	path := filepath.Join(p.dir, fmt.Sprintf("signing-%d-%x.pem", n, sum[:6]))
	if c := loadCertificate(path, host, key); c != nil {
		return c, nil
	}
	unlock, err := datadir.Lock(p.dir)
	if err != nil {
		return selfSign(host, key) // that the directory cannot be written was said for the key, which matters more
	}
	defer unlock()
	if c := loadCertificate(path, host, key); c != nil {
		return c, nil
	}
	c, err := selfSign(host, key)
	if err != nil {
		return nil, err
	}
	if err := datadir.Write(path, datadir.Public, pem.EncodeToMemory(&pem.Block{Type: certificateBlock, Bytes: c.Raw})); err != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.warn(fmt.Errorf("the certificate of the token-signing key is not kept, so x5t changes at the next start: %w", err))
	}
	return c, nil
}

func loadCertificate(path, host string, key *rsa.PrivateKey) *x509.Certificate {
	content, _, err := datadir.Read(path, datadir.Public)
	if err != nil {
		return nil
	}
	block, _ := pem.Decode(content)
	if block == nil {
		return nil
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil || c.Subject.CommonName != host || !key.PublicKey.Equal(c.PublicKey) || clock.Wall().After(c.NotAfter) {
		return nil
	}
	return c
}

func selfSign(host string, key *rsa.PrivateKey) (*x509.Certificate, error) {
	now := clock.Wall()
	template := &x509.Certificate{ // no serial number: a random one is made
		Subject:            pkix.Name{CommonName: host},
		NotBefore:          now.Add(-24 * time.Hour),
		NotAfter:           now.Add(certificateLife),
		SignatureAlgorithm: x509.SHA256WithRSA,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("making the signing certificate of %s: %w", host, err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("making the signing certificate of %s: %w", host, err)
	}
	return c, nil
}
