// Package logout ends a browser's session: Auth0's own /v2/logout and OpenID Connect's /oidc/logout.
package logout

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/session"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// Service answers the logout endpoints of one tenant.
type Service struct {
	Tenant   func() *tenant.Config
	Sessions *session.Registry
	Store    state.Store // of the question whether to log out
	Ring     func() *keys.Ring
	Pages    *login.Pages
	// Learn has the tenant know what a request asks for, before it is judged; nil: nothing is learned.
	Learn func(x *httpx.Exchange, asked tenant.Asked)
}

// Logout is GET /v2/logout (https://auth0.com/docs/api/authentication/logout/auth-0-logout): it ends the
// browser's session and leads to returnTo, if that is listed. The cookie stays until it is overwritten, as at
// Auth0; without its session it is worth nothing.
func (s *Service) Logout(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	q, err := httpx.Params(r, "client_id", "returnTo")
	if err != nil {
		return nil, err
	}
	s.learn(x, q.Get("client_id"), q.Get("returnTo"))
	tn := s.Tenant()
	client, err := knownClient(tn, q)
	if err != nil {
		return nil, refused(x, err)
	}
	found := s.facts(x, r, tn, client)
	allowed, where := logoutURLs(tn, client)
	returnTo := q.Get("returnTo")
	switch {
	case returnTo == "" && client != nil:
		returnTo = first(allowed)
	case returnTo != "" && !oauth.MatchLogout(allowed, returnTo):
		return nil, refused(x, notListed("returnTo", returnTo, where))
	}
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	s.end(x, found.ID, q.Has("federated"))
	if returnTo == "" {
		return uncached(httpx.Text(http.StatusOK, "OK")), nil
	}
	return uncached(httpx.RedirectTo(returnTo)), nil
}

// learn has the tenant know where a logout is to lead.
func (s *Service) learn(x *httpx.Exchange, client, to string) {
	if s.Learn != nil {
		s.Learn(x, tenant.Asked{ClientID: client, LogoutURL: to})
	}
}

// knownClient is the client of client_id; nil when none was sent.
func knownClient(tn *tenant.Config, q url.Values) (*tenant.Client, error) {
	id := q.Get("client_id")
	if id == "" {
		return nil, nil
	}
	if c := tn.ClientByID(id); c != nil {
		return c, nil
	}
	return nil, &oauth.Error{Code: "invalid_request", Reason: event.ClientUnknown,
		Description: "Unknown client: " + id, Hint: "Check the client id against the tenant's clients, which serve prints when it starts."}
}

// facts tells the exchange what is known about a logout, and returns the browser's session (zero: it has none).
func (s *Service) facts(x *httpx.Exchange, r *http.Request, tn *tenant.Config, client *tenant.Client) state.Session {
	if client != nil {
		x.Facts.ClientID, x.Facts.ClientName = client.ClientID, client.Name
	}
	found, why := s.Sessions.Find(x, r)
	if why != "" {
		return state.Session{}
	}
	x.Facts.UserID, x.Facts.SessionID, x.Facts.Connection = found.UserID, found.ID, found.Connection
	if u := tn.UserByID(found.UserID); u != nil {
		x.Facts.UserName = u.Email
	}
	return found
}

// logoutURLs are the Allowed Logout URLs that count, and where they are configured: a client's own, or without one the
// tenant's.
func logoutURLs(tn *tenant.Config, client *tenant.Client) (allowed []string, where string) {
	if client == nil {
		return tn.Settings.AllowedLogoutURLs, "tenant.allowed_logout_urls"
	}
	allowed = client.AllowedLogoutURLs
	if client.StrictThirdParty {
		allowed = oauth.Exact(allowed)
	}
	return allowed, fmt.Sprintf("allowed_logout_urls of client %q", client.Name)
}

func notListed(parameter, sent, where string) *oauth.Error {
	hint := "A " + parameter + " is an absolute http or https URL."
	if _, ok := oauth.OriginOf(sent); ok {
		hint = "Add " + sent + " to " + where + " in tenant.yaml (" + oauth.WhereNoFile + ")."
	}
	return &oauth.Error{Code: "invalid_request", Status: http.StatusBadRequest, Hint: hint,
		Reason: event.LogoutURLNotListed,
		Description: fmt.Sprintf("The \"%s\" querystring parameter \"%s\" is not defined as a valid URL in \"Allowed Logout URLs\".", parameter,
			sent)}
}

// end ends the browser's session, if it has one, and writes the log. The built-in identity provider keeps no session, so
// a federated logout has nothing more to end there.
func (s *Service) end(x *httpx.Exchange, sessionID string, federated bool) {
	if sessionID != "" {
		s.Sessions.End(x, sessionID, event.LoggedOut)
	}
	x.Emit(event.Event{Kind: event.KindLog, Type: event.SuccessLogout, Description: "User successfully logged out",
		Data: &event.LogEntry{Federated: federated}})
}

// refused logs a logout that is answered by an error page.
func refused(x *httpx.Exchange, err error) error {
	var oe *oauth.Error
	if errors.As(err, &oe) {
		x.Emit(oe.Entry(event.FailedLogout))
	}
	return err
}

// uncached marks an answer of a logout as Auth0's are (fact 2.4-headers).
func uncached(res *httpx.Result) *httpx.Result {
	return res.Set("Cache-Control", "no-store, max-age=0, no-transform").Set("Pragma", "no-cache")
}

// first is the first URL of a list that is an address and no pattern, or "".
func first(urls []string) string {
	for _, u := range urls {
		if !strings.ContainsAny(u, "*{") {
			return u
		}
	}
	return ""
}
