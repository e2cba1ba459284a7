package routes

import (
	"time"

	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/ratelimit"
	"renewal.example/mockauth0/tenant"
)

// limit counts a request against mock.yaml's rate_limits: the endpoint's own limit, and the one over all; a request that one
// of them refuses takes nothing from the other. An answer speaks of the endpoint's, unless the other one refused the request
// or is the only one.
func (e *Endpoints) limit(endpoint string, now time.Time) (use ratelimit.Use, global bool) {
	var buckets []ratelimit.Named
	rules := e.Tenant().Mock.RateLimits
	for _, name := range [...]string{tenant.GlobalLimit, endpoint} {
		if rule, ok := rules[name]; ok {
			buckets = append(buckets, ratelimit.Named{Name: name, Rule: ratelimit.Rule{Burst: rule.Burst, Count: rule.PerMinute, Per: time.Minute}})
		}
	}
	if len(buckets) == 0 {
		return unlimited(endpoint, now), false
	}
	uses := e.Limits.TakeAll(buckets, now)
	if buckets[0].Name == tenant.GlobalLimit && (len(buckets) == 1 || uses[0].Refused) {
		return uses[0], true
	}
	use = uses[len(uses)-1]
	use.Policy = true
	return use, false
}

// unlimited is what an answer says where nothing is limited: the figures of a free tenant that nobody else uses
// (fact 5-limits-free-tenant).
func unlimited(endpoint string, now time.Time) ratelimit.Use {
	limit := 300
	switch endpoint {
	case names.Token:
		limit = 30
	case names.JWKS, names.Login:
		limit = 20
	case names.UserInfo:
		limit = 10
	case names.Logout:
		limit = 100
	}
	return ratelimit.Use{Limit: limit, Remaining: limit - 1, Reset: now}
}
