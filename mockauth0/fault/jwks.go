package fault

import (
	"encoding/json"

	"renewal.example/mockauth0/internal/httpx"
)

func jwksGroup() group {
	return group{
		name:  "jwks",
		given: func(e *Effect) bool { return e.JWKS != "" },
		check: func(e *Effect, p *Problems) {
			if e.JWKS == "unreachable" {
				p.add("do.jwks", `do.jwks is "unreachable": that is do.status, do.hang or do.connection with when.endpoint "jwks"`)
				return
			}
			among(p, "do.jwks", e.JWKS, "stale", "empty")
		},
		build: func(e *Effect) any { return jwks{e.JWKS == "empty"} },
		seam:  httpx.SeamKeys, acts: "where the keys are served", where: []string{"jwks"},
	}
}

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
