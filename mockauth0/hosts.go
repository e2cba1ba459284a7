package mockauth0

import (
	"fmt"
	"slices"
	"sync"

	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/httpx"
)

// hosts finds the tenants of a server, however many there are. Make it with newHosts. Safe for concurrent use.
type hosts struct {
	mu         sync.RWMutex
	byHost     map[string]*Tenant   // by host[:port], the custom domain's too
	byHostname map[string][]*Tenant // by the same without the port
	byName     map[string]*Tenant
}

func newHosts() *hosts {
	return &hosts{byHost: map[string]*Tenant{}, byHostname: map[string][]*Tenant{}, byName: map[string]*Tenant{}}
}

// TakenError says that a server has a tenant with this name or at this domain already.
type TakenError struct {
	What  string // "name" or "domain"
	Value string
}

func (e *TakenError) Error() string {
	if e.What == "name" {
		return fmt.Sprintf("mockauth0: a tenant is called %s already: give each its own name, or none", e.Value)
	}
	return fmt.Sprintf("mockauth0: the domain %s is served already: give each tenant its own", e.Value)
}

// add puts a tenant under its name and its domains; without a name it gets one.
func (h *hosts) add(t *Tenant) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if t.name != "" && h.byName[t.name] != nil {
		return &TakenError{"name", t.name}
	}
	for t.name == "" || h.byName[t.name] != nil {
		t.name = uniqueName()
	}
	at := t.hosts()
	for _, host := range at {
		if h.byHost[host] != nil || len(at) == 2 && at[0] == at[1] {
			return &TakenError{"domain", host}
		}
	}
	h.byName[t.name] = t
	for _, host := range at {
		h.byHost[host] = t
		hostname := httpx.Hostname(host)
		if !slices.Contains(h.byHostname[hostname], t) {
			h.byHostname[hostname] = append(h.byHostname[hostname], t)
		}
	}
	return nil
}

// remove tells whether the tenant was there.
func (h *hosts) remove(t *Tenant) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.byName[t.name] != t {
		return false
	}
	delete(h.byName, t.name)
	for _, host := range t.hosts() {
		delete(h.byHost, host)
		hostname := httpx.Hostname(host)
		left := slices.DeleteFunc(slices.Clone(h.byHostname[hostname]), func(other *Tenant) bool { return other == t })
		if h.byHostname[hostname] = left; len(left) == 0 {
			delete(h.byHostname, hostname)
		}
	}
	return true
}

// at is the tenant at a host[:port]; nil: there is none.
func (h *hosts) at(host string) *Tenant {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.byHost[host]
}

// under are the tenants at a host name, each at a port of its own. Do not change the list.
func (h *hosts) under(hostname string) []*Tenant {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.byHostname[hostname]
}

// called is the tenant of a name; nil: there is none.
func (h *hosts) called(name string) *Tenant {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.byName[name]
}

// all are the tenants in the order in which they were made.
func (h *hosts) all() []*Tenant {
	h.mu.RLock()
	defer h.mu.RUnlock()
	out := make([]*Tenant, 0, len(h.byName))
	for _, t := range h.byName {
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b *Tenant) int { return int(a.number) - int(b.number) })
	return out
}

// mostListed is how many domains an answer lists.
const mostListed = 50

// domains are those of the tenants, as SDKs take them: the first ones, where there are very many.
func (h *hosts) domains(plain bool) []string {
	h.mu.RLock()
	defer h.mu.RUnlock()
	out := make([]string, 0, len(h.byHost))
	for host := range h.byHost {
		out = append(out, domain.New(host, plain).String())
	}
	slices.Sort(out)
	return out[:min(len(out), mostListed)]
}
