package routes

import (
	"slices"

	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/tenant"
)

// allowedOrigin tells whether an origin is one of any client: whether scripts of its pages may read answers.
func (e *Endpoints) allowedOrigin(origin string) bool {
	tn := e.Tenant()
	return slices.ContainsFunc(tn.Clients, func(c *tenant.Client) bool { return login.AllowedOrigin(tn, c, origin) })
}

// controlOrigin tells whether pages of an origin may use the control API.
func (e *Endpoints) controlOrigin(origin string) bool {
	return slices.Contains(e.Tenant().Mock.ControlOrigins, origin)
}
