package faults

import (
	"encoding/json"
	"fmt"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/httpx"
)

func newJWKS(e *fault.Effect) fmt.Stringer { return jwks{e.JWKS == fault.JWKSEmpty} }

// jwks serves a set without the key that signs, as a cache does after a rotation, or without any.
type jwks struct{ empty bool }

func (k jwks) String() string {
	if k.empty {
		return "empty JWKS"
	}
	return "JWKS without the current key"
}

func (k jwks) ChangeJWKS(current string, set []byte) []byte {
	served := struct {
		Keys []json.RawMessage `json:"keys"`
	}{}
	var full struct{ Keys []json.RawMessage }
	served.Keys = []json.RawMessage{}
	if err := json.Unmarshal(set, &full); err != nil || k.empty {
		return []byte(`{"keys":[]}`)
	}
	for _, raw := range full.Keys {
		var key struct{ KID string }
		if json.Unmarshal(raw, &key) == nil && key.KID != current {
			served.Keys = append(served.Keys, raw)
		}
	}
	return httpx.Encode(served)
}
