package faults_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/tenanttest"
)

// TestAStatusComesInTheFormOfItsEndpoint: hosted page, JSON or text, with the headers of the tenant.
func TestAStatusComesInTheFormOfItsEndpoint(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Frozen)
	p := tenanttest.Browse(t, s)
	const anApp = "http://localhost:3000"
	for _, tc := range []struct {
		endpoint, method, path, do string
		status                     int
		kind, body                 string
		cors                       bool
	}{
		{"token", "POST", "/oauth/token", `{"status":429,"retry_after":"30s"}`, 429, "application/json", `{"error":"too_many_requests","error_description":"Global limit has been reached"}`, true},
		{"token", "POST", "/oauth/token", `{"status":500}`, 500, "application/json", `{"error":"server_error","error_description":"An unexpected error occurred."}`, true},
		{"token", "POST", "/oauth/token", `{"status":503,"retry_after":"1500ms"}`, 503, "application/json", `{"error":"temporarily_unavailable","error_description":"Service Unavailable"}`, true},
		{"token", "POST", "/oauth/token", `{"status":403}`, 403, "application/json", `{"error":"access_denied","error_description":"Forbidden"}`, true},
		{"token", "POST", "/oauth/token", `{"status":599}`, 599, "application/json", `{"error":"server_error","error_description":"Status 599"}`, true},
		{"token", "POST", "/oauth/token", `{"status":502}`, 502, "text/html", "<center><h1>502 Bad Gateway</h1></center>", false},
		{"userinfo", "GET", "/userinfo", `{"status":429}`, 429, "text/plain; charset=utf-8", "Global limit has been reached", true},
		{"authorize", "GET", tenanttest.Request(s, "prompt", "none"), `{"status":429}`, 429, "text/html; charset=utf-8", `<strong>too_many_requests</strong>: Global limit has been reached`, false},
		{"authorize", "GET", tenanttest.Request(s, "prompt", "none"), `{"status":500}`, 500, "text/html; charset=utf-8", `<strong>server_error</strong>: An unexpected error occurred.`, false},
		{"jwks", "GET", "/.well-known/jwks.json", `{"status":404}`, 404, "application/json; charset=utf-8", `{"error":"not_found","error_description":"Not Found"}`, true},
		{"jwks", "GET", "/.well-known/jwks.json", `{"status":521}`, 521, "text/html", "<h1>521 Status 521</h1>", false},
	} {
		tenanttest.Arm(t, s, `{"times":1,"when":{"endpoint":"`+tc.endpoint+`"},"do":`+tc.do+`}`)
		got := p.Ask(tc.method, tc.path, "", "Origin", anApp)
		if got.StatusCode != tc.status || got.Header.Get("Content-Type") != tc.kind || !strings.Contains(got.Text, tc.body) {
			t.Errorf("%s %s: %s %q %s", tc.endpoint, tc.do, got.Status, got.Header.Get("Content-Type"), got.Text)
		}
		if cors := got.Header.Get("Access-Control-Allow-Origin") != ""; cors != tc.cors {
			t.Errorf("%s %s: Access-Control-Allow-Origin %q", tc.endpoint, tc.do, got.Header.Get("Access-Control-Allow-Origin"))
		}
		if edge := tc.kind == "text/html"; edge == (got.Header.Get("X-Auth0-RequestId") != "") {
			t.Errorf("%s %s: who answers? X-Auth0-RequestId %q", tc.endpoint, tc.do, got.Header.Get("X-Auth0-RequestId"))
		}
	}
}

// wholeSecond is the first whole second at or after a moment, as X-RateLimit-Reset tells it.
func wholeSecond(at time.Time) string { return fmt.Sprint(at.Add(time.Second - 1).Unix()) }

func TestA429TellsTheLimit(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Frozen)
	p := tenanttest.Browse(t, s)
	for do, want := range map[string][2]string{
		`{"status":429,"retry_after":"30s"}`: {"30", wholeSecond(s.Now().Add(30 * time.Second))},
		`{"status":429}`:                     {"", wholeSecond(s.Now().Add(time.Second))},
	} {
		tenanttest.Arm(t, s, `{"times":1,"when":{"endpoint":"token"},"do":`+do+`}`)
		got := p.Ask("POST", "/oauth/token", "")
		reset := want[1]
		if h := got.Header; h.Get("Retry-After") != want[0] || h.Get("X-RateLimit-Limit") != "30" || h.Get("X-RateLimit-Remaining") != "0" ||
			h.Get("X-RateLimit-Reset") != reset {
			t.Errorf("%s: %v; now %d", do, got.Header, s.Now().Unix())
		}
		if e := tenanttest.LastLog(s); e.Type != "api_limit" || e.Description != "Global per second default group limit has been reached" {
			t.Errorf("%s: log %+v", do, e)
		}
	}
	tenanttest.Arm(t, s, `{"times":1,"when":{"endpoint":"token"},"do":{"status":503,"retry_after":"1500ms"}}`)
	if got := p.Ask("POST", "/oauth/token", ""); got.Header.Get("Retry-After") != "2" {
		t.Errorf("503 with Retry-After %q", got.Header.Get("Retry-After"))
	}
}

// fetch is a request that may fail below HTTP.
func fetch(p *tenanttest.Person, method, path, body string) (res *http.Response, read string, err error) {
	r, err := http.NewRequest(method, p.Server.URL()+path, strings.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if res, err = p.Do(r); err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return res, string(b), err
}

// version1 makes a person's client speak HTTP/1.1.
func version1(p *tenanttest.Person) *tenanttest.Person {
	old := p.Transport.(*http.Transport).Clone()
	old.ForceAttemptHTTP2, old.TLSNextProto, old.Protocols = false, nil, new(http.Protocols)
	old.TLSClientConfig.NextProtos = nil
	old.Protocols.SetHTTP1(true)
	one := *p.Client
	one.Transport = old
	p.Cleanup(old.CloseIdleConnections)
	return &tenanttest.Person{TB: p.TB, Server: p.Server, Client: &one}
}

func TestSpoiltBodies(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	two := tenanttest.Browse(t, s)
	for version, p := range map[int]*tenanttest.Person{2: two, 1: version1(two)} {
		whole, full, err := fetch(p, "GET", "/.well-known/jwks.json", "")
		if err != nil || whole.ProtoMajor != version {
			t.Fatal(whole, err)
		}
		tenanttest.Arm(t, s, `{"times":1,"when":{"endpoint":"jwks"},"do":{"body":"truncated"}}`)
		res, got, err := fetch(p, "GET", "/.well-known/jwks.json", "")
		if err == nil || res.ContentLength != int64(len(full)) || got != full[:len(full)/2] {
			t.Errorf("HTTP/%d, truncated: %v, %d of %d bytes, error %v", version, res, len(got), len(full), err)
		}
		if d := tenanttest.Newest[event.Response](t, s, "jwks"); d.Body != event.BodyCut || d.Status != 200 {
			t.Errorf("reported as %+v", d)
		}
		for how, fits := range map[string]func(string) bool{
			"empty": func(b string) bool { return b == "" }, "garbage": func(b string) bool { return b != "" && !strings.ContainsAny(b, "{<") },
		} {
			tenanttest.Arm(t, s, `{"times":1,"when":{"endpoint":"jwks"},"do":{"body":"`+how+`"}}`)
			res, got, err := fetch(p, "GET", "/.well-known/jwks.json", "")
			if err != nil || res.StatusCode != 200 || res.Header.Get("Content-Type") != whole.Header.Get("Content-Type") || !fits(got) {
				t.Errorf("HTTP/%d, %s: %v %q %v", version, how, res, got, err)
			}
			if d := tenanttest.Newest[event.Response](t, s, "jwks"); d.Body != event.Body(how) {
				t.Errorf("%s is reported as %+v", how, d)
			}
		}
		if _, got, err := fetch(p, "GET", "/.well-known/jwks.json", ""); got != full || err != nil {
			t.Errorf("HTTP/%d: the next one is changed too: %v", version, err)
		}
	}
	// A redirect is followed whatever its body is: the fault waits for an answer that somebody reads.
	two.Login(tenanttest.Request(s))
	tenanttest.Arm(t, s, `{"times":1,"when":{"endpoint":"authorize"},"do":{"body":"garbage"}}`)
	if got := two.Silent(); got != "" || s.Faults()[len(s.Faults())-1].Fired != 0 {
		t.Errorf("a redirect used the fault up, error %q", got)
	}
	if got := two.Get(tenanttest.Request(s, "prompt", "none", "response_mode", "web_message")); strings.Contains(got.Text, "postMessage") {
		t.Errorf("the page of a web_message is whole: %s", got.Text)
	}
}

func TestHeadersAreTakenAwayAndSet(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	silent := tenanttest.Request(s, "prompt", "none", "response_mode", "web_message")
	cookies := func(a tenanttest.Answer) (names []string) {
		for _, c := range a.Cookies() {
			names = append(names, c.Name)
		}
		slices.Sort(names)
		return names
	}
	all := cookies(p.Get(silent))
	if !slices.Equal(all, []string{"auth0", "auth0_compat"}) {
		t.Fatalf("a silent answer sets %v", all)
	}
	for _, tc := range []struct {
		do   string
		want []string
	}{
		{`{"headers":{"remove":["Set-Cookie: auth0"]}}`, []string{"auth0_compat"}},
		{`{"headers":{"remove":["set-cookie"]}}`, nil},
		{`{"headers":{"remove":["Set-Cookie: auth0","Set-Cookie:auth0_compat"],"set":{"X-Frame-Options":"deny"}}}`, nil},
	} {
		tenanttest.Arm(t, s, `{"times":1,"when":{"prompt":"none"},"do":`+tc.do+`}`)
		got := p.Get(silent)
		if !slices.Equal(cookies(got), tc.want) || (got.Header.Get("X-Frame-Options") == "deny") != strings.Contains(tc.do, "deny") {
			t.Errorf("%s: cookies %v, X-Frame-Options %q", tc.do, cookies(got), got.Header.Get("X-Frame-Options"))
		}
		if reported := tenanttest.Newest[event.Response](t, s, "authorize").SetCookies; !slices.Equal(reported, tc.want) {
			t.Errorf("%s: the event tells of %v", tc.do, reported)
		}
	}
	tenanttest.Arm(t, s, `{"times":1,"when":{"endpoint":"userinfo"},"do":{"headers":{"remove":["access-control-allow-origin"]}}}`)
	// Without an Origin there is no such header to take away, and so no use of the fault.
	p.Ask("GET", "/userinfo", "")
	if got := p.Ask("GET", "/userinfo", "", "Origin", "http://localhost:3000"); got.Header.Get("Access-Control-Allow-Origin") != "" ||
		got.StatusCode != 401 {
		t.Errorf("%s %v", got.Status, got.Header)
	}
	if got := p.Ask("GET", "/userinfo", "", "Origin", "http://localhost:3000"); got.Header.Get("Access-Control-Allow-Origin") == "" {
		t.Error("the fault is not used up")
	}
	// What the tenant sends of its own accord is no exception, nor is an answer that another fault made.
	tenanttest.Arm(t, s, `{"times":1,"when":{"endpoint":"jwks"},"do":{"status":500}}`)
	tenanttest.Arm(t, s, `{"times":1,"when":{"endpoint":"jwks"},"do":{"headers":{"remove":["Access-Control-Allow-Origin","Content-Type","X-Auth0-RequestId"],"set":{"x-extra":"1"}}}}`)
	got := p.Get("/.well-known/jwks.json")
	for name, want := range map[string]string{"Access-Control-Allow-Origin": "", "X-Auth0-RequestId": "", "Content-Type": "", "X-Extra": "1"} {
		if h := got.Header.Get(name); h != want || got.StatusCode != 500 {
			t.Errorf("%s, %s is %q", got.Status, name, h)
		}
	}
}

// TestAfterTheCommit: what the request changes has changed, and only the answer is missing.
func TestAfterTheCommit(t *testing.T) {
	t.Parallel()
	for do, lost := range map[string]bool{
		`{"status":503,"at":"after"}`: true, `{"connection":"reset","at":"after"}`: true, `{"body":"empty"}`: true, `{"status":503}`: false,
		`{"connection":"reset"}`: false,
	} {
		s := tenanttest.Serve(t, tenanttest.Rotating(0))
		p := tenanttest.Browse(t, s)
		rt := p.Offline()
		tenanttest.Arm(t, s, `{"times":1,"when":{"grant":"refresh_token"},"do":`+do+`}`)
		if res, body, err := fetch(p, "POST", "/oauth/token", url.Values{
			"grant_type": {"refresh_token"}, "client_id": {s.Snapshot().Clients[0].ClientID}, "refresh_token": {rt},
		}.Encode()); err == nil && res.StatusCode == 200 && body != "" {
			t.Fatalf("%s: answered %s", do, body)
		}
		got := p.Renew(rt)
		if lost && (got.StatusCode != 403 || !strings.Contains(got.Text, "reused refresh token detected")) || !lost && got.StatusCode != 200 {
			t.Errorf("%s: the same token again: %s %s", do, got.Status, got.Text)
		}
	}
}

func TestLatencyAfterTheCommit(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"before", "after"} {
		s := tenanttest.Serve(t, tenanttest.Rotating(0))
		p := tenanttest.Browse(t, s)
		rt := p.Offline()
		tenanttest.Arm(t, s, `{"times":1,"when":{"endpoint":"token"},"do":{"latency":"1h","at":"`+at+`"}}`)
		done := make(chan tenanttest.Answer, 1)
		go func() { done <- p.Renew(rt) }()
		tenanttest.WaitForHolds(t, s, 1)
		other := tenanttest.Browse(t, s)
		if got := other.Renew(rt); (got.StatusCode == 403) != (at == "after") {
			t.Errorf("%s: the same token meanwhile: %s", at, got.Status)
		}
		s.Advance(time.Hour)
		if got := <-done; (got.StatusCode == 200) != (at == "after") {
			t.Errorf("%s: answered at last: %s %s", at, got.Status, got.Text)
		}
	}
}

func TestLatencyWithJitter(t *testing.T) {
	t.Parallel()
	waits := func(seed string) (out []time.Duration) {
		s := tenanttest.Serve(t, tenanttest.Frozen)
		tenanttest.Arm(t, s, `{"when":{"endpoint":"jwks"},"do":{"latency":"10s","jitter":"5s"`+seed+`}}`)
		for range 4 {
			done := make(chan struct{})
			go func() {
				defer close(done)
				if res, err := s.Client().Get(s.URL() + "/.well-known/jwks.json"); err == nil {
					res.Body.Close()
				}
			}()
			h := tenanttest.WaitForHolds(t, s, 1)[0]
			d := h.Until.Sub(s.Now())
			if out = append(out, d); d < 5*time.Second || d > 15*time.Second {
				t.Errorf("a latency of %s", d)
			}
			s.Advance(d)
			<-done
		}
		var armed, fired event.Fault
		for _, e := range s.Events(0) {
			switch d := event.Of[event.Fault](e); d.Change {
			case event.FaultArmed:
				armed = d
			case event.FaultFired:
				fired = d
			}
		}
		if seed := s.Faults()[0].Do.Seed; seed == 0 || armed.JitterSeed != seed || fired.JitterSeed != seed ||
			fired.Did != "latency of "+out[3].String() {
			t.Errorf("the seed %d is reported as %v and %v", seed, armed, fired)
		}
		return out
	}
	seven := waits(`,"seed":7`)
	if again := waits(`,"seed":7`); !slices.Equal(seven, again) {
		t.Errorf("the same seed: %v and %v", seven, again)
	}
	if other := waits(""); slices.Equal(seven, other) || seven[0] == seven[1] && seven[1] == seven[2] {
		t.Errorf("no chance in it: %v and %v", seven, other)
	}
}

// TestAHangAfterTheCommitHoldsTheAnswerOnly: the person is logged out, and never hears of it.
func TestAHangAfterTheCommitHoldsTheAnswerOnly(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	tenanttest.Arm(t, s, `{"times":1,"when":{"endpoint":"logout"},"do":{"hang":true,"at":"after"}}`)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		r, err := http.NewRequestWithContext(ctx, "GET", s.URL()+"/v2/logout", nil)
		if err == nil {
			_, err = p.Do(r)
		}
		done <- err
	}()
	tenanttest.WaitForHolds(t, s, 1)
	if n := len(s.Sessions()); n != 0 {
		t.Errorf("%d sessions while the answer hangs", n)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
