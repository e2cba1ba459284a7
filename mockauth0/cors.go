package mockauth0

import (
	"slices"

	"renewal.example/mockauth0/internal/login"
	"renewal.example/mockauth0/tenant"
)

// allowedOrigin tells whether an origin is one of any client.
func (t *Tenant) allowedOrigin(origin string) bool {
	tn := t.Snapshot()
	return slices.ContainsFunc(tn.Clients, func(c *tenant.Client) bool { return login.AllowedOrigin(tn, c, origin) })
}
