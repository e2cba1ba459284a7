// Package mockauth0 is a fake Auth0 tenant for tests, in the spirit of net/http/httptest.
//
//	srv, err := mockauth0.New(mockauth0.Options{})
//	if err != nil { … }
//	defer srv.Close()
//	res, err := srv.Client().Get(srv.URL() + "/.well-known/openid-configuration")
//
// Start serves at an address of your choice under the tenant's configured domain; New serves a tenant with a
// domain of its own, so that parallel tests share nothing. Time belongs to the test: Advance moves the tenant's
// clock. Arm makes it misbehave. It is for tests, never for production.
package mockauth0

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/adopt"
	"renewal.example/mockauth0/internal/conns"
	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/secret"
	"renewal.example/mockauth0/internal/tenants"
)

// Server serves one tenant, which it embeds, and any number of further ones (NewTenant, AddTenant), each at its domain.
// Close it when done.
type Server struct {
	*Tenant
	options  Options
	listener net.Listener
	http     *http.Server
	conns    *conns.Conns[*Tenant]
	client   *http.Client
	base     context.Context // of every request; ends when the server closes, which lets held requests go
	stop     context.CancelFunc
	served   chan struct{} // closed when Serve has returned
	closing  sync.Once
	closeErr error

	shared  *shared
	tenants *tenants.Registry[*Tenant]
	door    tenants.Door[*Tenant]
	made    atomic.Uint64 // how many tenants there were

	metrics   http.Handler     // nil: there is none
	catalogue *adopt.Catalogue // of scenarios; nil: there is none
}

// Start serves a tenant, over TLS unless Options.Scheme says otherwise, and returns once it accepts connections.
func Start(o Options) (*Server, error) { return start(o) }

// New is Start for tests: the tenant gets a unique domain, which Client maps to it: <name>.mockauth0.test, or <name>.localhost by
// plain http.
func New(o Options) (*Server, error) {
	if o.Domain == "" {
		if err := complete(&o); err != nil {
			return nil, err
		}
		o.Domain = tenants.UniqueDomain(o.plain)
	}
	return start(o)
}

func start(o Options) (*Server, error) {
	if err := complete(&o); err != nil {
		return nil, err
	}
	ln, err := listen(&o)
	if err != nil {
		return nil, err
	}
	s := &Server{options: o, listener: ln, served: make(chan struct{}), tenants: tenants.New[*Tenant](o.plain),
		conns: conns.New[*Tenant]()}
	s.door = tenants.Door[*Tenant]{Tenants: s.tenants, Token: secret.New(o.ControlToken)}
	s.base, s.stop = context.WithCancel(context.Background())
	s.catalogue = adopt.NewCatalogue(o.Scenarios)
	if o.Metrics != nil {
		s.metrics = o.Metrics(s.stats)
	}
	if err := s.serveOwn(); err != nil {
		s.stop()
		_ = ln.Close() // the reason is err
		return nil, err
	}
	s.http = &http.Server{
		Handler: s, MaxHeaderBytes: 4 << 20, ReadHeaderTimeout: 30 * time.Second, IdleTimeout: 5 * time.Minute,
		BaseContext: func(net.Listener) context.Context { return s.base },
		ConnContext: s.conns.Context, ConnState: s.conns.State,
		// http.Server reports each browser that does not trust the CA; that belongs in the debug log.
		ErrorLog:  log.New(debugWriter{o.Logger, s.handshakeFailed}, "", 0),
		TLSConfig: &tls.Config{GetCertificate: o.CA.GetCertificate, MinVersion: tls.VersionTLS12, GetConfigForClient: s.hello},
	}
	s.client = s.newClient()
	go func() {
		defer close(s.served)
		if err := s.serve(); err != nil && !errors.Is(err, http.ErrServerClosed) {
			o.Logger.Error("the server stopped", "error", err)
		}
	}()
	return s, nil
}

func (s *Server) serve() error {
	if s.options.plain {
		return s.http.Serve(s.listener)
	}
	return s.http.ServeTLS(s.listener, "", "")
}

// listen opens the address, for plain http on this machine only.
func listen(o *Options) (net.Listener, error) {
	ln, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("mockauth0: cannot listen on %s: %w", o.Listen, err)
	}
	if err := (domain.Domain{Plain: o.plain}).CheckListen(ln.Addr()); err != nil {
		_ = ln.Close() // the reason is err
		return nil, fmt.Errorf("mockauth0: %w", err)
	}
	return ln, nil
}

type debugWriter struct {
	log       *slog.Logger
	handshake func(failure string) // hears of TLS handshakes that failed
}

func (d debugWriter) Write(b []byte) (int, error) {
	text := strings.TrimSpace(string(b))
	d.log.Debug("http server", "message", text)
	if _, failure, ok := strings.Cut(text, "TLS handshake error from "); ok {
		d.handshake(failure)
	}
	return len(b), nil
}

// handshakeFailed tells of a client that got no connection, mostly one that does not trust the CA. Whom it wanted to reach
// nobody knows; the server's own tenant hears of it.
func (s *Server) handshakeFailed(failure string) {
	_, why, _ := strings.Cut(failure, ": ")
	s.emit(event.Event{Kind: event.KindHandshake, Description: "TLS handshake failed: " + why, Data: &event.Handshake{Failure: why}})
}

// ServeHTTP finds the tenant by Host, for its control API also by a loopback name. An unknown one is answered 421 with the
// domains there are: the issuer is the configured domain, never what a client happened to write.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.conns.LastAnswer(w, r)
	httpx.Bounded(w, r, cmp.Or(s.options.bodyPatience, httpx.BodyPatience))
	e := s.tenants.At(r.Host)
	if tenants.ForControl(r) {
		if e, r = s.door.Admit(w, r); e == nil {
			return
		}
	} else if e != nil {
		e.Tenant.gate.Wait(r.Context())
	}
	if e != nil {
		s.conns.Carries(r, e.Tenant)
		e.Tenant.handler.ServeHTTP(w, r)
		return
	}
	if s.options.Unexpected != nil {
		s.options.Unexpected(fmt.Sprintf("%s %s%s: no tenant has this host", r.Method, domain.New(r.Host, s.options.plain).URL(), r.URL.Path))
	}
	s.tenants.Unknown(w, r)
}

// hello is a tls.Config.GetConfigForClient: a handshake may fail for a tenant because a fault wants it to. One without a
// name, of a client that reaches the server by its address, is left alone, so that the control API can always be reached there. A name
// in a handshake comes without a port: of tenants that share it, the first counts.
func (s *Server) hello(h *tls.ClientHelloInfo) (*tls.Config, error) {
	named := s.tenants.Under(strings.ToLower(h.ServerName))
	if len(named) == 0 {
		return nil, nil
	}
	t := named[0].Tenant
	s.conns.Belongs(h.Conn, t)
	return nil, t.handshake()
}

// Addr is the address that the server listens on, 127.0.0.1:port.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// CA signs the server's certificates.
func (s *Server) CA() CA { return s.options.CA }

// Client is an HTTP client that trusts the server's CA and reaches the server under every domain it serves.
// It does not follow redirects to anywhere else, and keeps no cookies.
func (s *Server) Client() *http.Client { return s.client }

func (s *Server) newClient() *http.Client {
	dialer := &net.Dialer{}
	return &http.Client{Transport: &http.Transport{
		ForceAttemptHTTP2: true,
		TLSClientConfig:   &tls.Config{RootCAs: s.options.CA.Pool(), MinVersion: tls.VersionTLS12},
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			addr = strings.ToLower(addr)
			if addr == s.Addr() || s.tenants.At(addr) != nil {
				return dialer.DialContext(ctx, network, s.Addr())
			}
			return nil, fmt.Errorf("mockauth0: this client reaches the fake tenant only (%s), not %s", strings.Join(s.tenants.Domains(), ", "), addr)
		},
	}}
}

// drain is how long Close waits for requests in progress.
const drain = 2 * time.Second

// Shutdown stops accepting connections and waits for requests in progress until ctx ends; then it cuts them.
func (s *Server) Shutdown(ctx context.Context) error {
	s.closing.Do(func() {
		s.stop()
		done := make(chan struct{})
		go s.conns.CloseIdle(done)
		err := s.http.Shutdown(ctx)
		close(done)
		if err != nil { // something is still held: cut it
			err = s.http.Close()
		}
		<-s.served
		for _, t := range s.tenants.All() {
			t.sender.Close(ctx)
			t.lease.Release()
		}
		s.settle()
		s.client.CloseIdleConnections()
		s.closeErr = err
	})
	return s.closeErr
}

// Close stops the server; requests in progress and back-channel logouts under way get up to 2 s. It may be called at any
// time and more than once.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	return s.Shutdown(ctx)
}
