package faults

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/mint"
)

// jwt is a token in its parts (RFC 7515 §7.1).
type jwt struct {
	header    header
	payload   []byte
	signature []byte
}

// header has its members in Auth0's order.
type header struct {
	Alg string `json:"alg"`
	Typ string `json:"typ,omitempty"`
	KID string `json:"kid,omitempty"`
}

func takeApart(s *mint.Signed) (j jwt, err error) {
	var raw [3][]byte
	for i, part := range strings.SplitN(s.Token, ".", 3) {
		if raw[i], err = base64.RawURLEncoding.DecodeString(part); err != nil {
			return j, fmt.Errorf("a fault cannot read the token: %w", err)
		}
	}
	j.payload, j.signature = raw[1], raw[2]
	if err = json.Unmarshal(raw[0], &j.header); err != nil {
		err = fmt.Errorf("a fault cannot read the token's header: %w", err)
	}
	return j, err
}

// signed is what a signature is made of.
func (j jwt) signed() string {
	return base64.RawURLEncoding.EncodeToString(httpx.Encode(j.header)) + "." + base64.RawURLEncoding.EncodeToString(j.payload)
}

// String is the compact serialization.
func (j jwt) String() string {
	return j.signed() + "." + base64.RawURLEncoding.EncodeToString(j.signature)
}

// sign makes the signature that the header names, by the key that the tenant signs with. For HS256 the secret is that of the
// client or the API; public clients have none, and any other will do: whoever checks it has no secret either.
func (j *jwt) sign(s *mint.Signed) (err error) {
	text := []byte(j.signed())
	if j.header.Alg == "HS256" {
		mac := hmac.New(sha256.New, []byte(cmp.Or(string(s.Spec.Secret), "a secret that nobody has")))
		mac.Write(text)
		j.signature = mac.Sum(nil)
		return nil
	}
	j.signature, err = s.Ring.Current().Signature(j.header.Alg, text)
	return err
}
