package logout

import (
	"net/http"
	"net/url"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/internal/token"
	"renewal.example/mockauth0/tenant"
)

// logoutPageLife is how long the question whether to log out may stay open.
const logoutPageLife = 10 * time.Minute

// logoutRequest is a validated request to /oidc/logout.
type logoutRequest struct {
	client    *tenant.Client // nil: neither client_id nor id_token_hint
	sessionID string         // of the hints; "": none was sent
	returnTo  string         // with the state added; "": nowhere
	federated bool
}

// OIDCLogout is GET or POST /oidc/logout (OpenID Connect RP-Initiated Logout 1.0;
// https://auth0.com/docs/authenticate/login/logout/log-users-out-of-auth0). A request that does not prove whose session
// it means is put to the person first.
func (s *Service) OIDCLogout(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	v, err := httpx.Params(r, "id_token_hint", "logout_hint", "post_logout_redirect_uri", "client_id", "state", "ui_locales")
	if err != nil {
		return nil, refused(x, err)
	}
	s.learn(x, v.Get("client_id"), v.Get("post_logout_redirect_uri"))
	tn := s.Tenant()
	q, err := s.logoutRequest(x, tn, v)
	if err != nil {
		return nil, refused(x, err)
	}
	found := s.facts(x, r, tn, q.client)
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	if !tn.Settings.SkipLogoutPrompt && q.doubtful(found) {
		return s.askToLogOut(x, r, q)
	}
	s.end(x, found.ID, q.federated)
	return s.loggedOut(q.returnTo)
}

// logoutRequest checks that all that was sent agrees. Which list of URLs counts follows from who is asking: with
// logout_hint alone it is the tenant's.
func (s *Service) logoutRequest(x *httpx.Exchange, tn *tenant.Config, v url.Values) (q logoutRequest, err error) {
	if q.client, err = knownClient(tn, v); err != nil {
		return q, err
	}
	asks(x, q.client)
	q.sessionID, q.federated = v.Get("logout_hint"), v.Has("federated")
	if raw := v.Get("id_token_hint"); raw != "" {
		hint, err := token.OpenHint(s.Ring(), tn, x.Issuer(), raw)
		switch {
		case err != nil:
			return q, &oauth.Error{Code: "invalid_request", Reason: event.ParameterInvalid,
				Description: "The id_token_hint is not valid.", Cause: err,
				Hint: "Send the ID token that this tenant issued, whole and unchanged: " + err.Error() + "."}
		case q.client != nil && q.client != hint.Client:
			return q, &oauth.Error{Code: "invalid_request", Reason: event.ParameterInvalid,
				Description: "The client_id does not match the aud claim of the id_token_hint.",
				Hint:        "Send the client_id that the ID token was issued to, or leave client_id out."}
		case q.sessionID != "" && q.sessionID != hint.SessionID:
			return q, &oauth.Error{Code: "invalid_request", Reason: event.ParameterInvalid,
				Description: "The logout_hint does not match the sid claim of the id_token_hint.",
				Hint:        "One of the two hints is enough; send the id_token_hint alone."}
		}
		q.client, q.sessionID = hint.Client, hint.SessionID
		asks(x, q.client)
	}
	allowed, where := logoutURLs(tn, q.client)
	q.returnTo = v.Get("post_logout_redirect_uri")
	switch {
	case q.returnTo == "" && q.client != nil && (!v.Has("id_token_hint") || tn.Mock.LogoutWithoutTarget == "first_url"):
		q.returnTo = first(allowed)
	case q.returnTo != "" && !oauth.MatchPostLogout(allowed, q.returnTo):
		return q, notListed("post_logout_redirect_uri", q.returnTo, where)
	}
	if q.returnTo != "" && v.Has("state") {
		q.returnTo = oauth.AddQuery(q.returnTo, "state", v.Get("state"))
	}
	return q, nil
}

// asks tells the exchange which client it is, so that a refusal names it too; nil: none is known.
func asks(x *httpx.Exchange, c *tenant.Client) {
	if c != nil {
		x.Facts.ClientID, x.Facts.ClientName = c.ClientID, c.Name
	}
}

// doubtful tells whether a request may not come from the person whose session it would end. Without a session there is
// nothing that a forged request could end, provided that it says which one it means.
func (q logoutRequest) doubtful(found state.Session) bool {
	return q.sessionID == "" || found.ID != "" && q.sessionID != found.ID
}

// askToLogOut keeps the request and leads to the page that asks. The ticket is good in this browser only: that is what
// keeps another site from answering for the person.
func (s *Service) askToLogOut(x *httpx.Exchange, r *http.Request, q logoutRequest) (*httpx.Result, error) {
	device, cookies := s.Sessions.Device(r)
	now := x.Now()
	t := state.Ticket{
		Kind: state.TicketLogout, ID: session.NewID(), DeviceID: device, Values: url.Values{}, Issued: now, Expires: now.Add(logoutPageLife),
	}
	t.Values.Set("to", q.returnTo)
	if q.federated {
		t.Values.Set("federated", "")
	}
	if q.client != nil {
		t.ClientID = q.client.ClientID
	}
	session.TellDropped(x, s.Store.PutTicket(t))
	return uncached(httpx.RedirectTo("/u/logout?state=" + t.ID)).WithCookies(cookies...), nil
}

// pendingLogout is the ticket of the page, for the browser that was asked. Nobody else may see or answer it.
func (s *Service) pendingLogout(x *httpx.Exchange, r *http.Request, id string) (state.Ticket, error) {
	t, ok := s.Store.Ticket(state.TicketLogout, id)
	device, set := s.Sessions.Device(r)
	if !ok || !x.Now().Before(t.Expires) || set != nil || device != t.DeviceID {
		return state.Ticket{}, lostLogout()
	}
	s.facts(x, r, s.Tenant(), s.Tenant().ClientByID(t.ClientID))
	return t, nil
}

func lostLogout() error {
	lost := login.Lost()
	lost.Hint = "Start the logout again from the application."
	return lost
}

type logoutView struct {
	login.Page
	ClientName, State string
}

// ShowLogout is GET /u/logout: the question.
func (s *Service) ShowLogout(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	t, err := s.pendingLogout(x, r, r.URL.Query().Get("state"))
	if err != nil {
		return nil, err
	}
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	return s.Pages.Render(http.StatusOK, "logout", logoutView{s.Pages.Base("Log out"), x.Facts.ClientName, t.ID}, false)
}

// SubmitLogout is POST /u/logout: the person's answer, given once.
func (s *Service) SubmitLogout(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	form, err := httpx.Params(r, "state", "action")
	if err != nil {
		return nil, err
	}
	t, err := s.pendingLogout(x, r, form.Get("state"))
	if err != nil {
		return nil, err
	}
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	if _, ok := s.Store.TakeTicket(t.Kind, t.ID); !ok {
		return nil, lostLogout()
	}
	if form.Get("action") != "accept" {
		x.Emit(event.Event{Kind: event.KindSession, Description: "logout declined",
			Data: &event.Session{Change: event.LogoutDeclined, ID: x.Facts.SessionID}})
		return s.Pages.Render(http.StatusOK, "logout-aborted", s.Pages.Base("Still logged in"), false)
	}
	s.end(x, x.Facts.SessionID, t.Values.Has("federated"))
	return s.loggedOut(t.Values.Get("to"))
}

// loggedOut leads back to the application, or says that it is done.
func (s *Service) loggedOut(returnTo string) (*httpx.Result, error) {
	if returnTo == "" {
		return s.Pages.Render(http.StatusOK, "logout-complete", s.Pages.Base("Logged out"), false)
	}
	return uncached(httpx.RedirectTo(returnTo)), nil
}
