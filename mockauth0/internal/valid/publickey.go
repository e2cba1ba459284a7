package valid

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
)

// PublicKey reads a client's public key: an RSA key, or an elliptic one of the curves that Auth0's
// algorithms have, as PEM, "PUBLIC KEY" (PKIX).
func PublicKey(text string) (crypto.PublicKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("no PEM block")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	switch k := key.(type) {
	case *rsa.PublicKey:
		return k, nil
	case *ecdsa.PublicKey:
		if k.Curve == elliptic.P256() || k.Curve == elliptic.P384() {
			return k, nil
		}
		return nil, errors.New("an elliptic key of another curve than P-256 and P-384")
	}
	return nil, errors.New("neither an RSA nor an elliptic key")
}
