package faults

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
)

func newStatus(e *fault.Effect) fmt.Stringer { return status{e.Status, time.Duration(e.RetryAfter)} }

// status answers in the form of the endpoint's other errors: the hosted page, JSON or text (facts 5-errors-oauth, 5-errors-page).
type status struct {
	number int
	retry  time.Duration
}

func (s status) String() string { return fmt.Sprintf("status %d", s.number) }

func (s status) BeforeCommit(x *httpx.Exchange) (*httpx.Result, error) {
	switch {
	case s.number == http.StatusTooManyRequests:
		return nil, &httpx.Interrupt{Err: x.TooMany(s.retry)}
	case s.fromEdge():
		return s.edge(), nil
	}
	wait := int((s.retry + time.Second - 1) / time.Second)
	oe := &oauth.Error{Code: s.oauthCode(), Status: s.number, Description: s.text(), RetryAfter: wait}
	return nil, &httpx.Interrupt{Err: oe}
}

func (s status) AfterCommit(x *httpx.Exchange, _ *httpx.Result) (*httpx.Result, error) {
	return s.BeforeCommit(x)
}

func (s status) oauthCode() string {
	switch s.number {
	case http.StatusUnauthorized, http.StatusForbidden:
		return "access_denied"
	case http.StatusNotFound:
		return "not_found"
	case http.StatusServiceUnavailable:
		return "temporarily_unavailable"
	}
	if s.number >= 500 {
		return "server_error"
	}
	return "invalid_request"
}

// text is the description: Auth0's, where one is known.
func (s status) text() string {
	switch text := http.StatusText(s.number); {
	case s.number == http.StatusInternalServerError:
		return "An unexpected error occurred."
	case text != "":
		return text
	}
	return fmt.Sprintf("Status %d", s.number)
}

// fromEdge reports whether a status comes of the CDN in front of a tenant, which reports that it got no good answer: the
// tenant's forms and its CORS headers are missing then, so that a page sees a network error and no status.
func (s status) fromEdge() bool {
	return slices.Contains([]int{http.StatusBadGateway, http.StatusGatewayTimeout}, s.number) || s.number >= 520 && s.number <= 530
}

func (s status) edge() *httpx.Result {
	title := fmt.Sprintf("%d %s", s.number, s.text())
	page := "<html>\r\n<head><title>" + title + "</title></head>\r\n" +
		"<body>\r\n<center><h1>" + title + "</h1></center>\r\n</body>\r\n</html>\r\n"
	res := httpx.HTML(s.number, []byte(page))
	res.Header.Set("Content-Type", "text/html")
	res.Edge, res.Note = true, title
	return res
}
