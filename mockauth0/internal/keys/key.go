package keys

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"sync"
)

// Key is a signing key as one tenant publishes it. It does not change.
type Key struct {
	KID     string // 21 characters, derived from the public key
	Private *rsa.PrivateKey

	certificate func() (*x509.Certificate, error)
	headers     sync.Map // headerKey → string
}

// Certificate is the key's own certificate, self-signed, with the tenant's host name as CN. It is made when somebody first wants
// it: that takes a signature, and most tenants of tests never show it.
func (k *Key) Certificate() (*x509.Certificate, error) { return k.certificate() }

type headerKey struct{ alg, typ string }

// source is where a tenant's keys come from: a Pool, whose keys tenants share, or a Lease.
type source interface {
	// Key is key number n, from 0.
	Key(n int) (*rsa.PrivateKey, error)
	// certificate is that of key n for a host.
	certificate(n int, host string, key *rsa.PrivateKey) (*x509.Certificate, error)
}

// newKey is key n for the tenant at host.
func newKey(from source, n int, host string) (*Key, error) {
	private, err := from.Key(n)
	if err != nil {
		return nil, err
	}
	return keyOf(private, sync.OnceValues(func() (*x509.Certificate, error) { return from.certificate(n, host, private) }))
}

func keyOf(private *rsa.PrivateKey, certificate func() (*x509.Certificate, error)) (*Key, error) {
	public, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("encoding the token-signing key: %w", err)
	}
	sum := sha256.Sum256(public)
	return &Key{KID: base64.RawURLEncoding.EncodeToString(sum[:])[:21], Private: private, certificate: certificate}, nil
}

// Sign is the compact serialization of a JWT with that payload (RFC 7515 §7.1). alg is RS256 or PS256. It is put together
// here, since JOSE libraries sort the header, and Auth0's has alg, typ and kid in this order.
func (k *Key) Sign(alg, typ string, payload []byte) (string, error) {
	header, err := k.header(alg, typ)
	if err != nil {
		return "", err
	}
	size := k.Private.Size()
	token := make([]byte, 0, len(header)+2+base64.RawURLEncoding.EncodedLen(len(payload))+base64.RawURLEncoding.EncodedLen(size))
	token = append(token, header...)
	token = append(token, '.')
	token = base64.RawURLEncoding.AppendEncode(token, payload)
	signature, err := k.Signature(alg, token)
	if err != nil {
		return "", err
	}
	return string(base64.RawURLEncoding.AppendEncode(append(token, '.'), signature)), nil
}

// Signature signs the first two parts of a token, with the point between them. alg is RS256 or PS256.
func (k *Key) Signature(alg string, text []byte) (signature []byte, err error) {
	sum := sha256.Sum256(text)
	if alg == "PS256" {
		signature, err = rsa.SignPSS(rand.Reader, k.Private, crypto.SHA256, sum[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	} else {
		signature, err = rsa.SignPKCS1v15(nil, k.Private, crypto.SHA256, sum[:])
	}
	if err != nil {
		return nil, fmt.Errorf("signing by %s: %w", alg, err)
	}
	return signature, nil
}

// header is the first part of a token, made once for each alg and typ.
func (k *Key) header(alg, typ string) (string, error) {
	at := headerKey{alg, typ}
	if h, ok := k.headers.Load(at); ok {
		return h.(string), nil
	}
	if alg != "RS256" && alg != "PS256" {
		return "", fmt.Errorf("an RSA key does not sign by %q: expected RS256 or PS256", alg)
	}
	plain, err := json.Marshal(struct {
		Alg string `json:"alg"`
		Typ string `json:"typ"`
		KID string `json:"kid"`
	}{alg, typ, k.KID})
	if err != nil {
		return "", err
	}
	h := base64.RawURLEncoding.EncodeToString(plain)
	k.headers.Store(at, h)
	return h, nil
}

// thumbprint is the SHA-1 of a certificate: RFC 7517 §4.8 wants that hash; it protects nothing here.
func thumbprint(c *x509.Certificate) [sha1.Size]byte { return sha1.Sum(c.Raw) }

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
	certificate, err := k.certificate()
	if err != nil {
		return Info{KID: k.KID}, err
	}
	sum := thumbprint(certificate)
	pkcs7, err := pkcs7Of(certificate)
	return Info{
		KID: k.KID, Cert: string(pem.EncodeToMemory(&pem.Block{Type: certificateBlock, Bytes: certificate.Raw})), PKCS7: string(pkcs7),
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

func (k *Key) published(alg string) (publishedKey, error) {
	certificate, err := k.certificate()
	if err != nil {
		return publishedKey{}, err
	}
	sum := thumbprint(certificate)
	return publishedKey{
		KTY: "RSA",
		Use: "sig",
		N:   base64.RawURLEncoding.EncodeToString(k.Private.N.Bytes()),
		E:   base64.RawURLEncoding.EncodeToString(big.NewInt(int64(k.Private.E)).Bytes()),
		KID: k.KID,
		X5T: base64.RawURLEncoding.EncodeToString(sum[:]),
		X5C: []string{base64.StdEncoding.EncodeToString(certificate.Raw)},
		Alg: alg,
	}, nil
}
