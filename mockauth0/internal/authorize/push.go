package authorize

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// ClientAuthenticator finds the client that sends a request from its server, checks its credentials, and reads the parameters.
type ClientAuthenticator interface {
	AuthenticateClient(x *httpx.Exchange, r *http.Request) (*tenant.Client, url.Values, error)
}

// Push is POST /oauth/par (RFC 9126): the client sends the parameters of /authorize from its server, authenticated, and the
// browser carries a reference to them.
func (s *Service) Push(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	t, err := s.push(x, r)
	if err != nil {
		var oe *oauth.Error
		if errors.As(err, &oe) {
			x.Emit(oe.Entry(event.FailedPushedAuthRequest))
		}
		return nil, err
	}
	return httpx.JSON(http.StatusCreated, struct {
		ExpiresIn  int64  `json:"expires_in"`
		RequestURI string `json:"request_uri"`
	}{int64(t.Expires.Sub(t.Issued) / time.Second), pushedPrefix + t.ID}).Set("Cache-Control", "no-cache, no-store"), nil
}

func (s *Service) push(x *httpx.Exchange, r *http.Request) (state.Ticket, error) {
	if s.Tenant().Settings.NoPushedRequests {
		return state.Ticket{}, &oauth.Error{Code: "access_denied", Reason: event.SettingOff,
			Description: "Pushed authorization requests are not enabled for this tenant",
			Hint:        "Set pushed_authorization_requests_supported to true, or leave it out, in tenant.yaml."}
	}
	client, v, err := s.Clients.AuthenticateClient(x, r)
	if err != nil {
		return state.Ticket{}, err
	}
	if err := x.Reach(httpx.Parsed); err != nil {
		return state.Ticket{}, err
	}
	request, err := s.pushedRequest(x, client, v)
	if err != nil {
		return state.Ticket{}, err
	}
	if r.Header.Get("DPoP") != "" {
		x.Warn(event.ProofIgnored, "The DPoP proof is ignored: mockauth0 binds no code to a key")
	}
	now := x.Now()
	t := state.Ticket{Kind: state.TicketPushed, ID: session.NewID(), ClientID: client.ClientID, Values: request,
		Issued: now, Expires: now.Add(client.PushedLifetime)}
	session.TellDropped(x, s.Store.PutTicket(t))
	return t, nil
}

// pushedRequest is the authorization request of what was pushed: validated as the authorization endpoint does it (RFC 9126
// §2.1), and without the client's credentials.
func (s *Service) pushedRequest(x *httpx.Exchange, client *tenant.Client, v url.Values) (url.Values, error) {
	if v.Has("request_uri") {
		return nil, oauth.Errorf("invalid_request", "Parameter request_uri must not be pushed").Because(event.ParameterInvalid)
	}
	for _, name := range []string{"client_secret", "client_assertion", "client_assertion_type"} {
		v.Del(name)
	}
	v.Set("client_id", client.ClientID)
	s.learn(x, v)
	return kept(v), s.check(x, v)
}
