// Package tenants is what a server knows of its tenants, of which there may be many: which one a request is for, who may use the control
// API of which, where a new one is served, and the configurations that tenants which are made alike share.
package tenants

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/httpx"
)

// Entry is one tenant of a server: what it is called, and where it answers.
type Entry[T any] struct {
	Tenant T
	Name   string        // in the control API; "" before it is added: it gets one
	Number uint64        // counted from 1, in the order in which the server made its tenants
	Domain domain.Domain // the first one
	Custom domain.Domain // the second one, mock.yaml's custom_domain; without a host: none
}

// Hosts are the host[:port] of the domains at which the tenant answers.
func (e *Entry[T]) Hosts() []string {
	if e.Custom.Host == "" {
		return []string{e.Domain.Host}
	}
	return []string{e.Domain.Host, e.Custom.Host}
}

// Origin is the one that a request was sent to: everything in its answer, the issuer first, speaks of that one and never
// of the other. A Host that is neither, behind a listener of somebody else, gets the domain.
func (e *Entry[T]) Origin(r *http.Request) string {
	if e.Custom.Host != "" && domain.New(r.Host, e.Custom.Plain) == e.Custom {
		return e.Custom.URL()
	}
	return e.Domain.URL()
}

// Registry finds the tenants of a server, however many there are. Make it with New. Safe for concurrent use.
type Registry[T any] struct {
	plain bool // the server is by http, without TLS

	mu         sync.RWMutex
	own        *Entry[T]              // the first that was added
	byHost     map[string]*Entry[T]   // by host[:port], the custom domain's too
	byHostname map[string][]*Entry[T] // by the same without the port
	byName     map[string]*Entry[T]
}

// New has no tenants yet. plain: the server is by http, without TLS.
func New[T any](plain bool) *Registry[T] {
	return &Registry[T]{plain: plain, byHost: map[string]*Entry[T]{}, byHostname: map[string][]*Entry[T]{}, byName: map[string]*Entry[T]{}}
}

// TakenError says that a server has a tenant with this name or at this domain already.
type TakenError struct {
	What  string // "name" or "domain"
	Value string
}

func (e *TakenError) Error() string { return fmt.Sprintf("the %s %s is taken", e.What, e.Value) }

// Add puts a tenant under its name and its domains; without a name it gets one. The error is a *TakenError. The first one that is added
// is the server's own, which is never removed.
func (g *Registry[T]) Add(e *Entry[T]) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if e.Name != "" && g.byName[e.Name] != nil {
		return &TakenError{"name", e.Name}
	}
	for e.Name == "" || g.byName[e.Name] != nil {
		e.Name = UniqueName()
	}
	at := e.Hosts()
	for _, host := range at {
		if g.byHost[host] != nil || len(at) == 2 && at[0] == at[1] {
			return &TakenError{"domain", host}
		}
	}
	g.own = cmp.Or(g.own, e)
	g.byName[e.Name] = e
	for _, host := range at {
		g.byHost[host] = e
		hostname := httpx.Hostname(host)
		if !slices.Contains(g.byHostname[hostname], e) {
			g.byHostname[hostname] = append(g.byHostname[hostname], e)
		}
	}
	return nil
}

// Remove tells whether the tenant was there.
func (g *Registry[T]) Remove(e *Entry[T]) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.byName[e.Name] != e {
		return false
	}
	delete(g.byName, e.Name)
	for _, host := range e.Hosts() {
		delete(g.byHost, host)
		hostname := httpx.Hostname(host)
		left := slices.DeleteFunc(slices.Clone(g.byHostname[hostname]), func(other *Entry[T]) bool { return other == e })
		if g.byHostname[hostname] = left; len(left) == 0 {
			delete(g.byHostname, hostname)
		}
	}
	return true
}

// Own is the server's own tenant.
func (g *Registry[T]) Own() *Entry[T] {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.own
}

// At is the tenant at a host[:port], as a client writes it; nil: there is none.
func (g *Registry[T]) At(host string) *Entry[T] {
	host = domain.New(host, g.plain).Host
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.byHost[host]
}

// Under are the tenants at a host name, each at a port of its own. Do not change the list.
func (g *Registry[T]) Under(hostname string) []*Entry[T] {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.byHostname[hostname]
}

// Called is the tenant of a name; nil: there is none.
func (g *Registry[T]) Called(name string) *Entry[T] {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.byName[name]
}

// All are the tenants in the order in which they were made.
func (g *Registry[T]) All() []T {
	g.mu.RLock()
	defer g.mu.RUnlock()
	entries := make([]*Entry[T], 0, len(g.byName))
	for _, e := range g.byName {
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b *Entry[T]) int { return cmp.Compare(a.Number, b.Number) })
	out := make([]T, len(entries))
	for i, e := range entries {
		out[i] = e.Tenant
	}
	return out
}

// mostListed is how many domains an answer lists.
const mostListed = 50

// Domains are those of the tenants, as SDKs take them: the first ones, where there are very many.
func (g *Registry[T]) Domains() []string {
	g.mu.RLock()
	defer g.mu.RUnlock()
	out := make([]string, 0, len(g.byHost))
	for host := range g.byHost {
		out = append(out, domain.New(host, g.plain).String())
	}
	slices.Sort(out)
	return out[:min(len(out), mostListed)]
}
