package control_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/tenanttest"
)

// TestWhoeverReachesATenantMayAskWhetherItWorks, from another machine too, and hears nothing else.
func TestWhoeverReachesATenantMayAskWhetherItWorks(t *testing.T) {
	t.Parallel()
	s, err := mockauth0.New(mockauth0.Options{Keys: tenanttest.Keys(), Metrics: func(read func() []mockauth0.Stats) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for _, one := range read() {
				fmt.Fprintf(w, "sessions{%s} %d\n", one.Tenant, one.Sessions)
			}
		})
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Login("ada@example.test"); err != nil {
		t.Fatal(err)
	}
	ask := func(path, host, from string) (int, string) {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Host, r.RemoteAddr = host, from+":1234"
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Code, strings.TrimSpace(w.Body.String())
	}
	for _, tc := range []struct {
		path, host, from string
		status           int
		want             string
	}{
		{"/__mock/livez", s.Domain(), "127.0.0.1", 200, `{"live":true}`},
		{"/__mock/readyz", s.Domain(), "192.0.2.7", 200, `{"ready":true}`},
		{"/__mock/readyz", "192.0.2.1:4443", "192.0.2.7", 200, `{"ready":true}`},
		{"/__mock/readyz", "[2001:db8::1]:4443", "192.0.2.7", 200, `{"ready":true}`},
		{"/__mock/readyz", "evil.example", "127.0.0.1", 403, "forbidden_host"},
		{"/__mock/readyz", "192.0.2.1.evil.example", "127.0.0.1", 403, "forbidden_host"},
		{"/__mock/metrics", s.Domain(), "127.0.0.1", 200, "sessions{default} 1"},
		{"/__mock/metrics", s.Domain(), "192.0.2.7", 403, "forbidden_address"},
		{"/__mock/metrics", "192.0.2.1:4443", "192.0.2.7", 403, "forbidden_address"},
		{"/__mock/metrics", "evil.example", "127.0.0.1", 403, "forbidden_host"},
		{"/__mock/v1/clock", "192.0.2.1:4443", "192.0.2.7", 403, "forbidden_address"},
	} {
		if status, text := ask(tc.path, tc.host, tc.from); status != tc.status || !strings.Contains(text, tc.want) {
			t.Errorf("%s at %s from %s: %d %s, want %d %s", tc.path, tc.host, tc.from, status, text, tc.status, tc.want)
		}
	}
	s.Close()
	if status, text := ask("/__mock/readyz", s.Domain(), "127.0.0.1"); status != http.StatusServiceUnavailable ||
		!strings.Contains(text, "closing") {
		t.Errorf("of a server that has closed: %d %s", status, text)
	}
	if status, _ := ask("/__mock/livez", s.Domain(), "127.0.0.1"); status != http.StatusOK {
		t.Errorf("livez of a server that has closed: %d", status)
	}
	plain := tenanttest.Browse(t, serve(t, nil))
	if a := plain.Get("/__mock/metrics"); a.StatusCode != http.StatusNotFound || !strings.Contains(a.Text, "Options.Metrics") {
		t.Errorf("without metrics: %s %s", a.Status, a.Text)
	}
}
