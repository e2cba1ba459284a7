package grant

import (
	"slices"
	"strings"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/token"
	"renewal.example/mockauth0/tenant"
)

// clientCredentials answers a machine (RFC 6749 §4.4): the API must exist and a client grant must name it.
func clientCredentials(s *Service, x *httpx.Exchange, q Request) (*Answer, error) {
	if public(q.Client) { // a machine without a secret could be anybody
		return nil, oauth.Errorf("unauthorized_client", "Grant type 'client_credentials' not allowed for the client.").
			Because(event.GrantTypeNotAllowed)
	}
	tn := s.Tenant()
	audience := q.Get("audience")
	if audience == "" {
		audience = tn.Settings.DefaultAudience
	}
	if audience == "" { // without one Auth0 takes the request for its first Management API, which only its own clients may use
		return nil, denied("Non-global clients are not allowed access to APIv1").Because(event.AudienceNotAuthorized)
	}
	api := s.Tokens.API(audience)
	if api == nil {
		return nil, denied("Service not enabled within domain: %s", audience).Because(event.AudienceUnknown)
	}
	g := tn.ClientGrant(q.Client, audience)
	if g == nil {
		return nil, denied("Client is not authorized to access %q. You might probably want to create a \"client-grant\" associated to this "+
			"API. See: https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants", audience).Because(event.AudienceNotAuthorized)
	}
	scopes, err := machineScopes(g, oauth.Scopes(q.Get("scope")))
	if err != nil {
		return nil, err
	}
	organization, err := s.machineOrganization(q, g)
	if err != nil {
		return nil, err
	}
	if err := s.resolved(x, q, api); err != nil {
		return nil, err
	}
	quota, err := s.spend(q.Client, x.Now())
	if err != nil {
		return nil, err
	}
	set, err := s.Tokens.Issue(x, token.Request{
		Client: q.Client, Audience: api, Scopes: scopes, Organization: organization, Machine: true,
	}, true, false)
	if err != nil {
		return nil, err
	}
	a := answer(set, "")
	a.quota = quota
	return a, nil
}

// machineScopes are the asked ones, all of which must be granted, or all that are granted.
func machineScopes(g *tenant.ClientGrant, asked []string) ([]string, error) {
	if len(asked) == 0 {
		return g.Scopes, nil
	}
	var missing []string
	for _, w := range asked {
		if !slices.Contains(g.Scopes, w) {
			missing = append(missing, w)
		}
	}
	if len(missing) > 0 {
		return nil, denied("Client has not been granted scopes: %s", strings.Join(missing, " ")).Because(event.ScopeNotGranted)
	}
	return asked, nil
}

// machineOrganization is the organization that a machine acts for, where its grant lets it
// (https://auth0.com/docs/manage-users/organizations/organizations-for-m2m-applications). The texts are those of the
// authorization endpoint: Auth0 does not publish these.
func (s *Service) machineOrganization(q Request, g *tenant.ClientGrant) (*tenant.Organization, error) {
	asked := q.Get("organization")
	switch {
	case asked == "" && g.OrganizationUsage == "require":
		return nil, oauth.Errorf("invalid_request", "parameter organization is required for this client").Because(event.OrganizationRefused)
	case asked == "":
		return nil, nil
	case g.OrganizationUsage != "allow" && g.OrganizationUsage != "require":
		return nil, oauth.Errorf("invalid_request", "parameter organization is not allowed for this client").
			Because(event.OrganizationRefused)
	}
	tn := s.Tenant()
	o := tn.Organization(asked, tn.Settings.OrganizationNames)
	if o == nil {
		return nil, oauth.Errorf("invalid_request", "the organization was not found").Because(event.OrganizationRefused)
	}
	if !o.Permits(q.Client, g) {
		return nil, denied("client %s is not part of the %s organization", q.Client.ClientID, o.ID).Because(event.OrganizationRefused)
	}
	return o, nil
}
