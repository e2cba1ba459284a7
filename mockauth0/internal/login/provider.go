package login

import (
	"net/http"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/tenant"
)

// ProviderPage is the page of the built-in identity provider for a connection.
func (s *Service) ProviderPage(c *tenant.Connection, action, stateID string) (*httpx.Result, error) {
	type choice struct{ ID, Name, Email string }
	v := struct {
		Page
		Label, Action, State, Connection string
		DevKeys                          bool
		Users                            []choice
	}{Page: s.Pages.Base("Sign in with " + label(c)), Label: label(c), Action: action, State: stateID, Connection: c.Name, DevKeys: c.DevKeys}
	for _, u := range s.Sessions.Tenant().UsersOf(c.Name) {
		v.Users = append(v.Users, choice{u.ID, u.Name, u.Email})
	}
	return s.Pages.Render(http.StatusOK, "provider", v, false)
}
