package database

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/directory"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// newID is a user id in Auth0's form, without the provider: 24 hex digits.
func newID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}

type signUpView struct {
	login.Page
	ClientName, Action, State, Email, Username, Alert, Back string
	RequiresUsername                                        bool
	Rules                                                   []directory.Described
}

// signUpDatabase is where people of a client sign up: the first database that takes them, or the one that the request names.
func (s *Service) signUpDatabase(client *tenant.Client, t state.Transaction) *tenant.Connection {
	only := t.Request.Get("connection")
	for _, c := range s.Tenant().EnabledConnections(client) {
		if c.Database() && !c.DisableSignup && (only == "" || only == c.Name) {
			return c
		}
	}
	return nil
}

// ShowSignUp is GET /u/signup. Where nobody can sign up, people log in.
func (s *Service) ShowSignUp(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	id := r.URL.Query().Get("state")
	t, client, err := s.Login.Opened(x, r, id)
	if err != nil {
		return s.Login.Bookmarked(x, id, err)
	}
	c := s.signUpDatabase(client, t)
	if c == nil {
		return httpx.RedirectTo(login.At(names.LoginPath, t)), nil
	}
	return s.signUpPage(http.StatusOK, t, client, c, newcomer{email: t.Request.Get("login_hint")}, "")
}

func (s *Service) signUpPage(status int, t state.Transaction, client *tenant.Client, c *tenant.Connection, n newcomer,
	alert string) (*httpx.Result, error) {
	return s.Pages.Render(status, "signup",
		signUpView{Page: s.Pages.Base("Sign up | " + client.Name), ClientName: client.Name, Action: names.SignUpFormPath, State: t.ID,
			Email: n.email, Username: n.username, Alert: alert, Back: login.At(names.LoginPath, t), RequiresUsername: c.RequiresUsername,
			Rules: directory.Describe(c)}, false)
}

// SubmitSignUp is POST /u/signup: the person is added and logged in.
func (s *Service) SubmitSignUp(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	form, err := httpx.Params(r, "state", "email", "username", "password")
	if err != nil {
		return nil, err
	}
	t, client, err := s.Login.Opened(x, r, form.Get("state"))
	if err != nil {
		return nil, err
	}
	c := s.signUpDatabase(client, t)
	if c == nil {
		return httpx.RedirectTo(login.At(names.LoginPath, t)), nil
	}
	x.Facts.Connection = c.Name
	n := newcomer{
		email: form.Get("email"), username: form.Get("username"), password: form.Get("password"), profile: func(string) string { return "" },
	}
	u, err := s.enroll(x, c, n)
	var no *refusal
	switch {
	case errors.As(err, &no):
		x.Emit(no.entry(event.FailedSignup, event.SignupRefused))
		return s.signUpPage(http.StatusBadRequest, t, client, c, n, onPage(no))
	case err != nil:
		return nil, err
	}
	return s.Login.LoggedIn(x, r, t, u, c)
}

// onPage is a refusal for the person. That somebody exists is hidden there, too, unless the tenant tells.
func onPage(no *refusal) string {
	if no.Description == "Invalid sign up" {
		return "Something went wrong, please try again later."
	}
	return no.words() + "."
}
