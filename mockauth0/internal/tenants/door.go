package tenants

import (
	"fmt"
	"net"
	"net/http"
	"strings"

	"renewal.example/mockauth0/internal/console"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/secret"
)

// Door lets requests to the control API in.
type Door[T any] struct {
	Tenants *Registry[T]
	// Token opens the control API to other machines; empty: it is closed to them.
	Token secret.Text
}

// ForControl tells the requests to the control API, of whichever tenant.
func ForControl(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, names.ControlRoot) }

// forHealth tells the requests that ask whether the process works: whoever can reach it may, since the answer tells nothing else.
func forHealth(r *http.Request) bool {
	return r.URL.Path == names.LivezPath || r.URL.Path == names.ReadyzPath
}

// Admit lets a request to the control API in, or says why not. Other machines need the token: nobody who may reach a tenant may
// therefore change it. The console's page says nothing about a tenant: it asks with the token that its reader has. e is whose API
// it is, and to is the request as that takes it; nil: that of none, and the answer is written.
func (d *Door[T]) Admit(w http.ResponseWriter, r *http.Request) (e *Entry[T], to *http.Request) {
	if !httpx.LoopbackAddress(httpx.Hostname(r.RemoteAddr)) && !d.holdsToken(r) && !console.Serves(r) && !forHealth(r) {
		why := "it was started without a token for them (serve --control-token, or Options.ControlToken)"
		if !d.Token.Empty() {
			why = "send its token: Authorization: Bearer TOKEN"
		}
		refuse(w, r, http.StatusForbidden, "forbidden_address", "The control API is closed to other machines: "+why+".", nil)
		return nil, nil
	}
	found := d.controlled(r.Host)
	e, to, byPath := d.byPath(r)
	switch {
	case len(found) == 0 && forHealth(r) && net.ParseIP(httpx.Hostname(r.Host)) != nil: // what looks after containers asks at their addresses
		return d.Tenants.Own(), r
	case len(found) > 0 && e != nil:
		return e, to
	case len(found) > 0 && byPath:
		refuse(w, r, http.StatusNotFound, "not_found", fmt.Sprintf("There is no tenant of this name; GET %s lists those that there are.",
			names.TenantsPath), nil)
	case len(found) == 1:
		return found[0], r
	case len(found) > 1:
		refuse(w, r, http.StatusMisdirectedRequest, "unknown_host",
			"Several tenants are served here: ask at the domain of one of them.", d.Tenants.Domains())
	default:
		// A name that somebody made lead to this machine (DNS rebinding) learns nothing, not even which domains there are.
		refuse(w, r, http.StatusForbidden, "forbidden_host", fmt.Sprintf("The control API answers at the domains of its tenants, "+
			"at localhost and at loopback addresses only, not as %q.", httpx.Echo(r.Host)), nil)
	}
	return nil, nil
}

// controlled are the tenants whose control API answers at a Host: the one whose domain it is, with any port; at localhost and
// loopback addresses the server's own, unless another has that name.
func (d *Door[T]) controlled(host string) []*Entry[T] {
	if e := d.Tenants.At(host); e != nil {
		return []*Entry[T]{e}
	}
	name := httpx.Hostname(host)
	if named := d.Tenants.Under(name); len(named) > 0 {
		return named
	}
	if httpx.LoopbackName(name) {
		return []*Entry[T]{d.Tenants.Own()}
	}
	return nil
}

func (d *Door[T]) holdsToken(r *http.Request) bool {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return !d.Token.Empty() && strings.EqualFold(scheme, "Bearer") && d.Token.Equal(token)
}

// Unknown answers a request to a host that no tenant has.
func (g *Registry[T]) Unknown(w http.ResponseWriter, r *http.Request) {
	refuse(w, r, http.StatusMisdirectedRequest, "unknown_host", "No tenant is served as "+strings.ToValidUTF8(r.Host, "\uFFFD")+
		". Use one of the domains listed, or set `domain` in mock.yaml.", g.Domains())
}

// refuse answers a request that reaches no tenant.
func refuse(w http.ResponseWriter, r *http.Request, status int, code, description string, domains []string) {
	said := map[string]any{"error": code, "error_description": description}
	if domains != nil {
		said["domains"] = domains
	}
	res := httpx.JSON(status, said)
	w.Header().Set("Content-Type", res.Header.Get("Content-Type"))
	w.Header().Set("Cache-Control", "no-store")
	httpx.Answering(r.Body)
	w.WriteHeader(res.Status)
	_, _ = w.Write(append(res.Body, '\n')) // a failed write means that the reader went away
}
