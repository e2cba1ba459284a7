package control

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
)

type mailView struct {
	Seq      uint64    `json:"seq"` // of its event
	Date     time.Time `json:"date"`
	To       string    `json:"to"`
	UserID   string    `json:"user_id,omitempty"`
	Subject  string    `json:"subject"`
	Template string    `json:"template"`
	Link     string    `json:"link,omitempty"`
	Code     string    `json:"code,omitempty"`
}

func mailOf(e event.Event) mailView {
	m := event.Of[event.Mail](e)
	return mailView{e.Seq, e.Date, m.To, e.UserID, e.Description, m.Template, m.URL, m.Code}
}

// mailTo tells the mails to an address ("": to any).
func mailTo(address string) func(event.Event) bool {
	return func(e event.Event) bool {
		return e.Kind == event.KindMail && (address == "" || strings.EqualFold(event.Of[event.Mail](e).To, address))
	}
}

// ListMails is GET /mails?to=…&after=N: the mails that the tenant would have sent, newest first.
func (s *Service) ListMails(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	after, err := afterOf(r, "")
	if err != nil {
		return nil, err
	}
	mails, matches := []mailView{}, mailTo(r.URL.Query().Get("to"))
	events, _ := s.Events.Since(after)
	for _, e := range slices.Backward(events) {
		if matches(e) {
			mails = append(mails, mailOf(e))
		}
	}
	return httpx.JSON(http.StatusOK, map[string]any{"mails": mails, "last": s.Events.Last()}), nil
}

// WaitForMail is GET /mails/wait?to=…&after=N&timeout=10s: the newest mail that there is, or the first that comes.
func (s *Service) WaitForMail(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	after, err := afterOf(r, "")
	if err != nil {
		return nil, err
	}
	matches := mailTo(r.URL.Query().Get("to"))
	events, _ := s.Events.Since(after)
	for _, e := range slices.Backward(events) {
		if matches(e) {
			return httpx.JSON(http.StatusOK, map[string]mailView{"mail": mailOf(e)}), nil
		}
	}
	if len(events) > 0 {
		after = events[len(events)-1].Seq
	}
	e, err := s.wait(r, after, "mail", matches)
	if err != nil {
		return nil, err
	}
	return httpx.JSON(http.StatusOK, map[string]mailView{"mail": mailOf(e)}), nil
}
