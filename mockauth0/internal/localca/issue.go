package localca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/internal/clock"
)

// Issued is a certificate for a server that is not the tenant's, such as the dev server of an app.
type Issued struct {
	Names       []string  // as they stand in the certificate, each once
	Certificate []byte    // PEM: the certificate, and the CA's after it; a browser that trusts the CA by the hash of its key needs both
	Key         []byte    // PEM, PKCS #8
	NotAfter    time.Time // when it expires: after 397 days at most, since browsers refuse a longer life
}

// Issue signs a certificate with a key of its own for the names, which are host names, names with *. in front, or addresses. The
// error names the first that is none, or that this CA may not sign.
func (a *Authority) Issue(names []string) (*Issued, error) {
	issued := &Issued{}
	var hosts []string
	var ips []net.IP
	for _, given := range names {
		name, err := parseName(given)
		if err != nil {
			return nil, err
		}
		if !permits(a.certificate, strings.TrimPrefix(name, "*.")) {
			return nil, fmt.Errorf("this CA may not sign for %s: it is for %s", name, a.scope())
		}
		if slices.Contains(issued.Names, name) {
			continue
		}
		issued.Names = append(issued.Names, name)
		if ip, err := netip.ParseAddr(name); err == nil {
			ips = append(ips, ip.AsSlice())
		} else {
			hosts = append(hosts, name)
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making the certificate's key: %w", err)
	}
	notBefore := clock.Wall().Add(-backdating)
	notAfter := notBefore.Add(leafLife)
	if notAfter.After(a.certificate.NotAfter) {
		notAfter = a.certificate.NotAfter
	}
	signed, err := signLeaf(&pair{certificate: a.certificate, key: a.key}, key, notBefore, notAfter, hosts, ips)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("writing the certificate's key: %w", err)
	}
	issued.NotAfter = notAfter
	issued.Certificate = append(encode(certificateBlock, signed.certificate.Raw), a.PEM()...)
	issued.Key = encode(keyBlock, private)
	return issued, nil
}

// scope is what the CA may sign for, for people.
func (a *Authority) scope() string {
	own := slices.DeleteFunc(slices.Clone(a.certificate.PermittedDNSDomains), func(name string) bool {
		return slices.Contains(builtIn().names, name)
	})
	scope := "localhost, *.localhost, *.test and loopback addresses"
	for _, r := range a.certificate.PermittedIPRanges {
		if !r.IP.IsLoopback() {
			own = append(own, r.IP.String())
		}
	}
	if len(own) > 0 {
		scope += ", and for " + strings.Join(own, ", ")
	}
	return scope
}

// parseName reads one name of a certificate.
func parseName(given string) (string, error) {
	if strings.Contains(given, "://") || strings.ContainsAny(given, "/?#@") {
		return "", fmt.Errorf("%q is no host name: give the name alone, without scheme and path, such as localhost", given)
	}
	if _, err := netip.ParseAddr(strings.Trim(given, "[]")); err != nil {
		if host, port, found := strings.Cut(given, ":"); found {
			return "", fmt.Errorf("%q has a port (%s), and a certificate holds on every port: give the name alone, %s", given, port, host)
		}
	}
	host, err := parseHost(given)
	if err != nil {
		return "", fmt.Errorf(
			"%q is no host name: expected one such as localhost, app.localhost, *.acme.test or 127.0.0.1 (non-ASCII names as xn--…)",
			given,
		)
	}
	if strings.HasPrefix(given, "*.") {
		if _, err := netip.ParseAddr(host); err == nil {
			return "", fmt.Errorf("%q: there is nothing below an address", given)
		}
		return "*." + host, nil
	}
	return host, nil
}
