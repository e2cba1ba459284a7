package login

import (
	"net/http"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

type accountView struct {
	Page
	ClientName, Action, State, Name, User string
}

// ShowAccount is GET /u/select-account: go on as the person who is logged in, or as somebody else (OIDC Core §3.1.2.1,
// prompt=select_account).
func (s *Service) ShowAccount(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	t, client, err := s.Opened(x, r, r.URL.Query().Get("state"))
	if err != nil {
		return nil, err
	}
	u := s.current(x, r, t)
	if u == nil {
		return httpx.RedirectTo(At(s.Entry(t), t)), nil
	}
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	return s.Pages.Render(http.StatusOK, "account", accountView{Page: s.Pages.Base("Choose an account | " + client.Name),
		ClientName: client.Name, Action: names.AccountPath, State: t.ID, Name: u.Name, User: person(u)}, false)
}

// SubmitAccount is POST /u/select-account.
func (s *Service) SubmitAccount(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	f, t, _, err := s.submitted(x, r)
	if err != nil {
		return nil, err
	}
	u := s.current(x, r, t)
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	if u != nil && f("action") == "current" {
		if t, err = s.Note(t, func(t *state.Transaction) { t.Chosen = true }); err != nil {
			return nil, err
		}
		return httpx.RedirectTo(At(names.ResumePath, t)), nil
	}
	if t, err = s.Forget(t); err != nil {
		return nil, err
	}
	return httpx.RedirectTo(At(s.Entry(t), t)), nil
}

// current is the user of the session with which the transaction began, while the browser still has it.
func (s *Service) current(x *httpx.Exchange, r *http.Request, t state.Transaction) *tenant.User {
	found, why := s.Sessions.Find(x, r)
	if why != "" || found.ID != t.SessionID {
		return nil
	}
	u := s.Sessions.Tenant().UserByID(found.UserID)
	if u != nil {
		x.Facts.UserID, x.Facts.UserName, x.Facts.Connection = u.ID, u.Email, found.Connection
	}
	return u
}
