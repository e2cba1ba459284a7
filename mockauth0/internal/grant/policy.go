package grant

import (
	"crypto/rand"
	"encoding/base64"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/postlogin"
	"renewal.example/mockauth0/tenant"
)

// policy asks the Actions of the login flow, which run at exchanges too, and whether a second factor is due: no cookie can
// say that a browser is remembered here, so only a session in which one was proved helps, where that is enough.
func (s *Service) policy(x *httpx.Exchange, q Request, u *tenant.User, at, sessionID string) error {
	v := postlogin.Decide(s.Tenant(), postlogin.Case{
		Client: q.Client, User: u, Connection: x.Facts.Connection, At: at, Passed: func(*tenant.Action) bool { return false },
	})
	if v.Factor != nil && v.Factor.OncePerSession {
		if session, ok := s.Store.Session(sessionID); ok && !session.SecondFactor.IsZero() {
			return nil
		}
	}
	if e, ok := v.Event(); ok {
		x.Emit(e)
	}
	switch {
	case v.Denied != nil:
		return v.Denied
	case v.Factor != nil:
		oe := postlogin.FactorRequired("mfa_required", v.Factor)
		oe.MFAToken = mfaToken()
		return oe
	}
	return nil
}

// mfaToken has the form of Auth0's, which are sealed and tell their bearer nothing.
func mfaToken() string {
	part := func(n int) string {
		b := make([]byte, n)
		_, _ = rand.Read(b) // never fails (crypto/rand)
		return base64.RawURLEncoding.EncodeToString(b)
	}
	return "Fe26.2*SERVER_1*" + part(32) + "*" + part(16) + "*" + part(180) + "**" + part(32) + "*" + part(32)
}
