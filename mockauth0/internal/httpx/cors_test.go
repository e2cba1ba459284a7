package httpx_test

import (
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestCrossOriginReads(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tn.Clients[0].Callbacks = []string{"https://app.example.test/callback", "https://*.wild.example.test/cb", "com.example.app:/cb"}
		tn.Clients[0].WebOrigins = []string{"https://web.example.test"}
		tn.Clients[0].AllowedOrigins = []string{"https://*.cors.example.test"}
		tn.Mock.ControlOrigins = []string{"https://control.example.test"}
	})
	p := tenanttest.Browse(t, s)
	const none = ""
	for _, tc := range []struct {
		path, origin, want string
		credentials        bool
	}{
		{"/userinfo", "https://app.example.test", "https://app.example.test", false},
		{"/userinfo", "https://web.example.test", "https://web.example.test", false},
		{"/userinfo", "https://a.cors.example.test", "https://a.cors.example.test", false},
		{"/userinfo", "https://a.wild.example.test", "https://a.wild.example.test", false},
		{"/userinfo", "https://a.b.cors.example.test", none, false},
		{"/userinfo", "https://evil.example", none, false},
		{"/userinfo", "http://app.example.test", none, false},
		{"/userinfo", "https://app.example.test.evil.example", none, false},
		{"/userinfo", "null", none, false},
		{"/oauth/token", "https://app.example.test", "https://app.example.test", false},
		{"/oauth/token", "https://evil.example", none, false},
		{"/oauth/revoke", "https://app.example.test", "https://app.example.test", false},
		{"/co/authenticate", "https://app.example.test", "https://app.example.test", true},
		{"/co/authenticate", "https://evil.example", none, false},
		{"/.well-known/jwks.json", "https://evil.example", "*", false},
		{"/.well-known/openid-configuration", "null", "*", false},
		{"/authorize", "https://app.example.test", none, false},
		{"/v2/logout", "https://app.example.test", none, false},
		{"/u/login", "https://app.example.test", none, false},
		{"/__mock/v1/clock", "https://app.example.test", none, false},
		{"/__mock/v1/clock", "https://control.example.test", "https://control.example.test", false},
		{"/userinfo", "https://control.example.test", none, false},
	} {
		for _, method := range []string{"GET", "OPTIONS"} {
			got := p.Ask(method, tc.path, "", "Origin", tc.origin, "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers",
				"auth0-client,authorization,content-type")
			if h := got.Header.Get("Access-Control-Allow-Origin"); h != tc.want {
				t.Errorf("%s %s from %s: Access-Control-Allow-Origin %q, want %q", method, tc.path, tc.origin, h, tc.want)
			}
			if h := got.Header.Get("Access-Control-Allow-Credentials"); (h == "true") != tc.credentials {
				t.Errorf("%s %s from %s: Access-Control-Allow-Credentials %q", method, tc.path, tc.origin, h)
			}
			if method == "OPTIONS" && tc.want != none {
				if got.StatusCode != 204 || got.Header.Get("Access-Control-Allow-Headers") != "auth0-client,authorization,content-type" ||
					got.Header.Get("Access-Control-Allow-Methods") == "" || got.Header.Get("Access-Control-Max-Age") == "" || got.Text != "" ||
					!slices.Contains(got.Header.Values("Vary"), "Access-Control-Request-Headers") {
					t.Errorf("preflight of %s: %s %v", tc.path, got.Status, got.Header)
				}
			}
			if tc.want != "*" && tc.want != none && got.Header.Get("Vary") == "" {
				t.Errorf("%s %s: no Vary", method, tc.path)
			}
		}
	}
	found := false
	for _, e := range s.Events(0) {
		found = found || e.Type == event.FailedByCORS && event.Of[event.LogEntry](e).Origin == "https://evil.example"
	}
	if !found {
		t.Error("a refused origin leaves no log event fco")
	}
}

// TestWhatAForeignOriginMayNotRead happens all the same: CORS keeps an answer from a page, not a request from a tenant.
func TestWhatAForeignOriginMayNotRead(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Backends)
	p := tenanttest.Browse(t, s)
	machine := tenanttest.Form("grant_type", "client_credentials", "audience", "https://api.example.test/", "client_id", "machine",
		"client_secret", "machine-secret").Encode()
	for origin, want := range map[string]string{"https://evil.example": "", "http://localhost:3000": "http://localhost:3000"} {
		got := p.Ask("POST", "/oauth/token", machine, "Content-Type", "application/x-www-form-urlencoded", "Origin", origin)
		if got.StatusCode != 200 || got.Header.Get("Access-Control-Allow-Origin") != want || got.Member(t, "access_token") == "" {
			t.Errorf("%s: %s %v", origin, got.Status, got.Header)
		}
		if exposed := got.Header.Get("Access-Control-Expose-Headers"); want != "" &&
			(!strings.HasPrefix(exposed, "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset") ||
				!strings.Contains(exposed, "DPoP-Nonce")) {
			t.Errorf("exposed: %q", exposed)
		}
		if vary := strings.Join(got.Header.Values("Vary"), ", "); vary != "Origin, Accept-Encoding" {
			t.Errorf("Vary is %q", vary)
		}
	}
}

func TestWebOriginsInCORS(t *testing.T) {
	t.Parallel()
	for setting, want := range map[string]string{"": "https://web.example.test", "ignore": ""} {
		s := tenanttest.Serve(t, func(tn *tenant.Config) {
			tn.Clients[0].WebOrigins, tn.Mock.CORSWebOrigins = []string{"https://web.example.test"}, setting
		})
		if got := tenanttest.Browse(t, s).Ask("GET", "/userinfo", "", "Origin",
			"https://web.example.test"); got.Header.Get("Access-Control-Allow-Origin") != want {
			t.Errorf("%q: %q", setting, got.Header.Get("Access-Control-Allow-Origin"))
		}
	}
}
