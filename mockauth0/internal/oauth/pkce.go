package oauth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
)

// VerifyPKCE compares a code_verifier with its challenge (RFC 7636 §4.6). An empty method is plain.
func VerifyPKCE(method, challenge, verifier string) bool {
	switch method {
	case "S256":
		sum := sha256.Sum256([]byte(verifier))
		verifier = base64.RawURLEncoding.EncodeToString(sum[:])
	case "plain", "":
	default:
		return false
	}
	return subtle.ConstantTimeCompare([]byte(verifier), []byte(challenge)) == 1
}
