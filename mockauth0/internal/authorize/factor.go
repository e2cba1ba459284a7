package authorize

import (
	"net/http"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
)

// ShowFactor is GET /u/mfa-email-challenge: a code has been mailed, which is it?
func (s *Service) ShowFactor(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	a, elsewhere, err := s.asked(x, r, names.FactorPath)
	if err != nil || elsewhere != nil {
		return elsewhere, err
	}
	return s.Login.AskFactor(x, a.t, a.q.Client, a.user, s.remembers(x, a))
}

// SubmitFactor is POST /u/mfa-email-challenge.
func (s *Service) SubmitFactor(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	a, elsewhere, err := s.asked(x, r, names.FactorPath, "code", "rememberBrowser")
	if err != nil || elsewhere != nil {
		return elsewhere, err
	}
	return s.Login.SubmitFactor(x, a.t, a.q.Client, a.user, s.remembers(x, a), a.form)
}

// remembers tells whether the person may have the browser remembered.
func (s *Service) remembers(x *httpx.Exchange, a asking) bool {
	f := s.policy(x, s.Tenant(), a.q, a.user, a.t).Factor
	return f != nil && !f.NoRemembering
}
