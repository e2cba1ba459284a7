package mint

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// signHS256 is written out because go-jose refuses secrets under 32 bytes (RFC 7518 §3.2), and Auth0 takes an API's
// from 16 on. The tenant warns of them at load.
func signHS256(secret []byte, typ string, payload []byte) (string, error) {
	if len(secret) == 0 {
		return "", errors.New("there is no secret to sign by HS256: set client_secret, or signing_secret of the API")
	}
	header, err := json.Marshal(struct {
		Alg string `json:"alg"`
		Typ string `json:"typ"`
	}{"HS256", typ})
	if err != nil {
		return "", err
	}
	text := base64.RawURLEncoding.AppendEncode(nil, header)
	text = base64.RawURLEncoding.AppendEncode(append(text, '.'), payload)
	return string(text) + "." + base64.RawURLEncoding.EncodeToString(hs256(secret, text)), nil
}

func hs256(secret, text []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write(text)
	return h.Sum(nil)
}

// VerifySecret is Verify for a token that was signed by HS256 with a secret, and by nothing else.
func VerifySecret(secret []byte, token string) (payload []byte, err error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 || len(secret) == 0 {
		return nil, fmt.Errorf("%w: no compact JWT, or no secret to try", ErrNotOurs)
	}
	var header struct {
		Alg  string   `json:"alg"`
		Crit []string `json:"crit"` // no extension is understood (RFC 7515 §4.1.11)
	}
	decode := base64.RawURLEncoding.DecodeString
	if plain, err := decode(parts[0]); err != nil || json.Unmarshal(plain, &header) != nil || header.Alg != "HS256" || header.Crit != nil {
		return nil, fmt.Errorf("%w: its header is not that of a token signed by HS256", ErrNotOurs)
	}
	signature, err := decode(parts[2])
	if err != nil || !hmac.Equal(signature, hs256(secret, []byte(parts[0]+"."+parts[1]))) {
		return nil, fmt.Errorf("%w: the secret does not verify it", ErrNotOurs)
	}
	if payload, err = decode(parts[1]); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotOurs, err)
	}
	return payload, nil
}
