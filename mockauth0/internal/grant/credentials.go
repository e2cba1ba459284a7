package grant

import (
	"slices"
	"strings"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/token"
)

// clientCredentials answers a machine (RFC 6749 §4.4): the API must exist and a client grant must name it.
func clientCredentials(s *Service, x *httpx.Exchange, q Request) (*Answer, error) {
	if public(q.Client) { // a machine without a secret could be anybody
		return nil, oauth.Errorf("unauthorized_client", "Grant type 'client_credentials' not allowed for the client.")
	}
	tn := s.Tenant()
	audience := q.Get("audience")
	if audience == "" {
		audience = tn.Settings.DefaultAudience
	}
	if audience == "" {
		return nil, oauth.Errorf("invalid_request", "Missing required parameter: audience")
	}
	api := tn.ResourceServer(audience)
	if api == nil {
		return nil, denied("Service not enabled within domain: %s", audience)
	}
	g := tn.ClientGrant(q.Client, audience)
	if g == nil {
		return nil, denied("Client is not authorized to access %q. You might probably want to create a \"client-grant\" associated to this API. See: https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants", audience)
	}
	scopes := g.Scopes
	if asked := oauth.Scopes(q.Get("scope")); len(asked) > 0 {
		var missing []string
		for _, w := range asked {
			if !slices.Contains(g.Scopes, w) {
				missing = append(missing, w)
			}
		}
		if len(missing) > 0 {
			return nil, denied("Client has not been granted scopes: %s", strings.Join(missing, " "))
		}
		scopes = asked
	}
	if err := s.resolved(x); err != nil {
		return nil, err
	}
	set, err := s.Tokens.Issue(x, token.Request{Client: q.Client, Audience: api, Scopes: scopes, Machine: true}, true, false)
	if err != nil {
		return nil, err
	}
	return answer(set, ""), nil
}
