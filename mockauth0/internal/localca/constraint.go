package localca

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// constraint is what a kept CA may sign, and the name of its file.
type constraint struct {
	names    []string // each with all names below it
	ranges   []*net.IPNet
	fileName string // without directory and suffix
}

// builtIn is the constraint of the CA that everybody has: names and addresses that never leave the machine
// (RFC 6761 §6.2, §6.3). In RFC 5280 a permitted name includes those below it; a leading dot is not allowed there.
func builtIn() *constraint {
	return &constraint{
		names: []string{"localhost", "test"},
		ranges: []*net.IPNet{
			{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)},
			{IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)},
		},
		fileName: "ca",
	}
}

// newConstraint adds domains (host names or addresses, with or without a port) to the built-in names.
func newConstraint(domains []string) (*constraint, error) {
	c := builtIn()
	var further []string
	for _, domain := range domains {
		host, err := parseHost(domain)
		if err != nil {
			return nil, err
		}
		if !c.permits(host) && !slices.Contains(further, host) {
			further = append(further, host)
		}
	}
	if len(further) == 0 {
		return c, nil
	}
	slices.Sort(further) // the order in which domains are configured does not matter
	for _, host := range further {
		if ip, err := netip.ParseAddr(host); err == nil {
			c.ranges = append(c.ranges, &net.IPNet{IP: ip.AsSlice(), Mask: net.CIDRMask(ip.BitLen(), ip.BitLen())})
		} else {
			c.names = append(c.names, host)
		}
	}
	sum := sha256.Sum256([]byte(strings.Join(further, "\n")))
	c.fileName = "ca-" + hex.EncodeToString(sum[:6])
	return c, nil
}

// parseHost takes the host, a name or an address, out of a domain as it is configured.
func parseHost(domain string) (string, error) {
	host := domain
	if h, _, err := net.SplitHostPort(domain); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(strings.ToLower(strings.Trim(host, "[]")), "*."), ".")
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().WithZone("").String(), nil
	}
	wrong := host == "" || len(host) > 253
	for label := range strings.SplitSeq(host, ".") {
		wrong = wrong || label == "" || len(label) > 63 || label[0] == '-' ||
			strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != ""
	}
	if wrong {
		return "", fmt.Errorf("no certificate can be made for the domain %q: expected a host name such as login.example.test or an address, "+
			"with or without a port (non-ASCII names as xn--…)", domain)
	}
	return host, nil
}

func (c *constraint) permits(host string) bool { return permitted(c.names, c.ranges, host) }

// equals tells whether a CA on disk is constrained to exactly c.
func (c *constraint) equals(ca *x509.Certificate) bool {
	return ca.PermittedDNSDomainsCritical && slices.Equal(ca.PermittedDNSDomains, c.names) &&
		slices.EqualFunc(ca.PermittedIPRanges, c.ranges, func(a, b *net.IPNet) bool { return a.String() == b.String() })
}

// permits tells whether ca may sign for host, a name in lower case or an address.
func permits(ca *x509.Certificate, host string) bool {
	if len(ca.PermittedDNSDomains) == 0 && len(ca.PermittedIPRanges) == 0 {
		return true
	}
	return permitted(ca.PermittedDNSDomains, ca.PermittedIPRanges, host)
}

func permitted(names []string, ranges []*net.IPNet, host string) bool {
	if ip := net.ParseIP(host); ip != nil {
		return slices.ContainsFunc(ranges, func(r *net.IPNet) bool { return r.Contains(ip) })
	}
	return slices.ContainsFunc(names, func(n string) bool { return host == n || strings.HasSuffix(host, "."+n) })
}
