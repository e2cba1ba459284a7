package mockauth0_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// plain starts a tenant by plain http.
func plain(t *testing.T, o mockauth0.Options) *mockauth0.Server {
	t.Helper()
	o.Scheme, o.Keys = "http", tenanttest.Keys()
	s, err := mockauth0.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestPlainHTTP: everything that the tenant says of itself has its scheme.
func TestPlainHTTP(t *testing.T) {
	t.Parallel()
	tn := tenant.Minimal()
	tenanttest.LogoutURLs(tn)
	s := plain(t, mockauth0.Options{Tenant: tn})
	at := "http://localhost:" + s.Addr()[strings.LastIndexByte(s.Addr(), ':')+1:]
	if s.Domain() != at || s.URL() != at || s.Issuer() != at+"/" || !s.HTTP() {
		t.Errorf("domain %s, URL %s, issuer %s", s.Domain(), s.URL(), s.Issuer())
	}
	p := tenanttest.Browse(t, s)
	discovery := p.Get("/.well-known/openid-configuration")
	if discovery.TLS != nil || strings.Contains(discovery.Text, "https://") || !strings.Contains(discovery.Text, `"issuer":"`+at+`/"`) ||
		discovery.Header.Get("Strict-Transport-Security") != "" {
		t.Errorf("discovery: %v %s", discovery.Header, discovery.Text)
	}
	login := p.Get(tenanttest.Request(s))
	if strings.Contains(login.Header.Get("Location"), "https://") || strings.Contains(login.Header.Get("Content-Security-Policy"), "https") {
		t.Errorf("the way to the login page: %v", login.Header)
	}
	p.Login(tenanttest.Request(s))
	got := p.Get(tenanttest.Request(s, "prompt", "none")).Fragment(t)
	if iss := tenanttest.Claims(t, got.Get("id_token"))["iss"]; iss != at+"/" {
		t.Errorf("iss is %v: %v", iss, got)
	}
	if control := p.Get("/__mock/v1/clock"); control.Header.Get("X-Mock-Tenant") != at {
		t.Errorf("control API: %v", control.Header)
	}
}

// TestPlainHTTPCookies: Lax, and not Secure, which Safari would refuse there; no twin, which would reach further.
func TestPlainHTTPCookies(t *testing.T) {
	t.Parallel()
	tn := tenant.Minimal()
	s := plain(t, mockauth0.Options{Tenant: tn})
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	var seen []string
	for _, c := range p.Jar.Cookies(tenanttest.ParseURL(t, s.URL())) {
		seen = append(seen, c.Name)
	}
	if strings.Join(seen, " ") != "did auth0" && strings.Join(seen, " ") != "auth0 did" {
		t.Errorf("the browser has the cookies %q", seen)
	}
	p.ForgetCookies()
	for _, c := range p.Get(tenanttest.Request(s)).Cookies() {
		if c.Secure || c.SameSite != http.SameSiteLaxMode || !c.HttpOnly || c.Path != "/" || c.Domain != "" {
			t.Errorf("%s", c.Raw)
		}
	}
}

// TestPlainHTTPIsForThisMachine alone.
func TestPlainHTTPIsForThisMachine(t *testing.T) {
	t.Parallel()
	custom := func(domain string) *tenant.Config {
		tn := tenant.Minimal()
		tn.Mock.CustomDomain = domain
		return tn
	}
	configured := func(scheme string) *tenant.Config {
		tn := tenant.Minimal()
		tn.Mock.Scheme = scheme
		return tn
	}
	for _, tc := range []struct {
		options   mockauth0.Options
		want, err string // want: the domain, or how it begins
	}{
		{mockauth0.Options{Scheme: "http"}, "http://localhost:", ""},
		{mockauth0.Options{Domain: "http://localhost:4480"}, "http://localhost:4480", ""},
		{mockauth0.Options{Domain: "http://LOGIN.acme.localhost:80/"}, "http://login.acme.localhost", ""},
		{mockauth0.Options{Domain: "http://127.0.0.1:4480", Listen: "127.0.0.1:0"}, "http://127.0.0.1:4480", ""},
		{mockauth0.Options{Tenant: configured("http")}, "http://localhost:", ""},
		{mockauth0.Options{Tenant: configured("http"), Scheme: "https"}, "localhost:", ""},
		{mockauth0.Options{Tenant: configured("http"), Domain: "https://x.test"}, "x.test", ""},
		{mockauth0.Options{Tenant: custom("login.localhost"), Scheme: "http"}, "http://localhost:", ""},
		{mockauth0.Options{Domain: "http://login.acme.test"}, "", "login.acme.test is not a name of this machine: use localhost, or https"},
		{mockauth0.Options{Domain: "http://localhost.evil.test"}, "", "is not a name of this machine"},
		{mockauth0.Options{Domain: "http://192.0.2.1:4480"}, "", "is not a name of this machine"},
		{mockauth0.Options{Tenant: custom("login.acme.test"), Scheme: "http"}, "", "login.acme.test is not a name of this machine"},
		{mockauth0.Options{Scheme: "http", Listen: "0.0.0.0:0"}, "", "listen on 127.0.0.1, or use https"},
		{mockauth0.Options{Scheme: "http", Listen: ":0"}, "", "listen on 127.0.0.1, or use https"},
		{mockauth0.Options{Scheme: "https", Domain: "http://localhost:4480"}, "", "give one scheme"},
		{mockauth0.Options{Scheme: "ws"}, "", `the scheme "ws" is neither http nor https`},
	} {
		tc.options.Keys = tenanttest.Keys()
		s, err := mockauth0.Start(tc.options)
		if tc.err != "" {
			if err == nil || !strings.Contains(err.Error(), tc.err) {
				t.Errorf("%+v: %v", tc.options, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%+v: %v", tc.options, err)
			continue
		}
		if !strings.HasPrefix(s.Domain(), tc.want) {
			t.Errorf("%+v: domain %s", tc.options, s.Domain())
		}
		if _, err := s.AddTenant(nil, "http://second.test"); err == nil {
			t.Errorf("%+v: a second tenant may be by http, at any name", tc.options)
		}
		if res, err := s.Client().Get(s.URL() + "/.well-known/jwks.json"); err != nil || res.Body.Close() != nil || res.StatusCode != 200 {
			t.Errorf("%+v: %v", tc.options, err)
		}
		s.Close()
	}
}

// TestPlainHTTPAnswersAtItsNameOnly: without a certificate, the Host is all that tells a page that somebody made lead here (DNS
// rebinding) from the tenant's own.
func TestPlainHTTPAnswersAtItsNameOnly(t *testing.T) {
	t.Parallel()
	s := plain(t, mockauth0.Options{Domain: "http://localhost:4480"})
	for _, path := range []string{
		"/.well-known/openid-configuration", "/authorize?client_id=x", "/oauth/token", "/userinfo", "/u/login", "/v2/logout", "/nowhere",
		"/__mock/v1/clock", "/__mock/v1/events", "/__mock/v1/users", "/__mock/v2/", "/__mock/",
	} {
		for _, host := range []string{
			"evil.example", "evil.example:4480", "localhost.evil.example:4480", "127.0.0.1.evil.example:4480", "evil.localhost:4480", "",
			"localhost:4480.evil.example", "localhost@evil.example:4480",
		} {
			for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodOptions} {
				r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
				r.Host, r.RemoteAddr = host, "127.0.0.1:40000"
				r.Header.Set("Origin", "http://"+host)
				w := httptest.NewRecorder()
				s.ServeHTTP(w, r)
				want := http.StatusMisdirectedRequest
				if strings.HasPrefix(path, "/__mock/") {
					want = http.StatusForbidden
				}
				if w.Code != want || w.Header().Get("Access-Control-Allow-Origin") != "" || w.Header().Get("Set-Cookie") != "" ||
					strings.Contains(w.Body.String(), "issuer") {
					t.Errorf("%s %s as %q: %d %v %s", method, path, host, w.Code, w.Header(), w.Body)
				}
			}
		}
	}
}

// TestPlainHTTPHasNoTLSFault, and the others act on it as on any tenant.
func TestPlainHTTPHasNoTLSFault(t *testing.T) {
	t.Parallel()
	s := plain(t, mockauth0.Options{})
	if _, err := s.Arm(fault.Fault{Do: fault.Effect{Connection: fault.ConnectionTLS}}); err == nil ||
		!strings.Contains(err.Error(), "is by plain http, so there is no TLS handshake that could fail") {
		t.Errorf("a fault of the TLS handshake: %v", err)
	}
	tenanttest.Arm(t, s, `{"when": {"endpoint": "jwks"}, "times": 1, "do": {"connection": "reset"}}`)
	if res, err := s.Client().Get(s.URL() + "/.well-known/jwks.json"); err == nil {
		t.Errorf("the connection is not reset: %s", res.Status)
		res.Body.Close()
	}
	second, err := s.AddTenant(nil, "second.localhost")
	if err != nil {
		t.Fatal(err)
	}
	ask := func() error {
		r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, second.URL()+"/.well-known/jwks.json", nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := s.Client().Do(r)
		if err == nil {
			res.Body.Close()
		}
		return err
	}
	if err := ask(); err != nil {
		t.Error(err)
	}
	if err := s.RemoveTenant(second); err != nil {
		t.Error(err)
	}
	if ask() == nil {
		t.Error("a tenant that was removed still answers")
	}
}

// TestUniquePlainTenants: New gives each a name of this machine.
func TestUniquePlainTenants(t *testing.T) {
	t.Parallel()
	s, err := mockauth0.New(mockauth0.Options{Scheme: "http", Keys: tenanttest.Keys()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	second, err := s.AddTenant(nil, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{s.URL(), second.URL()} {
		if !strings.HasPrefix(url, "http://t") || !strings.HasSuffix(url, ".localhost") {
			t.Errorf("it is at %s", url)
		}
		if res, err := s.Client().Get(url + "/.well-known/jwks.json"); err != nil || res.Body.Close() != nil || res.StatusCode != 200 {
			t.Errorf("%s: %v", url, err)
		}
	}
}
