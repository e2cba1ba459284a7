package localca

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"time"
)

const (
	caLife      = 10 * 365 * 24 * time.Hour
	leafLife    = 397 * 24 * time.Hour // browsers refuse more
	leafRenewal = 30 * 24 * time.Hour  // a leaf with less than this left is replaced at the next start
	backdating  = 24 * time.Hour       // for machines whose clocks are a little behind

	certificateBlock = "CERTIFICATE"
	keyBlock         = "PRIVATE KEY"

	// maxLeaves bounds what a client that asks for ever new names can make the server remember.
	maxLeaves = 1024
)

// pair is a certificate and its key.
type pair struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func (p *pair) encode() ([]byte, error) {
	key, err := x509.MarshalPKCS8PrivateKey(p.key)
	if err != nil {
		return nil, err
	}
	return append(encode(certificateBlock, p.certificate.Raw), encode(keyBlock, key)...), nil
}

func encode(block string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: block, Bytes: der})
}

// newCA makes a CA of the given name; a nil constraint lets it sign for any name.
func newCA(name string, c *constraint, now time.Time) (*pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making the CA's key: %w", err)
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("making the CA's key: %w", err)
	}
	// Part of the key's hash in the name tells several of them apart in a trust store.
	sum := sha256.Sum256(public)
	template := &x509.Certificate{
		Subject:   pkix.Name{Organization: []string{"mockauth0"}, CommonName: name + " " + hex.EncodeToString(sum[:4])},
		NotBefore: now.Add(-backdating),
		NotAfter:  now.Add(caLife),
		KeyUsage:  x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		// names in mail or code signing are not constrained, so rule them out
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,
	}
	if c != nil {
		template.PermittedDNSDomainsCritical = true
		template.PermittedDNSDomains = c.names
		template.PermittedIPRanges = c.ranges
	}
	return sign(template, nil, key, key)
}

// newBaseLeaf makes the key of all leaves and the certificate for the names that every CA may sign.
func newBaseLeaf(ca *pair, now time.Time) (*pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making the leaf's key: %w", err)
	}
	notBefore := now.Add(-backdating)
	notAfter := notBefore.Add(leafLife)
	if notAfter.After(ca.certificate.NotAfter) {
		notAfter = ca.certificate.NotAfter
	}
	return signLeaf(ca, key, notBefore, notAfter, []string{"localhost"}, []net.IP{net.IPv4(127, 0, 0, 1).To4(), net.IPv6loopback})
}

// signLeaf is a function of its arguments alone: the serial number comes from them and the signature is
// deterministic. So a name's certificate is the same after a restart though only one is kept on disk, and
// a browser's "proceed anyway", which is remembered by certificate, lasts.
func signLeaf(ca *pair, key *ecdsa.PrivateKey, notBefore, notAfter time.Time, names []string, ips []net.IP) (*pair, error) {
	subject := strings.Join(names, ",")
	if subject == "" {
		subject = ips[0].String()
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{Organization: []string{"mockauth0"}},
		NotBefore:             notBefore,
		NotAfter:              notAfter,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		DNSNames:              names,
		IPAddresses:           ips,
	}
	if len(subject) <= 64 { // the most that RFC 5280 allows in a common name
		template.Subject.CommonName = subject
	}
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("signing a certificate for %s: %w", subject, err)
	}
	sum := sha256.Sum256(fmt.Appendf(public, "\n%d\n%q\n%q", notBefore.Unix(), names, ips))
	sum[0] = sum[0]&0x7f | 0x40 // positive, and of one length
	template.SerialNumber = new(big.Int).SetBytes(sum[:16])
	return sign(template, ca, key, ca.key)
}

// sign makes the certificate of key; a nil parent means self-signed.
func sign(template *x509.Certificate, parent *pair, key, signer *ecdsa.PrivateKey) (*pair, error) {
	issuer := template
	if parent != nil {
		issuer = parent.certificate
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, &key.PublicKey, deterministic{signer})
	if err != nil {
		return nil, fmt.Errorf("signing a certificate for %s: %w", template.Subject, err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("signing a certificate for %s: %w", template.Subject, err)
	}
	return &pair{certificate: certificate, key: key}, nil
}

// deterministic signs by RFC 6979, which ecdsa does when it is given no randomness.
type deterministic struct{ *ecdsa.PrivateKey }

func (d deterministic) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return d.PrivateKey.Sign(nil, digest, opts)
}

// GetCertificate is for tls.Config: a certificate for the name that the client asks for, or without a name
// (an address in the URL) for the address it reached. The chain includes the CA. A name that this CA may not
// sign gets the certificate of localhost, so that the client says which names it saw instead of failing
// with a bare TLS alert. Leave tls.Config.Certificates empty: Go asks here for a client without SNI only then.
func (a *Authority) GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	name, ip := strings.ToLower(hello.ServerName), netip.Addr{}
	if name == "" && hello.Conn != nil {
		if local, ok := hello.Conn.LocalAddr().(*net.TCPAddr); ok {
			ip = local.AddrPort().Addr().Unmap().WithZone("")
		}
	}
	if name == "" && ip.IsValid() {
		name = ip.String()
	}
	if name == "" || a.base.Leaf.VerifyHostname(name) == nil || !permits(a.certificate, name) {
		return a.base, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if leaf := a.leaves[name]; leaf != nil {
		return leaf, nil
	}
	var names []string
	var ips []net.IP
	if ip.IsValid() {
		ips = []net.IP{ip.AsSlice()}
	} else {
		names = []string{name}
	}
	signed, err := signLeaf(&pair{certificate: a.certificate, key: a.key}, a.leafKey, a.base.Leaf.NotBefore, a.base.Leaf.NotAfter, names, ips)
	if err != nil {
		return nil, err
	}
	if len(a.leaves) >= maxLeaves {
		clear(a.leaves)
	}
	leaf := a.chain(signed.certificate)
	a.leaves[name] = leaf
	return leaf, nil
}

func (a *Authority) chain(leaf *x509.Certificate) *tls.Certificate {
	return &tls.Certificate{Certificate: [][]byte{leaf.Raw, a.certificate.Raw}, PrivateKey: a.leafKey, Leaf: leaf}
}
