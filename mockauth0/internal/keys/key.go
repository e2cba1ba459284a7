package keys

import (
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"sync"

	"github.com/go-jose/go-jose/v4"
)

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

// newKey gives key n of the pool a certificate for host.
func newKey(pool *Pool, n int, host string) (*Key, error) {
	private, err := pool.Key(n)
	if err != nil {
		return nil, err
	}
	public, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("encoding the token-signing key: %w", err)
	}
	certificate, err := pool.certificate(n, host, private)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(public)
	return &Key{KID: base64.RawURLEncoding.EncodeToString(sum[:])[:21], Private: private, Certificate: certificate}, nil
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

// thumbprint is the SHA-1 of the certificate: RFC 7517 §4.8 wants that hash; it protects nothing here.
func (k *Key) thumbprint() [sha1.Size]byte { return sha1.Sum(k.Certificate.Raw) }

// Info tells about a key in the form of Auth0's list of keys (GET /api/v2/keys/signing), its place among the others too.
type Info struct {
	KID         string `json:"kid"`
	Cert        string `json:"cert"`  // PEM
	PKCS7       string `json:"pkcs7"` // the certificate once more, for SAML software
	Current     bool   `json:"current"`
	Next        bool   `json:"next"`
	Previous    bool   `json:"previous"`
	Fingerprint string `json:"fingerprint"` // SHA-1 of the certificate, AB:CD:…
	Thumbprint  string `json:"thumbprint"`  // the same without colons
	Revoked     bool   `json:"revoked"`
}

// Info describes the key; who knows its place among the others adds that.
func (k *Key) Info() (Info, error) {
	sum := k.thumbprint()
	pkcs7, err := k.pkcs7()
	return Info{
		KID: k.KID, Cert: string(pem.EncodeToMemory(&pem.Block{Type: certificateBlock, Bytes: k.Certificate.Raw})), PKCS7: string(pkcs7),
		Fingerprint: strings.ReplaceAll(fmt.Sprintf("% X", sum[:]), " ", ":"), Thumbprint: fmt.Sprintf("%X", sum[:]),
	}, err
}

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
	Alg string   `json:"alg,omitempty"`
}

func (k *Key) published(alg string) publishedKey {
	sum := k.thumbprint()
	return publishedKey{
		KTY: "RSA",
		Use: "sig",
		N:   base64.RawURLEncoding.EncodeToString(k.Private.N.Bytes()),
		E:   base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.Private.E)).Bytes()),
		KID: k.KID,
		X5T: base64.RawURLEncoding.EncodeToString(sum[:]),
		X5C: []string{base64.StdEncoding.EncodeToString(k.Certificate.Raw)},
		Alg: alg,
	}
}
