package cli

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"

	"renewal.example/mockauth0/diagnosis"
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

// chooseDomain is the flag --domain with the scheme, and why it has that where the app decided it.
func chooseDomain(flags serveFlags, what served) (at, why string, err error) {
	if flags.domain == "" && flags.scheme == (schemeFlags{}) && what.learns() {
		flags.scheme.http, why = what.takesHTTP(flags.listen)
	}
	if at, err = flags.scheme.domain(flags.domain, what.tenant); err == nil && what.scenario != nil {
		err = playable(what.scenario, at)
	}
	return at, why, err
}

// takesHTTP tells whether a tenant that is made for an app can be by plain http, so that both are one site, and why it can or cannot.
func (s served) takesHTTP(listen string) (ok bool, why string) {
	for _, origin := range s.app.Origins() {
		if !sameSite(origin, "http://localhost") {
			return false, "" // it would be another site still
		}
	}
	sdk, takes := domain.TakesHTTP(s.project.Packages)
	switch {
	case listen != "" && !loopback(listen), sdk == "":
		return false, ""
	case !takes:
		return false, "by https, since " + sdk + " always asks by https"
	case s.scenario != nil && (s.scenario.NeedsTLS() || s.scenario.Diagnosis == diagnosis.ThirdPartyCookiesBlocked):
		return false, "by https, since the scenario needs that: give your app this domain, without http://"
	}
	return true, "by plain http, since " + sdk + " takes it, so that app and tenant are one site and no CA is needed (--https: by https)"
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
