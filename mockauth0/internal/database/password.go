package database

import (
	"errors"
	"net/http"
	"strings"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/directory"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/secret"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// resetText is the answer to every request for a reset, whether there is such a user or not (fact 5-change-password).
const resetText = "We've just sent you an email to reset your password."

// ChangePassword is POST /dbconnections/change_password (https://auth0.com/docs/api/authentication/change-password).
func (s *Service) ChangePassword(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	v, _, err := httpx.Body(r, "client_id", "connection", "email", "username", "organization")
	if err != nil {
		return nil, err
	}
	client, c, err := s.databaseOf(x, v)
	if err == nil && v.Get("email") == "" && v.Get("username") == "" {
		err = refuse("invalid_request", "Missing required property: email")
	}
	if err != nil {
		return answerRefusal(x, event.FailedChangePasswordRequest, event.ParameterInvalid, err)
	}
	name := v.Get("email")
	if name == "" {
		name = v.Get("username")
	}
	if err := s.mailReset(x, client, c, name); err != nil {
		return nil, err
	}
	return httpx.HTML(http.StatusOK, []byte(resetText)).Set("Cache-Control", "no-store"), nil
}

// mailReset sends a user a link to choose a new password, if there is such a user.
func (s *Service) mailReset(x *httpx.Exchange, client *tenant.Client, c *tenant.Connection, name string) error {
	u := s.Tenant().FindUser(c.Name, strings.TrimSpace(name))
	x.Facts.UserName = name
	if u != nil {
		x.Facts.UserID, x.Facts.UserName = u.ID, u.Email
	}
	if err := x.Reach(httpx.Resolved); err != nil {
		return err
	}
	if u == nil {
		x.Emit(event.Event{Kind: event.KindLog, Type: event.FailedChangePasswordRequest, Description: "user does not exist.",
			Data: &event.LogEntry{Reason: event.UserUnknown}})
		return nil
	}
	x.Emit(event.Event{Kind: event.KindLog, Type: event.SuccessChangePasswordRequest, Description: "Change password request"})
	s.Mail.Reset(x, u, client.ClientID)
	return nil
}

type resetRequestView struct {
	login.Page
	ClientName, Action, State, Username, Back, Alert string
}

// ShowResetRequest is GET /u/reset-password/request: for which address?
func (s *Service) ShowResetRequest(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	t, client, err := s.Login.Opened(x, r, r.URL.Query().Get("state"))
	if err != nil {
		return nil, err
	}
	v := resetRequestView{Page: s.Pages.Base("Forgot your password? | " + client.Name), ClientName: client.Name,
		Action: names.ResetRequestPath, State: t.ID, Username: t.Request.Get("login_hint"), Back: login.At(names.LoginPath, t)}
	return s.Pages.Render(http.StatusOK, "reset-request", v, false)
}

// SubmitResetRequest is POST /u/reset-password/request. What it says does not tell whether there is such a user.
func (s *Service) SubmitResetRequest(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	form, err := httpx.Params(r, "state", "username")
	if err != nil {
		return nil, err
	}
	t, client, err := s.Login.Opened(x, r, form.Get("state"))
	if err != nil {
		return nil, err
	}
	for _, c := range s.Tenant().EnabledConnections(client) {
		if only := t.Request.Get("connection"); c.Database() && (only == "" || only == c.Name) {
			if err := s.mailReset(x, client, c, form.Get("username")); err != nil {
				return nil, err
			}
			break
		}
	}
	return s.Pages.Render(http.StatusOK, "reset-mailed", resetRequestView{
		Page: s.Pages.Base("Check your email | " + client.Name), Username: form.Get("username"), Back: login.At(names.LoginPath, t),
	}, false)
}

type resetView struct {
	login.Page
	Action, Ticket, User, Alert string
	Rules                       []directory.Described
}

// resetTicket is the ticket of a reset mail and whose it is, while it is good.
func (s *Service) resetTicket(x *httpx.Exchange, id string) (state.Ticket, *tenant.User, *tenant.Connection, error) {
	t, ok := s.Store.Ticket(state.TicketReset, id)
	if ok && x.Now().Before(t.Expires) {
		latest, _ := s.Store.Ticket(state.TicketLatestReset, t.UserID)
		u, c := s.Tenant().UserByID(t.UserID), s.Tenant().Connection(t.Connection)
		if latest.Values.Get("id") == id && u != nil && c != nil {
			x.Facts.UserID, x.Facts.UserName, x.Facts.Connection = u.ID, u.Email, c.Name
			return t, u, c, nil
		}
	}
	return t, nil, nil, &oauth.Error{Code: "invalid_request", Status: http.StatusBadRequest,
		Reason: event.LinkInvalid, Description: "This password reset link has expired, was used already, or is not the newest one.",
		Hint: "Ask for a new password once more and follow the link of the newest mail (an event of the kind \"mail\")."}
}

// ShowReset is GET /u/reset-verify: the page behind the mail's link.
func (s *Service) ShowReset(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	t, u, c, err := s.resetTicket(x, r.URL.Query().Get("ticket"))
	if err != nil {
		return nil, err
	}
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	return s.resetPage(http.StatusOK, t, u, c, "")
}

func (s *Service) resetPage(status int, t state.Ticket, u *tenant.User, c *tenant.Connection, alert string) (*httpx.Result, error) {
	return s.Pages.Render(status, "reset",
		resetView{s.Pages.Base("Change your password"), names.ResetPath, t.ID, u.Email, alert, directory.Describe(c)}, false)
}

// SubmitReset is POST /u/reset-verify: it sets the password, uses the ticket up and ends the person's sessions.
func (s *Service) SubmitReset(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	form, err := httpx.Params(r, "ticket", "password-reset", "re-enter-password")
	if err != nil {
		return nil, err
	}
	t, u, c, err := s.resetTicket(x, form.Get("ticket"))
	if err != nil {
		return nil, err
	}
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	chosen := form.Get("password-reset")
	if again := form.Get("re-enter-password"); !secret.New(chosen).Equal(again) {
		return s.resetPage(http.StatusBadRequest, t, u, c, "The two passwords are not the same.")
	}
	err = s.setPassword(x, t, u, c, chosen)
	var no *refusal
	if errors.As(err, &no) {
		x.Emit(no.entry(event.FailedChangePassword, event.PasswordRefused))
		return s.resetPage(http.StatusBadRequest, t, u, c, no.words()+".")
	}
	if err != nil {
		return nil, err
	}
	return s.Pages.Render(http.StatusOK, "reset-done", s.Pages.Base("Password changed"), false)
}

func (s *Service) setPassword(x *httpx.Exchange, t state.Ticket, u *tenant.User, c *tenant.Connection, chosen string) error {
	if w := directory.CheckPassword(c, u, chosen); w != nil {
		return weak(w)
	}
	if s.Directory.Used(u.ID, chosen, c.Passwords.History) {
		return weak(&directory.Weakness{Name: "PasswordHistoryError", Message: "Password has previously been used"})
	}
	if _, ok := s.Store.TakeTicket(t.Kind, t.ID); !ok { // in another window, a moment ago
		return login.Lost()
	}
	if err := s.Directory.SetPassword(u.ID, chosen); err != nil {
		return err
	}
	x.Emit(event.Event{
		Kind: event.KindLog, Type: event.SuccessChangePassword, Description: "You can now login to the application with the new password.",
	})
	s.Login.Guard.Forgive(u.ID)
	s.Sessions.EndAll(x, u.ID, event.PasswordChanged)
	return nil
}
