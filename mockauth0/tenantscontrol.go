package mockauth0

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"renewal.example/mockauth0/internal/control"
	"renewal.example/mockauth0/internal/names"
)

// controlledTenants are the tenants of a server for the control API of one of them.
type controlledTenants struct{ *Tenant }

func (c controlledTenants) ListTenants() []control.TenantView {
	return listOf(c.server.hosts.all(), (*Tenant).view)
}

func (t *Tenant) view() control.TenantView {
	return control.TenantView{Name: t.name, Domain: t.Domain(), Issuer: t.Issuer()}
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
	t := c.server.hosts.called(name)
	switch {
	case t == nil:
		return control.ErrNoTenant
	case t == c.server.Tenant:
		return control.ErrOwnTenant
	}
	return t.Close()
}

// forwarded is a request to a tenant's control API by the way that leads to it from everywhere, /__mock/v1/tenants/NAME/…, as that
// tenant takes it. ok: it is one; then t is nil when there is no tenant of that name.
func (s *Server) forwarded(r *http.Request) (t *Tenant, to *http.Request, ok bool) {
	below, ok := strings.CutPrefix(r.URL.EscapedPath(), names.TenantsPath+"/")
	if !ok {
		return nil, nil, false
	}
	name, rest, ok := strings.Cut(below, "/")
	if !ok || rest == "" {
		return nil, nil, false // it is about the tenant
	}
	if t = s.hosts.called(name); t == nil {
		return nil, nil, true
	}
	to = r.Clone(control.AskedAt(r.Context(), r.Host))
	to.URL.RawPath = names.ControlPath + "/" + rest
	to.URL.Path, _ = url.PathUnescape(to.URL.RawPath) // it comes of EscapedPath, so it is valid
	s.judgePage(to, t)
	to.Host = t.domain.Host
	return t, to, true
}

// judgePage makes headers that a browser sent with a request say to another tenant what they say to the one whose host was asked. Pages
// of the server's own tenant may do to all tenants what they may do to their own, which makes and ends the others. Pages of the
// others may not.
func (s *Server) judgePage(r *http.Request, to *Tenant) {
	origin, site := r.Header.Get("Origin"), r.Header.Get("Sec-Fetch-Site")
	switch asked := s.tenantAt(r.Host); {
	case asked == s.Tenant && (origin == "" || origin == asked.origin(r)) && (site == "" || site == "same-origin"):
		r.Header.Del("Origin")
		r.Header.Del("Sec-Fetch-Site")
	case asked != to && site == "same-origin":
		r.Header.Set("Sec-Fetch-Site", "same-site")
	}
}
