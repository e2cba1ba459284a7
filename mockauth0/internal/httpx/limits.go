package httpx

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"renewal.example/mockauth0/internal/event"
	"renewal.example/mockauth0/internal/oauth"
	"renewal.example/mockauth0/internal/ratelimit"
)

// Limiter is the tenant's rate limits. It counts a request to an endpoint; global tells that what it gives is the limit
// over all endpoints.
type Limiter func(endpoint string, now time.Time) (use ratelimit.Use, global bool)

// limit counts the request and remembers what its answer will say. The error is a request too many: it reaches no
// endpoint and meets no faults.
func (f *Frame) limit(x *Exchange, rt Route, r *http.Request) error {
	switch {
	case rt.Quiet:
		return nil
	case rt.exempt: // preflights and requests that no endpoint takes count as little as they meet faults
		x.use = f.Unlimited(rt.Name, x.Now())
		return nil
	}
	use, global := f.Limiter(rt.Name, x.Now())
	x.use = use
	if !use.Refused {
		return nil
	}
	text, log := "Rate limit exceeded.", fmt.Sprintf("You passed the limit of allowed calls to '%s'", r.URL.Path)
	if global {
		text, log = "Global limit has been reached", "Global per second default group limit has been reached"
	}
	x.Emit(event.Event{Kind: event.KindLog, Type: "api_limit", Description: log, Details: map[string]any{"limit": use.Limit, "wait_seconds": ratelimit.Seconds(use.Wait)}})
	return &oauth.Error{Code: "too_many_requests", Status: http.StatusTooManyRequests, Description: text, RetryAfter: ratelimit.Seconds(use.Wait),
		Hint: "rate_limits in mock.yaml sets this limit; time is the tenant's, and can be moved."}
}

// limitHeaders are on every answer of the tenant, limited or not (auth0-protocol.md §5, Rate limits).
func (x *Exchange) limitHeaders(h *fields) {
	u := x.use
	if u.Limit == 0 {
		return
	}
	reset := u.Reset.Unix()
	if u.Reset.Nanosecond() > 0 {
		reset++
	}
	if u.Policy {
		h.set("Auth0-Ratelimit", fmt.Sprintf("client;q=%d;t=%d;r=%d", u.Limit, ratelimit.Seconds(u.Reset.Sub(x.Now())), u.Remaining))
	}
	h.set("X-Ratelimit-Limit", strconv.Itoa(u.Limit))
	h.set("X-Ratelimit-Remaining", strconv.Itoa(u.Remaining))
	h.set("X-Ratelimit-Reset", strconv.FormatInt(reset, 10))
}
