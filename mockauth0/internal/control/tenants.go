package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/oauth"
)

// Tenants are those that the process serves, each at its own domain.
type Tenants interface {
	// ListTenants are all of them; the one that the process was started with is the first.
	ListTenants() []TenantView
	// MakeTenant makes one with the configuration of this one. ErrTaken: another has the name or the domain.
	MakeTenant(q NewTenant) (TenantView, error)
	// EndTenant ends one. ErrNoTenant: there is none of this name. ErrOwnTenant: it ends with the process.
	EndTenant(name string) error
}

// Why there is no tenant, or why it stays.
var (
	ErrTaken     = errors.New("another tenant has this name or domain")
	ErrNoTenant  = errors.New("there is no such tenant")
	ErrOwnTenant = errors.New("the tenant ends with the process")
)

// NewTenant is what POST /tenants takes.
type NewTenant struct {
	Name   string `json:"name"`   // "": a unique one
	Domain string `json:"domain"` // host[:port]; "": the name below localhost, with the server's port
	// Override is laid over the configuration: tenant, users, mock and client, as scenarios have them.
	Override json.RawMessage `json:"override"`
}

// TenantView is a tenant in the API.
type TenantView struct {
	Name    string `json:"name"`
	Domain  string `json:"domain"` // as SDKs take it
	Issuer  string `json:"issuer"`
	Control string `json:"control"` // base URL of its control API, at the host that was asked
}

// ListTenants is GET /tenants.
func (s *Service) ListTenants(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	list := s.Tenants.ListTenants()
	for i := range list {
		list[i].Control = controlOf(x, r, list[i].Name)
	}
	return httpx.JSON(http.StatusOK, map[string]any{"tenants": list}), nil
}

// ShowTenant is GET /tenants/{name}.
func (s *Service) ShowTenant(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	for _, one := range s.Tenants.ListTenants() {
		if one.Name == r.PathValue("name") {
			one.Control = controlOf(x, r, one.Name)
			return httpx.JSON(http.StatusOK, one), nil
		}
	}
	return nil, noTenant(r.PathValue("name"))
}

// MakeTenant is POST /tenants {name?, domain?, override?}: a tenant with the configuration of this one.
func (s *Service) MakeTenant(x *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	var q NewTenant
	if r.ContentLength != 0 {
		if err := body(r, &q); err != nil {
			return nil, err
		}
	}
	made, err := s.Tenants.MakeTenant(q)
	switch {
	case errors.Is(err, ErrTaken):
		return nil, &oauth.Error{Code: "conflict", Status: http.StatusConflict, Description: err.Error(), Cause: err}
	case err != nil:
		return nil, bad(err)
	}
	made.Control = controlOf(x, r, made.Name)
	return httpx.JSON(http.StatusCreated, made), nil
}

// EndTenant is DELETE /tenants/{name}.
func (s *Service) EndTenant(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	name := r.PathValue("name")
	switch err := s.Tenants.EndTenant(name); {
	case errors.Is(err, ErrNoTenant):
		return nil, noTenant(name)
	case errors.Is(err, ErrOwnTenant):
		return nil, &oauth.Error{
			Code: "conflict", Status: http.StatusConflict, Cause: err,
			Description: fmt.Sprintf("The tenant %s is the one that the server was started with: it ends with the server. POST %s/reset puts it "+
				"back to its start.", name, names.ControlPath),
		}
	case err != nil:
		return nil, err
	}
	return httpx.JSON(http.StatusOK, map[string]bool{"deleted": true}), nil
}

func noTenant(name string) error {
	return &oauth.Error{
		Code: "not_found", Status: http.StatusNotFound,
		Description: fmt.Sprintf("There is no tenant %q; GET %s lists them.", httpx.Echo(name), names.TenantsPath),
	}
}

type askedAt struct{}

// AskedAt has answers speak of the host[:port] that a request was sent to, where it was handed on to another tenant.
func AskedAt(ctx context.Context, host string) context.Context {
	return context.WithValue(ctx, askedAt{}, host)
}

// controlOf is the base URL of a tenant's control API for whoever made a request: it reaches that host.
func controlOf(x *httpx.Exchange, r *http.Request, name string) string {
	host := r.Host
	if asked, ok := r.Context().Value(askedAt{}).(string); ok {
		host = asked
	}
	return httpx.SchemeOf(x.Origin) + "://" + host + names.TenantsPath + "/" + name
}
