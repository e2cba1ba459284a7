package mockauth0

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/internal/localca"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/tenant"
)

// Options configure Start and New. The zero value is a tenant with one client, one API and one user
// (tenant.Minimal) on a free port of 127.0.0.1.
type Options struct {
	Tenant *tenant.Config // nil: tenant.Minimal()
	Listen string         // host:port; "": 127.0.0.1 with a free port
	Domain string         // host[:port] of the issuer; "": the tenant's mock.yaml; "auto": localhost:<port>
	// Scheme of the issuer, "https" or "http"; "": what Domain begins with (http://localhost:4480), else the tenant's mock.yaml says it. By
	// plain http there is no certificate to trust, and an app at http://localhost is of the tenant's own site. It is for this machine alone:
	// Domain has to be localhost, a name below it or a loopback address, and Listen a loopback address.
	Scheme string
	CA     CA      // nil: a temporary one
	Keys   KeyPool // nil: a key is made for this server, which takes about 0.1 s
	// ShareKeys lets further tenants (NewTenant, AddTenant) sign with the key of the server's own. Otherwise each has keys that no other
	// tenant of the process has, which are made in the background or, if need be, when they are needed: 0.1 s each. Share them where
	// hundreds of tenants sign tokens at a time.
	ShareKeys     bool
	Logger        *slog.Logger // nil: nothing is logged
	EventCapacity int          // how many events a tenant keeps; 0: 4096
	// ControlToken opens the control API to other machines, which send it as Authorization: Bearer TOKEN; "": it is closed to
	// them. From this machine it is open in any case.
	ControlToken string
	// State is a snapshot of Tenant.SaveState to begin with: that of a tenant with the same configuration, by its name, and at the same
	// host. Its signing keys win over those of Keys. nil: none. What is wrong with it is a *SnapshotError.
	State []byte
	// KeepState is called when the control API is asked to save the state of the server's own tenant where it outlives the process (POST
	// /__mock/v1/snapshot/save); nil: it answers that there is no such place.
	KeepState func() error
	// Metrics makes the handler of /__mock/metrics, which reads the figures of all tenants by read; nil: the path is answered 404. The
	// command's is by Prometheus' own library, which this package does not bring along.
	Metrics func(read func() []Stats) http.Handler
	// Scenarios are those that ArmScenario arms; nil: there are none. The command's are in package stage.
	Scenarios *scenario.Source
	// Learner completes the tenant by what its app asks for, client ids and callbacks among them; nil: nothing is learned. Each
	// thing is an event (event.ConfigLearned) and a line of Logger. Tenants of AddTenant learn nothing; those of NewTenant do, each on
	// its own, when the learner is a tenant.Forker.
	Learner tenant.Learner
	// Unexpected hears of every request to a host or a path that no tenant serves ("GET /ouath/token: no endpoint
	// has this path"), from the request's goroutine; nil: nobody does.
	Unexpected func(request string)

	bodyPatience time.Duration // of tests; 0: httpx.BodyPatience
	plain        bool          // by http, without TLS
}

func (o *Options) unexpected(r *http.Request) {
	if o.Unexpected != nil {
		o.Unexpected(fmt.Sprintf("%s %s: no endpoint has this path", r.Method, r.URL.Path))
	}
}

// complete fills in what the zero value of each option means.
func complete(o *Options) error {
	if o.Tenant == nil {
		o.Tenant = tenant.Minimal()
	}
	if err := completeScheme(o); err != nil {
		return err
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if o.Domain == "" {
		o.Domain = cmp.Or(o.Tenant.Mock.Domain, "auto")
	}
	if o.Keys == nil {
		o.Keys = keys.NewPool("")
	}
	if o.CA == nil {
		ca, err := localca.Temporary()
		if err != nil {
			return fmt.Errorf("mockauth0: %w", err)
		}
		o.CA = ca
	}
	return nil
}

// completeScheme decides the scheme, which Domain is then without.
func completeScheme(o *Options) error {
	scheme, host := domain.Split(o.Domain)
	switch {
	case o.Scheme != "" && o.Scheme != domain.HTTP && o.Scheme != domain.HTTPS:
		return fmt.Errorf("mockauth0: the scheme %q is neither http nor https", o.Scheme)
	case o.Scheme != "" && scheme != "" && o.Scheme != scheme:
		return fmt.Errorf("mockauth0: the domain %s is not by %s: give one scheme", o.Domain, o.Scheme)
	}
	o.Domain, o.Scheme = host, cmp.Or(o.Scheme, scheme, o.Tenant.Mock.Scheme, domain.HTTPS)
	o.plain = o.Scheme == domain.HTTP
	return nil
}

// CA is a local certificate authority that signs the server's certificates. OpenCA and TemporaryCA make one.
type CA interface {
	// Certificate is the authority's own certificate.
	Certificate() *x509.Certificate
	// PEM is the authority's certificate as PEM, without its key.
	PEM() []byte
	// File is the path of the authority's certificate (PEM, no key), for a person or a program to trust; "" for a temporary one.
	File() string
	// SPKI is the base64 SHA-256 of the authority's SubjectPublicKeyInfo, as Chromium's --ignore-certificate-errors-spki-list
	// takes it.
	SPKI() string
	// Pool is a new pool that holds the authority alone, for tls.Config.RootCAs.
	Pool() *x509.CertPool
	// Warning tells what a person should know about how the authority was opened, such as that an expired one was replaced and has
	// to be trusted anew; nil: nothing.
	Warning() error
	// GetCertificate is for tls.Config.GetCertificate: a certificate for the name that the client asks for, with the authority's
	// own in the chain.
	GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error)
}

// OpenCA opens the name-constrained CA kept in dir for a person to trust, or makes it. domains are allowed
// besides localhost, *.localhost, *.test and loopback addresses.
func OpenCA(dir string, domains []string) (CA, error) {
	a, err := localca.Open(dir, domains)
	if err != nil {
		return nil, err
	}
	return a, nil
}

// TemporaryCA makes a CA that lives in memory and may sign any name: for harnesses that trust it by its SPKI.
func TemporaryCA() (CA, error) {
	a, err := localca.Temporary()
	if err != nil {
		return nil, err
	}
	return a, nil
}

// KeyPool holds token-signing keys. Share one between servers, so that only the first pays for making them. NewKeyPool makes one.
type KeyPool interface {
	// Warning tells what a person should know, such as that new keys could not be kept and will be others after a restart; nil:
	// nothing.
	Warning() error
	// Temporary reports whether a key was made that is not kept, so that no other process has it.
	Temporary() bool
}

// NewKeyPool keeps token-signing keys in dir, or in memory only when dir is "".
func NewKeyPool(dir string) KeyPool { return keys.NewPool(dir) }
