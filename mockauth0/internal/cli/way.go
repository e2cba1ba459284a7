package cli

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"

	"renewal.example/mockauth0/internal/ownapp"
	"renewal.example/mockauth0/internal/terminal"
)

// wayOf says which way an app takes to its tenant, and what follows for the hidden frame: whether both are one site decides
// whether browsers send it the session cookie.
func wayOf(app *ownapp.App, issuer string, proxy *appProxy) [][]string {
	if proxy != nil {
		return [][]string{
			{"open", terminal.Link(proxy.start)},
			{"way", fmt.Sprintf("a proxy puts %s on https: app and tenant are one site, so the hidden frame renews in every browser", proxy.app)},
		}
	}
	rows := [][]string{{"open", terminal.Link(app.Start())}}
	if sameSite(app.Start(), issuer) {
		by, _, _ := strings.Cut(issuer, ":")
		return append(rows, []string{"way", "both by " + by + ", one site: the hidden frame renews in every browser"})
	}
	return append(rows,
		[]string{"way", whyTwoSites(app.Start(), issuer) + ": the hidden frame needs third-party cookies, which Safari and Chromium block"},
		[]string{"", "refresh tokens renew all the same (auth0-react: useRefreshTokens); " + wayOut(app.Start())})
}

// sameSite tells whether two addresses are schemefully one site
// (https://html.spec.whatwg.org/multipage/browsers.html#same-site).
func sameSite(one, other string) bool {
	a, errA := url.Parse(one)
	b, errB := url.Parse(other)
	if errA != nil || errB != nil || a.Scheme != b.Scheme {
		return false
	}
	return siteOf(a.Hostname()) == siteOf(b.Hostname())
}

// siteOf is the registrable domain of a host, or the host itself where it has none: an address, localhost.
func siteOf(host string) string {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if _, err := netip.ParseAddr(host); err == nil {
		return host
	}
	if site, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return site
	}
	return host
}

// whyTwoSites says what tells the sites apart.
func whyTwoSites(app, issuer string) string {
	a, errA := url.Parse(app)
	b, errB := url.Parse(issuer)
	if errA == nil && errB == nil && a.Scheme != b.Scheme {
		return fmt.Sprintf("the app by %s, the tenant by %s, two sites", a.Scheme, b.Scheme)
	}
	if errA == nil && errB == nil {
		return fmt.Sprintf("%s and %s are two sites", a.Hostname(), b.Hostname())
	}
	return "two sites"
}

// wayOut is what makes one site of app and tenant.
func wayOut(app string) string {
	if strings.HasPrefix(app, "http://localhost") {
		return "--app-proxy makes one site of both"
	}
	return "so does an app at localhost with --app-proxy"
}
