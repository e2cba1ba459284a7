package authorize

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// asking is a page between login and callback that asks the person one thing: accept or not.
type asking struct {
	t    state.Transaction
	q    *Request
	user *tenant.User
	form func(name string) string
}

// asked reads such a page's request, with further fields of its form. When the page is not the one that the transaction
// waits for (a back button, an old tab), it answers with the way on.
func (s *Service) asked(x *httpx.Exchange, r *http.Request, page string, fields ...string) (asking, *httpx.Result, error) {
	v, err := httpx.Params(r, append(fields, "state", "action")...)
	if err != nil {
		return asking{}, nil, err
	}
	a := asking{form: v.Get}
	if a.t, a.q, a.user, err = s.continued(x, r, v.Get("state")); err != nil {
		return a, nil, err
	}
	if err := x.Reach(httpx.Resolved); err != nil {
		return a, nil, err
	}
	waiting := ""
	if oe := s.validate(x, s.Tenant(), a.q); oe == nil && a.user != nil && s.barred(a.q, a.user) == nil {
		waiting = s.pending(x, r, s.Tenant(), a.q, a.user, a.t).page
	}
	if waiting != page { // resume knows where to go from here
		return a, httpx.RedirectTo(login.At(names.ResumePath, a.t)), nil
	}
	return a, nil, nil
}

// ShowConsent is GET /u/consent.
func (s *Service) ShowConsent(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	a, elsewhere, err := s.asked(x, r, names.ConsentPath)
	if err != nil || elsewhere != nil {
		return elsewhere, err
	}
	return s.Login.AskConsent(a.t, a.q.Client, a.user, a.q.Audience, s.consentScopes(a.q, a.user))
}

// SubmitConsent is POST /u/consent: what is accepted is remembered until it is withdrawn or the client wants more.
func (s *Service) SubmitConsent(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	a, elsewhere, err := s.asked(x, r, names.ConsentPath)
	if err != nil || elsewhere != nil {
		return elsewhere, err
	}
	if a.form("action") != "accept" {
		return s.declined(x, a, "User did not authorize the request")
	}
	s.consent(x, a.q, a.user)
	return s.accepted(a, func(t *state.Transaction) { t.Consented = true })
}

// ShowConfirmation is GET /u/confirmation.
func (s *Service) ShowConfirmation(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	a, elsewhere, err := s.asked(x, r, names.ConfirmationPath)
	if err != nil || elsewhere != nil {
		return elsewhere, err
	}
	return s.Login.AskConfirmation(a.t, a.q.Client, a.user, a.q.RedirectURI)
}

// SubmitConfirmation is POST /u/confirmation. Nothing is remembered: the next login is asked about again.
func (s *Service) SubmitConfirmation(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	a, elsewhere, err := s.asked(x, r, names.ConfirmationPath)
	if err != nil || elsewhere != nil {
		return elsewhere, err
	}
	if a.form("action") != "accept" {
		return s.declined(x, a, "User has canceled the interaction.")
	}
	return s.accepted(a, func(*state.Transaction) {})
}

func (s *Service) accepted(a asking, note func(*state.Transaction)) (*httpx.Result, error) {
	t, err := s.Login.Note(a.t, func(t *state.Transaction) {
		t.Shown = true
		note(t)
	})
	if err != nil {
		return nil, err
	}
	return httpx.RedirectTo(login.At(names.ResumePath, t)), nil
}

func (s *Service) declined(x *httpx.Exchange, a asking, description string) (*httpx.Result, error) {
	if _, err := s.Login.Take(a.t.ResumeID); err != nil {
		return nil, err
	}
	return s.fail(x, a.q, oauth.Errorf("access_denied", "%s", description).Because(event.Canceled))
}

// objectID is 24 hex digits, the form of Auth0's grant ids.
func objectID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}
