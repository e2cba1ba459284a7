package tenant

import (
	"maps"
	"slices"
	"strings"

	"renewal.example/mockauth0/internal/names"

	"renewal.example/mockauth0/internal/strict"
)

// Names of limits that are no endpoint's.
const (
	GlobalLimit = "global" // over all endpoints together
	LoginLimit  = "logins" // of passwords for one user; Auth0 allows 20 a minute
)

// readRateLimits reads rate_limits of mock.yaml.
func readRateLimits(o *strict.Object, into *map[string]RateLimit) {
	limits := map[string]RateLimit{}
	for _, m := range o.Node.Members {
		one := o.Object(m.Value, o.Path+"."+limitPlace(m.Key), "the limit of "+strict.Quoted(m.Key))
		o.Places[o.Path+"."+limitPlace(m.Key)] = o.AtKey(m)
		if one == nil {
			continue
		}
		var l RateLimit
		readFigure(one, "burst", &l.Burst)
		readFigure(one, "per_minute", &l.PerMinute)
		one.Finish("the limit of "+strict.Quoted(m.Key), "", true)
		limits[m.Key] = l
	}
	*into = limits
}

// readFigure reads a number. One of another kind is reported here, and counts as one that the checks take.
func readFigure(o *strict.Object, key string, into *int) {
	if n := o.Get(key); n != nil && n.Kind != strict.KindInteger {
		*into = 1
	}
	o.Number(key, into)
}

// limitPlace is an endpoint's name as part of a path in the model, which dots divide.
func limitPlace(name string) string { return strings.ReplaceAll(name, ".", "·") }

func (c *checker) rateLimits() {
	const most = 1_000_000
	for _, name := range slices.Sorted(maps.Keys(c.Mock.RateLimits)) {
		l, path := c.Mock.RateLimits[name], "mock.rate_limits."+limitPlace(name)
		if known := append(names.EndpointNames(), GlobalLimit, LoginLimit); indexOf(known, name) < 0 {
			hint := strict.DidYouMean(name, known)
			if hint == "" {
				hint = "; expected " + strict.OneOf(known)
			}
			c.refuse(path, "there is no endpoint %s%s", strict.Quoted(name), hint)
		}
		for _, figure := range []struct {
			key   string
			value int
		}{{"burst", l.Burst}, {"per_minute", l.PerMinute}} {
			if figure.value < 1 || figure.value > most {
				c.refuse(path+"."+figure.key, "%s of the limit of %s is %d; expected 1 to %d", figure.key, strict.Quoted(name), figure.value, most)
			}
		}
	}
}
