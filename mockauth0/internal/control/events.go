package control

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/eventlog"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/strict"
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

// maxPage is how many bytes of events an answer holds. A tenant's usual 4096 events are less.
const maxPage = 4 << 20

// ShowEvents is GET /events?after=N&request=ID&kind=KIND: JSON, or an event stream when Accept asks for one. Where an answer has no
// room for all of them, it has the oldest, and "more" is true: ask again with after.
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
		if known := kindNames(); !slices.Contains(known, kind) {
			return nil, bad(fmt.Errorf("there is no kind %q of events; expected %s", kind, strict.OneOf(known)))
		}
		events = slices.DeleteFunc(events, func(e event.Event) bool { return string(e.Kind) != kind })
	}
	page, more := pageOf(events)
	answer := map[string]any{"events": page, "missed": missed, "last": s.Events.Last()}
	if more {
		answer["more"] = true
	}
	return httpx.JSON(http.StatusOK, answer), nil
}

func kindNames() (names []string) {
	for _, k := range event.Kinds() {
		names = append(names, string(k))
	}
	return names
}

// pageOf is as many of the oldest events as an answer has room for, at least one.
func pageOf(events []event.Event) (page []json.RawMessage, more bool) {
	page, bytes := []json.RawMessage{}, 0
	for _, e := range events {
		one := httpx.Encode(e)
		if bytes += len(one); bytes > maxPage && len(page) > 0 {
			return page, true
		}
		page = append(page, one)
	}
	return page, false
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
		case e, open := <-sub.C:
			if !open { // the tenant was removed
				return
			}
			if _, err := fmt.Fprintf(w, "id: %d\ndata: %s\n\n", e.Seq, httpx.Encode(e)); err != nil {
				return
			}
		case <-r.Context().Done():
			return
		}
	}
}
