package mockauth0

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/adopt"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/control"
	"renewal.example/mockauth0/internal/directory"
)

// controlOf is the control API of a tenant.
func controlOf(t *Tenant) *control.Service {
	return &control.Service{Tenant: t, Clock: controlledClock{t.clock, t}, Followers: t.followers, Events: t.events, Faults: t,
		Sessions: t.manager, Logins: t.manager, Health: health{t}, Scenarios: controlledScenarios{t.scenarios, t.ObservedScenario},
		Grants: t.manager, RefreshTokens: t.manager, Users: t.manager, Keys: t.manager,
		Diagnoses: controlledDiagnoses{t}, Tenants: controlledTenants{t}, Snapshots: controlledState{t}}
}

// controlledClock is a tenant's clock for its control API, which tells of each move itself.
type controlledClock struct {
	*clock.Clock
	tenant *Tenant
}

func (c controlledClock) HoldRequests(most time.Duration) { c.tenant.gate.Shut(most) }

func (c controlledClock) NextExpiry() (control.Expiry, bool) { return c.tenant.manager.NextExpiry() }

func (c controlledClock) Moved(waitFor []string) (late []string) {
	c.tenant.gate.Open()
	c.tenant.sessions.TellExpired(c.tenant.manager.Exchange())
	return c.tenant.followed(waitFor)
}

// controlledDiagnoses are a tenant's diagnoses for its control API.
type controlledDiagnoses struct{ *Tenant }

func (d controlledDiagnoses) DiagnosesAfter(n uint64) []diagnosis.Diagnosis {
	return d.diagnosesAfter(n)
}

// Expect is ExpectRenewal for whoever may have the wrong name.
func (d controlledDiagnoses) Expect(client string, by time.Time) error {
	if tn := d.Snapshot(); tn.ClientByName(client) == nil && tn.ClientByID(client) == nil {
		return directory.NoClient(tn, client)
	}
	d.ExpectRenewal(client, by)
	return nil
}

func (d controlledDiagnoses) ExpectRenewals(client string, renewals int, until time.Time) (any, error) {
	if _, err := d.manager.Client(client); err != nil {
		return nil, err
	}
	return d.Tenant.ExpectRenewals(client, renewals, until), nil
}

func (d controlledDiagnoses) ListExpectations(client string, end bool) any {
	id := d.manager.ClientID(client)
	return slices.DeleteFunc(d.expectations(end, id), func(e Expectation) bool { return id != "" && e.ClientID != id })
}

// health is a tenant for its control API.
type health struct{ tenant *Tenant }

// Ready is nil when the tenant can sign tokens, which waits for its keys, and its server is not closing.
func (h health) Ready() error {
	if h.tenant.server.base.Err() != nil {
		return errors.New("the server is closing")
	}
	_, err := h.tenant.ring.JWKS(true)
	return err
}

func (h health) Metrics() http.Handler { return h.tenant.server.metrics }

// controlledScenarios are a tenant's scenarios for its control API.
type controlledScenarios struct {
	*adopt.Scenarios
	observed func() ([]byte, error)
}

func (c controlledScenarios) ListScenarios() (any, error) { return c.List() }

func (c controlledScenarios) ArmScenario(id, client string) (any, error) { return c.Arm(id, client) }

func (c controlledScenarios) DisarmScenario(id string) (int, error) { return c.Disarm(id) }

func (c controlledScenarios) ObservedScenario() ([]byte, error) { return c.observed() }

// controlledState is a tenant's state for its control API.
type controlledState struct{ *Tenant }

func (c controlledState) RestoreState(document []byte) error {
	err := c.Tenant.RestoreState(document)
	if wrong := (*SnapshotError)(nil); errors.As(err, &wrong) {
		return errors.New(wrong.Detail)
	}
	return err
}

func (c controlledState) KeepState() error {
	keep := c.server.options.KeepState
	if keep == nil || c.Tenant != c.server.Tenant {
		return control.ErrNoStateFile
	}
	return keep()
}

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
