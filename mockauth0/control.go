package mockauth0

import (
	"errors"
	"fmt"
	"strings"

	"renewal.example/mockauth0/internal/control"
)

// controlledTenants are the tenants of a server for the control API of one of them.
type controlledTenants struct{ *Tenant }

func (c controlledTenants) ListTenants() []control.TenantView {
	return listOf(c.server.tenants.All(), (*Tenant).view)
}

func (t *Tenant) view() control.TenantView {
	return control.TenantView{Name: t.Name(), Domain: t.Domain(), Issuer: t.Issuer()}
}

func (c controlledTenants) MakeTenant(q control.NewTenant) (control.TenantView, error) {
	made, err := c.NewTenant(TenantOptions{Name: q.Name, Domain: q.Domain, Override: q.Override})
	switch taken := (*TakenError)(nil); {
	case errors.As(err, &taken):
		return control.TenantView{}, fmt.Errorf("%w: %s", control.ErrTaken, taken.Value)
	case err != nil:
		return control.TenantView{}, errors.New(strings.TrimPrefix(err.Error(), "mockauth0: "))
	}
	return made.view(), nil
}

func (c controlledTenants) EndTenant(name string) error {
	e := c.server.tenants.Called(name)
	switch {
	case e == nil:
		return control.ErrNoTenant
	case e.Tenant == c.server.Tenant:
		return control.ErrOwnTenant
	}
	return e.Tenant.Close()
}
