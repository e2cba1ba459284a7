package database

import (
	"net/http"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

type unblockView struct {
	login.Page
	Action, Ticket, User string
}

// ShowUnblock is GET /u/brute-force-protection/unblock. It only asks: programs that look through mail follow links too.
func (s *Service) ShowUnblock(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	t, u, err := s.unblockTicket(x, r.URL.Query().Get("ticket"))
	if err != nil {
		return nil, err
	}
	return s.Pages.Render(http.StatusOK, "unblock", unblockView{s.Pages.Base("Unblock your account"), names.UnblockPath, t.ID, u.Email}, false)
}

// SubmitUnblock is POST /u/brute-force-protection/unblock: it ends the block and uses the ticket up.
func (s *Service) SubmitUnblock(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	form, err := httpx.Params(r, "ticket")
	if err != nil {
		return nil, err
	}
	t, u, err := s.unblockTicket(x, form.Get("ticket"))
	if err != nil {
		return nil, err
	}
	if _, ok := s.Store.TakeTicket(t.Kind, t.ID); !ok { // in another window, a moment ago
		return nil, badUnblockTicket()
	}
	s.Login.Guard.Unblock(u.ID)
	x.Emit(event.Event{Kind: event.KindLog, Type: event.UnblockedUser, Description: "User login block released"})
	return s.Pages.Render(http.StatusOK, "unblocked", s.Pages.Base("Account unblocked"), false)
}

// unblockTicket is the ticket of a mail about a block and whose it is, while it is good.
func (s *Service) unblockTicket(x *httpx.Exchange, id string) (state.Ticket, *tenant.User, error) {
	t, ok := s.Store.Ticket(state.TicketUnblock, id)
	u := s.Tenant().UserByID(t.UserID)
	if !ok || u == nil || !x.Now().Before(t.Expires) {
		return t, nil, badUnblockTicket()
	}
	x.Facts.UserID, x.Facts.UserName, x.Facts.Connection = u.ID, u.Email, u.Connection
	return t, u, x.Reach(httpx.Resolved)
}

func badUnblockTicket() error {
	return &oauth.Error{Code: "invalid_request", Status: http.StatusBadRequest,
		Reason: event.LinkInvalid, Description: "This link to unblock an account has expired or was used already.",
		Hint: "The newest mail (an event of the kind \"mail\") has a link that works, if the account is still blocked; else just log in."}
}
