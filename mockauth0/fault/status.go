package fault

import "net/http"

var statusKind = kind{
	name:  "status",
	given: func(e *Effect) bool { return e.Status != 0 },
	check: func(e *Effect, p *Problems) {
		if e.Status < 400 || e.Status > 599 {
			p.add("do.status", "do.status is %d: give 400 to 599", e.Status)
		}
		switch {
		case e.RetryAfter < 0:
			p.add("do.retry_after", "do.retry_after is negative")
		case e.RetryAfter != 0 && e.Status != http.StatusTooManyRequests && e.Status != http.StatusServiceUnavailable:
			p.add("do.retry_after", "do.retry_after goes with the status 429 or 503, not %d", e.Status)
		}
	},
	timed: true,
}
