package check

import (
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"time"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/internal/appdrive"
	"renewal.example/mockauth0/internal/domain"
)

// front listens at the tenant's domain for the app's servers, and leads them to the tenant of the probe that is made. All tenants sign
// with the same keys, so that an API may ask any of them.
type front struct {
	server *http.Server // nil: the domain does not lead to this machine
	now    atomic.Pointer[http.Handler]
}

// listen opens the front where the domain leads to this machine. The error is appdrive.PortTaken.
func listen(at string, ca browser.CertificateAuthority) (*front, error) {
	f := &front{}
	address := appdrive.ListenAt(at)
	if address == "" {
		return f, nil
	}
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, &appdrive.PortTaken{Domain: at, Err: err}
	}
	if err != nil {
		return nil, err
	}
	f.server = &http.Server{
		Handler: http.HandlerFunc(f.serve), ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0),
		TLSConfig: &tls.Config{GetCertificate: ca.GetCertificate, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}},
	}
	scheme, _ := domain.Split(at)
	go func() {
		if scheme == domain.HTTP {
			_ = f.server.Serve(listener)
		} else {
			_ = f.server.ServeTLS(listener, "", "")
		}
	}()
	return f, nil
}

func (f *front) serve(w http.ResponseWriter, r *http.Request) {
	if h := f.now.Load(); h != nil {
		(*h).ServeHTTP(w, r)
		return
	}
	http.Error(w, "the check has not begun", http.StatusServiceUnavailable)
}

// lead leads the app's servers to a tenant from now on.
func (f *front) lead(h http.Handler) { f.now.Store(&h) }

func (f *front) close() {
	if f.server != nil {
		_ = f.server.Close()
	}
}
