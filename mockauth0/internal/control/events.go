package control

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/eventlog"
	"renewal.example/mockauth0/internal/httpx"
)

// Events are what happened in the tenant.
type Events interface {
	// Since are the kept events with a number above after, and how many of those are no longer kept.
	Since(after uint64) (events []event.Event, missed uint64)
	// Last is the number of the newest one.
	Last() uint64
	// Subscribe delivers them as they come; buffer 0 is the default.
	Subscribe(after uint64, buffer int) *eventlog.Subscription
}

// ShowEvents is GET /events?after=N&request=ID&kind=KIND: JSON, or an event stream when Accept asks for one.
func (s *Service) ShowEvents(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	after, err := afterOf(r, r.Header.Get("Last-Event-ID"))
	if err != nil {
		return nil, err
	}
	if strings.Contains(r.Header.Get("Accept"), "text/event-stream") {
		return (&httpx.Result{Stream: func(w http.ResponseWriter, r *http.Request) { s.stream(w, r, after) }}).Set("Content-Type",
			"text/event-stream"), nil
	}
	events, missed := s.Events.Since(after)
	if id := r.URL.Query().Get("request"); id != "" {
		events = slices.DeleteFunc(events, func(e event.Event) bool { return e.Request != id })
	}
	if kind := r.URL.Query().Get("kind"); kind != "" {
		events = slices.DeleteFunc(events, func(e event.Event) bool { return string(e.Kind) != kind })
	}
	if events == nil {
		events = []event.Event{}
	}
	return httpx.JSON(http.StatusOK, map[string]any{"events": events, "missed": missed, "last": s.Events.Last()}), nil
}

// afterOf reads ?after=N, or what stands for it.
func afterOf(r *http.Request, otherwise string) (after uint64, err error) {
	raw := r.URL.Query().Get("after")
	if raw == "" {
		raw = otherwise
	}
	if raw == "" {
		return 0, nil
	}
	if after, err = strconv.ParseUint(raw, 10, 64); err != nil {
		return 0, bad(fmt.Errorf("after is %q: give the sequence number of the last one that you have", raw))
	}
	return after, nil
}

func (s *Service) stream(w http.ResponseWriter, r *http.Request, after uint64) {
	sub := s.Events.Subscribe(after, 0)
	defer sub.Close()
	rc := http.NewResponseController(w)
	for {
		if err := rc.Flush(); err != nil {
			return
		}
		select {
		case e := <-sub.C:
			if _, err := fmt.Fprintf(w, "id: %d\ndata: %s\n\n", e.Seq, httpx.Encode(e)); err != nil {
				return
			}
		case <-r.Context().Done():
			return
		}
	}
}
