package httpx

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"renewal.example/mockauth0/event"
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
		text, log = globalLimit, globalLimitLog
	}
	return x.tooMany(text, log, "rate_limits in mock.yaml sets this limit; time is the tenant's, and can be moved.")
}

// What Auth0 says of the limit over all endpoints, to the client and in the log.
const (
	globalLimit    = "Global limit has been reached"
	globalLimitLog = "Global per second default group limit has been reached"
)

func (x *Exchange) tooMany(text, log, hint string) *oauth.Error {
	wait := ratelimit.Seconds(x.use.Wait)
	x.Emit(event.Event{Kind: event.KindLog, Type: event.RateLimited, Description: log,
		Data: &event.LogEntry{Reason: event.LimitReached, Limit: x.use.Limit, WaitSeconds: wait}})
	return &oauth.Error{Code: "too_many_requests", Status: http.StatusTooManyRequests, Reason: event.LimitReached,
		Description: text, RetryAfter: wait, Hint: hint}
}

// TooMany is the refusal by the limit over all endpoints, as if it were used up for that long.
func (x *Exchange) TooMany(wait time.Duration) *oauth.Error {
	x.use.Remaining, x.use.Refused, x.use.Wait, x.use.Reset = 0, true, wait, x.Now().Add(max(wait, time.Second))
	return x.tooMany(globalLimit, globalLimitLog, "")
}

// limitHeaders are on every answer of the tenant, limited or not (fact 5-limits-headers).
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
