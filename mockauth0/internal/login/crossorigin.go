package login

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/bruteforce"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/secret"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// ticketLife is how long a login ticket is good. Auth0 does not publish its figure; auth0.js goes on to /authorize at once.
const ticketLife = 5 * time.Minute

// The credential types of a cross-origin login.
const (
	inDefault = names.GrantPassword
	inRealm   = names.GrantPasswordRealm
	byOneTime = names.GrantPasswordlessOTP
)

// CrossOrigin is POST /co/authenticate: an application's own form logs somebody in (fact 5-co-authenticate;
// https://auth0.com/docs/authenticate/login/cross-origin-authentication). It gives a ticket that /authorize changes into a
// session, in the same browser or for who knows the verifier: a ticket alone would let anybody put somebody else into an
// account of theirs.
func (s *Service) CrossOrigin(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	t, err := s.crossOrigin(x, r)
	if err != nil {
		var oe *oauth.Error
		if errors.As(err, &oe) {
			x.Emit(oe.Entry(event.FailedCrossOriginAuth))
		}
		return nil, err
	}
	device, cookies := s.Sessions.Device(r)
	now := x.Now()
	t.Kind, t.ID, t.DeviceID, t.Verifier, t.Issued, t.Expires = state.TicketLogin, letters(32), device, secret.New(letters(32)), now,
		now.Add(ticketLife)
	t.Values = url.Values{"co_id": {letters(12)}}
	session.TellDropped(x, s.Store.PutTicket(t))
	x.Emit(event.Event{Kind: event.KindLog, Type: event.SuccessCrossOriginAuth, Description: "Successful cross-origin authentication"})
	return httpx.JSON(http.StatusOK, struct {
		LoginTicket string `json:"login_ticket"`
		Verifier    string `json:"co_verifier"`
		ID          string `json:"co_id"`
	}{t.ID, t.Verifier.Reveal(), t.Values.Get("co_id")}).Set("Cache-Control", "no-store").WithCookies(cookies...), nil
}

// crossOrigin checks the request and who it is.
func (s *Service) crossOrigin(x *httpx.Exchange, r *http.Request) (t state.Ticket, err error) {
	v, _, err := httpx.Body(r, "client_id", "username", "password", "otp", "realm", "credential_type")
	if err != nil {
		return t, err
	}
	tn := s.Sessions.Tenant()
	client, err := s.crossOriginClient(x, r, tn, v)
	if err != nil {
		return t, err
	}
	if err := x.Reach(httpx.Parsed); err != nil {
		return t, err
	}
	c, err := crossOriginDatabase(tn, client, v)
	if err != nil {
		return t, err
	}
	x.Facts.Connection, x.Facts.UserName = c.Name, v.Get("username")
	u := tn.FindUser(c.Name, v.Get("username"))
	if err := s.Guard.Check(x, u, v.Get("password")); errors.Is(err, bruteforce.ErrWrong) {
		return t, &oauth.Error{Code: "access_denied", Status: http.StatusForbidden, Reason: event.WrongCredentials,
			Description: "Wrong email or password."}
	} else if err != nil {
		return t, err
	}
	x.Facts.UserID, x.Facts.UserName = u.ID, u.Email
	if u.Blocked {
		return t, &oauth.Error{Code: "unauthorized", Status: http.StatusUnauthorized, Reason: event.UserIsBlocked,
			Description: "user is blocked"}
	}
	return state.Ticket{ClientID: client.ClientID, UserID: u.ID, Connection: c.Name}, x.Reach(httpx.Resolved)
}

// crossOriginClient is the client that asks, if its pages may log people in.
func (s *Service) crossOriginClient(x *httpx.Exchange, r *http.Request, tn *tenant.Config, v url.Values) (*tenant.Client, error) {
	for _, name := range []string{"client_id", "credential_type", "username"} {
		if v.Get(name) == "" {
			return nil, oauth.Errorf("invalid_request", "Missing required parameter: %s", name).Because(event.ParameterMissing)
		}
	}
	c := tn.ClientByID(v.Get("client_id"))
	if c == nil {
		return nil, oauth.Errorf("unauthorized_client", "Unknown client: %s", v.Get("client_id")).Because(event.ClientUnknown)
	}
	x.Facts.ClientID, x.Facts.ClientName = c.ClientID, c.Name
	if !c.CrossOriginAuth {
		return nil, &oauth.Error{
			Code: "unauthorized_client", Reason: event.SettingOff, Description: "Cross origin login not enabled.",
			Hint: "Set cross_origin_authentication: true for the client.",
		}
	}
	if origin := r.Header.Get("Origin"); origin != "" && origin != x.Origin && !AllowedOrigin(tn, c, origin) {
		return nil, &oauth.Error{
			Code: "unauthorized_client", Reason: event.OriginNotListed, Description: fmt.Sprintf("Origin %s is not allowed.", origin),
			Hint: "Add it to the client's allowed_origins or web_origins.",
		}
	}
	return c, nil
}

// crossOriginDatabase is where the person is looked for: the realm, or the tenant's default directory.
func crossOriginDatabase(tn *tenant.Config, client *tenant.Client, v url.Values) (*tenant.Connection, error) {
	realm := v.Get("realm")
	switch kind := v.Get("credential_type"); {
	case kind == byOneTime:
		return nil, &oauth.Error{
			Code: "not_implemented", Status: http.StatusNotImplemented,
			Reason: event.NotImplemented, Description: "mockauth0 does not take the credential_type " + byOneTime +
				" at /co/authenticate yet. Auth0 does: your request may be right.",
		}
	case kind == inRealm && realm == "":
		return nil, oauth.Errorf("invalid_request", "Missing required parameter: realm").Because(event.ParameterMissing)
	case kind == inDefault && realm == "":
		if realm = tn.Settings.DefaultDirectory; realm == "" {
			return nil, &oauth.Error{
				Code: "server_error", Status: http.StatusInternalServerError,
				Reason: event.SettingMissing, Description: "Authorization server not configured with default connection.",
			}
		}
	case kind != inRealm && kind != inDefault:
		return nil, oauth.Errorf("invalid_request", "Invalid parameter: credential_type %s is not supported", kind).
			Because(event.ParameterInvalid)
	}
	if c := tn.Connection(realm); c != nil && c.Database() && c.EnabledFor(client) {
		return c, nil
	}
	return nil, oauth.Errorf("invalid_request", "the connection was not found").Because(event.ConnectionUnusable)
}

// BadTicket is the answer to a login ticket that is none, has expired, was used or is another client's.
func BadTicket() *oauth.Error {
	return oauth.Errorf("access_denied", "Unknown or invalid login ticket.").Because(event.LinkInvalid)
}

// LoginTicket is a ticket that a client may redeem, and who it logs in.
func (s *Service) LoginTicket(x *httpx.Exchange, client *tenant.Client, id, realm string) (state.Ticket, *tenant.User,
	*tenant.Connection, *oauth.Error) {
	t, ok := s.Store.Ticket(state.TicketLogin, id)
	tn := s.Sessions.Tenant()
	u, c := tn.UserByID(t.UserID), tn.Connection(t.Connection)
	if !ok || !x.Now().Before(t.Expires) || t.ClientID != client.ClientID || realm != "" && realm != t.Connection || u == nil || c == nil {
		return t, nil, nil, BadTicket()
	}
	x.Facts.UserID, x.Facts.UserName, x.Facts.Connection = u.ID, u.Email, c.Name
	return t, u, c, nil
}

// Redeem changes a ticket into a session and leads on; the ticket is used up.
func (s *Service) Redeem(x *httpx.Exchange, r *http.Request, start Start, t state.Ticket, u *tenant.User,
	c *tenant.Connection) (*httpx.Result, *oauth.Error, error) {
	if _, ok := s.Store.TakeTicket(t.Kind, t.ID); !ok {
		return nil, BadTicket(), nil
	}
	res, err := s.Enter(x, r, start, u, c)
	return res, nil, err
}

// SameBrowser tells whether a request comes from the browser that got the ticket.
func (s *Service) SameBrowser(r *http.Request, t state.Ticket) bool {
	device, set := s.Sessions.Device(r)
	return set == nil && device == t.DeviceID
}

// verifyScript asks the application's page for the verifier and sends on what it says, or nothing after ten seconds.
const verifyScript = `(function(){var f=document.forms[0],w=document.querySelector("iframe").contentWindow,o=f.dataset.origin;` +
	`window.addEventListener("message",function(e){if(e.origin!==o||e.source!==w||!e.data)return;` +
	`if(e.data.type==="ready")w.postMessage({type:"co_verifier_request",request:{id:f.dataset.id}},o);` +
	`if(e.data.type==="co_verifier_response"){f.verifier.value=e.data.response&&e.data.response.verifier||"";f.submit()}});` +
	`setTimeout(function(){f.submit()},10000)})()`

type verifyView struct {
	Page
	Action, State, Origin, ID, Frame string
	Script                           template.JS
}

// AskVerifier is the page that frames the application's cross_origin_loc to prove that this browser is the one that got the
// ticket, although it kept no cookie of ours. framed: it may stand in a frame itself, as a silent request does.
func (s *Service) AskVerifier(x *httpx.Exchange, r *http.Request, start Start, client *tenant.Client, ticket state.Ticket,
	framed bool) (*httpx.Result, error) {
	t, cookies := s.Open(x, r, start)
	origin, _ := oauth.OriginOf(client.CrossOriginPage)
	v := verifyView{Page: s.Pages.Base("Logging in | " + client.Name), Action: names.CrossOriginProofPath, State: t.ID, Origin: origin,
		ID: ticket.Values.Get("co_id"), Frame: client.CrossOriginPage + "#origin=" + url.QueryEscape(x.Origin), Script: template.JS(verifyScript)}
	res, err := s.Pages.Render(http.StatusOK, "verify", v, framed)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(verifyScript))
	csp := res.Header.Get("Content-Security-Policy") + "; script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; frame-src " + origin
	return res.Set("Content-Security-Policy", csp).WithCookies(cookies...), nil
}

// Verified is what the page of AskVerifier sent: the transaction that waits, and whether the verifier is the ticket's.
func (s *Service) Verified(x *httpx.Exchange, r *http.Request) (t state.Transaction, sent string, err error) {
	form, err := httpx.Params(r, "state", "verifier")
	if err != nil {
		return t, "", err
	}
	t, err = s.Find(x, r, form.Get("state"))
	return t, form.Get("verifier"), err
}

// Matches compares what was sent with the ticket's verifier.
func Matches(t state.Ticket, sent string) bool {
	return t.Verifier.Equal(sent)
}
