// Package localca is the certificate authority that a person trusts once, and the leaf certificates that
// it signs for the tenant's names.
//
// The authority of Open lives in the data directory and is name-constrained: whoever steals its key can
// speak for this machine's own names only. Temporary makes an unconstrained one in memory, for the harness,
// whose browser trusts it by the hash of its key and for one run.
package localca

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/datadir"
)

// Authority is a local CA together with the leaf certificates it has signed. Safe for concurrent use.
type Authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	file        string // the certificate's path; "" when temporary
	warnings    []error

	base    *tls.Certificate // for localhost, 127.0.0.1 and ::1: the same on every port and after a restart
	leafKey *ecdsa.PrivateKey

	mu     sync.Mutex
	leaves map[string]*tls.Certificate // by name or address
}

// Certificate is the CA's own certificate.
func (a *Authority) Certificate() *x509.Certificate { return a.certificate }

// PEM is the CA's certificate as PEM.
func (a *Authority) PEM() []byte { return encode(certificateBlock, a.certificate.Raw) }

// File is the path of the CA's certificate (PEM, no key), for a person or a program to trust. It is ""
// for a temporary CA.
func (a *Authority) File() string { return a.file }

// SPKI is the base64 SHA-256 of the CA's SubjectPublicKeyInfo, as Chromium's
// --ignore-certificate-errors-spki-list takes it.
func (a *Authority) SPKI() string {
	sum := sha256.Sum256(a.certificate.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Pool is a new pool that holds the CA alone.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	return pool
}

// Warning tells what a person should know about how the CA was opened, such as that an expired one was
// replaced and has to be trusted anew. It is nil when there is nothing to say.
func (a *Authority) Warning() error { return errors.Join(a.warnings...) }

// Open returns the CA kept in dir, and makes it when there is none. It may sign for localhost and test with
// all names below them, loopback addresses, and domains (host names or addresses, a port is ignored; all
// names below them too). Domains beyond localhost and test have a CA file of their own, since an
// existing CA cannot be widened. An expired CA, or one whose key file is missing, is replaced, which Warning tells; a
// damaged one is an error.
func Open(dir string, domains []string) (*Authority, error) {
	return open(dir, domains, clock.Wall(), datadir.Wait{})
}

// OpenOrTemporary is Open, or else Temporary with a warning that tells why nothing could be kept. wait says how to wait for
// another process that has the directory's lock. The warning may also accompany an opened CA (see Warning). The Authority is nil
// when the wait was ended (datadir.ErrGivenUp), or when the machine cannot make keys at all; then warning is that error.
func OpenOrTemporary(dir string, domains []string, wait datadir.Wait) (*Authority, error) {
	a, err := open(dir, domains, clock.Wall(), wait)
	switch {
	case err == nil:
		return a, a.Warning()
	case errors.Is(err, datadir.ErrGivenUp):
		return nil, err
	}
	a, failed := Temporary()
	if failed != nil {
		return nil, errors.Join(err, failed)
	}
	return a, fmt.Errorf("using a temporary CA, which nothing trusts after this run: %w", err)
}

// Temporary returns a CA in memory that may sign for any name. Nobody should be asked to trust it for
// longer than a test run.
func Temporary() (*Authority, error) {
	now := clock.Wall()
	pair, err := newCA("mockauth0 temporary CA", nil, now)
	if err != nil {
		return nil, err
	}
	leaf, err := newBaseLeaf(pair, now)
	if err != nil {
		return nil, err
	}
	return assemble(pair, leaf, ""), nil
}

func assemble(ca, leaf *pair, file string) *Authority {
	a := &Authority{certificate: ca.certificate, key: ca.key, file: file, leafKey: leaf.key, leaves: map[string]*tls.Certificate{}}
	a.base = a.chain(leaf.certificate)
	return a
}

func open(dir string, domains []string, now time.Time, wait datadir.Wait) (*Authority, error) {
	constraint, err := newConstraint(domains)
	if err != nil {
		return nil, err
	}
	if dir == "" {
		return nil, errors.New("no data directory to keep the local CA in: name one, or set HOME")
	}
	store := &files{dir: dir, constraint: constraint, now: now}
	if a, err := store.load(); err != nil || a != nil {
		return a, err
	}
	unlock, err := datadir.Lock(dir, wait)
	if err != nil {
		return nil, err
	}
	defer unlock()
	return store.complete()
}

// files is where one CA is kept: its certificate and key in one file, so that they can never part; a copy of
// the certificate alone for others to read; and the leaf.
type files struct {
	dir        string
	constraint *constraint
	now        time.Time
	warnings   []error
}

func (s *files) path(suffix string) string {
	return filepath.Join(s.dir, s.constraint.fileName+suffix)
}

func (s *files) caPath() string     { return s.path("-key.pem") }
func (s *files) leafPath() string   { return s.path("-leaf.pem") }
func (s *files) publicPath() string { return s.path(".pem") }

// load opens a complete, valid set without a lock and without writing; nil when something must be made.
func (s *files) load() (*Authority, error) {
	ca, err := s.loadCA()
	if err != nil || ca == nil || s.expired(ca) {
		return nil, err
	}
	public, _, err := datadir.Read(s.publicPath(), datadir.Public)
	if err != nil {
		return nil, fmt.Errorf("reading the local CA's certificate: %w", err)
	}
	leaf := s.loadLeaf(ca)
	if leaf == nil || string(public) != string(encode(certificateBlock, ca.certificate.Raw)) {
		return nil, nil
	}
	a := assemble(ca, leaf, s.publicPath())
	a.warnings = s.warnings
	return a, nil
}

// complete makes what is missing. The lock is held, so what another process made meanwhile is found.
func (s *files) complete() (*Authority, error) {
	ca, err := s.loadCA()
	if err != nil {
		return nil, err
	}
	if ca != nil && s.expired(ca) {
		s.warnings = append(s.warnings, fmt.Errorf("the local CA expired on %s and was replaced: trust %s again",
			ca.certificate.NotAfter.Format(time.DateOnly), s.publicPath()))
		ca = nil
	} else if ca == nil {
		if err := s.tellMissingKey(); err != nil {
			return nil, err
		}
	}
	if ca == nil {
		if ca, err = newCA("mockauth0 local CA", s.constraint, s.now); err != nil {
			return nil, err
		}
		if err := s.write(s.caPath(), ca); err != nil {
			return nil, err
		}
	}
	leaf := s.loadLeaf(ca)
	if leaf == nil {
		if leaf, err = newBaseLeaf(ca, s.now); err != nil {
			return nil, err
		}
		if err := s.write(s.leafPath(), leaf); err != nil {
			return nil, err
		}
	}
	// Last, since its presence tells the next start that everything is there.
	if err := datadir.Write(s.publicPath(), datadir.Public, encode(certificateBlock, ca.certificate.Raw)); err != nil {
		return nil, fmt.Errorf("keeping the local CA: %w", err)
	}
	a := assemble(ca, leaf, s.publicPath())
	a.warnings = s.warnings
	return a, nil
}

// tellMissingKey warns when there is a certificate, which a person may have trusted, but nothing left to sign with.
func (s *files) tellMissingKey() error {
	public, _, err := datadir.Read(s.publicPath(), datadir.Public)
	if err != nil {
		return fmt.Errorf("reading the local CA's certificate: %w", err)
	}
	if public != nil {
		s.warnings = append(s.warnings,
			fmt.Errorf("the CA was replaced because its key is missing (%s): trust %s again", s.caPath(), s.publicPath()))
	}
	return nil
}

func (s *files) expired(p *pair) bool { return s.now.After(p.certificate.NotAfter) }

// loadCA reads certificate and key, nil when there are none. It changes nothing that a person may have
// trusted: whatever is wrong with the file is an error that says what to do.
func (s *files) loadCA() (*pair, error) {
	path := s.caPath()
	content, exposed, err := datadir.Read(path, datadir.Private)
	if err != nil {
		return nil, fmt.Errorf("reading the local CA: %w", err)
	}
	if content == nil {
		return nil, nil
	}
	if exposed {
		s.warnings = append(s.warnings,
			fmt.Errorf("%s could be read by other accounts; it is 0600 again. If you share this machine, delete it, start again "+
				"and trust the new CA", path))
	}
	ca, err := decodePair(content)
	switch {
	case err != nil:
	case !ca.certificate.IsCA:
		err = errors.New("it holds a certificate that is no CA")
	case !s.constraint.equals(ca.certificate):
		err = errors.New("its name constraints are not those of this file name")
	case s.now.Before(ca.certificate.NotBefore):
		return nil, fmt.Errorf("the local CA in %s is valid only from %s: set this machine's clock right", path,
			ca.certificate.NotBefore.Format(time.RFC3339))
	}
	if err != nil {
		return nil, fmt.Errorf("the local CA in %s cannot be used: %w; restore the file, or delete it (a new CA is made, which has "+
			"to be trusted again)", path, err)
	}
	return ca, nil
}

// loadLeaf reads the leaf, nil when it is missing or of no more use. A leaf is only a cache: a damaged one is
// replaced, and a person who clicked through has to do so once more.
func (s *files) loadLeaf(ca *pair) *pair {
	content, _, err := datadir.Read(s.leafPath(), datadir.Private)
	if err != nil || content == nil {
		return nil
	}
	leaf, err := decodePair(content)
	if err != nil || leaf.certificate.CheckSignatureFrom(ca.certificate) != nil {
		return nil
	}
	renewAt := leaf.certificate.NotAfter.Add(-leafRenewal)
	if leaf.certificate.NotAfter.Equal(ca.certificate.NotAfter) { // a new one would not last longer
		renewAt = leaf.certificate.NotAfter
	}
	if s.now.After(renewAt) || s.now.Before(leaf.certificate.NotBefore) {
		return nil
	}
	return leaf
}

func (s *files) write(path string, p *pair) error {
	content, err := p.encode()
	if err == nil {
		err = datadir.Write(path, datadir.Private, content)
	}
	if err != nil {
		return fmt.Errorf("keeping the local CA: %w", err)
	}
	return nil
}

// decodePair reads one certificate and its key.
func decodePair(content []byte) (*pair, error) {
	var p pair
	for rest := content; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		switch block.Type {
		case certificateBlock:
			certificate, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return nil, fmt.Errorf("its certificate is damaged: %w", err)
			}
			p.certificate = certificate
		case keyBlock:
			key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			if err != nil {
				return nil, fmt.Errorf("its key is damaged: %w", err)
			}
			p.key, _ = key.(*ecdsa.PrivateKey)
		}
	}
	if p.certificate == nil || p.key == nil {
		return nil, errors.New("it is incomplete: a certificate and an ECDSA key were expected, both as PEM")
	}
	if !p.key.PublicKey.Equal(p.certificate.PublicKey) {
		return nil, errors.New("its key does not belong to its certificate")
	}
	return &p, nil
}
