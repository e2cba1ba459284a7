package faults_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/tenanttest"
)

// TestConnectionsBreak goes through both versions: HTTP/2 carries many requests by one connection.
func TestConnectionsBreak(t *testing.T) {
	t.Parallel()
	for _, version := range []int{1, 2} {
		s := tenanttest.Serve(t, nil)
		p := tenanttest.Browse(t, s)
		if version == 1 {
			p = version1(p)
		}
		get := func() (int, error) {
			res, _, err := fetch(p, "GET", "/.well-known/jwks.json", "")
			if err != nil {
				return 0, err
			}
			return res.ProtoMajor, nil
		}
		if v, err := get(); err != nil || v != version {
			t.Fatalf("HTTP/%d: %v", v, err)
		}
		// Go's client repeats a GET on a new connection when a used one breaks off: twice is enough for it to give up.
		f := tenanttest.Arm(t, s, `{"when":{"endpoint":"jwks"},"do":{"connection":"reset"}}`)
		if _, err := get(); err == nil {
			t.Errorf("HTTP/%d: answered in spite of a reset", version)
		} else if text := err.Error(); version == 1 && !strings.Contains(text, "reset by peer") && !strings.Contains(text, "EOF") {
			t.Errorf("HTTP/%d: %v", version, err)
		}
		tenanttest.Newest[event.NoAnswer](t, s, "jwks") // it is there
		s.Disarm(f.ID)
		if _, err := get(); err != nil {
			t.Errorf("HTTP/%d, after it: %v", version, err)
		}

		tenanttest.Arm(t, s, `{"times":1,"do":{"connection":"tls"}}`)
		if _, err := get(); err == nil || !strings.Contains(err.Error(), "tls: internal error") {
			t.Errorf("HTTP/%d: the handshake did not fail: %v", version, err)
		}
		if _, err := get(); err != nil {
			t.Errorf("HTTP/%d: the next handshake: %v", version, err)
		}
		if f := s.Faults()[0]; f.Fired != 1 {
			t.Errorf("HTTP/%d: fired %d", version, f.Fired)
		}
	}
}

// TestATLSFaultIsOneTenants: others on the same server, and their connections, are left alone.
func TestATLSFaultIsOneTenants(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	other, err := s.AddTenant(nil, "other.mockauth0.test")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Arm(tenanttest.Arm(t, s, `{"id":"x","do":{"connection":"tls"}}`)); err != nil {
		t.Fatal(err)
	}
	s.Disarm("")
	if res, err := s.Client().Get(s.URL() + "/.well-known/jwks.json"); err != nil {
		t.Error(err)
	} else {
		res.Body.Close()
	}
	if _, err := s.Client().Get(other.URL() + "/.well-known/jwks.json"); err == nil {
		t.Error("the other tenant's handshake did not fail")
	}
}

// TestATLSFaultWaitsForARequestInProgress: its connection closes after the answer.
func TestATLSFaultWaitsForARequestInProgress(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Frozen)
	p := tenanttest.Browse(t, s)
	tenanttest.Arm(t, s, `{"times":1,"when":{"endpoint":"jwks"},"do":{"latency":"1h"}}`)
	done := make(chan error, 1)
	go func() {
		_, _, err := fetch(p, "GET", "/.well-known/jwks.json", "")
		done <- err
	}()
	tenanttest.WaitForHolds(t, s, 1)
	tenanttest.Arm(t, s, `{"do":{"connection":"tls"}}`)
	s.Advance(time.Hour)
	if err := <-done; err != nil {
		t.Errorf("the request in progress: %v", err)
	}
	if _, _, err := fetch(p, "GET", "/favicon.ico", ""); err == nil { // one request more at most
		if _, _, err = fetch(p, "GET", "/favicon.ico", ""); err == nil {
			t.Error("the old connection stays")
		}
	}
}

// TestAResetBehindAListenerOfOnesOwn: without the server's connections, net/http cuts the request.
func TestAResetBehindAListenerOfOnesOwn(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	tenanttest.Arm(t, s, `{"times":1,"do":{"connection":"reset"}}`)
	defer func() {
		got := recover()
		if err, ok := got.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
			t.Errorf("ended by %v", got)
		}
	}()
	s.Handler().ServeHTTP(nothing{}, mustRequest(t, s.URL()+"/.well-known/jwks.json"))
	t.Error("answered")
}

type nothing struct{}

func (nothing) Header() http.Header { return http.Header{} }

func (nothing) Write(b []byte) (int, error) { return len(b), nil }

func (nothing) WriteHeader(int) {}

func mustRequest(t testing.TB, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestTheControlAPIHasADoorThatNoFaultShuts: the server's address, named by nobody in the handshake.
func TestTheControlAPIHasADoorThatNoFaultShuts(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	tenanttest.Arm(t, s, `{"do":{"connection":"tls"}}`)
	if _, err := s.Client().Get(s.URL() + "/__mock/v1/faults"); err == nil {
		t.Error("by its name: answered")
	}
	r, err := http.NewRequest(http.MethodDelete, "https://"+s.Addr()+"/__mock/v1/faults", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = s.Domain()
	res, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK || len(s.Faults()) != 0 {
		t.Errorf("by its address: %s, %d faults", res.Status, len(s.Faults()))
	}
	if tenant, err := s.AddTenant(nil, "127.0.0.1:1"); err != nil {
		t.Error(err)
	} else if _, err := tenant.Arm(fault.Fault{Do: fault.Effect{Connection: "tls"}}); err == nil ||
		!strings.Contains(err.Error(), "give the tenant a domain") {
		t.Errorf("a tenant without a name: %v", err)
	}
}
