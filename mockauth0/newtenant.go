package mockauth0

import (
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/keys"
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
	if s.learner = s.options.Learner; s.options.State == nil {
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
	where, err := s.domainOf(at)
	if err != nil {
		return nil, err
	}
	return s.add(snapshot, where, name)
}

// add makes a tenant of a validated snapshot, which may be that of others, and serves it; name "": it gets one.
func (s *Server) add(snapshot *tenant.Config, at domain.Domain, name string) (*Tenant, error) {
	t, err := s.newTenant(snapshot, at, s.Tenant == nil)
	if err != nil {
		return nil, fmt.Errorf("mockauth0: %w", err)
	}
	t.name = name
	if err := s.hosts.add(t); err != nil {
		t.lease.Release()
		return nil, err
	}
	return t, nil
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
	if err := checkTenantName(o.Name); err != nil {
		return nil, err
	}
	for {
		name := o.Name
		if name == "" {
			name = uniqueName()
		}
		at, err := s.placeOf(name, o.Domain)
		if err != nil {
			return nil, err
		}
		snapshot, err := t.likeness(o.Override)
		if err != nil {
			return nil, err
		}
		made, err := s.add(snapshot, at, name)
		if taken := (*TakenError)(nil); o.Name == "" && errors.As(err, &taken) && taken.Value != at.Host {
			continue // a unique name that is not
		}
		if err != nil {
			return nil, err
		}
		made.learner = fork(t.learner)
		return made, nil
	}
}

// likeness is the configuration of a tenant like this one, with something laid over it.
func (t *Tenant) likeness(override []byte) (*tenant.Config, error) {
	snapshot := t.people.Loaded()
	if snapshot.Mock.CustomDomain == "" && override == nil {
		return snapshot, nil
	}
	return t.derived.get(snapshot, string(override), func() (*tenant.Config, error) {
		other := snapshot.Clone()
		other.Mock.CustomDomain = ""
		if err := other.Validate(); err != nil || override == nil {
			return other, err
		}
		other, err := other.Override(override)
		if err != nil {
			return nil, fmt.Errorf("mockauth0: %w", err)
		}
		return other, nil
	})
}

// fork is a learner for another tenant: it learns on its own.
func fork(l tenant.Learner) tenant.Learner {
	if f, ok := l.(tenant.Forker); ok {
		return f.ForkLearner()
	}
	return nil
}

// placeOf is the domain of a tenant with a name.
func (s *Server) placeOf(name, given string) (domain.Domain, error) {
	if given == "" {
		_, port, err := net.SplitHostPort(s.Addr())
		if err != nil {
			return domain.Domain{}, err
		}
		return domain.New(name+".localhost:"+port, s.options.plain), nil
	}
	at, err := s.domainOf(given)
	if err != nil || at.Plain || domain.Loopback(at.Name()) {
		return at, err
	}
	certificate, err := s.options.CA.GetCertificate(&tls.ClientHelloInfo{ServerName: at.Name()})
	if err == nil && certificate.Leaf != nil {
		err = certificate.Leaf.VerifyHostname(at.Name())
	}
	if err != nil {
		return at, fmt.Errorf("mockauth0: this server's certificate authority does not sign for %s: take a name below .localhost or .test, or "+
			"one that the authority was made for", at.Name())
	}
	return at, nil
}

// checkTenantName tells what is wrong with a name that somebody gave.
func checkTenantName(name string) error {
	if len(name) > 63 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || strings.HasPrefix(name, "-") ||
		strings.HasSuffix(name, "-") {
		return fmt.Errorf("mockauth0: a tenant cannot be called %s: its name has up to 63 small letters and digits, and dashes between them",
			strconv.Quote(name[:min(len(name), 100)]))
	}
	return nil
}

// uniqueName is a name for a tenant that nobody named.
func uniqueName() string {
	var b [3]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return "t-" + hex.EncodeToString(b[:])
}

// Name is what the control API calls the tenant; the server's own is "default".
func (t *Tenant) Name() string { return t.name }

// Close stops serving the tenant, as Server.RemoveTenant does. It may be called more than once. The server's own tenant ends with
// the server: close that.
func (t *Tenant) Close() error {
	if err := t.server.RemoveTenant(t); t == t.server.Tenant {
		return err
	}
	return nil // otherwise it was closed before
}

// Tenants are those that the server serves, in the order in which they were made; its own is the first.
func (s *Server) Tenants() []*Tenant { return s.hosts.all() }

// settle waits for the keys that are being made for tenants which are gone.
func (s *Server) settle() {
	if pool, ok := s.options.Keys.(*keys.Pool); ok {
		pool.Settle()
	}
}
