package authorize

import (
	"net/url"
	"strings"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/state"
)

// pushedPrefix begins the request_uri of a pushed authorization request (RFC 9126 §2.2).
const pushedPrefix = "urn:ietf:params:oauth:request_uri:"

// check validates an authorization request that has not come by a browser, and gives the first thing that is wrong.
func (s *Service) check(x *httpx.Exchange, v url.Values) error {
	if err := httpx.Single(v, parameters[:]...); err != nil {
		return err
	}
	tn := s.Tenant()
	q, err := trusted(tn, v)
	if err != nil {
		return err
	}
	q.facts(x)
	if oe := s.validate(x, tn, q); oe != nil {
		return oe
	}
	return nil
}

// pushed replaces a request that refers to a pushed one by that: nothing beside client_id and request_uri counts then.
// The ticket is what the reference stands for, nil when there is none.
func (s *Service) pushed(x *httpx.Exchange, v url.Values) (url.Values, *state.Ticket, error) {
	id, ok := strings.CutPrefix(v.Get("request_uri"), pushedPrefix)
	if !ok {
		return v, nil, nil
	}
	if v.Get("client_id") == "" {
		return nil, nil, pageError("invalid_request", 400, "Add client_id.", "Missing required parameter: client_id").
			Because(event.ParameterMissing)
	}
	t, ok := s.Store.Ticket(state.TicketPushed, id)
	if !ok || t.ClientID != v.Get("client_id") || !x.Now().Before(t.Expires) {
		return nil, nil, unusable()
	}
	return t.Values, &t, nil
}

// unusable is the answer to a request_uri that stands for nothing (OIDC Core §3.1.2.6; Auth0's words are not published).
func unusable() *oauth.Error {
	return pageError("invalid_request_uri", 400,
		"Push the request again: a request_uri works once, for the client that pushed it, and not for long.",
		"The request_uri is unknown, has expired or was used before").Because(event.LinkInvalid)
}

// use uses up the ticket of a pushed request (RFC 9126 §7.3).
func (s *Service) use(t *state.Ticket) error {
	if t == nil {
		return nil
	}
	if _, ok := s.Store.TakeTicket(t.Kind, t.ID); !ok {
		return unusable()
	}
	return nil
}
