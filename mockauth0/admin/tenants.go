package admin

import (
	"context"
	"encoding/json"
	"net/http"
)

// Tenant is one of the tenants that a process serves.
type Tenant struct {
	Name    string `json:"name"`
	Domain  string `json:"domain"`  // as SDKs take it
	Issuer  string `json:"issuer"`  // with a final slash
	Control string `json:"control"` // base URL of its control API
}

// TenantRequest says how a tenant differs from the one that it is made like. The zero value is one with the same configuration.
type TenantRequest struct {
	Name     string          `json:"name,omitempty"`     // "": a unique one
	Domain   string          `json:"domain,omitempty"`   // host[:port]; "": the name below localhost, with the server's port
	Override json.RawMessage `json:"override,omitempty"` // laid over the configuration; nil: nothing
}

// Tenants are those that the process serves; the one that it was started with is the first.
func (c *Client) Tenants(ctx context.Context) ([]Tenant, error) {
	var answer struct{ Tenants []Tenant }
	err := c.get(ctx, "/tenants", &answer)
	return answer.Tenants, err
}

// NewTenant makes a tenant like this one in the same process, which shares nothing with it. Client.Of controls it; EndTenant ends it.
func (c *Client) NewTenant(ctx context.Context, q TenantRequest) (out Tenant, err error) {
	return out, c.post(ctx, "/tenants", q, &out)
}

// EndTenant ends a tenant that NewTenant made.
func (c *Client) EndTenant(ctx context.Context, name string) error {
	return c.Do(ctx, http.MethodDelete, "/tenants/"+segment(name), nil, nil)
}

// Of controls another tenant of the same process. It shares this client's connections.
func (c *Client) Of(t Tenant) *Client {
	other := *c
	other.api = apiPath + "/tenants/" + segment(t.Name)
	return &other
}

// Snapshot is the tenant's whole state, for Restore. It holds private keys and passwords: attach it to no report.
func (c *Client) Snapshot(ctx context.Context) (document json.RawMessage, err error) {
	return document, c.get(ctx, "/snapshot", &document)
}

// Restore puts what Snapshot gave in place of the tenant's state.
func (c *Client) Restore(ctx context.Context, document json.RawMessage) error {
	return c.Do(ctx, http.MethodPut, "/snapshot", document, nil)
}

// SaveSnapshot saves the state in the file of serve --state; it returns when it is written.
func (c *Client) SaveSnapshot(ctx context.Context) error {
	return c.post(ctx, "/snapshot/save", struct{}{}, nil)
}
