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
	// Reader reads them as they come.
	Reader(after uint64) *eventlog.Reader
}

// maxPage is how many bytes of events an answer holds. A tenant's usual 4096 events are less.
const maxPage = 4 << 20

// ShowEvents is GET /events?after=N&request=ID&kind=KIND&client=CLIENT&user=USER: JSON, or an event stream when Accept asks for one.
// Where an answer has no room for all of them, it has the oldest, and "more" is true: ask again with after.
func (s *Service) ShowEvents(_ *httpx.Exchange, r *http.Request) (*httpx.Result, error) {
	after, wanted, err := s.narrowing(r)
	if err != nil {
		return nil, err
	}
	if strings.Contains(r.Header.Get("Accept"), "text/event-stream") {
		return s.eventStream(r, after, wanted)
	}
	events, missed := s.Events.Since(after)
	events = slices.DeleteFunc(events, func(e event.Event) bool { return !wanted.has(e) })
	page, more := pageOf(events)
	answer := map[string]any{"events": page, "missed": missed, "last": s.Events.Last()}
	if more {
		answer["more"] = true
	}
	return httpx.JSON(http.StatusOK, answer), nil
}

// filter says which events somebody wants; an empty field means any.
type filter struct{ request, kind, client, user string }

// narrowing is what a request for events narrows them by.
func (s *Service) narrowing(r *http.Request) (after uint64, wanted filter, err error) {
	if after, err = afterOf(r, ""); err != nil {
		return 0, filter{}, err
	}
	wanted, err = s.filterOf(r)
	return after, wanted, err
}

// filterOf reads the filter of a query. A name that there is not is an error: it must not look like one to which nothing happened.
func (s *Service) filterOf(r *http.Request) (filter, error) {
	q := r.URL.Query()
	if err := s.narrowed(q); err != nil {
		return filter{}, err
	}
	f := filter{q.Get("request"), q.Get("kind"), q.Get("client"), q.Get("user")}
	if known := kindNames(); f.kind != "" && !slices.Contains(known, f.kind) {
		return f, bad(fmt.Errorf("there is no kind %q of events; expected %s", f.kind, strict.OneOf(known)))
	}
	tn := s.Tenant.Snapshot()
	if c := tn.ClientByName(f.client); c != nil {
		f.client = c.ClientID
	}
	for _, u := range tn.Users {
		if f.user != "" && u.GoesBy(f.user) {
			f.user = u.ID
		}
	}
	return f, nil
}

func (f filter) has(e event.Event) bool {
	return (f.request == "" || f.request == e.Request) && (f.kind == "" || f.kind == string(e.Kind)) &&
		(f.client == "" || f.client == e.ClientID) && (f.user == "" || f.user == e.UserID)
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
		one := textOf(e)
		if bytes += len(one); bytes > maxPage && len(page) > 0 {
			return page, true
		}
		page = append(page, one)
	}
	return page, false
}

// textOf is an event as JSON. httpx.Encode gives the same and takes twice as long: encoding/json reads once more what MarshalJSON wrote.
func textOf(e event.Event) []byte {
	text, err := e.MarshalJSON()
	if err != nil {
		panic("control: an event of ours does not encode: " + err.Error()) // as httpx.Encode
	}
	return text
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
