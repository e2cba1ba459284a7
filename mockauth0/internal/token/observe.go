package token

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"strings"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/internal/mint"
)

// seen is a token as it was sent, for its event: header and claims, never the token.
type seen struct {
	kind, issuer string // issuer is the one that the client expects: it asked at this address
	alg          string
	kid          string // "": the header has none
	verifies     event.Verifies
	unreadable   bool // it is not three parts of base64url that hold JSON
	size         int  // bytes
	claims       []mint.Claim
	hash         any // at_hash of the access token that goes with it; nil: none does
}

// observe writes down a token as it is sent. To read it again and verify it is needed only where something changed its
// bytes after signing.
func observe(x *httpx.Exchange, ring *keys.Ring, spec *mint.Spec, hash any, changed bool, sent string) {
	t := &seen{
		kind: spec.Kind, issuer: x.Issuer(), alg: cmp.Or(spec.Alg, "RS256"), verifies: event.VerifiesBySecret,
		size: len(sent), claims: spec.Claims, hash: hash,
	}
	if t.alg != "HS256" {
		t.kid, t.verifies = ring.Current().KID, event.VerifiesByKey
	}
	if changed {
		t.reread(ring, spec.Secret, sent)
	}
	e := event.Event{Kind: event.KindToken, Description: spec.Kind}
	for _, c := range t.claims {
		if s, ok := c.Value.(string); ok && c.Name == "nonce" && len(s) > 1<<10 { // it is clipped then, and the rest need not be kept
			e.Data = t.Data()
			x.Emit(e)
			return
		}
	}
	x.Emit(e.Later(t))
}

// reread takes header and claims from the bytes: only they tell what a client will see.
func (t *seen) reread(ring *keys.Ring, secret []byte, sent string) {
	t.alg, t.kid, t.verifies, t.claims = "", "", event.VerifiesByNone, nil
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
		t.verifies = event.VerifiesByKey
	} else if _, err := mint.VerifySecret(secret, sent); err == nil {
		t.verifies = event.VerifiesBySecret
	}
}

func decode(part string, v any) error {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, v)
}

// Data leave out what the token says about the person: they hold the claims by which a client accepts it or not.
func (t *seen) Data() event.Data {
	d := &event.Token{
		Token: event.TokenKind(t.kind), Issuer: t.issuer, Alg: t.alg, KeyID: t.kid, Verifies: t.verifies, Bytes: t.size,
		Unreadable: t.unreadable,
	}
	if t.unreadable {
		return d
	}
	d.Claims = event.Members{}
	for _, c := range t.claims {
		switch c.Name {
		case "iss", "sub", "aud", "azp", "iat", "exp", "nbf", "nonce", "org_id", "at_hash", "c_hash", "sid", "auth_time", "client_id":
			if c.Name == "nonce" {
				c.Value = shownNonce(c.Value)
			}
			d.Claims[c.Name] = c.Value
		}
	}
	d.AtHashWrong = t.hash != nil && d.Claims.Has("at_hash") && d.Claims["at_hash"] != t.hash
	return d
}

// shownNonce is a nonce as the event of the request shows it, so that the two can be compared.
func shownNonce(nonce any) any {
	if s, ok := nonce.(string); ok {
		return httpx.Shown("nonce", s)
	}
	return nonce
}
