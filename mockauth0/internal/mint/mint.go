package mint

import (
	"cmp"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"renewal.example/mockauth0/internal/keys"
)

// SpecEffect changes a token before it is signed.
type SpecEffect interface {
	ChangeSpec(spec *Spec)
}

// Signed is a token with what it was made from, for effects that make it anew.
type Signed struct {
	Spec  *Spec
	Ring  *keys.Ring
	Token string // compact serialization
}

// TokenEffect changes a signed token. What it wants may be what no library signs.
type TokenEffect interface {
	ChangeToken(t *Signed) error
}

// DocumentEffect changes the discovery document before it is written.
type DocumentEffect interface {
	ChangeDocument(doc *Spec)
}

// Sign returns the compact serialization of spec: signed with the ring's current key, which the header's
// kid names, or for HS256 with spec.Secret and without a kid.
func Sign(ring *keys.Ring, spec Spec) (string, error) {
	token, err := sign(ring, &spec)
	if err != nil {
		return "", fmt.Errorf("minting the %s: %w", spec.Kind, err)
	}
	return token, nil
}

func sign(ring *keys.Ring, spec *Spec) (string, error) {
	payload, err := spec.Payload()
	if err != nil {
		return "", err
	}
	alg, typ := cmp.Or(spec.Alg, "RS256"), cmp.Or(spec.Typ, "JWT")
	switch alg {
	case "RS256", "PS256":
		return ring.Current().Sign(alg, typ, payload)
	case "HS256":
		return signHS256(spec.Secret, typ, payload)
	}
	return "", fmt.Errorf("unknown signing algorithm %q: expected RS256, PS256 or HS256", alg)
}

// HalfHash is the at_hash of an access token or the c_hash of a code: the left half of its hash, base64url
// (OIDC Core §3.3.2.11). alg is that of the ID token that will carry it; "" is RS256.
func HalfHash(value, alg string) string {
	var sum []byte
	switch {
	case strings.HasSuffix(alg, "384"):
		h := sha512.Sum384([]byte(value))
		sum = h[:]
	case strings.HasSuffix(alg, "512"):
		h := sha512.Sum512([]byte(value))
		sum = h[:]
	default:
		h := sha256.Sum256([]byte(value))
		sum = h[:]
	}
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}

// ErrNotOurs says that a token was not signed by the ring, whatever the reason.
var ErrNotOurs = errors.New("the token was not signed by this tenant")

// Verify returns the payload (JSON) of a token that a key of the ring signed by RS256 or PS256, named by
// kid. It looks at no claim: issuer, audience and expiry are the caller's to check. Its errors match ErrNotOurs.
func Verify(ring *keys.Ring, token string) (payload []byte, err error) {
	parsed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256, jose.PS256})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotOurs, err)
	}
	kid := parsed.Signatures[0].Protected.KeyID
	key := ring.Find(kid)
	if key == nil {
		return nil, fmt.Errorf("%w: its kid %q is not in the JWKS", ErrNotOurs, kid)
	}
	payload, err = parsed.Verify(&key.Private.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotOurs, err)
	}
	return payload, nil
}

// Peek reads the payload and the algorithm of a token without verifying anything: it only says whose key to try.
func Peek(token string) (payload []byte, alg string, err error) {
	parsed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256, jose.PS256, jose.HS256})
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrNotOurs, err)
	}
	return parsed.UnsafePayloadWithoutVerification(), parsed.Signatures[0].Protected.Algorithm, nil
}
