package cli

import (
	"context"

	"github.com/spf13/pflag"

	"renewal.example/mockauth0/internal/domain"
	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/internal/localca"
	"renewal.example/mockauth0/tenant"
)

// givenToServe is what a person gave to serve, for commands that have to know where it has the tenant, without starting one.
type givenToServe struct {
	listen, domain string
	http           bool
}

func (g *givenToServe) flags(f *pflag.FlagSet) {
	f.StringVar(&g.listen, "listen", "", "the address that you gave to serve, if any")
	f.StringVar(&g.domain, "domain", "", "the domain that you gave to serve, if any")
	f.BoolVar(&g.http, "http", false, "you gave --http to serve")
}

// place is where serve has a tenant or will have it, and who signs there.
type place struct {
	listen string
	domain domain.Domain
	ca     *localca.Authority
	keys   *keys.Pool
}

func (a *app) placeOf(ctx context.Context, t *tenant.Config, given givenToServe) (p place, err error) {
	if p.listen, err = listenAddress(given.listen, t); err != nil {
		return p, err
	}
	flag, err := schemeFlags{http: given.http}.domain(given.domain, t)
	if err != nil {
		return p, err
	}
	p.domain = atDomain(domainOf(flag, p.listen, t))
	p.ca, p.keys, err = a.trust(ctx, t, flag)
	return p, err
}
