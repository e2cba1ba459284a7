package grant

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"

	"renewal.example/mockauth0/internal/mint"
)

// RefreshSigner writes and reads refresh tokens: a family, a generation and a signature over both. Nothing has to be
// kept of a token that was replaced, and one that is reused still names its family.
type RefreshSigner struct{ seal *mint.Seal }

const (
	familyBytes = 15 // 20 characters of base64url
	macBytes    = 20
)

// NewRefreshSigner makes a signer with a key of its own.
func NewRefreshSigner() *RefreshSigner { return &RefreshSigner{mint.NewSeal()} }

// Seal signs the tokens.
func (s *RefreshSigner) Seal() *mint.Seal { return s.seal }

// newFamilyID is the id of a new refresh token family.
func newFamilyID() string {
	var b [familyBytes]byte
	_, _ = rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Token is the refresh token of a generation of a family.
func (s *RefreshSigner) Token(family string, generation int) string {
	b, err := base64.RawURLEncoding.DecodeString(family)
	if err != nil || len(b) != familyBytes {
		panic("grant: not a family id: " + family) // families are made by newFamilyID alone
	}
	b = binary.BigEndian.AppendUint32(b, uint32(generation))
	return base64.RawURLEncoding.EncodeToString(append(b, s.mac(b)...))
}

// Read tells which family and generation a token is of; ok is false when it is not one of this tenant's.
func (s *RefreshSigner) Read(token string) (family string, generation int, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) != familyBytes+4+macBytes {
		return "", 0, false
	}
	body, mac := b[:familyBytes+4], b[familyBytes+4:]
	if !hmac.Equal(mac, s.mac(body)) {
		return "", 0, false
	}
	return base64.RawURLEncoding.EncodeToString(body[:familyBytes]), int(binary.BigEndian.Uint32(body[familyBytes:])), true
}

func (s *RefreshSigner) mac(b []byte) []byte { return s.seal.MAC(b)[:macBytes] }
