package login

import (
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/state"
	"renewal.example/mockauth0/tenant"
)

type organizationView struct {
	Page
	ClientName, Action, State, Typed, Alert string
	Organizations                           []organizationButton // none: the person types a name
}

type organizationButton struct{ ID, Name string }

// asksOrganization tells whether the person has to say which organization it is before the login.
func (s *Service) asksOrganization(t state.Transaction) bool {
	c := s.Sessions.Tenant().ClientByID(t.ClientID)
	return c != nil && c.OrganizationUsage == "require" && c.OrganizationPrompt == "pre_login_prompt" && t.Request.Get("organization") == ""
}

// AskOrganization is the page that asks which organization the person logs in for: one of its own, or, before it has
// logged in, any by its name.
func (s *Service) AskOrganization(t state.Transaction, c *tenant.Client, of []*tenant.Organization, status int,
	typed, alert string) (*httpx.Result, error) {
	v := organizationView{
		Page: s.Pages.Base("Choose an organization | " + c.Name), ClientName: c.Name, Action: names.OrganizationPath, State: t.ID,
		Typed: typed, Alert: alert,
	}
	for _, o := range of {
		name := o.DisplayName
		if name == "" {
			name = o.Name
		}
		v.Organizations = append(v.Organizations, organizationButton{o.ID, name})
	}
	return s.Pages.Render(status, "organization", v, false)
}
