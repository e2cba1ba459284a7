package login

import (
	"slices"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// passedLife outlasts every tenant: who came back once is never sent again.
const passedLife = 100 * 365 * 24 * time.Hour

func passedID(user *tenant.User, a *tenant.Action) string { return user.ID + "\x00" + a.Name }

// CameBack tells whether a user came back from an Action's redirect in any login.
func (s *Service) CameBack(user *tenant.User, a *tenant.Action) bool {
	_, ok := s.Store.Ticket(state.TicketPassed, passedID(user, a))
	return ok
}

// ComeBack notes that the person is back from an Action's redirect.
func (s *Service) ComeBack(x *httpx.Exchange, t state.Transaction, user *tenant.User, a *tenant.Action) (state.Transaction, error) {
	if a.Redirect.Once {
		now := x.Now()
		s.Store.PutTicket(state.Ticket{
			Kind: state.TicketPassed, ID: passedID(user, a), UserID: user.ID, Issued: now, Expires: now.Add(passedLife),
		})
	}
	x.Emit(event.Event{Kind: event.KindPolicy, Description: "came back from the redirect",
		Data: &event.Policy{Decision: event.RedirectReturned, By: "the Action " + a.Name}})
	return s.Note(t, func(t *state.Transaction) {
		t.Passed, t.Shown = append(slices.Clone(t.Passed), a.Name), true
	})
}
