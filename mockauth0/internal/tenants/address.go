package tenants

import (
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"renewal.example/mockauth0/internal/domain"
)

// Addresses says at which domains a server can serve tenants.
type Addresses struct {
	Port  int  // that the server listens on
	Plain bool // the server is by http, without TLS
	// Certificate signs for a name, as tls.Config.GetCertificate does.
	Certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)
}

// Domain is the one that a tenant gets by what somebody wrote: "" is a unique one, "auto" localhost and the server's port.
func (a Addresses) Domain(written string) (domain.Domain, error) {
	switch written {
	case "":
		written = UniqueDomain(a.Plain)
	case domain.Auto:
		written = "localhost:" + strconv.Itoa(a.Port)
	}
	scheme, host := domain.Split(written)
	at := domain.New(host, a.Plain)
	if scheme != "" && scheme != at.Scheme() {
		return at, fmt.Errorf("the domain %s is not by %s, as all that this server serves", written, at.Scheme())
	}
	if u, err := url.Parse(at.Issuer()); err != nil || u.Hostname() == "" || u.Host != at.Host {
		return at, fmt.Errorf("the domain %q is not host[:port], such as login.acme.localhost:4443", host)
	}
	return at, at.Check()
}

// DomainOf is the domain of a tenant with a name: what somebody wrote, for which the server must have a certificate, or, if that is "",
// the name below localhost.
func (a Addresses) DomainOf(name, written string) (domain.Domain, error) {
	if written == "" {
		return domain.New(name+".localhost:"+strconv.Itoa(a.Port), a.Plain), nil
	}
	at, err := a.Domain(written)
	if err != nil || at.Plain || domain.Loopback(at.Name()) {
		return at, err
	}
	certificate, err := a.Certificate(&tls.ClientHelloInfo{ServerName: at.Name()})
	if err == nil && certificate.Leaf != nil {
		err = certificate.Leaf.VerifyHostname(at.Name())
	}
	if err != nil {
		return at, fmt.Errorf("this server's certificate authority does not sign for %s: take a name below .localhost or .test, or "+
			"one that the authority was made for", at.Name())
	}
	return at, nil
}

// UniqueDomain is a domain that no other tenant of this machine has: below localhost by plain http.
func UniqueDomain(plain bool) string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	name := "t" + hex.EncodeToString(b[:])
	if plain {
		return name + ".localhost"
	}
	return name + ".mockauth0.test"
}

// UniqueName is a name for a tenant that nobody named.
func UniqueName() string {
	var b [3]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return "t-" + hex.EncodeToString(b[:])
}

// CheckName tells what is wrong with a name that somebody gave.
func CheckName(name string) error {
	if len(name) > 63 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || strings.HasPrefix(name, "-") ||
		strings.HasSuffix(name, "-") {
		return fmt.Errorf("a tenant cannot be called %s: its name has up to 63 small letters and digits, and dashes between them",
			strconv.Quote(name[:min(len(name), 100)]))
	}
	return nil
}
