package keys

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"path/filepath"
	"time"

	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/datadir"
)

// certificateLife is what Auth0 gives a signing certificate, near enough.
const certificateLife = 5000 * 24 * time.Hour

// certificate is the certificate of key n for host. It is kept beside the key so that a restart neither pays
// for a signature nor changes x5t; being public and replaceable, it is simply made anew when it is of no use.
func (p *Pool) certificate(n int, host string, key *rsa.PrivateKey) (*x509.Certificate, error) {
	if p.dir == "" || n >= kept {
		return selfSign(host, key)
	}
	sum := sha256.Sum256([]byte(host))
	path := filepath.Join(p.dir, fmt.Sprintf("signing-%d-%x.pem", n, sum[:6]))
	if c := loadCertificate(path, host, key); c != nil {
		return c, nil
	}
	unlock, err := datadir.Lock(p.dir, p.wait)
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
