package grant

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/ratelimit"
	"renewal.example/mockauth0/tenant"
)

// spend counts a token for a machine against the client's quota, and tells in the form of Auth0's header what is left
// (https://auth0.com/docs/get-started/applications/configure-token-quotas).
func (s *Service) spend(c *tenant.Client, now time.Time) (header string, err error) {
	var names, left []string
	var buckets []ratelimit.Named
	for _, b := range []struct {
		name  string
		quota int
		per   time.Duration
	}{{"per_hour", c.TokenQuota.PerHour, time.Hour}, {"per_day", c.TokenQuota.PerDay, 24 * time.Hour}} {
		if b.quota > 0 {
			names = append(names, b.name)
			buckets = append(buckets, ratelimit.Named{
				Name: c.ClientID + " " + b.name, Rule: ratelimit.Rule{Burst: b.quota, Count: b.quota, Per: b.per},
			})
		}
	}
	var wait time.Duration
	for i, use := range s.Quotas.TakeAll(buckets, now) {
		wait = max(wait, use.Wait)
		left = append(left, fmt.Sprintf("b=%s;q=%d;r=%d;t=%d", names[i], use.Limit, use.Remaining, ratelimit.Seconds(use.Reset.Sub(now))))
	}
	if wait > 0 {
		return "", &oauth.Error{Code: "too_many_requests", Status: http.StatusTooManyRequests, Reason: event.LimitReached,
			Description: "Client quota exceeded",
			RetryAfter:  ratelimit.Seconds(wait), Hint: "token_quota of the client in tenant.yaml; time is the tenant's, and can be moved."}
	}
	return strings.Join(left, ","), nil
}
