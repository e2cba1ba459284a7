package tenant

import (
	"maps"
	"slices"
	"strings"

	"renewal.example/mockauth0/internal/endpoint"
)

// Names of limits that are no endpoint's.
const (
	GlobalLimit = "global" // over all endpoints together
	LoginLimit  = "logins" // of passwords for one user; Auth0 allows 20 a minute
)

// rateLimits reads rate_limits of mock.yaml.
func (o *object) rateLimits(into *map[string]RateLimit) {
	limits := map[string]RateLimit{}
	for _, m := range o.node.members {
		one := o.reading.object(m.value, o.path+"."+limitPlace(m.key), "the limit of "+quoted(m.key))
		o.places[o.path+"."+limitPlace(m.key)] = o.atKey(m)
		if one == nil {
			continue
		}
		var l RateLimit
		one.figure("burst", &l.Burst)
		one.figure("per_minute", &l.PerMinute)
		one.finish("the limit of "+quoted(m.key), "", true)
		limits[m.key] = l
	}
	*into = limits
}

// figure reads a number. One of another kind is reported here, and counts as one that the checks take.
func (o *object) figure(key string, into *int) {
	if n := o.get(key); n != nil && n.kind != kindInteger {
		*into = 1
	}
	o.number(key, into)
}

// limitPlace is an endpoint's name as part of a path in the model, which dots divide.
func limitPlace(name string) string { return strings.ReplaceAll(name, ".", "·") }

func (c *checker) rateLimits() {
	const most = 1_000_000
	for _, name := range slices.Sorted(maps.Keys(c.Mock.RateLimits)) {
		l, path := c.Mock.RateLimits[name], "mock.rate_limits."+limitPlace(name)
		if known := append(endpoint.Names(), GlobalLimit, LoginLimit); indexOf(known, name) < 0 {
			hint := didYouMean(name, known)
			if hint == "" {
				hint = "; expected " + oneOf(known)
			}
			c.refuse(path, "there is no endpoint %s%s", quoted(name), hint)
		}
		for _, figure := range []struct {
			key   string
			value int
		}{{"burst", l.Burst}, {"per_minute", l.PerMinute}} {
			if figure.value < 1 || figure.value > most {
				c.refuse(path+"."+figure.key, "%s of the limit of %s is %d; expected 1 to %d", figure.key, quoted(name), figure.value, most)
			}
		}
	}
}
