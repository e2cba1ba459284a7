package token

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"strings"

	"renewal.example/mockauth0/internal/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/internal/mint"
)

// seen is a token as it was sent, for its event: header and claims, never the token.
type seen struct {
	kind, issuer string // issuer is the one that the client expects: it asked at this address
	alg          string
	kid          string // "": the header has none
	verifies     string // see the Verifies constants
	unreadable   bool   // it is not three parts of base64url that hold JSON
	size         int    // bytes
	claims       []mint.Claim
	hash         any // at_hash of the access token that goes with it; nil: none does
}

// What a token verifies with, as events tell it.
const (
	VerifiesByKey    = "key"    // of the tenant's, which its kid names
	VerifiesBySecret = "secret" // the client's or the API's (HS256)
	VerifiesByNone   = "nothing"
)

// observe writes down a token as it is sent. To read it again and verify it is needed only where something changed its
// bytes after signing.
func observe(x *httpx.Exchange, ring *keys.Ring, spec *mint.Spec, hash any, changed bool, sent string) {
	t := &seen{kind: spec.Kind, issuer: x.Issuer(), alg: cmp.Or(spec.Alg, "RS256"), verifies: VerifiesBySecret, size: len(sent), claims: spec.Claims, hash: hash}
	if t.alg != "HS256" {
		t.kid, t.verifies = ring.Current().KID, VerifiesByKey
	}
	if changed {
		t.reread(ring, spec.Secret, sent)
	}
	x.Emit(event.Event{Kind: event.KindToken, Description: spec.Kind}.With(t))
}

// reread takes header and claims from the bytes: only they tell what a client will see.
func (t *seen) reread(ring *keys.Ring, secret []byte, sent string) {
	t.alg, t.kid, t.verifies, t.claims = "", "", VerifiesByNone, nil
	parts := strings.Split(sent, ".")
	var header struct{ Alg, Kid string }
	var payload map[string]any
	if len(parts) != 3 || decode(parts[0], &header) != nil || decode(parts[1], &payload) != nil {
		t.unreadable = true
		return
	}
	t.alg, t.kid = header.Alg, header.Kid
	for name, value := range payload {
		t.claims = append(t.claims, mint.Claim{Name: name, Value: value})
	}
	if _, err := mint.Verify(ring, sent); err == nil {
		t.verifies = VerifiesByKey
	} else if _, err := mint.VerifySecret(secret, sent); err == nil {
		t.verifies = VerifiesBySecret
	}
}

func decode(part string, v any) error {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, v)
}

// Details leave out what the token says about the person: they are the claims by which a client accepts it or not.
func (t *seen) Details() map[string]any {
	d := map[string]any{"token": t.kind, "issuer": t.issuer, "alg": t.alg, "kid": t.kid, "verifies": t.verifies, "bytes": t.size}
	if t.unreadable {
		d["unreadable"] = true
		return d
	}
	claims := map[string]any{}
	for _, c := range t.claims {
		switch c.Name {
		case "iss", "sub", "aud", "azp", "iat", "exp", "nbf", "nonce", "org_id", "at_hash", "c_hash", "sid", "auth_time", "client_id":
			claims[c.Name] = c.Value
		}
	}
	d["claims"] = claims
	if got, ok := claims["at_hash"]; ok && t.hash != nil && got != t.hash {
		d["at_hash_wrong"] = true
	}
	return d
}
