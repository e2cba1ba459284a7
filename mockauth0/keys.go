package mockauth0

import "renewal.example/mockauth0/internal/keys"

// SigningKey is a token-signing key of a tenant. Its JSON form is that of Auth0's GET /api/v2/keys/signing.
type SigningKey struct {
	KID         string `json:"kid"`         // 21 characters
	Cert        string `json:"cert"`        // PEM
	PKCS7       string `json:"pkcs7"`       // PEM: the certificate once more, for SAML software
	Current     bool   `json:"current"`     // it signs
	Next        bool   `json:"next"`        // RotateKey makes it the one that signs
	Previous    bool   `json:"previous"`    // it signed before, and its tokens are still accepted
	Fingerprint string `json:"fingerprint"` // SHA-1 of the certificate, AB:CD:…
	Thumbprint  string `json:"thumbprint"`  // the same without colons
	Revoked     bool   `json:"revoked"`     // its tokens are no longer accepted
}

// Keys lists the tenant's signing keys: the current one, the next, previous ones and those that were revoked last. The error says
// which certificate could not be written.
func (t *Tenant) Keys() ([]SigningKey, error) {
	all, err := t.manager.Keys()
	return listOf(all, func(k keys.Info) SigningKey { return SigningKey(k) }), err
}

// RotateKey makes the next key the one that signs, and tells its kid. Tokens of the key before stay valid, and the key
// in the JWKS, until RevokeKey. Neither outlives the server: a restart signs with the first key again.
func (t *Tenant) RotateKey() (kid string, err error) {
	return t.manager.RotateKey()
}

// RevokeKey takes a previous key out of the JWKS: the tenant no longer accepts tokens that it signed.
func (t *Tenant) RevokeKey(kid string) error { return t.manager.RevokeKey(kid) }
