package httpx

import (
	"net"
	"strings"
)

// Hostname is the host of an authority such as "LOCALHOST:4443" or "[::1]:4443": in lower case, without the port and the brackets of
// an IPv6 address. What follows the colon and is no number is no port: "localhost:1.evil.test" is no name of this machine.
func Hostname(authority string) string {
	if host, port, err := net.SplitHostPort(authority); err == nil && strings.Trim(port, "0123456789") == "" {
		authority = host
	}
	return strings.ToLower(strings.Trim(authority, "[]"))
}

// LoopbackName tells the host names that lead to this machine whoever is asked, so that no DNS server can make them lead elsewhere.
func LoopbackName(host string) bool { return host == "localhost" || LoopbackAddress(host) }

// LoopbackAddress tells the IP addresses of this machine that only it can reach. What is no address is none.
func LoopbackAddress(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// SchemeOf is the scheme of an origin.
func SchemeOf(origin string) string {
	scheme, _, _ := strings.Cut(origin, "://")
	return scheme
}

// Echo keeps short, and valid as UTF-8, what somebody sent and a text repeats.
func Echo(text string) string { return strings.ToValidUTF8(text[:min(len(text), 100)], "\uFFFD") }
