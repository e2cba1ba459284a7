package mockauth0_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestTenantsOnOneServerShareNothing(t *testing.T) {
	t.Parallel()
	var strays []string
	s, err := mockauth0.New(mockauth0.Options{Keys: tenanttest.Keys(), Unexpected: func(r string) { strays = append(strays, r) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	second, err := s.AddTenant(nil, "Login.Acme.localhost:443")
	if err != nil {
		t.Fatal(err)
	}
	if second.Domain() != "login.acme.localhost" || second.Issuer() != "https://login.acme.localhost/" {
		t.Errorf("domain %s, issuer %s", second.Domain(), second.Issuer())
	}
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	second.Advance(time.Hour)
	if len(second.Sessions()) != 0 || len(s.Sessions()) != 1 || second.Now().Sub(s.Now()) < 59*time.Minute {
		t.Errorf("sessions %d and %d, clocks %v apart", len(s.Sessions()), len(second.Sessions()), second.Now().Sub(s.Now()))
	}
	jar := p.Jar.Cookies(tenanttest.ParseURL(t, s.URL()))
	p.Jar.SetCookies(tenanttest.ParseURL(t, second.URL()), jar) // as cookies of a shared host would be sent to both
	got := p.Get(second.URL() + tenanttest.Request(s, "prompt", "none"))
	if got.Fragment(t).Get("error") != "login_required" || got.Proto == "" {
		t.Errorf("the second tenant takes the first one's session: %v", got.Fragment(t))
	}
	for _, domain := range []string{s.Domain(), "login.acme.localhost", "LOGIN.ACME.LOCALHOST"} {
		if _, err := s.AddTenant(nil, domain); err == nil || !strings.Contains(err.Error(), "is served already") {
			t.Errorf("a domain twice: %v", err)
		}
	}
	p.Get("/nowhere")
	r, err := http.NewRequest("GET", s.URL()+"/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "nobody.test"
	p.Send(r)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	want := []string{"GET /nowhere: no endpoint has this path", "GET https://nobody.test/x: no tenant has this host"}
	if strings.Join(strays, "; ") != strings.Join(want, "; ") {
		t.Errorf("unexpected requests %q, want %q", strays, want)
	}
}

func TestDomains(t *testing.T) {
	t.Parallel()
	ca, err := mockauth0.TemporaryCA()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ option, configured, want, err string }{
		{"", "", "localhost:PORT", ""},
		{"auto", "login.acme.test", "localhost:PORT", ""},
		{"", "login.acme.test:4443", "login.acme.test:4443", ""},
		{"other.test", "login.acme.test", "other.test", ""},
		{"Other.test:443", "", "other.test", ""},
		{"https://other.test", "", "other.test", ""},
		{"ftp://other.test", "", "", `the domain "ftp://other.test" is not host[:port]`},
		{"other.test/path", "", "", "is not host[:port]"},
		{"user@other.test", "", "", "is not host[:port]"},
		{":4443", "", "", "is not host[:port]"},
		{"a b", "", "", "is not host[:port]"},
		{"", "https://x.test", "", "has a scheme"},
	} {
		tn := tenant.Minimal()
		tn.Mock.Domain = tc.configured
		s, err := mockauth0.Start(mockauth0.Options{Tenant: tn, Domain: tc.option, Keys: tenanttest.Keys(), CA: ca})
		if tc.err != "" {
			if err == nil || !strings.Contains(err.Error(), tc.err) {
				t.Errorf("%+v: %v", tc, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%+v: %v", tc, err)
			continue
		}
		_, port, err := net.SplitHostPort(s.Addr())
		if err != nil {
			t.Fatal(err)
		}
		if want := strings.Replace(tc.want, "PORT", port, 1); s.Domain() != want || s.URL() != "https://"+want ||
			s.Issuer() != "https://"+want+"/" {
			t.Errorf("%+v: domain %s, URL %s, issuer %s", tc, s.Domain(), s.URL(), s.Issuer())
		}
		if res, err := s.Client().Get(s.URL() + "/.well-known/jwks.json"); err != nil || res.Body.Close() != nil || res.StatusCode != 200 {
			t.Errorf("%+v: %v", tc, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestStartSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	if _, err := mockauth0.Start(mockauth0.Options{Listen: s.Addr(), Keys: tenanttest.Keys()}); err == nil ||
		!strings.Contains(err.Error(), "cannot listen on "+s.Addr()) || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("taken port: %v", err)
	}
	bad := tenant.Minimal()
	bad.Clients[0].Callbacks = []string{"javascript:alert(1)", "//evil.example"}
	if _, err := mockauth0.New(mockauth0.Options{Tenant: bad, Keys: tenanttest.Keys()}); err == nil ||
		!strings.Contains(err.Error(), "the tenant is not valid:\nclients[0].callbacks[0]") || !strings.Contains(err.Error(), "callbacks[1]") {
		t.Errorf("bad tenant: %v", err)
	}
}

func TestOneTenantForManyServers(t *testing.T) {
	t.Parallel()
	tn := tenant.Minimal()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { // the race detector sees a server that writes to its caller's tenant
			s, err := mockauth0.New(mockauth0.Options{Tenant: tn, Keys: tenanttest.Keys()})
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Reload(tn); err != nil {
				t.Error(err)
			}
			s.Close()
		})
	}
	wg.Wait()
}

func TestReloadRefusesABadTenant(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	old := s.Snapshot()
	bad := old.Clone()
	bad.Clients[0].Callbacks = []string{"javascript:alert(1)"}
	for _, next := range []*tenant.Config{bad, nil, {}} {
		if next != nil && len(next.Clients) == 0 {
			next.Clients = []*tenant.Client{nil}
		}
		if err := s.Reload(next); err == nil || s.Snapshot() != old {
			t.Errorf("%v: %v", next, err)
		}
	}
	if got := p.Silent(); got != "" {
		t.Errorf("the old one is not in force: %q", got)
	}
	next := old.Clone()
	next.Clients[0].Callbacks = []string{"http://localhost:9999"}
	if err := s.Reload(next); err != nil {
		t.Fatal(err)
	}
	next.Clients[0].Callbacks[0] = "http://changed.example"
	if got := p.Silent(); got != "" { // request() takes the new callback
		t.Errorf("the session does not survive: %q", got)
	}
	if got := s.Snapshot().Clients[0].Callbacks[0]; got != "http://localhost:9999" {
		t.Errorf("the caller's later change reached the server: %s", got)
	}
}

func TestTheClientReachesTheTenantOnly(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	if _, err := s.Client().Get("https://example.com/"); err == nil ||
		!strings.Contains(err.Error(), "reaches the fake tenant only ("+s.Domain()+"), not example.com:443") {
		t.Errorf("example.com: %v", err)
	}
	res, err := s.Client().Get(strings.ToUpper(s.URL()[:8]) + strings.ToUpper(s.Domain()) + "/.well-known/jwks.json")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 200 {
		t.Errorf("the domain in capitals: %s", res.Status)
	}
}

func TestCloseAtAnyTime(t *testing.T) {
	// Not parallel: it measures real time.
	quick := func(t *testing.T, s *mockauth0.Server) {
		t.Helper()
		var wg sync.WaitGroup
		started := time.Now()
		for range 3 {
			wg.Go(func() {
				if err := s.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			})
		}
		wg.Wait()
		if d := time.Since(started); d > 1800*time.Millisecond { // it gives a connection 2 s, where one is in use
			t.Errorf("Close took %v", d)
		}
		if err := s.Shutdown(t.Context()); err != nil {
			t.Errorf("and again: %v", err)
		}
		if _, err := net.Dial("tcp", s.Addr()); err == nil {
			t.Error("it still listens")
		}
	}
	start := func(t *testing.T) *mockauth0.Server {
		s, err := mockauth0.New(mockauth0.Options{Keys: tenanttest.Keys()})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	t.Run("before the first request", func(t *testing.T) { quick(t, start(t)) })
	t.Run("with an idle connection", func(t *testing.T) {
		s := start(t)
		tr := s.Client().Transport.(*http.Transport).Clone()
		defer tr.CloseIdleConnections()
		res, err := (&http.Client{Transport: tr}).Get(s.URL() + "/.well-known/jwks.json")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		quick(t, s)
	})
	t.Run("with a connection that a browser opened in advance", func(t *testing.T) {
		s := start(t)
		c, err := net.Dial("tcp", s.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		tenanttest.Browse(t, s).Get("/.well-known/jwks.json") // the server has accepted the earlier connection by now
		quick(t, s)
	})
	t.Run("while a request is held", func(t *testing.T) {
		s := start(t)
		tenanttest.Arm(t, s, `{"do":{"hang":true}}`)
		done := make(chan error, 1)
		go func() {
			_, err := s.Client().Get(s.URL() + "/authorize")
			done <- err
		}()
		tenanttest.WaitForHolds(t, s, 1)
		quick(t, s)
		if err := <-done; err == nil {
			t.Error("the held request was answered")
		}
	})
	t.Run("while somebody follows the events", func(t *testing.T) {
		s := start(t)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		r, err := http.NewRequestWithContext(ctx, "GET", s.URL()+"/__mock/v1/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", "text/event-stream")
		res, err := s.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		quick(t, s)
	})
	t.Run("a deadline that has passed", func(t *testing.T) {
		s := start(t)
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if err := s.Shutdown(ctx); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
