package mockauth0

import (
	"time"

	"renewal.example/mockauth0/internal/ratelimit"
	"renewal.example/mockauth0/tenant"
)

// limit counts a request against mock.yaml's rate_limits: the endpoint's own limit, and the one over all. An answer
// speaks of the endpoint's, unless the other one refused the request or is the only one.
func (t *Tenant) limit(endpoint string, now time.Time) (use ratelimit.Use, global bool) {
	rules := t.Snapshot().Mock.RateLimits
	if rule, ok := rules[tenant.GlobalLimit]; ok {
		if use = t.limits.Take(tenant.GlobalLimit, ratelimit.Rule{Burst: rule.Burst, Count: rule.PerMinute, Per: time.Minute}, now); use.Refused {
			return use, true
		}
		global = true
	}
	if rule, ok := rules[endpoint]; ok {
		use := t.limits.Take(endpoint, ratelimit.Rule{Burst: rule.Burst, Count: rule.PerMinute, Per: time.Minute}, now)
		use.Policy = true
		return use, false
	}
	if !global {
		return unlimited(endpoint, now), false
	}
	return use, true
}

// unlimited is what an answer says where nothing is limited: the figures of a free tenant that nobody else uses
// (auth0-protocol.md §5, Rate limits).
func unlimited(endpoint string, now time.Time) ratelimit.Use {
	limit := 300
	switch endpoint {
	case "token":
		limit = 30
	case "jwks", "login":
		limit = 20
	case "userinfo":
		limit = 10
	case "logout":
		limit = 100
	}
	return ratelimit.Use{Limit: limit, Remaining: limit - 1, Reset: now}
}
