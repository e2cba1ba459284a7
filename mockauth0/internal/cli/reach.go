package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/domain"
)

// leadsHere tells whether a host name means this machine without anybody's help, in browsers and curl.
func leadsHere(host string) bool { return domain.Loopback(host) }

// splitDomain is the host and the port of a domain as the server writes it.
func splitDomain(written string) (host, port string) {
	at := atDomain(written)
	return at.Name(), at.Port()
}

// dialable is the address that reaches a listener from this machine.
func dialable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if ip, parsed := netip.ParseAddr(host); err == nil && parsed == nil && ip.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return listen
}

// detour is how commands reach a tenant whose domain alone does not lead to it.
type detour struct {
	host, port string // of the domain
	address    string // where the tenant listens
}

// detourTo is nil when the domain leads to the tenant by itself.
func detourTo(server *mockauth0.Server) *detour {
	host, port := splitDomain(server.Domain())
	address := dialable(server.Addr())
	if _, listens, _ := net.SplitHostPort(address); leadsHere(host) && listens == port {
		return nil
	}
	return &detour{host: host, port: port, address: address}
}

// curl is the start of a command line that reaches the tenant and trusts it as far as that can be.
func (d *detour) curl(ca mockauth0.CA, plain bool) string {
	line := "curl "
	switch file := ca.File(); {
	case plain:
	case file != "":
		line += "--cacert " + shellWord(file) + " "
	default:
		line += "-k "
	}
	if d != nil {
		line += "--connect-to " + shellWord(net.JoinHostPort(d.host, d.port)+":"+d.address) + " "
	}
	return line
}

// openLine is the start of a command line that shows a page of the tenant.
func (a *app) openLine(d *detour, domain string) string {
	words := "open"
	if host, _ := splitDomain(domain); !leadsHere(host) {
		words += " --domain " + shellWord(domain)
	}
	if d != nil {
		words += " --connect " + shellWord(net.JoinHostPort(d.host, d.port)+"="+d.address)
	}
	return a.again(words) + " "
}

// printReach says how an app gets to a tenant with a name that is not this machine's own.
func printReach(w io.Writer, d *detour) {
	if d == nil || leadsHere(d.host) {
		return
	}
	ip, port, _ := net.SplitHostPort(d.address)
	file := fmt.Sprintf("the line \"%s %s\" in the hosts file", ip, d.host)
	if port != d.port {
		file += fmt.Sprintf(", and --listen %s", net.JoinHostPort(ip, d.port))
	}
	fmt.Fprintf(w, "\nHow an app reaches %s here\n", d.host)
	table(w, [][]string{
		{"browser tests", "with the harness: every name is led here, so names of real tenants never leave the machine"},
		{"other apps", file},
		{"without these", "an app looks the name up, and talks to whoever really has it"},
	})
}

// routes are the --connect flags: names that are led to an address instead of being looked up.
type routes []route

type route struct {
	name    string // HOST or HOST:PORT
	address string // ADDR:PORT
}

// newRoutes reads HOST[:PORT]=ADDR:PORT. The names become part of the browser's rules, so nothing else may slip in.
func newRoutes(flags []string) (routes, error) {
	const expected = "expected HOST[:PORT]=ADDR:PORT, such as login.acme.test=127.0.0.1:4443"
	var list routes
	for _, flag := range flags {
		name, address, _ := strings.Cut(strings.ToLower(flag), "=")
		host, port, err := net.SplitHostPort(address)
		if err != nil || !plainHost(host) || !plainPort(port) {
			return nil, refuse("--connect is %q; %s", flag, expected)
		}
		if h, p, err := net.SplitHostPort(name); err == nil && (!plainHost(h) || !plainPort(p)) || err != nil && !plainHost(name) {
			return nil, refuse("--connect is %q; %s", flag, expected)
		}
		list = append(list, route{name, address})
	}
	return list, nil
}

func plainHost(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	strange := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '.' && r != '-' && r != '_'
	}
	return s != "" && !strings.ContainsFunc(s, strange)
}

func plainPort(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n > 0 && n <= 65535
}

// address is where to find host and port, and whether a route says so: the first that fits. This machine's own
// names need none and are not looked up either.
func (list routes) address(host, port string) (address string, routed bool) {
	host = strings.ToLower(host)
	whole := net.JoinHostPort(host, port)
	for _, r := range list {
		if r.name == host || r.name == whole {
			return r.address, true
		}
	}
	if _, err := netip.ParseAddr(host); err != nil && leadsHere(host) {
		return net.JoinHostPort("localhost", port), false
	}
	return whole, false
}

// dial goes where the routes lead, and reaches names below localhost without looking them up, as browsers do.
func (list routes) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if host, port, err := net.SplitHostPort(address); err == nil {
		address, _ = list.address(host, port)
	}
	var d net.Dialer
	return d.DialContext(ctx, network, address)
}

// argument is the browser's flag, "" without routes.
func (list routes) argument() string {
	if len(list) == 0 {
		return ""
	}
	rules := make([]string, len(list))
	for i, r := range list {
		rules[i] = "MAP " + r.name + " " + r.address
	}
	return "--host-resolver-rules=" + strings.Join(rules, ",")
}
