// Package keys holds the keys that sign tokens: a Pool of RSA keys, each made once and kept, and a Ring for
// every tenant, which gives such a key the tenant's certificate and publishes both as a JWKS.
package keys

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"renewal.example/mockauth0/internal/datadir"
)

const (
	keyBits          = 2048
	keyBlock         = "PRIVATE KEY"
	certificateBlock = "CERTIFICATE"
)

// Pool is a row of RSA-2048 keys that tenants share, so that a tenant costs no key generation, and lends others to one tenant
// each (Lease). Safe for concurrent use, by several processes too.
type Pool struct {
	dir  string
	wait datadir.Wait

	mu       sync.Mutex
	keys     map[int]*rsa.PrivateKey
	unkept   bool
	warnings []error

	leasing leasing
}

// NewPool returns a pool that keeps its keys in dir ("": in memory only, new ones for every pool).
func NewPool(dir string) *Pool { return NewWaitingPool(dir, datadir.Wait{}) }

// NewWaitingPool is NewPool; wait says how to wait for another process that has the directory's lock. When the wait is ended,
// Key fails with datadir.ErrGivenUp.
func NewWaitingPool(dir string, wait datadir.Wait) *Pool {
	return &Pool{dir: dir, wait: wait, keys: map[int]*rsa.PrivateKey{}}
}

// Key is key number n, from 0. The first two are read from the directory, or made and kept there. A directory that cannot
// be written is no failure (see Warning); a damaged or unreadable key file is.
func (p *Pool) Key(n int) (*rsa.PrivateKey, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if key := p.keys[n]; key != nil {
		return key, nil
	}
	key, err := p.obtain(n)
	if err != nil {
		return nil, err
	}
	key.Precompute()
	p.keys[n] = key
	return key, nil
}

// Warning tells what a person should know, such as that new keys could not be kept and will be others
// after a restart. It is nil when there is nothing to say.
func (p *Pool) Warning() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return errors.Join(p.warnings...)
}

// Temporary tells whether a key was made that is not kept, so that no other process has it.
func (p *Pool) Temporary() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.unkept
}

func (p *Pool) warnUnkept(err error) {
	p.unkept = true
	p.warn(fmt.Errorf("the token-signing key is not kept, so tokens end with this run: %w", err))
}

func (p *Pool) warn(err error) { p.warnings = append(p.warnings, err) }

// kept is how many keys a directory holds, each with its certificate: the one that signs after a start and the
// one that is published as the next. Those that come by rotation are of the run alone, for the next run begins with the first again.
const kept = 2

func (p *Pool) obtain(n int) (*rsa.PrivateKey, error) {
	if p.dir == "" {
		p.unkept = true
		return generate()
	}
	if n >= kept {
		return generate()
	}
	path := filepath.Join(p.dir, fmt.Sprintf("signing-%d-key.pem", n))
	if key, err := p.load(path); err != nil || key != nil {
		return key, err
	}
	unlock, err := datadir.Lock(p.dir, p.wait)
	if errors.Is(err, datadir.ErrGivenUp) {
		return nil, err
	}
	if err != nil {
		p.warnUnkept(err)
		return generate()
	}
	defer unlock()
	if key, err := p.load(path); err != nil || key != nil { // made by another process meanwhile
		return key, err
	}
	key, err := generate()
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encoding the token-signing key: %w", err)
	}
	if err := datadir.Write(path, datadir.Private, pem.EncodeToMemory(&pem.Block{Type: keyBlock, Bytes: der})); err != nil {
		p.warnUnkept(err)
	}
	return key, nil
}

func (p *Pool) load(path string) (*rsa.PrivateKey, error) {
	content, exposed, err := datadir.Read(path, datadir.Private)
	if err != nil {
		return nil, fmt.Errorf("reading the token-signing key: %w; make it readable for this user, or name another directory with --data-dir "+
			"or MOCKAUTH0_DATA_DIR", err)
	}
	if content == nil {
		return nil, nil
	}
	if exposed {
		p.warn(fmt.Errorf("%s could be read by other accounts; it is 0600 again. If you share this machine, delete it: a new key is "+
			"made at the next start", path))
	}
	wrong := fmt.Errorf("the token-signing key in %s cannot be used: expected an RSA key of %d bits as PEM; restore the file, or delete it "+
		"(a new key is made; tokens signed before no longer verify)", path, keyBits)
	block, _ := pem.Decode(content)
	if block == nil || block.Type != keyBlock {
		return nil, wrong
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", wrong, err)
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok || key.N.BitLen() != keyBits {
		return nil, wrong
	}
	return key, nil
}

func generate() (*rsa.PrivateKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("making the token-signing key: %w", err)
	}
	return key, nil
}
