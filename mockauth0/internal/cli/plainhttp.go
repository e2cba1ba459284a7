package cli

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"

	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/tenant"
)

// givenDomain reads a flag --domain: HOST[:PORT], or "auto"; with http:// before it for a tenant by plain http. scheme is "" where
// mock.yaml decides it.
func givenDomain(flag string) (scheme, host string, err error) {
	if flag == "" {
		return "", "", nil
	}
	scheme, host = domain.Split(flag)
	if err := tenant.CheckDomain(host); err != nil {
		return "", "", refuse("--domain is %w", err)
	}
	if err := plainHere(scheme, host); err != nil {
		return "", "", refuse("--domain is %q: %w", flag, err)
	}
	return scheme, host, nil
}

// plainHere refuses a domain by plain http that is not this machine's.
func plainHere(scheme, host string) error {
	if host == domain.Auto || host == "" {
		return nil
	}
	return domain.New(host, scheme == domain.HTTP).Check()
}

// schemeFlags are --http and --https.
type schemeFlags struct{ http, https bool }

// domain is the flag --domain with the scheme that these ask for.
func (s schemeFlags) domain(flag string, t *tenant.Config) (string, error) {
	scheme, host, err := givenDomain(flag)
	wanted := scheme
	switch {
	case err != nil:
		return "", err
	case s.http && s.https:
		return "", refuse("give --http or --https, not both")
	case s.http:
		wanted = domain.HTTP
	case s.https:
		wanted = domain.HTTPS
	}
	if scheme != "" && scheme != wanted {
		return "", refuse("--domain is %q, which is not by %s: give one scheme", flag, wanted)
	}
	if wanted == "" {
		return flag, nil
	}
	host = cmp.Or(host, t.Mock.Domain, domain.Auto)
	for _, name := range []string{host, t.Mock.CustomDomain} {
		if err := plainHere(wanted, name); err != nil {
			return "", refuse("--http: %w", err)
		}
	}
	return wanted + "://" + host, nil
}

// atDomain is a domain as servers and flags write it.
func atDomain(written string) domain.Domain {
	scheme, host := domain.Split(written)
	return domain.New(host, scheme == domain.HTTP)
}

// warnOfSites says where an app and a tenant by plain http name this machine differently: browsers take them for two sites then, and
// withhold the tenant's cookie from frames of the app.
func (a *app) warnOfSites(at domain.Domain, t *tenant.Config) {
	if !at.Plain {
		return
	}
	for _, client := range t.Clients {
		var others []string
		for _, address := range slices.Concat(client.WebOrigins, client.Callbacks) {
			u, err := url.Parse(address)
			if err != nil || !domain.Loopback(u.Hostname()) {
				continue
			}
			if sameSite(at.URL(), address) {
				others = nil
				break
			}
			others = append(others, u.Scheme+"://"+u.Host)
		}
		if len(others) > 0 {
			a.warn("%s is at %s and the tenant at %s: browsers take these for two sites, and send the tenant's cookie with no frame of the app. "+
				"Open the app at http://%s instead", client.Name, others[0], at.URL(), withPortOf(at.Name(), others[0]))
		}
	}
}

func withPortOf(host, origin string) string {
	if u, err := url.Parse(origin); err == nil && u.Port() != "" {
		return host + ":" + u.Port()
	}
	return host
}

// httpNotes say which SDKs a tenant by plain http is for.
func httpNotes() [][]string {
	return [][]string{
		{"plain http", "for this machine alone; no CA to trust, and an app at http://localhost is of the tenant's own site"},
		{"it works with", domain.SDKNames(true)},
		{"it does not with", fmt.Sprintf("%s, which always ask by https: leave --http out for these", domain.SDKNames(false))},
	}
}
