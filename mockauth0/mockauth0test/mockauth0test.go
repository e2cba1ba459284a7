// Package mockauth0test starts a fake tenant for one test.
//
//	srv := mockauth0test.Start(t, mockauth0.Options{})
//	app := startMyApp(t, srv.Domain(), srv.Client())
package mockauth0test

import (
	"encoding/json"
	"testing"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/terminal"
)

// Start serves a tenant with a domain of its own until the test ends. It fails the test when the server cannot
// start and on every request to a host or a path that the tenant does not have: such a request is a mistake of
// the program under test. When the test has failed, the tenant's events are logged.
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
