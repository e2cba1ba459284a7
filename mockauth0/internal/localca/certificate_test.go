package localca

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// certificateFor asks as a client would: by SNI for a name, without it for an address.
func certificateFor(t *testing.T, a *Authority, name string) *tls.Certificate {
	t.Helper()
	hello := &tls.ClientHelloInfo{ServerName: name}
	if ip := net.ParseIP(name); ip != nil {
		hello = &tls.ClientHelloInfo{Conn: localConn{addr: &net.TCPAddr{IP: ip, Port: 443}}}
	}
	c, err := a.GetCertificate(hello)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

type localConn struct {
	net.Conn
	addr net.Addr
}

func (c localConn) LocalAddr() net.Addr { return c.addr }

func TestConstrainedLeaves(t *testing.T) {
	a := mustOpen(t, t.TempDir())
	for name, want := range map[string]bool{
		"localhost": true, "foo.localhost": true, "LOGIN.Acme.localhost": true, "127.0.0.1": true, "::1": true, "127.9.9.9": true,
		"x.test": true, "acme.mockauth0.test": true, "evil.com": false, "notlocalhost": false, "xtest": false, "192.168.0.1": false,
	} {
		verify(t, a, name, want)
	}
}

// A thief of the key who signs for another name is refused by the verifier, not merely by GetCertificate.
func TestConstraintHoldsAgainstTheKeysThief(t *testing.T) {
	a := mustOpen(t, t.TempDir())
	ca := &pair{certificate: a.certificate, key: a.key}
	from, to := a.base.Leaf.NotBefore, a.base.Leaf.NotAfter
	for _, test := range []struct {
		names []string
		ips   []net.IP
	}{
		{names: []string{"evil.com"}}, {names: []string{"localhost", "evil.com"}}, {names: []string{"localhost.evil.com"}},
		{ips: []net.IP{net.IPv4(10, 0, 0, 1)}}, {ips: []net.IP{net.ParseIP("2001:db8::1")}},
	} {
		leaf, err := signLeaf(ca, a.leafKey, from, to, test.names, test.ips)
		if err != nil {
			t.Fatal(err)
		}
		_, err = leaf.certificate.Verify(x509.VerifyOptions{Roots: a.Pool()})
		if err == nil || !strings.Contains(err.Error(), "constraint") && !strings.Contains(err.Error(), "not permitted") {
			t.Errorf("%v %v: error %v, want a violated constraint", test.names, test.ips, err)
		}
	}
	below := &x509.Certificate{
		Subject: a.certificate.Subject, NotBefore: from, NotAfter: to, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	second, err := sign(below, ca, a.leafKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := signLeaf(second, a.leafKey, from, to, []string{"localhost"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	between := x509.NewCertPool()
	between.AddCert(second.certificate)
	if _, err := leaf.certificate.Verify(x509.VerifyOptions{Roots: a.Pool(), Intermediates: between}); err == nil {
		t.Error("a CA below the CA is accepted")
	}
}

func TestCertificateProfile(t *testing.T) {
	a := mustOpen(t, t.TempDir())
	ca, leaf := a.Certificate(), a.base.Leaf
	if !ca.IsCA || !ca.MaxPathLenZero || !ca.PermittedDNSDomainsCritical || ca.NotAfter.Sub(ca.NotBefore) < 10*365*24*time.Hour {
		t.Errorf("CA: %+v", ca)
	}
	if life := leaf.NotAfter.Sub(leaf.NotBefore); life > 397*24*time.Hour || leaf.IsCA || len(leaf.SerialNumber.Bytes()) != 16 {
		t.Errorf("leaf: life %v, CA %v, serial %v", life, leaf.IsCA, leaf.SerialNumber)
	}
	if first, second := certificateFor(t, a, "a.test"),
		certificateFor(t, a, "b.test"); first.Leaf.SerialNumber.Cmp(second.Leaf.SerialNumber) == 0 {
		t.Error("two names have one serial number")
	}
	if certificateFor(t, a, "a.test") != certificateFor(t, a, "A.TEST") {
		t.Error("a leaf is not cached")
	}
}

func TestLeavesAreBounded(t *testing.T) {
	a, err := Temporary()
	if err != nil {
		t.Fatal(err)
	}
	for i := range maxLeaves + 10 {
		certificateFor(t, a, fmt.Sprintf("n%d.example", i))
	}
	if len(a.leaves) > maxLeaves {
		t.Errorf("%d leaves are kept", len(a.leaves))
	}
}

func TestHandshakes(t *testing.T) {
	temporary, err := Temporary()
	if err != nil {
		t.Fatal(err)
	}
	kept := mustOpen(t, t.TempDir())
	for _, test := range []struct {
		name string
		ca   *Authority
		host string
		want string // part of the error, "" for success
	}{
		{"temporary, foreign name", temporary, "cdn.auth0.com", ""},
		{"temporary, address", temporary, "127.0.0.1", ""},
		{"kept, name", kept, "login.acme.localhost", ""},
		{"kept, address", kept, "127.0.0.1", ""},
		{"kept, foreign name", kept, "cdn.auth0.com", "certificate is valid for localhost, not cdn.auth0.com"},
	} {
		t.Run(test.name, func(t *testing.T) {
			listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{GetCertificate: test.ca.GetCertificate})
			if err != nil {
				t.Fatal(err)
			}
			server := &http.Server{
				Handler:  http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Host) }),
				ErrorLog: log.New(io.Discard, "", 0),
			}
			served := make(chan error, 1)
			go func() { served <- server.Serve(listener) }()
			defer func() { server.Close(); <-served }()
			addr := listener.Addr().String()
			client := &http.Client{Transport: &http.Transport{
				DisableKeepAlives: true,
				TLSClientConfig:   &tls.Config{RootCAs: test.ca.Pool()},
				DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
					return (&net.Dialer{}).DialContext(ctx, network, addr)
				},
			}}
			response, err := client.Get("https://" + test.host + "/")
			if test.want != "" {
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("error %v, want %q", err, test.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if chain := response.TLS.PeerCertificates; len(chain) != 2 || !chain[1].Equal(test.ca.Certificate()) {
				t.Errorf("a chain of %d certificates; the browser's SPKI list needs the CA in it", len(chain))
			}
		})
	}
}
