package login

import (
	"net/http"
	"strings"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/state"
)

// identifierFirst tells whether the tenant asks who you are on one page and for the password on the next
// (https://auth0.com/docs/authenticate/login/auth0-universal-login/identifier-first).
func (s *Service) identifierFirst() bool {
	set := s.Sessions.Tenant().Settings
	return set.IdentifierFirst && !set.ClassicLogin
}

// ShowIdentifier is GET /u/login/identifier.
func (s *Service) ShowIdentifier(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	id := r.URL.Query().Get("state")
	t, client, err := s.Opened(x, r, id)
	if err != nil {
		return s.Bookmarked(x, id, err)
	}
	if !s.identifierFirst() {
		return httpx.RedirectTo(At(names.LoginPath, t)), nil
	}
	name := t.Identifier
	if name == "" {
		name = t.Request.Get("login_hint")
	}
	return s.page(t, client, names.IdentifierPath, http.StatusOK, name, "")
}

// longestName is how many bytes of a name somebody who logs in may type: more than an e-mail address can have (RFC 5321 §4.5.3.1).
const longestName = 512

// SubmitIdentifier is POST /u/login/identifier. It does not tell whether there is such a user: the next page refuses
// an unknown one as it does a wrong password.
func (s *Service) SubmitIdentifier(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	f, t, client, err := s.submitted(x, r)
	if err != nil {
		return nil, err
	}
	if name := f("connection"); name != "" {
		return s.chosen(client, name, t)
	}
	name := strings.TrimSpace(f("username"))
	if name == "" {
		return s.page(t, client, names.IdentifierPath, http.StatusBadRequest, "", "Please enter an email address")
	}
	// nobody goes by more, and it is kept
	name = strings.ToValidUTF8(name[:min(len(name), longestName)], "")
	if t, err = s.Note(t, func(t *state.Transaction) { t.Identifier = name }); err != nil {
		return nil, err
	}
	return httpx.RedirectTo(At(names.PasswordPath, t)), nil
}

// ShowPassword is GET /u/login/password.
func (s *Service) ShowPassword(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	id := r.URL.Query().Get("state")
	t, client, err := s.Opened(x, r, id)
	if err != nil {
		return s.Bookmarked(x, id, err)
	}
	if t.Identifier == "" || !s.identifierFirst() {
		return httpx.RedirectTo(At(s.Entry(t), t)), nil
	}
	return s.page(t, client, names.PasswordPath, http.StatusOK, t.Identifier, "")
}

// SubmitPassword is POST /u/login/password, for the user whom the page before named.
func (s *Service) SubmitPassword(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	f, t, client, err := s.submitted(x, r)
	if err != nil {
		return nil, err
	}
	if t.Identifier == "" || !s.identifierFirst() {
		return httpx.RedirectTo(At(s.Entry(t), t)), nil
	}
	return s.password(x, r, t, client, names.PasswordPath, t.Identifier, f("password"))
}
