package tenants_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// knock asks a server for the clock of a tenant, as Host, from an address.
func knock(s *mockauth0.Server, host, from string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "/__mock/v1/clock", nil)
	r.Host, r.RemoteAddr = host, net.JoinHostPort(from, "40000")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// TestWhereTheControlAPIAnswers: a fault that shuts the tenant's own door leaves others, and no name that somebody made lead to
// this machine (DNS rebinding) is one of them.
func TestWhereTheControlAPIAnswers(t *testing.T) {
	t.Parallel()
	s, err := mockauth0.New(mockauth0.Options{
		Domain: "login.acme.test:4443", Keys: tenanttest.Keys(), Tenant: withCustomDomain("auth.acme.test"),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for host, want := range map[string]int{
		"login.acme.test:4443": 200, "LOGIN.acme.test:4443": 200, "login.acme.test": 200, "login.acme.test:9": 200,
		"auth.acme.test": 200, "auth.acme.test:4443": 200,
		"localhost": 200, "localhost:4443": 200, "LOCALHOST:1": 200, "127.0.0.1:4443": 200, "127.0.0.2": 200, "[::1]:4443": 200, "[::1]": 200,
		"evil.example": 403, "evil.example:4443": 403, "localhost.evil.example": 403, "127.0.0.1.evil.example": 403, "192.0.2.1:4443": 403,
		"0.0.0.0:4443": 403, "acme.test": 403, "x.login.acme.test:4443": 403, "": 403,
	} {
		w := knock(s, host, "127.0.0.1")
		if w.Code != want {
			t.Errorf("Host %q: %d %s, want %d", host, w.Code, w.Body, want)
		}
		told := w.Body.String()
		if want == 403 && (strings.Contains(told, "acme") != strings.Contains(host, "acme") || !strings.Contains(told, "forbidden_host")) {
			t.Errorf("Host %q is told %s", host, w.Body)
		}
		tenant := w.Header().Get("X-Mock-Tenant")
		if want == 200 && tenant != "https://login.acme.test:4443" && tenant != "https://auth.acme.test" {
			t.Errorf("Host %q does not learn the domain: %v", host, w.Header())
		}
	}
	second, err := s.AddTenant(nil, "second.test")
	if err != nil {
		t.Fatal(err)
	}
	w := knock(s, "localhost:4443", "127.0.0.1")
	if w.Code != http.StatusOK || w.Header().Get("X-Mock-Tenant") != s.URL() {
		t.Errorf("a loopback name with two tenants is that of the server's own: %d %s %v", w.Code, w.Body, w.Header())
	}
	for host, want := range map[string]string{"second.test:1": second.URL(), "login.acme.test:1": s.URL()} {
		if w := knock(s, host, "127.0.0.1"); w.Code != 200 || w.Header().Get("X-Mock-Tenant") != want {
			t.Errorf("%s: %d %v", host, w.Code, w.Header())
		}
	}
	// All else is found by the exact domain only.
	r := httptest.NewRequest(http.MethodGet, "/authorize", nil)
	r.Host = "localhost:4443"
	w = httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusMisdirectedRequest {
		t.Errorf("/authorize at a loopback name: %d", w.Code)
	}
}

func withCustomDomain(domain string) *tenant.Config {
	tn := tenant.Minimal()
	tn.Mock.CustomDomain = domain
	return tn
}

// TestATLSFaultCanBeRemoved at the address that the server listens on, although the tenant's name gets no connection.
func TestATLSFaultCanBeRemoved(t *testing.T) {
	t.Parallel()
	s, err := mockauth0.Start(mockauth0.Options{Keys: tenanttest.Keys()}) // localhost and its port
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Arm(fault.Fault{Do: fault.Effect{Connection: fault.ConnectionTLS}}); err != nil {
		t.Fatal(err)
	}
	if res, err := s.Client().Get(s.URL() + "/__mock/v1/faults"); err == nil {
		res.Body.Close()
		t.Fatal("the fault does nothing")
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, "https://"+s.Addr()+"/__mock/v1/faults", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if res.Body.Close(); res.StatusCode != http.StatusOK || len(s.Faults()) != 0 {
		t.Errorf("%s, and %d faults are armed", res.Status, len(s.Faults()))
	}
	if res, err = s.Client().Get(s.URL() + "/.well-known/jwks.json"); err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
}

// TestOtherMachinesNeedTheToken: what listens on all addresses serves the tenant to them, and nothing that changes it.
func TestOtherMachinesNeedTheToken(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"", "s3cret"} {
		s, err := mockauth0.New(mockauth0.Options{Domain: "login.acme.test", Keys: tenanttest.Keys(), ControlToken: token})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		open := map[bool]int{true: 200, false: 403}[token != ""]
		for _, tc := range []struct {
			name, from string
			headers    []string
			want       int
		}{
			{"this machine", "127.0.0.1", nil, 200},
			{"this machine, by IPv6", "::1", nil, 200},
			{"another", "192.0.2.7", nil, 403},
			{"another, by IPv6", "2001:db8::1", nil, 403},
			{"another that says it is not", "192.0.2.7", []string{"X-Forwarded-For", "127.0.0.1"}, 403},
			{"with the token", "192.0.2.7", []string{"Authorization", "Bearer s3cret"}, open},
			{"with the token, in lower case", "192.0.2.7", []string{"Authorization", "bearer s3cret"}, open},
			{"with another token", "192.0.2.7", []string{"Authorization", "Bearer other"}, 403},
			{"with an empty token", "192.0.2.7", []string{"Authorization", "Bearer "}, 403},
			{"with another scheme", "192.0.2.7", []string{"Authorization", "Basic s3cret"}, 403},
		} {
			w := knock(s, "login.acme.test", tc.from, tc.headers...)
			if w.Code != tc.want || tc.want == 403 && !strings.Contains(w.Body.String(), "closed to other machines") {
				t.Errorf("token %q, %s: %d %s, want %d", token, tc.name, w.Code, w.Body, tc.want)
			}
		}
		if w := knock(s, "evil.example", "192.0.2.7", "Authorization", "Bearer s3cret"); w.Code != 403 {
			t.Errorf("the token opens the API by any name: %d", w.Code)
		}
		r := httptest.NewRequest(http.MethodGet, "/.well-known/jwks.json", nil)
		r.Host, r.RemoteAddr = "login.acme.test", "192.0.2.7:40000"
		w := httptest.NewRecorder()
		if s.ServeHTTP(w, r); w.Code != 200 {
			t.Errorf("the tenant is not served to another machine: %d", w.Code)
		}
	}
}
