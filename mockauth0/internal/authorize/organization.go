package authorize

import (
	"strings"

	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/tenant"
)

// organization checks the parameter of that name against how the client uses organizations
// (https://auth0.com/docs/manage-users/organizations/configure-organizations/define-organization-behavior). Auth0 can
// also ask the person which organization it is; a client that requires one and does not name it is refused here.
func (q *Request) organization(tn *tenant.Tenant) *oauth.Error {
	asked := q.Raw.Get("organization")
	switch {
	case asked == "" && q.Client.OrganizationUsage == "require":
		return oauth.Errorf("invalid_request", "parameter organization is required for this client")
	case asked == "":
		return nil
	case q.Client.OrganizationUsage == "deny":
		return oauth.Errorf("invalid_request", "parameter organization is not allowed for this client")
	case !strings.HasPrefix(asked, "org_") && !tn.Settings.OrganizationNames:
		return oauth.Errorf("invalid_request", "authorization request parameter organization must be an organization id")
	case q.Organization == nil:
		return oauth.Errorf("invalid_request", "the organization was not found")
	}
	return nil
}

// outsider is the error for a user who does not belong to the organization of the request.
func (q *Request) outsider(u *tenant.User) *oauth.Error {
	if q.Organization == nil || q.Organization.Belongs(u) {
		return nil
	}
	return oauth.Errorf("access_denied", "user %s is not part of the %s organization", u.ID, q.Organization.ID)
}
