package authorize

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

// organization checks the parameter of that name against how the client uses organizations
// (https://auth0.com/docs/manage-users/organizations/configure-organizations/define-organization-behavior).
func (q *Request) organization(tn *tenant.Config) *oauth.Error {
	asked := q.Raw.Get("organization")
	switch {
	case q.prompts() && !q.Silent():
		return nil
	case asked == "" && q.Client.OrganizationUsage == "require":
		return oauth.Errorf("invalid_request", "parameter organization is required for this client").Because(event.OrganizationRefused)
	case asked == "":
		return nil
	case q.Client.OrganizationUsage == "deny":
		return oauth.Errorf("invalid_request", "parameter organization is not allowed for this client").Because(event.OrganizationRefused)
	case !strings.HasPrefix(asked, "org_") && !tn.Settings.OrganizationNames:
		return oauth.Errorf("invalid_request", "authorization request parameter organization must be an organization id").
			Because(event.OrganizationRefused)
	case q.Organization == nil:
		return oauth.Errorf("invalid_request", "the organization was not found").Because(event.OrganizationRefused)
	}
	return nil
}

// prompts tells whether the person says which organization it is, since the request does not.
func (q *Request) prompts() bool {
	return q.Raw.Get("organization") == "" && q.Client.OrganizationUsage == "require" && q.Client.OrganizationPrompt != "no_prompt"
}

// belonging settles the organization of a person who belongs to one alone, and is the error for one who belongs to none
// that would do.
func (q *Request) belonging(tn *tenant.Config, u *tenant.User) *oauth.Error {
	if q.prompts() {
		switch all := tn.OrganizationsOf(u); len(all) {
		case 0:
			return oauth.Errorf("invalid_request", "client requires organization membership, but user does not belong to any organization").
				Because(event.OrganizationRefused)
		case 1:
			q.Organization = all[0]
		}
	}
	if q.Organization == nil || q.Organization.Belongs(u) {
		return nil
	}
	return oauth.Errorf("access_denied", "user %s is not part of the %s organization", u.ID, q.Organization.ID).
		Because(event.OrganizationRefused)
}

// organizationAsked reads a request of the page that asks for the organization: by name before the login, as one of the
// person's own after it. Where nothing is to be asked it answers with the way on.
func (s *Service) organizationAsked(x *httpx.Exchange, r *http.Request) (a asking, elsewhere *httpx.Result, err error) {
	v, err := httpx.Params(r, "state", "organization")
	if err != nil {
		return a, nil, err
	}
	a.form = v.Get
	if a.t, a.q, a.user, err = s.continued(x, r, v.Get("state")); err != nil {
		return a, nil, err
	}
	if err := x.Reach(httpx.Resolved); err != nil {
		return a, nil, err
	}
	tn := s.Tenant()
	switch {
	case a.user == nil && s.Login.Entry(a.t) != names.OrganizationPath:
		return a, httpx.RedirectTo(login.At(s.Login.Entry(a.t), a.t)), nil
	case a.user == nil:
		return a, nil, nil
	case s.validate(x, tn, a.q) != nil || s.barred(a.q, a.user) != nil || a.q.Organization != nil || !a.q.prompts():
		return a, httpx.RedirectTo(login.At(names.ResumePath, a.t)), nil
	}
	return a, nil, nil
}

func (s *Service) organizationPage(a asking, status int, typed, alert string) (*httpx.Result, error) {
	var of []*tenant.Organization
	if a.user != nil {
		of = s.Tenant().OrganizationsOf(a.user)
	}
	return s.Login.AskOrganization(a.t, a.q.Client, of, status, typed, alert)
}

// ShowOrganization is GET /u/organization.
func (s *Service) ShowOrganization(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	a, elsewhere, err := s.organizationAsked(x, r)
	if err != nil || elsewhere != nil {
		return elsewhere, err
	}
	return s.organizationPage(a, http.StatusOK, "", "")
}

// SubmitOrganization is POST /u/organization. The request goes on as if it had named the organization.
func (s *Service) SubmitOrganization(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	a, elsewhere, err := s.organizationAsked(x, r)
	if err != nil || elsewhere != nil {
		return elsewhere, err
	}
	typed := strings.TrimSpace(a.form("organization"))
	chosen := s.Tenant().Organization(typed, a.user == nil)
	if chosen == nil || a.user != nil && !slices.Contains(s.Tenant().OrganizationsOf(a.user), chosen) {
		return s.organizationPage(a, http.StatusBadRequest, typed, "The organization was not found.")
	}
	named := maps.Clone(a.t.Request) // a transaction's request is shared and never changed
	named["organization"] = []string{chosen.ID}
	t, err := s.Login.Note(a.t, func(t *state.Transaction) { t.Request, t.Shown = named, true })
	if err != nil {
		return nil, err
	}
	if a.user == nil {
		return httpx.RedirectTo(login.At(s.Login.Entry(t), t)), nil
	}
	return httpx.RedirectTo(login.At(names.ResumePath, t)), nil
}
