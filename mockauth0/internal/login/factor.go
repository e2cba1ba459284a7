package login

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"net/http"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/secret"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// Lives of a second factor. Auth0 publishes the last one only.
const (
	factorCodeLife  = 5 * time.Minute
	factorTries     = 10                  // so many wrong codes end a code
	rememberBrowser = 30 * 24 * time.Hour // https://auth0.com/docs/secure/multi-factor-authentication
)

type factorView struct {
	Page
	ClientName, Action, State, To, Alert, Told string
	Remember                                   bool // the browser may be remembered
}

// AskFactor is the page that asks for the code that was mailed. The first time it mails one.
func (s *Service) AskFactor(x *httpx.Exchange, t state.Transaction, c *tenant.Client, u *tenant.User,
	remember bool) (*httpx.Result, error) {
	if t.Factor.Sent.IsZero() {
		x.Emit(event.Event{Kind: event.KindLog, Type: event.MFARequired, Description: "MFA required"})
		var err error
		if t, err = s.mailCode(x, t, u); err != nil {
			return nil, err
		}
	}
	return s.factorPage(http.StatusOK, t, c, u, remember, "", "")
}

func (s *Service) factorPage(status int, t state.Transaction, c *tenant.Client, u *tenant.User, remember bool,
	alert, told string) (*httpx.Result, error) {
	return s.Pages.Render(status, "factor",
		factorView{Page: s.Pages.Base("Verify your identity | " + c.Name), ClientName: c.Name, Action: At(names.FactorPath, t), State: t.ID,
			To: person(u), Alert: alert, Told: told, Remember: remember}, false)
}

// mailCode makes a code and mails it. A code before it is no longer good.
func (s *Service) mailCode(x *httpx.Exchange, t state.Transaction, u *tenant.User) (state.Transaction, error) {
	n, _ := rand.Int(rand.Reader, big.NewInt(1_000_000)) // never fails (crypto/rand)
	t, err := s.Note(t, func(t *state.Transaction) {
		t.Factor = state.Factor{Code: secret.New(fmt.Sprintf("%06d", n)), Sent: x.Now()}
	})
	if err != nil {
		return t, err
	}
	x.Emit(event.Event{Kind: event.KindLog, Type: event.GuardianSendEmail, Description: "Second factor e-mail sent"})
	s.Mail.SecondFactor(x, u, t.Factor.Code.Reveal())
	return t, nil
}

// SubmitFactor takes the code, or mails another one.
func (s *Service) SubmitFactor(x *httpx.Exchange, t state.Transaction, c *tenant.Client, u *tenant.User, remember bool,
	f func(string) string) (*httpx.Result, error) {
	if f("action") == "resend-code" {
		t, err := s.mailCode(x, t, u)
		if err != nil {
			return nil, err
		}
		return s.factorPage(http.StatusOK, t, c, u, remember, "", "Another code is on its way. The one before is no longer good.")
	}
	t, alert, err := s.tryCode(x, t, f("code"))
	if err != nil {
		return nil, err
	}
	if alert != "" {
		x.Emit(event.Event{Kind: event.KindLog, Type: event.GuardianAuthFailed, Description: alert,
			Data: &event.LogEntry{Reason: event.SecondFactorRefused}})
		return s.factorPage(http.StatusBadRequest, t, c, u, remember, alert, "")
	}
	now := x.Now()
	s.Store.UpdateSession(t.SessionID, func(s *state.Session) { s.SecondFactor = now })
	x.Emit(event.Event{Kind: event.KindLog, Type: "gd_auth_succeed", Description: "Second factor authentication success"})
	res := httpx.RedirectTo(At(names.ResumePath, t))
	if remember && f("rememberBrowser") != "" {
		res.WithCookies(s.remember(x, u)...)
	}
	return res, nil
}

// tryCode compares a code under the store's lock, so that wrong ones cannot be tried in parallel; alert says what is wrong.
func (s *Service) tryCode(x *httpx.Exchange, t state.Transaction, code string) (_ state.Transaction, alert string, err error) {
	now := x.Now()
	t, err = s.Note(t, func(t *state.Transaction) {
		t.Shown = true
		switch {
		case t.Factor.Code.Empty() || !now.Before(t.Factor.Sent.Add(factorCodeLife)):
			alert = "The code has expired. Ask for another one."
		case t.Factor.Tries >= factorTries:
			alert = "Too many wrong codes. Ask for another one."
		case !t.Factor.Code.Equal(code):
			t.Factor.Tries++
			alert = "The code you entered is invalid"
		default:
			t.Factor.Proved, t.Factor.Code = true, secret.Text{}
		}
	})
	return t, alert, err
}

// remember makes the browser one that need not prove a second factor for this user for a while.
func (s *Service) remember(x *httpx.Exchange, u *tenant.User) []*http.Cookie {
	now := x.Now()
	t := state.Ticket{Kind: state.TicketBrowser, ID: letters(32), UserID: u.ID, Issued: now, Expires: now.Add(rememberBrowser)}
	s.Store.PutTicket(t)
	x.Emit(event.Event{Kind: event.KindPolicy, Description: "browser remembered",
		Data: &event.Policy{Decision: event.BrowserRemembered, Until: t.Expires}})
	return s.Sessions.FactorCookies(t.ID, rememberBrowser)
}

// Remembered tells whether the browser is one of those of a user.
func (s *Service) Remembered(x *httpx.Exchange, r *http.Request, u *tenant.User) bool {
	for _, id := range s.Sessions.FactorIDs(r) {
		if t, ok := s.Store.Ticket(state.TicketBrowser, id); ok && t.UserID == u.ID && x.Now().Before(t.Expires) {
			return true
		}
	}
	return false
}
