// Package mail writes to users. This mock sends no mail: an event tells what each says, with a link that works.
package mail

import (
	"net/url"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

const (
	// resetLife is how long the link of a reset mail is good: Auth0's default, five days.
	resetLife = 432000 * time.Second
	// unblockLife is how long a block lasts at most, and with it the link that ends it.
	unblockLife = 30 * 24 * time.Hour
)

// Sender writes the mails of one tenant.
type Sender struct {
	Store state.Store // of the tickets in links
}

// Reset asks a user to choose a new password; clientID is the client whose login page they came from. Of several mails only the
// newest one's link works, and each once.
func (s *Sender) Reset(x *httpx.Exchange, u *tenant.User, clientID string) {
	send(x, u, "Reset your password", event.Mail{Template: event.TemplateResetPassword, URL: s.resetLink(x, clientID, u)})
}

// Leaked tells a user that their password is known to others, with a link to choose a new one.
func (s *Sender) Leaked(x *httpx.Exchange, u *tenant.User) {
	send(x, u, "Your password has been leaked", event.Mail{Template: event.TemplateLeakedPassword, URL: s.resetLink(x, x.Facts.ClientID, u)})
}

// Blocked tells a user that their account was blocked after too many wrong passwords, with a link that ends the block
// (https://auth0.com/docs/secure/attack-protection/brute-force-protection).
func (s *Sender) Blocked(x *httpx.Exchange, u *tenant.User) {
	now := x.Now()
	t := state.Ticket{Kind: state.TicketUnblock, ID: session.NewID(), UserID: u.ID, Connection: u.Connection,
		Issued: now, Expires: now.Add(unblockLife)}
	session.TellDropped(x, s.Store.PutTicket(t))
	send(x, u, "Your account has been blocked", event.Mail{
		Template: event.TemplateBlockedAccount, URL: x.Origin + names.UnblockPath + "?ticket=" + t.ID,
	})
}

// SecondFactor sends a code that proves a second factor.
func (s *Sender) SecondFactor(x *httpx.Exchange, u *tenant.User, code string) {
	send(x, u, "Your code to log in", event.Mail{Template: event.TemplateSecondFactor, Code: code})
}

// resetLink is the link of a mail, to choose a new password.
func (s *Sender) resetLink(x *httpx.Exchange, clientID string, u *tenant.User) string {
	now := x.Now()
	t := state.Ticket{Kind: state.TicketReset, ID: session.NewID(), ClientID: clientID, UserID: u.ID, Connection: u.Connection,
		Issued: now, Expires: now.Add(resetLife)}
	latest := t
	latest.Kind, latest.ID, latest.Values = state.TicketLatestReset, u.ID, url.Values{"id": {t.ID}}
	session.TellDropped(x, s.Store.PutTicket(t))
	s.Store.PutTicket(latest)
	return x.Origin + names.ResetPath + "?ticket=" + t.ID
}

// send writes a mail.
func send(x *httpx.Exchange, u *tenant.User, subject string, m event.Mail) {
	m.To = u.Email
	x.Emit(event.Event{Kind: event.KindMail, UserID: u.ID, UserName: u.Email, Connection: u.Connection, Description: subject, Data: &m})
}
