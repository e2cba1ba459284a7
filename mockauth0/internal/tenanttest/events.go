package tenanttest

import (
	"context"
	"net/url"
	"slices"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/event"
)

// MailedLink is the link of the newest mail of a template; nil: there is none.
func (p *Person) MailedLink(template string) (link *url.URL) {
	p.Helper()
	for _, e := range p.Server.Events(0) {
		if d := event.Of[event.Mail](e); d.Template == template && d.To == "ada@example.test" && e.UserName == "ada@example.test" {
			link = ParseURL(p, d.URL)
		}
	}
	return link
}

// MailedCode is the code of the newest mail.
func MailedCode(t testing.TB, s *mockauth0.Server) string {
	t.Helper()
	events := s.Events(0)
	slices.Reverse(events)
	for _, e := range events {
		if code := event.Of[event.Mail](e).Code; code != "" {
			return code
		}
	}
	t.Fatal("no mail with a code")
	return ""
}

// Logged are the log entries of a type, such as "seacft".
func Logged(s *mockauth0.Server, kind string) (found []event.Event) {
	for _, e := range s.Events(0) {
		if string(e.Type) == kind {
			found = append(found, e)
		}
	}
	return found
}

// OfKind are the events of a kind.
func OfKind(s *mockauth0.Server, kind event.Kind) (found []event.Event) {
	for _, e := range s.Events(0) {
		if e.Kind == kind {
			found = append(found, e)
		}
	}
	return found
}

// WaitForEvents waits until n events of a kind are there. It is for what another request leads to: that a hold ended shows in
// Holds, and its answer, or that its client left, is an event of a moment later. It fails the test after a while of real time.
func WaitForEvents(t testing.TB, s *mockauth0.Server, kind event.Kind, n int) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	for {
		have := len(OfKind(s, kind))
		if have >= n {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("%d events are of kind %q, want %d", have, kind, n)
		}
		s.Client().Head(s.URL() + "/__mock/v1/clock") // a round trip as a pause
	}
}

// Newest is what the newest event of a kind and an endpoint holds.
func Newest[T any](t *testing.T, s *mockauth0.Server, endpoint string) T {
	t.Helper()
	var found *T
	for _, e := range s.Events(0) {
		if d, ok := any(e.Data).(*T); ok && e.Endpoint == endpoint {
			found = d
		}
	}
	if found == nil {
		t.Fatalf("no event of %s holds a %T", endpoint, found)
	}
	return *found
}

// LastLog is the newest entry of the tenant's log.
func LastLog(s *mockauth0.Server) (last event.Event) {
	for _, e := range s.Events(0) {
		if e.Kind == event.KindLog {
			last = e
		}
	}
	return last
}
