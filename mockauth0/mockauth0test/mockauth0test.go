// Package mockauth0test starts a fake tenant for one test.
//
//	srv := mockauth0test.Start(t, mockauth0.Options{})
//	app := startMyApp(t, srv.Domain(), srv.Client())
package mockauth0test

import (
	"encoding/json"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/terminal"
)

// Start serves a tenant with a domain of its own until the test ends. It fails the test when the server cannot
// start and on every request to a host or a path that the tenant does not have: such a request is a mistake of
// the program under test. At the end it judges what ExpectRenewals said, and fails the test when there were more renewals or fewer;
// StopExpecting takes that back. When the test has failed, the tenant's events are logged.
//
// options may be left out; of several the first counts. Options.Unexpected, when set, is told in place of the test.
func Start(t testing.TB, options ...mockauth0.Options) *mockauth0.Server {
	t.Helper()
	var o mockauth0.Options
	if len(options) > 0 {
		o = options[0]
	}
	if o.Unexpected == nil {
		o.Unexpected = func(request string) { t.Errorf("mockauth0: unexpected request %s", request) }
	}
	s, err := mockauth0.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		t.Helper()
		settle(t, s)
		if err := s.Close(); err != nil {
			t.Errorf("mockauth0: closing the server: %v", err)
		}
		if !t.Failed() {
			return
		}
		for _, e := range s.Events(0) {
			line, err := json.Marshal(e)
			if err != nil {
				line = []byte(err.Error())
			}
			t.Logf("mockauth0: %s", terminal.JSON(line)) // most of it was sent by somebody else
		}
	})
	return s
}

// settle judges how many renewals there were. What ExpectRenewal said is no claim of the test: its diagnosis may be what the test is about.
func settle(t testing.TB, s *mockauth0.Server) {
	t.Helper()
	for _, e := range all(s) {
		if e.Renewals == nil || e.State != mockauth0.ExpectationFailed {
			continue
		}
		until := "the end of the test"
		if !e.Until.IsZero() {
			until = e.Until.UTC().Format(time.RFC3339)
		}
		t.Errorf("mockauth0: client %s renewed %d times from %s until %s, %d were expected; Diagnoses says why renewals failed",
			e.ClientID, e.Seen, e.Since.UTC().Format(time.RFC3339), until, *e.Renewals)
	}
}

// all are the expectations of every tenant that the server has.
func all(s *mockauth0.Server) (list []mockauth0.Expectation) {
	for _, t := range s.Tenants() {
		list = append(list, t.SettleExpectations("")...)
	}
	return list
}
