package routes_test

import (
	"net/http"
	"strings"
	"testing"

	"renewal.example/mockauth0/event"
	registry "renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/tenanttest"
)

// Whoever opens the tenant's address looks whether it runs.
func TestTheRootSaysThatTheTenantRuns(t *testing.T) {
	t.Parallel()
	p := tenanttest.Browse(t, tenanttest.Serve(t, nil))
	if got := p.Get("/"); !strings.Contains(got.Text, "the tenant runs, and has no page here") {
		t.Errorf("%s %s", got.Status, got.Text)
	}
	if got := p.Get("/nowhere"); strings.Contains(got.Text, "the tenant runs") {
		t.Errorf("%s %s", got.Status, got.Text)
	}
}

func TestMethodsAndUnknownThings(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	for _, tc := range []struct {
		method, path string
		status       int
		contentType  string
		allow        string
	}{
		{"DELETE", "/authorize", 405, "text/html; charset=utf-8", "GET, POST"},
		{"OPTIONS", "/authorize", 405, "text/html; charset=utf-8", "GET, POST"},
		{"PUT", "/u/login", 405, "text/html; charset=utf-8", "GET, POST"},
		{"POST", "/v2/logout", 405, "text/html; charset=utf-8", "GET"},
		{"POST", "/.well-known/jwks.json", 405, "application/json; charset=utf-8", "GET"},
		{"DELETE", "/userinfo", 405, "text/plain; charset=utf-8", "GET, POST"},
		{"PUT", "/__mock/v1/clock", 405, "application/json; charset=utf-8", "GET, POST"},
		{"GET", "/oauth/token", 405, "application/json", "POST"},
		{"POST", "/oauth/token", 400, "application/json", ""},
		{"POST", "/oauth/par", 400, "application/json; charset=utf-8", ""},
		{"GET", "/oauth/par", 405, "application/json; charset=utf-8", "POST"},
		{"GET", "/favicon.ico", 204, "", ""},
		{"GET", "/__mock/v1/nope", 404, "application/json; charset=utf-8", ""},
		{"POST", "/__mock/v1", 404, "application/json; charset=utf-8", ""},
		{"HEAD", "/.well-known/openid-configuration", 200, "application/json; charset=utf-8", ""},
		{"HEAD", "/authorize", 400, "text/html; charset=utf-8", ""},
	} {
		r, err := http.NewRequest(tc.method, s.URL()+tc.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := p.Send(r)
		if got.StatusCode != tc.status || got.Header.Get("Content-Type") != tc.contentType || got.Header.Get("Allow") != tc.allow {
			t.Errorf("%s %s: %d %q Allow %q, want %d %q Allow %q", tc.method, tc.path, got.StatusCode, got.Header.Get("Content-Type"),
				got.Header.Get("Allow"), tc.status, tc.contentType, tc.allow)
		}
		if tc.method == "HEAD" && got.Text != "" {
			t.Errorf("HEAD %s has a body", tc.path)
		}
	}
	r, err := http.NewRequest("GET", s.URL()+"/authorize", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "login.nobody.test"
	got := p.Send(r)
	if got.StatusCode != http.StatusMisdirectedRequest || !strings.Contains(got.Text, `"domains":["`+s.Domain()+`"]`) ||
		!strings.Contains(got.Text, "login.nobody.test") {
		t.Errorf("unknown host: %d %s", got.StatusCode, got.Text)
	}
	if got := p.Get("/.well-known/openid-configuration").Header.Get("Strict-Transport-Security"); got != "" {
		t.Errorf("Strict-Transport-Security %q would turn every http://localhost app of the browser into https", got)
	}
}

// TestWhatComesLaterSaysSo: a bare 404 would look like a mistake of the team that calls.
func TestWhatComesLaterSaysSo(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	later, _ := registry.EndpointOf(registry.Later)
	for _, path := range later.Paths {
		if strings.HasSuffix(path, "/") {
			path += "anything/below"
		}
		for _, method := range []string{"GET", "POST", "PATCH"} {
			got := p.Ask(method, path, "", "Origin", "http://localhost:3000")
			if got.StatusCode != http.StatusNotImplemented || got.Member(t, "error") != "not_implemented" ||
				!strings.Contains(got.Member(t, "error_description"), path) ||
				got.Header.Get("Access-Control-Allow-Origin") != "http://localhost:3000" {
				t.Errorf("%s %s: %s %s", method, path, got.Status, got.Text)
			}
		}
	}
	logged := 0
	for _, e := range s.Events(0) {
		if e.Kind == event.KindRequest && e.Endpoint == "later" {
			logged++
		}
	}
	if logged != 3*len(later.Paths) {
		t.Errorf("%d of %d requests are in the log", logged, 3*len(later.Paths))
	}
}
