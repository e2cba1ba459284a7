// Package tenanttest is what the tests of the tenant's subjects share: a served tenant (Serve) and its settings, a person in
// a browser without scripts (Browse), what is read from answers, and the taking apart and forging of JWTs.
//
// It imports the library, so the tests that use it are external ones: package session_test, not package session.
package tenanttest

import (
	"context"
	"sync"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/keys"
	"renewal.example/mockauth0/tenant"
)

// Arm arms a fault, written as in YAML or JSON, at the server's first tenant.
func Arm(t testing.TB, s *mockauth0.Server, text string) fault.Fault {
	t.Helper()
	f, err := fault.Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if f, err = s.Arm(f); err != nil {
		t.Fatal(err)
	}
	return f
}

// WaitForHolds waits until n requests are held; it fails the test after a while of real time.
func WaitForHolds(t testing.TB, s *mockauth0.Server, n int) []mockauth0.Hold {
	t.Helper()
	deadline, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	for deadline.Err() == nil {
		if h := s.Holds(); len(h) == n {
			return h
		}
		s.Client().Head(s.URL() + "/__mock/v1/clock") // a round trip as a pause
	}
	t.Fatalf("%d requests are held, want %d", len(s.Holds()), n)
	return nil
}

// Reconfigure changes the running tenant.
func Reconfigure(t testing.TB, s *mockauth0.Server, change func(*tenant.Config)) {
	t.Helper()
	tn := s.Snapshot().Clone()
	change(tn)
	if err := s.Reload(tn); err != nil {
		t.Fatal(err)
	}
}

// pool is made once for a test binary: each server would pay 0.1 s for a key of its own.
var pool = sync.OnceValue(func() *keys.Pool { return keys.NewPool("") })

// Keys is the pool of signing keys that all tenants of a test binary share.
func Keys() *keys.Pool { return pool() }

// Serve starts a tenant for one test; change may alter the small default tenant first.
func Serve(t testing.TB, change func(*tenant.Config)) *mockauth0.Server {
	t.Helper()
	return serve(t, "", change) // as mock.yaml says, which is https
}

// ServeHTTP is Serve by plain http.
func ServeHTTP(t testing.TB, change func(*tenant.Config)) *mockauth0.Server {
	t.Helper()
	return serve(t, "http", change)
}

// A Serving starts a tenant as Serve does.
type Serving func(t testing.TB, change func(*tenant.Config)) *mockauth0.Server

// EachScheme runs a test with tenants by https, and once more with tenants by plain http.
func EachScheme(t *testing.T, test func(t *testing.T, serve Serving)) {
	t.Helper()
	t.Run("https", func(t *testing.T) { test(t, Serve) })
	t.Run("http", func(t *testing.T) { test(t, ServeHTTP) })
}

func serve(t testing.TB, scheme string, change func(*tenant.Config)) *mockauth0.Server {
	t.Helper()
	tn := tenant.Minimal()
	if change != nil {
		change(tn)
	}
	s, err := mockauth0.New(mockauth0.Options{Tenant: tn, Scheme: scheme, Keys: Keys()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// Ring makes the key ring of a tenant that Serve started once more, as it was before any rotation. It has the same keys;
// their certificates differ.
func Ring(s *mockauth0.Server) *keys.Ring {
	ring, err := keys.NewRing(Keys(), s.Domain())
	if err != nil {
		panic(err) // the pool has made the key already
	}
	return ring
}
