package control

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/eventlog"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/oauth"
)

// How long a request waits for something to happen, in real time.
const (
	defaultWait = 10 * time.Second
	maxWait     = 10 * time.Minute
)

// WaitForEvent is GET /events/wait?kind=…&client=…&user=…&request=…&after=N&timeout=10s: the first event that matches, now or as
// soon as it happens.
func (s *Service) WaitForEvent(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	after, wanted, err := s.narrowing(r)
	if err != nil {
		return nil, err
	}
	e, err := s.wait(r, after, "event", wanted.has)
	if err != nil {
		return nil, err
	}
	return httpx.JSON(http.StatusOK, map[string]event.Event{"event": e}), nil
}

// wait waits for an event that matches. what names it in the error.
func (s *Service) wait(r *http.Request, after uint64, what string, matches func(event.Event) bool) (event.Event, error) {
	timeout, err := timeoutOf(r)
	if err != nil {
		return event.Event{}, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), timeout)
	defer cancel()
	for reader := s.Events.Reader(after); ; {
		events, _, err := reader.Next(ctx, streamBatch)
		if errors.Is(err, context.DeadlineExceeded) {
			return event.Event{}, &oauth.Error{Code: "timeout", Status: http.StatusRequestTimeout, Description: fmt.Sprintf(
				"No %s that matches came within %s. GET /__mock/v1/events shows what did; timeout=30s waits longer.", what, timeout)}
		}
		if errors.Is(err, eventlog.ErrClosed) {
			return event.Event{}, &oauth.Error{Code: "not_found", Status: http.StatusNotFound, Description: "The tenant was removed meanwhile.",
				Cause: err}
		}
		if err != nil {
			return event.Event{}, err
		}
		for _, e := range events {
			if matches(e) {
				return e, nil
			}
		}
	}
}

func timeoutOf(r *http.Request) (time.Duration, error) {
	text := r.URL.Query().Get("timeout")
	if text == "" {
		return defaultWait, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 || d > maxWait {
		return 0, bad(fmt.Errorf("timeout is %q: give a duration such as 10s, above 0 and at most %s", httpx.Echo(text), maxWait))
	}
	return d, nil
}
