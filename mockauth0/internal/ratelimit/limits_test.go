package ratelimit_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// rateOf are the three headers and Retry-After of an answer, the reset in seconds from now.
func rateOf(t testing.TB, s *mockauth0.Server, a tenanttest.Answer) [4]int {
	t.Helper()
	var out [4]int
	for i, name := range []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After"} {
		n, err := strconv.Atoi(a.Header.Get(name))
		if err != nil && name != "Retry-After" {
			t.Fatalf("%s is %q", name, a.Header.Get(name))
		}
		out[i] = n
	}
	out[2] -= int(s.Now().Unix())
	return out
}

func TestRateLimits(t *testing.T) {
	t.Parallel()
	const json = `{"error":"too_many_requests","error_description":"Rate limit exceeded."}`
	for _, tc := range []struct {
		endpoint, path string
		ask            func(p *tenanttest.Person) tenanttest.Answer
		body, kind     string
	}{
		{"token", "/oauth/token", func(p *tenanttest.Person) tenanttest.Answer { return p.Token("grant_type", "x") }, json, "application/json"},
		{"revoke", "/oauth/revoke", func(p *tenanttest.Person) tenanttest.Answer { return p.Post("/oauth/revoke", nil) }, json, "application/json"},
		{"userinfo", "/userinfo", func(p *tenanttest.Person) tenanttest.Answer { return p.Get("/userinfo") }, "Rate limit exceeded.", "text/plain; charset=utf-8"},
		{"jwks", "/.well-known/jwks.json", func(p *tenanttest.Person) tenanttest.Answer { return p.Get("/.well-known/jwks.json") }, json, "application/json; charset=utf-8"},
		{"authorize", "/authorize", func(p *tenanttest.Person) tenanttest.Answer {
			return p.Get(tenanttest.Request(p.Server, "prompt", "none", "response_mode", "web_message"))
		}, "", "text/html; charset=utf-8"},
		{"login", "/u/login", func(p *tenanttest.Person) tenanttest.Answer { return p.Get("/u/login?state=x") }, "", "text/html; charset=utf-8"},
	} {
		t.Run(tc.endpoint, func(t *testing.T) {
			t.Parallel()
			s := tenanttest.Serve(t, func(tn *tenant.Config) {
				tenanttest.Frozen(tn)
				tn.Mock.ClockStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
				tn.Mock.RateLimits = map[string]tenant.RateLimit{tc.endpoint: {Burst: 2, PerMinute: 6}}
			})
			p := tenanttest.Browse(t, s)
			for i, want := range [][4]int{{2, 1, 10, 0}, {2, 0, 20, 0}} {
				if got := tc.ask(p); got.StatusCode == 429 || rateOf(t, s, got) != want {
					t.Errorf("request %d: %s %v, want %v", i, got.Status, rateOf(t, s, got), want)
				}
			}
			got := tc.ask(p)
			if policy := got.Header.Get("Auth0-RateLimit"); policy != "client;q=2;t=20;r=0" {
				t.Errorf("Auth0-RateLimit is %q", policy)
			}
			if got.StatusCode != 429 || rateOf(t, s, got) != [4]int{2, 0, 20, 10} || got.Header.Get("Content-Type") != tc.kind {
				t.Errorf("one too many: %s %v %q", got.Status, rateOf(t, s, got), got.Header.Get("Content-Type"))
			}
			if tc.body != "" && got.Text != tc.body ||
				tc.body == "" && !strings.Contains(got.Text, "<strong>too_many_requests</strong>: Rate limit exceeded.") {
				t.Errorf("body: %s", got.Text)
			}
			if e := tenanttest.LastLog(s); e.Type != "api_limit" || e.Description != "You passed the limit of allowed calls to '"+tc.path+"'" {
				t.Errorf("log: %+v", e)
			}
			s.Advance(10 * time.Second)
			if got := tc.ask(p); got.StatusCode == 429 {
				t.Errorf("ten seconds later: %s", got.Status)
			}
			if got := p.Get("/.well-known/openid-configuration"); got.StatusCode != 200 || rateOf(t, s, got) != [4]int{300, 299, 0, 0} ||
				got.Header.Get("Auth0-RateLimit") != "" {
				t.Errorf("another endpoint: %s %v", got.Status, rateOf(t, s, got))
			}
			s.Reset()
			if got := tc.ask(p); got.StatusCode == 429 {
				t.Errorf("after Reset: %s", got.Status)
			}
		})
	}
}

func TestTheGlobalRateLimit(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Frozen(tn)
		tn.Mock.ClockStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		tn.Mock.RateLimits = map[string]tenant.RateLimit{"global": {Burst: 3, PerMinute: 60}, "userinfo": {Burst: 9, PerMinute: 60}}
	})
	p := tenanttest.Browse(t, s)
	for range 3 {
		p.Ask("OPTIONS", "/oauth/token", "", "Origin", "http://localhost:3000", "Access-Control-Request-Method", "POST")
		p.Get("/nowhere")
	}
	if got := rateOf(t, s, p.Get("/.well-known/jwks.json")); got != [4]int{3, 2, 1, 0} {
		t.Errorf("an endpoint without a limit of its own: %v", got)
	}
	if got := rateOf(t, s, p.Get("/userinfo")); got != [4]int{9, 8, 1, 0} {
		t.Errorf("an endpoint with one: %v", got)
	}
	p.Get("/.well-known/jwks.json")
	for _, path := range []string{"/.well-known/jwks.json", "/userinfo"} {
		got := p.Get(path)
		if got.StatusCode != 429 || !strings.Contains(got.Text, "Global limit has been reached") || rateOf(t, s, got) != [4]int{3, 0, 3, 1} {
			t.Errorf("%s: %s %s %v", path, got.Status, got.Text, rateOf(t, s, got))
		}
	}
	if e := tenanttest.LastLog(s); e.Type != "api_limit" || e.Description != "Global per second default group limit has been reached" {
		t.Errorf("log: %+v", e)
	}
}

// A request that its endpoint's limit refuses takes nothing from the one over all.
func TestARefusedRequestTakesNothingFromTheGlobalLimit(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Frozen(tn)
		tn.Mock.RateLimits = map[string]tenant.RateLimit{"global": {Burst: 3, PerMinute: 60}, "userinfo": {Burst: 1, PerMinute: 60}}
	})
	p := tenanttest.Browse(t, s)
	for i := range 5 {
		if got := p.Get("/userinfo"); (got.StatusCode == 429) != (i > 0) || i > 0 && !strings.Contains(got.Text, "Rate limit exceeded") {
			t.Errorf("request %d: %s %s", i, got.Status, got.Text)
		}
	}
	if got := rateOf(t, s, p.Get("/.well-known/jwks.json")); got[1] != 1 {
		t.Errorf("the global limit has %d left, want 1", got[1])
	}
}

// Who reads the answer must be able to: a script needs CORS headers on a 429 too. And what is refused uses nothing up.
func TestWhatARateLimitLeavesAlone(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Frozen(tn)
		tn.Mock.RateLimits = map[string]tenant.RateLimit{"token": {Burst: 1, PerMinute: 1}}
	})
	p := tenanttest.Browse(t, s)
	preflight := func() tenanttest.Answer {
		return p.Ask("OPTIONS", "/oauth/token", "", "Origin", "http://localhost:3000", "Access-Control-Request-Method", "POST")
	}
	for range 3 {
		if got := preflight(); got.StatusCode != 204 {
			t.Errorf("preflight: %s", got.Status)
		}
	}
	if got := p.Token("grant_type", "x"); got.StatusCode != 403 {
		t.Errorf("the first request after three preflights: %s", got.Status)
	}
	if _, err := s.Arm(fault.Fault{ID: "one", When: fault.Match{Endpoint: "token"}, Times: 1, Do: fault.Effect{Status: 500}}); err != nil {
		t.Fatal(err)
	}
	got := p.Token("grant_type", "x")
	if got.StatusCode != 429 || got.Header.Get("Access-Control-Allow-Origin") != "http://localhost:3000" ||
		!strings.Contains(got.Header.Get("Access-Control-Expose-Headers"), "X-RateLimit-Reset") {
		t.Errorf("%s %v", got.Status, got.Header)
	}
	if f := s.Faults(); f[0].Fired != 0 {
		t.Error("a refused request used up a fault")
	}
	for range 3 { // the controls of a test are never limited
		if got := p.Ask("POST", "/__mock/v1/clock", `{"advance":"1m"}`, "Content-Type", "application/json"); got.StatusCode != 200 ||
			got.Header.Get("X-RateLimit-Limit") != "" {
			t.Errorf("control API: %s %v", got.Status, got.Header)
		}
	}
	if got := p.Token("grant_type", "x"); got.StatusCode != 500 {
		t.Errorf("a minute later, with a fault: %s", got.Status)
	}
}

// TestThePolicysHeader: limits of the tenant's own say so beside the headers that every answer has.
func TestThePolicysHeader(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Frozen(tn)
		tn.Mock.ClockStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		tn.Mock.RateLimits = map[string]tenant.RateLimit{"userinfo": {Burst: 2, PerMinute: 6}}
	})
	p := tenanttest.Browse(t, s)
	for i, want := range []string{"client;q=2;t=10;r=1", "client;q=2;t=20;r=0", "client;q=2;t=20;r=0"} {
		got := p.Get("/userinfo")
		if got.Header.Get("Auth0-RateLimit") != want || (got.Header.Get("Retry-After") != "") != (i == 2) {
			t.Errorf("request %d: %s %v", i, got.Status, got.Header)
		}
	}
	if got := p.Get("/.well-known/jwks.json").Header.Get("Auth0-RateLimit"); got != "" {
		t.Errorf("an endpoint without a limit of its own: %q", got)
	}
}

// TestTheFiguresOfAFreeTenant: whoever wants to see their app meet them can set them all, under the endpoints' names.
func TestTheFiguresOfAFreeTenant(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Frozen(tn)
		tn.Mock.RateLimits = map[string]tenant.RateLimit{"global": {Burst: 300, PerMinute: 300}, "token": {Burst: 30, PerMinute: 1800},
			"jwks": {Burst: 20, PerMinute: 1200}, "userinfo": {Burst: 10, PerMinute: 5}, "co.authenticate": {Burst: 5, PerMinute: 300}, "change_password": {Burst: 10, PerMinute: 1}, "logins": {Burst: 20, PerMinute: 20}}
	})
	p := tenanttest.Browse(t, s)
	for endpoint, tc := range map[string]struct {
		burst int
		ask   func() tenanttest.Answer
	}{
		"userinfo":        {10, func() tenanttest.Answer { return p.Get("/userinfo") }},
		"co.authenticate": {5, func() tenanttest.Answer { return p.PostJSON("/co/authenticate") }},
		"change_password": {10, func() tenanttest.Answer { return p.PostJSON("/dbconnections/change_password") }},
		"jwks":            {20, func() tenanttest.Answer { return p.Get("/.well-known/jwks.json") }},
	} {
		for i := range tc.burst + 1 {
			if got := tc.ask(); (got.StatusCode == 429) != (i == tc.burst) {
				t.Errorf("%s, request %d: %s", endpoint, i+1, got.Status)
			}
		}
	}
}
