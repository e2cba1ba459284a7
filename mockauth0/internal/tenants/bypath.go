package tenants

import (
	"net/http"
	"net/url"
	"strings"

	"renewal.example/mockauth0/internal/control"
	"renewal.example/mockauth0/internal/names"
)

// byPath is a request to a tenant's control API by the way that leads to it from everywhere, /__mock/v1/tenants/NAME/…, as that
// tenant takes it. ok: it is one; then e is nil when there is no tenant of that name.
func (d *Door[T]) byPath(r *http.Request) (e *Entry[T], to *http.Request, ok bool) {
	below, ok := strings.CutPrefix(r.URL.EscapedPath(), names.TenantsPath+"/")
	if !ok {
		return nil, nil, false
	}
	name, rest, ok := strings.Cut(below, "/")
	if !ok || rest == "" {
		return nil, nil, false // it is about the tenant
	}
	if e = d.Tenants.Called(name); e == nil {
		return nil, nil, true
	}
	to = r.Clone(control.AskedAt(r.Context(), r.Host))
	to.URL.RawPath = names.ControlPath + "/" + rest
	to.URL.Path, _ = url.PathUnescape(to.URL.RawPath) // it comes of EscapedPath, so it is valid
	d.judgePage(to, e)
	to.Host = e.Domain.Host
	return e, to, true
}

// judgePage makes headers that a browser sent with a request say to another tenant what they say to the one whose host was asked. Pages
// of the server's own tenant may do to all tenants what they may do to their own, which makes and ends the others. Pages of the
// others may not.
func (d *Door[T]) judgePage(r *http.Request, to *Entry[T]) {
	origin, site := r.Header.Get("Origin"), r.Header.Get("Sec-Fetch-Site")
	own := d.Tenants.Own()
	switch asked := d.Tenants.At(r.Host); {
	case asked == own && (origin == "" || origin == own.Origin(r)) && (site == "" || site == "same-origin"):
		r.Header.Del("Origin")
		r.Header.Del("Sec-Fetch-Site")
	case asked != to && site == "same-origin":
		r.Header.Set("Sec-Fetch-Site", "same-site")
	}
}
