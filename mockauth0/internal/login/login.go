package login

import (
	"net/http"

	"renewal.example/mockauth0/internal/event"
	"renewal.example/mockauth0/internal/httpx"
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
	// Provider is the address of a connection's identity provider for a login transaction.
	Provider func(connection, state string) string
}

type loginView struct {
	Page
	ClientName, Action, State, Username, Alert string
	Database                                   bool
	Social                                     []socialButton
}

type socialButton struct{ Name, Strategy, Label string }

// Show is GET /u/login.
func (s *Service) Show(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	t, err := s.Find(x, r, r.URL.Query().Get("state"))
	if err != nil {
		return nil, err
	}
	if err := x.Reach(httpx.Parsed); err != nil {
		return nil, err
	}
	return s.page(x, t, http.StatusOK, t.Request.Get("login_hint"), "")
}

func (s *Service) page(x *httpx.Exchange, t state.Transaction, status int, username, alert string) (*httpx.Result, error) {
	tn := s.Sessions.Tenant()
	client := tn.ClientByID(t.ClientID)
	if client == nil { // the tenant was reloaded without it
		return nil, Lost()
	}
	v := loginView{Page: s.Pages.Base("Log in | " + client.Name), ClientName: client.Name, Action: LoginPage, State: t.ID, Username: username, Alert: alert}
	only := t.Request.Get("connection") // a database: another kind went straight to its provider
	for _, c := range tn.EnabledConnections(client) {
		switch {
		case only != "" && c.Name != only:
		case c.Database():
			v.Database = true
		default:
			v.Social = append(v.Social, socialButton{c.Name, c.Strategy, label(c)})
		}
	}
	return s.Pages.Render(status, "login", v, false)
}

// Submit is POST /u/login: a user name and password, or the choice of a social connection.
func (s *Service) Submit(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	form, err := httpx.Params(r)
	if err != nil {
		return nil, err
	}
	t, err := s.Find(x, r, form.Get("state"))
	if err != nil {
		return nil, err
	}
	if err := x.Reach(httpx.Parsed); err != nil {
		return nil, err
	}
	if t, err = s.Note(t, func(t *state.Transaction) { t.Shown = true }); err != nil {
		return nil, err
	}
	tn := s.Sessions.Tenant()
	client := tn.ClientByID(t.ClientID)
	if client == nil {
		return nil, Lost()
	}
	if name := form.Get("connection"); name != "" {
		for _, c := range tn.EnabledConnections(client) {
			if c.Name == name && !c.Database() {
				return httpx.RedirectTo(s.Provider(name, t.ID)), nil
			}
		}
		return nil, &oauth.Error{Code: "invalid_request", Description: "the connection was not found"}
	}
	username, password := form.Get("username"), form.Get("password")
	user, conn := findUser(tn, client, t.Request.Get("connection"), username)
	if user == nil || !user.CheckPassword(password) {
		kind, why := "fp", "Wrong email or password."
		if user == nil {
			kind, why = "fu", "Wrong email or password. (unknown user)"
		}
		x.Facts.UserName = username
		x.Emit(event.Event{Kind: event.KindLog, Type: kind, Description: why})
		return s.page(x, t, http.StatusBadRequest, username, "Wrong email or password.")
	}
	x.Facts.UserID, x.Facts.UserName, x.Facts.Connection = user.ID, user.Email, conn.Name
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	return s.LoggedIn(x, r, t, user, conn)
}

// findUser looks for the user in the databases that the client may use; a `connection` parameter narrows it.
func findUser(tn *tenant.Tenant, client *tenant.Client, only, name string) (*tenant.User, *tenant.Connection) {
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
