package authorize

import (
	"net/http"
	"net/url"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// redeem answers a request with the ticket of a cross-origin login (/co/authenticate). It is good once, in the browser
// that got it. A browser that kept no cookie then, as cookies of another site are, proves by the application's page that
// it is the same one.
func (s *Service) redeem(x *httpx.Exchange, r *http.Request, q *Request, v url.Values) (*httpx.Result, error) {
	t, user, c, oe := s.Login.LoginTicket(x, q.Client, v.Get("login_ticket"), v.Get("realm"))
	if oe == nil {
		oe = s.barred(q, user)
	}
	if oe != nil {
		return s.fail(x, q, oe)
	}
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	switch d := s.pending(x, r, s.Tenant(), q, user, state.Transaction{Chosen: true}); {
	case d.denied != nil:
		d.tell(x)
		return s.fail(x, q, d.denied)
	case q.Silent() && d.page != "":
		d.tell(x)
		return s.fail(x, q, d.refusal)
	}
	start := login.Start{Request: kept(v), ClientID: q.Client.ClientID}
	switch {
	case s.Login.SameBrowser(r, t):
		return s.redeemed(x, r, q, start, t, user, c)
	case q.Client.CrossOriginPage == "":
		return s.toCallback(x, q, oauth.Errorf("server_error", "Unable to configure verification page.").Because(event.SettingMissing))
	}
	return s.Login.AskVerifier(x, r, start, q.Client, t, q.Silent())
}

func (s *Service) redeemed(x *httpx.Exchange, r *http.Request, q *Request, start login.Start, t state.Ticket, user *tenant.User,
	c *tenant.Connection) (*httpx.Result, error) {
	res, oe, err := s.Login.Redeem(x, r, start, t, user, c)
	if oe != nil {
		return s.fail(x, q, oe)
	}
	return res, err
}

// toCallback sends an error to the callback whatever its code is.
func (s *Service) toCallback(x *httpx.Exchange, q *Request, oe *oauth.Error) (*httpx.Result, error) {
	response := q.response()
	response.Err = oe
	return s.send(x, q, response)
}

// Verify is POST /co/verify: what the application's page said.
func (s *Service) Verify(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	waiting, sent, err := s.Login.Verified(x, r)
	if err != nil {
		return nil, err
	}
	if waiting, err = s.Login.Take(waiting.ResumeID); err != nil {
		return nil, err
	}
	q, err := trusted(s.Tenant(), waiting.Request)
	if err != nil {
		return nil, err
	}
	q.facts(x)
	if err := x.Reach(httpx.Parsed); err != nil {
		return nil, err
	}
	if oe := s.validate(x, s.Tenant(), q); oe != nil {
		return s.fail(x, q, oe)
	}
	t, user, c, oe := s.Login.LoginTicket(x, q.Client, waiting.Request.Get("login_ticket"), waiting.Request.Get("realm"))
	switch {
	case oe == nil && sent == "":
		oe = oauth.Errorf("invalid_request", "No verifier returned from client.").Because(event.ParameterMissing)
	case oe == nil && !login.Matches(t, sent):
		oe = login.BadTicket()
	case oe == nil:
		oe = s.barred(q, user)
	}
	if oe != nil {
		return s.fail(x, q, oe)
	}
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	return s.redeemed(x, r, q, login.Start{Request: waiting.Request, ClientID: q.Client.ClientID}, t, user, c)
}
