package authorize

import (
	"crypto/rand"
	"encoding/base64"
	"time"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/secret"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// code makes an authorization code for what was granted: 43 characters, as Auth0's are. authTime is zero unless the
// ID token is to tell it.
func (s *Service) code(x *httpx.Exchange, q *Request, user *tenant.User, sid string, authTime time.Time) string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	now := x.Now()
	code := base64.RawURLEncoding.EncodeToString(b[:])
	c := state.Code{
		Code: secret.New(code), ClientID: q.Client.ClientID, UserID: user.ID, Connection: x.Facts.Connection,
		RedirectURI: q.RedirectURI, RedirectGiven: q.Raw.Get("redirect_uri") != "", Challenge: q.Raw.Get("code_challenge"),
		Method: q.Raw.Get("code_challenge_method"), Scopes: q.Scopes, Nonce: q.Nonce, SessionID: sid, AuthTime: authTime, Request: x.ID,
		SecondFactor: q.secondFactor, Issued: now, Expires: now.Add(s.Tenant().Mock.CodeLifetime),
	}
	if q.Organization != nil {
		c.Organization = q.Organization.ID
	}
	if q.Audience != nil {
		c.Audience = q.Audience.Identifier
	}
	session.TellDropped(x, s.Store.PutCode(c))
	return code
}
