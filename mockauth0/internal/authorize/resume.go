package authorize

import (
	"net/http"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/respond"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// Resume is GET /authorize/resume: the person has logged in, the request goes on where it stopped.
func (s *Service) Resume(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	t, q, user, err := s.continued(x, r, r.URL.Query().Get("state"))
	if err != nil {
		return nil, err
	}
	if t.UserID == "" { // not logged in yet: the login page is where to go on
		return httpx.RedirectTo(login.At(s.Login.Entry(t), t)), nil
	}
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	tn := s.Tenant()
	oe := s.validate(x, tn, q)
	if oe == nil && user != nil {
		oe = s.barred(q, user)
	}
	if oe == nil && user != nil {
		d := s.pending(x, r, tn, q, user, t)
		d.tell(x)
		if oe = d.denied; d.page != "" {
			return httpx.RedirectTo(login.At(d.page, t)), nil
		}
	}
	// Only now: an effect that cuts the request short leaves the login to a reload. What t says stays as it was found,
	// so that user and session belong together.
	if _, err := s.Login.Take(t.ResumeID); err != nil {
		return nil, err
	}
	if oe != nil {
		return s.fail(x, q, oe)
	}
	if user == nil {
		return nil, &oauth.Error{
			Code: "server_error", Reason: event.UserUnknown,
			Description: "Unable to construct sso user.", Hint: "The user was removed while logging in.",
		}
	}
	response := q.response()
	if respond.Refuse(x, response); response.Err != nil {
		return s.send(x, q, response)
	}
	q.secondFactor = s.secondFactor(t)
	var cookies []*http.Cookie
	if !t.NoSession {
		if touched, ok := s.Sessions.Touch(x, t.SessionID, q.Client.ClientID); ok {
			x.Facts.SessionID, cookies = touched.ID, s.Sessions.Cookies(x, touched)
		}
	}
	return s.grant(x, q, response, user, t.SessionID, t.AuthTime, cookies)
}

// continued is a transaction with its request and, once there is one, the user: what every page that comes after
// the login starts from.
func (s *Service) continued(x *httpx.Exchange, r *http.Request, id string) (state.Transaction, *Request, *tenant.User, error) {
	t, err := s.Login.Find(x, r, id)
	if err != nil {
		return t, nil, nil, err
	}
	tn := s.Tenant()
	q, err := trusted(tn, t.Request)
	if err != nil { // the tenant was reloaded meanwhile
		return t, nil, nil, err
	}
	q.facts(x)
	if t.UserID != "" && !t.NoSession && !s.Sessions.Alive(x, t.SessionID) { // logged out, or replaced, in another tab
		if t, err = s.Login.Forget(t); err != nil {
			return t, nil, nil, err
		}
	}
	if t.UserID == "" {
		return t, q, nil, nil
	}
	user := tn.UserByID(t.UserID)
	if user != nil {
		x.Facts.UserID, x.Facts.UserName, x.Facts.Connection = user.ID, user.Email, t.Connection
	}
	return t, q, user, nil
}

// cancel ends a transaction without a login: the person declined at the identity provider.
func (s *Service) cancel(x *httpx.Exchange, t state.Transaction) (*httpx.Result, error) {
	t, err := s.Login.Take(t.ResumeID)
	if err != nil {
		return nil, err
	}
	q, err := trusted(s.Tenant(), t.Request)
	if err != nil {
		return nil, err
	}
	q.facts(x)
	return s.fail(x, q, oauth.Errorf("access_denied", "User has canceled the interaction.").Because(event.Canceled))
}
