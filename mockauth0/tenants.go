package mockauth0

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"

	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/internal/tenants"
	"renewal.example/mockauth0/tenant"
)

// OwnTenant is the name of a server's own tenant in its control API.
const OwnTenant = "default"

// serveOwn makes the server's own tenant.
func (s *Server) serveOwn() (err error) {
	if _, ok := s.options.Keys.(*keys.Pool); !ok {
		return fmt.Errorf("mockauth0: Options.Keys is a %T; NewKeyPool makes one", s.options.Keys)
	}
	if s.shared, err = newShared(); err != nil {
		return fmt.Errorf("mockauth0: %w", err)
	}
	if s.Tenant, err = s.addTenant(s.options.Tenant, s.options.Domain, OwnTenant); err != nil {
		return err
	}
	if s.learning.Learner = s.options.Learner; s.options.State == nil {
		return nil
	}
	return s.restore(s.options.State, true)
}

// AddTenant serves a further tenant at its own domain, on the same address and by the server's scheme, whatever the tenant's
// mock.yaml says. at is its domain, host[:port]; "" gives it a unique one, "auto" localhost and the server's port. It shares
// nothing with the others (see Options.ShareKeys). The server keeps a copy of the snapshot (nil: tenant.Minimal). Tenant.NewTenant
// makes one that is like another, and takes less time and memory.
func (s *Server) AddTenant(snapshot *tenant.Config, at string) (*Tenant, error) {
	return s.addTenant(snapshot, at, "")
}

func (s *Server) addTenant(snapshot *tenant.Config, at, name string) (*Tenant, error) {
	if snapshot == nil {
		snapshot = tenant.Minimal()
	}
	snapshot = snapshot.Clone() // Validate writes to it, and tests share their tenants
	if err := snapshot.Validate(); err != nil {
		return nil, fmt.Errorf("mockauth0: the tenant is not valid:\n%w", err)
	}
	where, err := s.addresses().Domain(at)
	if err != nil {
		return nil, fmt.Errorf("mockauth0: %w", err)
	}
	return s.add(snapshot, where, name)
}

// add makes a tenant of a validated snapshot, which may be that of others, and serves it; name "": it gets one.
func (s *Server) add(snapshot *tenant.Config, at domain.Domain, name string) (*Tenant, error) {
	t, err := s.newTenant(snapshot, at, s.Tenant == nil)
	if err != nil {
		return nil, fmt.Errorf("mockauth0: %w", err)
	}
	t.entry.Name = name
	if err := s.tenants.Add(&t.entry); err != nil {
		t.lease.Release()
		if taken, ok := errors.AsType[*tenants.TakenError](err); ok {
			return nil, (*TakenError)(taken)
		}
		return nil, err
	}
	return t, nil
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

// TenantOptions say how a tenant differs from the one that it is made like. The zero value is a tenant with the same configuration.
type TenantOptions struct {
	// Name is what the control API calls it: small letters, digits and dashes, up to 63. "": a unique one, such as "t-1f3a9c".
	Name string
	// Domain is host[:port]; "": Name below localhost, with the server's port. Whoever calls it has to find the server there:
	// browsers look up no name below localhost, and can be told to map any other; Client maps all of them.
	Domain string
	// Override is laid over the configuration, as tenant.Config.Override takes it: {"client": {"callbacks": ["http://localhost:8080"]}}.
	// Tenants that are made with the same one share the result. nil: nothing is.
	Override []byte
}

// NewTenant serves a further tenant with the configuration of this one as it was loaded, not as people have changed it since. It has
// sessions, users' passwords, clock, faults, mails, events and signing keys of its own, and begins with none. Making one takes no
// time to speak of, so each test can have its own; Close it when done. A custom domain is not taken over. The error is a
// *TakenError when the server has another tenant with this name or domain, and wraps tenant.Problems when the override is wrong.
func (t *Tenant) NewTenant(o TenantOptions) (*Tenant, error) {
	s := t.server
	if err := tenants.CheckName(o.Name); err != nil {
		return nil, fmt.Errorf("mockauth0: %w", err)
	}
	for {
		name := cmp.Or(o.Name, tenants.UniqueName())
		at, err := s.addresses().DomainOf(name, o.Domain)
		if err != nil {
			return nil, fmt.Errorf("mockauth0: %w", err)
		}
		snapshot, err := t.derived.Like(t.people.Loaded(), o.Override)
		if err != nil {
			return nil, fmt.Errorf("mockauth0: %w", err)
		}
		made, err := s.add(snapshot, at, name)
		if taken := (*TakenError)(nil); o.Name == "" && errors.As(err, &taken) && taken.Value != at.Host {
			continue // a unique name that is not
		}
		if err != nil {
			return nil, err
		}
		made.learning.Learner = t.learning.Fork()
		return made, nil
	}
}

// addresses says at which domains the server can serve tenants.
func (s *Server) addresses() tenants.Addresses {
	return tenants.Addresses{Port: s.listener.Addr().(*net.TCPAddr).Port, Plain: s.options.plain, Certificate: s.options.CA.GetCertificate}
}

// Name is what the control API calls the tenant; the server's own is "default".
func (t *Tenant) Name() string { return t.entry.Name }

// Close stops serving the tenant, as Server.RemoveTenant does. It may be called more than once. The server's own tenant ends with
// the server: close that.
func (t *Tenant) Close() error {
	if err := t.server.RemoveTenant(t); t == t.server.Tenant {
		return err
	}
	return nil // otherwise it was closed before
}

// RemoveTenant stops serving a tenant that AddTenant made: its domains are unknown from now on, requests that a fault holds are
// cut, and the others are answered to their end. Back-channel logouts under way get up to 2 s. The server's own tenant stays as
// long as the server does.
func (s *Server) RemoveTenant(t *Tenant) error {
	if t == s.Tenant {
		return errors.New("mockauth0: the server's own tenant cannot be removed: close the server")
	}
	if !s.tenants.Remove(&t.entry) {
		return errors.New("mockauth0: the server has no such tenant")
	}
	t.gate.Open()
	t.clock.Release()
	t.followers.Close()
	t.events.Close()
	s.conns.Retire(s.base.Done(), t)
	ctx, cancel := context.WithTimeout(s.base, drain)
	defer cancel()
	t.sender.Close(ctx)
	t.lease.Release()
	return nil
}

// Tenants are those that the server serves, in the order in which they were made; its own is the first.
func (s *Server) Tenants() []*Tenant { return s.tenants.All() }

// settle waits for the keys that are being made for tenants which are gone.
func (s *Server) settle() {
	if pool, ok := s.options.Keys.(*keys.Pool); ok {
		pool.Settle()
	}
}
