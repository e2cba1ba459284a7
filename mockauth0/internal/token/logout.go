package token

import (
	"crypto/rand"
	"encoding/hex"
	"time"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/mint"
	"renewal.example/mockauth0/internal/state"
)

// logoutLife is how long a logout token is good for (fact 2.6-token-claims).
const logoutLife = 2 * time.Minute

// Logout makes the token that tells a client of a session's end (OpenID Connect Back-Channel Logout 1.0 §2.4), its claims
// in Auth0's order. It never has a nonce, which is what tells it from an ID token.
func (i *Issuer) Logout(x *httpx.Exchange, clientID string, s state.Session) (string, error) {
	now := x.Now()
	var trace [8]byte
	_, _ = rand.Read(trace[:]) // never fails (crypto/rand)
	return i.sign(x, mint.Spec{Kind: mint.LogoutToken, Typ: "JWT", Claims: []mint.Claim{
		{Name: "iss", Value: x.Issuer()}, {Name: "sub", Value: s.UserID}, {Name: "aud", Value: clientID},
		{Name: "iat", Value: now.Unix()}, {Name: "exp", Value: now.Add(logoutLife).Unix()}, {Name: "jti", Value: mint.UUID()},
		{Name: "events", Value: map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}},
		{Name: "trace_id", Value: hex.EncodeToString(trace[:])}, {Name: "sid", Value: s.ID},
	}}, nil)
}
