package grant

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/ratelimit"
	"renewal.example/mockauth0/tenant"
)

// spend counts a token for a machine against the client's quota, and tells in the form of Auth0's header what is left
// (https://auth0.com/docs/get-started/applications/configure-token-quotas).
func (s *Service) spend(c *tenant.Client, now time.Time) (header string, err error) {
	var left []string
	for _, b := range []struct {
		name  string
		quota int
		per   time.Duration
	}{{"per_hour", c.TokenQuota.PerHour, time.Hour}, {"per_day", c.TokenQuota.PerDay, 24 * time.Hour}} {
		if b.quota == 0 {
			continue
		}
		use := s.Quotas.Take(c.ClientID+" "+b.name, ratelimit.Rule{Burst: b.quota, Count: b.quota, Per: b.per}, now)
		if use.Refused {
			return "", &oauth.Error{Code: "too_many_requests", Status: http.StatusTooManyRequests, Description: "Client quota exceeded",
				RetryAfter: ratelimit.Seconds(use.Wait), Hint: "token_quota of the client in tenant.yaml; time is the tenant's, and can be moved."}
		}
		left = append(left, fmt.Sprintf("b=%s;q=%d;r=%d;t=%d", b.name, b.quota, use.Remaining, ratelimit.Seconds(use.Reset.Sub(now))))
	}
	return strings.Join(left, ","), nil
}
