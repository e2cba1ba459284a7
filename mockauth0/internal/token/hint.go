package token

import (
	"encoding/json"
	"errors"

	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/internal/mint"
	"renewal.example/mockauth0/tenant"
)

// Hint is what an id_token_hint says: an ID token of this tenant, expired or not.
type Hint struct {
	Client    *tenant.Client // it was issued to
	Subject   string
	SessionID string
}

// OpenHint verifies an id_token_hint (OIDC Core §3.1.2.1, RP-Initiated Logout §2): signed by this tenant for one of its
// clients. It may have expired: the person comes back to log out after a long day. A client's secret verifies only
// tokens of a client that has HS256 configured, so that a public key never serves as a secret.
func OpenHint(ring *keys.Ring, tn *tenant.Config, issuer, raw string) (Hint, error) {
	var c struct {
		Iss, Sub, Sid string
		Aud           string          // one string in every ID token of ours
		Events        json.RawMessage // of a logout token, which is no ID token
	}
	unsafe, alg, err := mint.Peek(raw)
	if err != nil {
		return Hint{}, err
	}
	if err := json.Unmarshal(unsafe, &c); err != nil {
		return Hint{}, errors.New("its claims are not those of an ID token of this tenant")
	}
	client := tn.ClientByID(c.Aud)
	switch {
	case c.Iss != issuer:
		return Hint{}, errors.New("it was issued by somebody else")
	case c.Events != nil:
		return Hint{}, errors.New("it is a logout token")
	case client == nil:
		return Hint{}, errors.New("its aud is no client of this tenant")
	case alg == "HS256" && client.IDTokenAlg != "HS256":
		return Hint{}, errors.New("it is signed by HS256, which its client does not use")
	case alg == "HS256":
		_, err = mint.VerifySecret([]byte(client.ClientSecret), raw)
	default:
		_, err = mint.Verify(ring, raw)
	}
	if err != nil {
		return Hint{}, err
	}
	return Hint{Client: client, Subject: c.Sub, SessionID: c.Sid}, nil
}
