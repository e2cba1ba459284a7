package tenant

import (
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/strict"
)

func (c *checker) mock() {
	m := c.Mock
	c.address(m)
	c.among("mock.consent_policy", "consent_policy", m.ConsentPolicy, consents)
	c.among("mock.consent_listed_localhost", "consent_listed_localhost", m.ListedLocalhost, listedLocalhosts)
	c.among("mock.confirmation_error", "confirmation_error", m.ConfirmationCode, confirmationCodes)
	c.lifetime("mock", "code_lifetime", m.CodeLifetime, 0)
	c.among("mock.error_page_framing", "error_page_framing", m.ErrorPageFraming, framings)
	c.among("mock.cors_web_origins", "cors_web_origins", m.CORSWebOrigins, webOriginsInCORS)
	if m.UnsupportedGrant != 403 && m.UnsupportedGrant != 501 {
		c.refuse("mock.unsupported_grant_status", "unsupported_grant_status is %d; expected 403 or 501", m.UnsupportedGrant)
	}
	c.rateLimits()
	c.among("mock.opaque_tokens", "opaque_tokens", m.OpaqueTokens, opaqueForms)
	c.among("mock.backchannel_logout", "backchannel_logout", m.BackchannelLogout, reaches)
	c.among("mock.mfa_error", "mfa_error", m.MFAError, mfaErrors)
	c.among("mock.logout_without_target", "logout_without_target", m.LogoutWithoutTarget, logoutTargets)
	c.actions()
	if m.MagicUsers && !slices.ContainsFunc(c.Connections, func(x *Connection) bool { return x.Database() }) {
		c.refuse("mock.magic_users", "magic_users has no database to put them in; expected an entry of databases")
	}
	c.urls("mock.control_origins", "control origin", m.ControlOrigins, controlOriginFault)
}

// address checks where the tenant is.
func (c *checker) address(m Mock) {
	if fault := domainFault(m.Domain); fault != "" {
		c.refuse("mock.domain", "domain is %s, which %s", strict.Quoted(m.Domain), fault)
	}
	if m.CustomDomain != "" {
		switch fault := domainFault(m.CustomDomain); {
		case m.CustomDomain == "auto":
			c.refuse("mock.custom_domain", "custom_domain is auto; expected host[:port] such as login.acme.test")
		case fault != "":
			c.refuse("mock.custom_domain", "custom_domain is %s, which %s", strict.Quoted(m.CustomDomain),
				strings.Replace(fault, `"auto" or `, "", 1))
		case m.CustomDomain == m.Domain:
			c.refuse("mock.custom_domain", "custom_domain is the same as domain; expected another one, or no such key")
		}
	}
	c.among("mock.scheme", "scheme", m.Scheme, schemes)
	plain := m.Scheme == domain.HTTP
	for _, named := range []struct{ key, name string }{{"domain", m.Domain}, {"custom_domain", m.CustomDomain}} {
		if plain && named.name != "" && named.name != domain.Auto && !domain.Loopback(domain.New(named.name, true).Name()) {
			c.refuse("mock."+named.key, "%s is %s, and scheme is http, which is for this machine alone; expected localhost or a name below it, "+
				"or scheme: https", named.key, strict.Quoted(named.name))
		}
	}
	host, port, err := net.SplitHostPort(m.Listen)
	number, portErr := strconv.Atoi(port)
	switch {
	case err != nil || portErr != nil || number < 0 || number > 65535:
		c.refuse("mock.listen", "listen is %s; expected host:port such as 127.0.0.1:4443", strict.Quoted(m.Listen))
	case plain && !loopback(host):
		c.refuse("mock.listen", "listen is %s, which other machines may reach, and scheme is http, which is for this machine alone; expected "+
			"127.0.0.1:%s, or scheme: https", strict.Quoted(m.Listen), port)
	case !loopback(host):
		c.warn("mock.listen", "listen is %s, which other machines may reach; this mock is not made for that: expected a loopback address",
			strict.Quoted(m.Listen))
	}
}

// schemes are those of an issuer.
const schemes = domain.HTTPS + " " + domain.HTTP

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

// domainFault says why a domain cannot be the issuer's host[:port], or "".
func domainFault(name string) string {
	const expected = `; expected "auto" or host[:port] such as login.acme.localhost:4443`
	switch {
	case name == "auto":
		return ""
	case strings.HasPrefix(name, "http://"):
		return "has a scheme, for which there is a key of its own" + expected + " and scheme: http"
	case strings.Contains(name, "://"):
		return "has a scheme" + expected
	case strings.ContainsAny(name, "/?#@"):
		return "is more than a host name" + expected
	case name != strings.ToLower(name):
		return "has capital letters, which browsers turn into small ones" + expected
	}
	host, port, found := strings.Cut(name, ":")
	if found && portFault(port) != "" || found && port == "" {
		return "has a bad port" + expected
	}
	if !regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`).MatchString(host) {
		return "is not a host name" + expected
	}
	return ""
}
