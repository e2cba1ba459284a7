package account

import (
	"fmt"
	"net/http"
	"strings"

	"renewal.example/mockauth0/internal/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
)

// Logout is GET /v2/logout (https://auth0.com/docs/api/authentication/logout/auth-0-logout): it ends the
// browser's session and leads to returnTo, if that is listed. The cookie stays until it is overwritten, as at
// Auth0; without its session it is worth nothing.
func (s *Service) Logout(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	q, err := httpx.Params(r, "client_id", "returnTo")
	if err != nil {
		return nil, err
	}
	tn := s.Tenant()
	allowed, where := tn.Settings.AllowedLogoutURLs, "tenant.allowed_logout_urls"
	clientID := q.Get("client_id")
	if clientID != "" {
		c := tn.ClientByID(clientID)
		if c == nil {
			return nil, &oauth.Error{Code: "invalid_request", Description: "Unknown client: " + clientID, Hint: "Check the client id against mockauth0 env."}
		}
		x.Facts.ClientID, x.Facts.ClientName = c.ClientID, c.Name
		allowed, where = c.AllowedLogoutURLs, fmt.Sprintf("allowed_logout_urls of client %q", c.Name)
	}
	returnTo := q.Get("returnTo")
	switch {
	case returnTo == "" && clientID != "":
		returnTo = first(allowed)
	case returnTo != "" && !oauth.MatchLogout(allowed, returnTo):
		hint := "A returnTo is an absolute http or https URL."
		if _, ok := oauth.OriginOf(returnTo); ok {
			hint = "Add " + returnTo + " to " + where + " in tenant.yaml."
		}
		oe := &oauth.Error{Code: "invalid_request", Status: http.StatusBadRequest,
			Description: fmt.Sprintf("The \"returnTo\" querystring parameter \"%s\" is not defined as a valid URL in \"Allowed Logout URLs\".", returnTo),
			Hint:        hint}
		x.Emit(event.Event{Kind: event.KindLog, Type: "flo", Description: oe.Description, Details: map[string]any{"error": oe.Code}})
		return nil, oe
	}
	if found, why := s.Sessions.Find(x, r); why == "" {
		x.Facts.UserID, x.Facts.SessionID, x.Facts.Connection = found.UserID, found.ID, found.Connection
		if u := tn.UserByID(found.UserID); u != nil {
			x.Facts.UserName = u.Email
		}
	}
	if err := x.Reach(httpx.Resolved); err != nil {
		return nil, err
	}
	if x.Facts.SessionID != "" {
		s.Sessions.End(x, x.Facts.SessionID, "logout")
	}
	x.Emit(event.Event{Kind: event.KindLog, Type: "slo", Description: "User successfully logged out"})
	var res *httpx.Result
	if returnTo == "" {
		res = httpx.Text(http.StatusOK, "OK")
	} else {
		res = httpx.RedirectTo(returnTo)
	}
	return res.Set("Cache-Control", "no-store, max-age=0, no-transform").Set("Pragma", "no-cache"), nil
}

// first is the first URL of a list that is an address and no pattern, or "".
func first(urls []string) string {
	for _, u := range urls {
		if !strings.Contains(u, "*") {
			return u
		}
	}
	return ""
}
