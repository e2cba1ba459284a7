package mockauth0

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

// forControl tells the requests to the control API, of whichever tenant.
func forControl(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, names.ControlRoot) }

// forHealth tells the requests that ask whether the process works: whoever can reach it may, since the answer tells nothing else.
func forHealth(r *http.Request) bool {
	return r.URL.Path == names.LivezPath || r.URL.Path == names.ReadyzPath
}

// admit lets a request to the control API in, or says why not. Other machines need the token: nobody who may reach a tenant may
// therefore change it. The console's page says nothing about a tenant: it asks with the token that its reader has. tenant is whose API
// it is, and to is the request as that takes it; nil: that of none, and the answer is written.
func (s *Server) admit(w http.ResponseWriter, r *http.Request) (tenant *Tenant, to *http.Request) {
	if !httpx.LoopbackAddress(httpx.Hostname(r.RemoteAddr)) && !s.holdsToken(r) && !console.Serves(r) && !forHealth(r) {
		why := "it was started without a token for them (serve --control-token, or Options.ControlToken)"
		if s.options.ControlToken != "" {
			why = "send its token: Authorization: Bearer TOKEN"
		}
		refuse(w, r, http.StatusForbidden, "forbidden_address", "The control API is closed to other machines: "+why+".", nil)
		return nil, nil
	}
	found := s.controlled(r.Host)
	tenant, to, forwarded := s.forwarded(r)
	switch {
	case len(found) == 0 && forHealth(r) && net.ParseIP(httpx.Hostname(r.Host)) != nil: // what looks after containers asks at their addresses
		return s.Tenant, r
	case len(found) > 0 && tenant != nil:
		return tenant, to
	case len(found) > 0 && forwarded:
		refuse(w, r, http.StatusNotFound, "not_found", fmt.Sprintf("There is no tenant of this name; GET %s lists those that there are.",
			names.TenantsPath), nil)
	case len(found) == 1:
		return found[0], r
	case len(found) > 1:
		refuse(w, r, http.StatusMisdirectedRequest, "unknown_host",
			"Several tenants are served here: ask at the domain of one of them.", s.domains())
	default:
		// A name that somebody made lead to this machine (DNS rebinding) learns nothing, not even which domains there are.
		refuse(w, r, http.StatusForbidden, "forbidden_host", fmt.Sprintf("The control API answers at the domains of its tenants, "+
			"at localhost and at loopback addresses only, not as %q.", httpx.Echo(r.Host)), nil)
	}
	return nil, nil
}

// controlled are the tenants whose control API answers at a Host: the one whose domain it is, with any port; at localhost and
// loopback addresses the server's own, unless another has that name.
func (s *Server) controlled(host string) []*Tenant {
	if t := s.tenantAt(host); t != nil {
		return []*Tenant{t}
	}
	name := httpx.Hostname(host)
	if named := s.hosts.under(name); len(named) > 0 {
		return named
	}
	if httpx.LoopbackName(name) {
		return []*Tenant{s.Tenant}
	}
	return nil
}

func (s *Server) holdsToken(r *http.Request) bool {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return s.options.ControlToken != "" && strings.EqualFold(scheme, "Bearer") && secret.New(s.options.ControlToken).Equal(token)
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
