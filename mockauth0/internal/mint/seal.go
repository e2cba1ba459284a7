package mint

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"hash"
	"sync"
)

// Seal authenticates what a tenant hands out and gets back, with HMAC-SHA256 under a key of its own: it is worth nothing
// to another tenant or after a restart. Safe for concurrent use.
type Seal struct {
	hashes sync.Pool // of hash.Hash with the key set up, which costs as much as to hash what is sealed
}

// NewSeal makes a seal.
func NewSeal() *Seal {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails (crypto/rand)
	return &Seal{hashes: sync.Pool{New: func() any { return hmac.New(sha256.New, secret) }}}
}

// MAC is the seal's mark on b, 32 bytes. Compare it with hmac.Equal.
func (s *Seal) MAC(b []byte) []byte {
	h := s.hashes.Get().(hash.Hash)
	defer s.hashes.Put(h)
	h.Reset()
	h.Write(b)
	return h.Sum(make([]byte, 0, sha256.Size))
}
