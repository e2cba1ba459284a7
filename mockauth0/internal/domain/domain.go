// Package domain is a tenant's domain as people and SDKs write it.
package domain

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// Auto is the domain localhost, with the port that the tenant listens on.
const Auto = "auto"

// Schemes of a tenant.
const (
	HTTP  = "http"
	HTTPS = "https"
)

// Domain is where a tenant is: HOST[:PORT] by https, or http://HOST[:PORT] by plain http, as auth0-spa-js takes it.
type Domain struct {
	Host  string // host[:port] in lower case, without the port that the scheme has anyway
	Plain bool   // by http, without TLS
}

// New is the domain of a host[:port].
func New(host string, plain bool) Domain {
	port := ":443"
	if plain {
		port = ":80"
	}
	return Domain{Host: strings.TrimSuffix(strings.ToLower(host), port), Plain: plain}
}

// Split takes the scheme off what somebody wrote, and one slash at the end of what has a scheme, so that an issuer is taken too. scheme is
// "" when there is none; of another than http and https, written comes back as it is, for whoever checks host names.
func Split(written string) (scheme, host string) {
	scheme, host, found := strings.Cut(written, "://")
	if scheme = strings.ToLower(scheme); !found || scheme != HTTP && scheme != HTTPS {
		return "", written
	}
	return scheme, strings.TrimSuffix(host, "/")
}

// String is what an SDK takes as its domain.
func (d Domain) String() string {
	if d.Plain {
		return HTTP + "://" + d.Host
	}
	return d.Host
}

// Scheme is http or https.
func (d Domain) Scheme() string {
	if d.Plain {
		return HTTP
	}
	return HTTPS
}

// URL is the domain as an origin, without a slash at the end.
func (d Domain) URL() string { return d.Scheme() + "://" + d.Host }

// Issuer is the iss of the tenant's tokens.
func (d Domain) Issuer() string { return d.URL() + "/" }

// Name is the host without the port.
func (d Domain) Name() string {
	if name, _, err := net.SplitHostPort(d.Host); err == nil {
		return name
	}
	return strings.Trim(d.Host, "[]")
}

// Port is always a number.
func (d Domain) Port() string {
	if _, port, err := net.SplitHostPort(d.Host); err == nil {
		return port
	}
	if d.Plain {
		return "80"
	}
	return "443"
}

// Loopback tells whether a host name means this machine without anybody's help: browsers look up no name below localhost
// (RFC 6761 §6.3).
func Loopback(name string) bool {
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	ip, err := netip.ParseAddr(name)
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || err == nil && ip.IsLoopback()
}

// Check refuses a domain by plain http that is not this machine's own: beyond it, everybody on the way reads the tokens, and
// browsers have neither crypto.subtle nor a working session cookie there.
func (d Domain) Check() error {
	if d.Plain && !Loopback(d.Name()) {
		return fmt.Errorf("a tenant by plain http is for this machine alone, and %s is not a name of this machine: use localhost, "+
			"or https", d.Name())
	}
	return nil
}

// CheckListen refuses to listen for plain http where other machines can connect.
func (d Domain) CheckListen(address net.Addr) error {
	if tcp, ok := address.(*net.TCPAddr); d.Plain && (!ok || !tcp.IP.IsLoopback()) {
		return fmt.Errorf("a tenant by plain http is for this machine alone, and other machines can reach %s: listen on 127.0.0.1, or use https",
			address)
	}
	return nil
}
