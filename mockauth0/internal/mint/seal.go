package mint

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"hash"
	"slices"
	"sync"
	"sync/atomic"

	"renewal.example/mockauth0/internal/secret"
)

// Seal authenticates what a tenant hands out and gets back, with HMAC-SHA256 under a key of its own: it is worth nothing
// to another tenant, or after a restart without a snapshot. Safe for concurrent use.
type Seal struct {
	in atomic.Pointer[keyed]
}

// keyed is a key with what it needs to work.
type keyed struct {
	key    secret.Text
	hashes sync.Pool // of hash.Hash with the key set up, which costs as much as to hash what is sealed
}

// NewSeal makes a seal.
func NewSeal() *Seal {
	key := make([]byte, keyBytes)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	s := &Seal{}
	s.use(key)
	return s
}

const keyBytes = 32

func (s *Seal) use(key []byte) {
	s.in.Store(&keyed{secret.New(string(key)), sync.Pool{New: func() any { return hmac.New(sha256.New, key) }}})
}

// Key is the seal's key, for a snapshot.
func (s *Seal) Key() []byte { return []byte(s.in.Load().key.Reveal()) }

// SetKey has the seal go by another key.
func (s *Seal) SetKey(key []byte) error {
	if len(key) != keyBytes {
		return fmt.Errorf("the key of a seal has %d bytes; expected %d", len(key), keyBytes)
	}
	s.use(slices.Clone(key))
	return nil
}

// MAC is the seal's mark on b, 32 bytes. Compare it with hmac.Equal.
func (s *Seal) MAC(b []byte) []byte {
	in := s.in.Load()
	h := in.hashes.Get().(hash.Hash)
	defer in.hashes.Put(h)
	h.Reset()
	h.Write(b)
	return h.Sum(make([]byte, 0, sha256.Size))
}
