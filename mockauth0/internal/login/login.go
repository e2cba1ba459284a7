package login

import (
	"errors"
	"net/http"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/bruteforce"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// Service answers the hosted login pages of one tenant.
type Service struct {
	Pages    *Pages
	Sessions *session.Registry
	Store    state.Store
	Guard    *bruteforce.Guard
	Mail     Mailer
}

// Mailer sends a code to a user who has to prove a second factor.
type Mailer interface {
	SecondFactor(x *httpx.Exchange, u *tenant.User, code string)
}

type loginView struct {
	Page
	ClientName, Action, State, Username, Alert string
	Back                                       string // address of the page before the one for the password
	Database                                   bool
	Password                                   bool // it is asked for here, and not on a page of its own
	Social                                     []socialButton
	SignUp, Forgot                             string // addresses; "": there is no such page here
}

type socialButton struct{ Name, Strategy, Label string }

// Show is GET /u/login.
func (s *Service) Show(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	id := r.URL.Query().Get("state")
	t, client, err := s.Opened(x, r, id)
	if err != nil {
		return s.Bookmarked(x, id, err)
	}
	if s.identifierFirst() {
		return httpx.RedirectTo(At(names.IdentifierPath, t)), nil
	}
	return s.page(t, client, names.LoginPath, http.StatusOK, t.Request.Get("login_hint"), "")
}

// Opened finds the transaction and the client of a login page.
func (s *Service) Opened(x *httpx.Exchange, r *http.Request, id string) (state.Transaction, *tenant.Client, error) {
	t, err := s.Find(x, r, id)
	if err != nil {
		return t, nil, err
	}
	if err := x.Reach(httpx.Parsed); err != nil {
		return t, nil, err
	}
	client := s.Sessions.Tenant().ClientByID(t.ClientID)
	if client == nil { // the tenant was reloaded without it
		return t, nil, Lost()
	}
	return t, client, nil
}

// page renders one of the login pages, all of which name the person and the client and offer the same connections.
func (s *Service) page(t state.Transaction, client *tenant.Client, page string, status int, username, alert string) (*httpx.Result, error) {
	v := loginView{Page: s.Pages.Base("Log in | " + client.Name), ClientName: client.Name, Action: At(page, t), State: t.ID,
		Username: oauth.Clip(username), Alert: alert, Back: At(names.IdentifierPath, t), Password: page == names.LoginPath}
	name := map[string]string{names.LoginPath: "login", names.IdentifierPath: "login", names.PasswordPath: "password"}[page]
	only := t.Request.Get("connection") // a database: another kind went straight to its provider
	for _, c := range s.Sessions.Tenant().EnabledConnections(client) {
		switch {
		case only != "" && c.Name != only:
		case c.Database():
			v.Database = true
			v.Forgot = At(names.ResetRequestPath, t)
			if !c.DisableSignup {
				v.SignUp = At(names.SignUpFormPath, t)
			}
		default:
			v.Social = append(v.Social, socialButton{c.Name, c.Strategy, label(c)})
		}
	}
	set := s.Sessions.Tenant().Settings
	return s.Pages.Render(status, name, v, set.ClassicLogin && set.FrameableLogin)
}

// submitted reads the form of a login page. The person has seen the page then, which the transaction remembers.
func (s *Service) submitted(x *httpx.Exchange, r *http.Request) (form, state.Transaction, *tenant.Client, error) {
	f, err := httpx.Params(r, "state", "username", "password", "connection")
	if err != nil {
		return nil, state.Transaction{}, nil, err
	}
	t, client, err := s.Opened(x, r, f.Get("state"))
	if err != nil {
		return nil, t, nil, err
	}
	t, err = s.Note(t, func(t *state.Transaction) { t.Shown = true })
	return f.Get, t, client, err
}

// form is what a person sent, by field.
type form func(field string) string

// Submit is POST /u/login: a user name and password, or the choice of a social connection.
func (s *Service) Submit(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	f, t, client, err := s.submitted(x, r)
	if err != nil {
		return nil, err
	}
	if name := f("connection"); name != "" {
		return s.chosen(client, name, t)
	}
	return s.password(x, r, t, client, names.LoginPath, f("username"), f("password"))
}

// chosen leads to the identity provider whose button was pressed.
func (s *Service) chosen(client *tenant.Client, connection string, t state.Transaction) (*httpx.Result, error) {
	for _, c := range s.Sessions.Tenant().EnabledConnections(client) {
		if c.Name == connection && !c.Database() {
			return httpx.RedirectTo(ProviderAt(connection, t.ID)), nil
		}
	}
	return nil, &oauth.Error{Code: "invalid_request", Reason: event.ConnectionUnusable, Description: "the connection was not found"}
}

// password logs the person in, or shows the page once more: 400 and the same words for an unknown user and a wrong
// password (fact 5-ul-wrong-password).
func (s *Service) password(x *httpx.Exchange, r *http.Request, t state.Transaction, client *tenant.Client,
	page, username, password string) (*httpx.Result, error) {
	user, conn := findUser(s.Sessions.Tenant(), client, t.Request.Get("connection"), username)
	switch err := s.Guard.Check(x, user, password); {
	case errors.Is(err, bruteforce.ErrWrong):
		code, why := event.FailedLoginWrongPassword, "Wrong email or password."
		if user == nil {
			code, why = event.FailedLoginWrongUser, "Wrong email or password. (unknown user)"
		}
		x.Facts.UserName = username
		x.Emit(event.Event{Kind: event.KindLog, Type: code, Description: why, Data: &event.LogEntry{Reason: event.WrongCredentials}})
		return s.page(t, client, page, http.StatusBadRequest, username, "Wrong email or password.")
	case err != nil:
		return s.page(t, client, page, http.StatusBadRequest, username, oauth.Describe(err))
	}
	x.Facts.UserID, x.Facts.UserName, x.Facts.Connection = user.ID, user.Email, conn.Name
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	return s.LoggedIn(x, r, t, user, conn)
}

// findUser looks for the user in the databases that the client may use; a `connection` parameter narrows it.
func findUser(tn *tenant.Config, client *tenant.Client, only, name string) (*tenant.User, *tenant.Connection) {
	for _, c := range tn.EnabledConnections(client) {
		if !c.Database() || (only != "" && c.Name != only) {
			continue
		}
		if u := tn.FindUser(c.Name, name); u != nil {
			return u, c
		}
	}
	return nil, nil
}
