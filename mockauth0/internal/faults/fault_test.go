package faults_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestFaultsAtTheTokenEndpoint(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Backends)
	p := tenanttest.Browse(t, s)
	code := p.Code("scope", "openid offline_access")
	for fault, want := range map[string]string{
		`{"when":{"endpoint":"token"},"times":1,"do":{"error":"invalid_grant"}}`: "403 " +
			tenanttest.WrongCode,
		`{"when":{"endpoint":"token","user":"ada@example.test"},"times":1,"do":{"error":"login_required"}}`:             `403 {"error":"login_required","error_description":"Login required"}`,
		`{"when":{"endpoint":"token"},"times":1,"do":{"error":"temporarily_unavailable","error_description":"Later."}}`: `503 {"error":"temporarily_unavailable","error_description":"Later."}`,
		`{"when":{"endpoint":"token","user":"ada@example.test"},"times":1,"do":{"status":500}}`:                         `500 {"error":"server_error","error_description":"An unexpected error occurred."}`,
		`{"when":{"endpoint":"token","client":"My App"},"times":1,"do":{"status":503}}`:                                 `503 {"error":"temporarily_unavailable","error_description":"Service Unavailable"}`,
	} {
		tenanttest.Arm(t, s, fault)
		got := p.Exchange(code)
		if text := strings.Fields(got.Status)[0] + " " + got.Text; text != want {
			t.Errorf("%s: %s, want %s", fault, text, want)
		}
	}
	got := p.Exchange(code)
	if got.StatusCode != 200 {
		t.Fatalf("a fault used the code up: %s %s", got.Status, got.Text)
	}
	tenanttest.Arm(t, s, `{"when":{"endpoint":"token"},"times":1,"do":{"status":503}}`)
	rt := got.Member(t, "refresh_token")
	for _, want := range []int{503, 200} {
		if got := p.Renew(rt); got.StatusCode != want {
			t.Errorf("%s %s, want %d", got.Status, got.Text, want)
		}
	}
}

// An armed invalid_grant says what Auth0 says of the grant at hand, if nothing else is given.
func TestAnArmedInvalidGrantIsOfItsGrant(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Backends)
	p := tenanttest.Browse(t, s)
	rt := p.Offline()
	password := func() tenanttest.Answer {
		return p.Token("grant_type", tenanttest.RealmGrant, "realm", tenanttest.Database, "client_id", "web", "client_secret", "web+secret%21",
			"username", "ada@example.test", "password", "Analytical-Engine-1")
	}
	const wrongLogin = `{"error":"invalid_grant","error_description":"Wrong email or password."}`
	for _, tc := range []struct {
		name string
		ask  func() tenanttest.Answer
		want string
	}{
		{"code", func() tenanttest.Answer { return p.Exchange(p.Code()) }, tenanttest.WrongCode}, {"refresh token", func() tenanttest.Answer { return p.Renew(rt) }, tenanttest.UnknownRT}, {"password", password, wrongLogin},
	} {
		tenanttest.Arm(t, s, `{"when":{"endpoint":"token"},"times":1,"do":{"error":"invalid_grant"}}`)
		if got := tc.ask(); got.StatusCode != 403 || got.Text != tc.want {
			t.Errorf("%s: %s %s", tc.name, got.Status, got.Text)
		}
	}
}

func TestAnArmedErrorArrivesInTheChannelAskedFor(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	for _, mode := range []string{"fragment", "form_post", "web_message", "query"} {
		s.Disarm("")
		tenanttest.Arm(t, s, `{"when":{"prompt":"none"},"do":{"error":"temporarily_unavailable","error_description":"try \"later\" </script>"}}`)
		got := tenanttest.Received(t, p.Get(tenanttest.Request(s, "prompt", "none", "response_mode", mode)), mode)
		want := [][2]string{{"error", "temporarily_unavailable"}, {"error_description", `try "later" </script>`}, {"state", "the-state"}}
		if len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
			t.Errorf("%s: %q, want %q", mode, got, want)
		}
	}
}

func TestWhichRequestsAFaultMeets(t *testing.T) {
	t.Parallel()
	id := tenant.Minimal().Clients[0].ClientID
	for _, tc := range []struct {
		when string
		met  bool
	}{
		{`{}`, true},
		{`{"endpoint":"authorize"}`, true},
		{`{"endpoint":"authorize.resume"}`, false},
		{`{"client":"My App"}`, true},
		{`{"client":"` + id + `"}`, true},
		{`{"client":"Second App"}`, false},
		{`{"prompt":"none"}`, true},
		{`{"prompt":"login"}`, false},
		{`{"response_mode":"fragment"}`, true},
		{`{"response_mode":"web_message"}`, false},
		{`{"user":"ada@example.test"}`, true},
		{`{"user":"grace@example.test"}`, false},
		{`{"connection":"Username-Password-Authentication"}`, true},
		{`{"client":"My App","prompt":"none","user":"ADA@example.test"}`, true},
	} {
		for _, do := range []string{`{"error":"consent_required"}`, `{"status":503}`} {
			s := tenanttest.Serve(t, func(tn *tenant.Config) {
				second := tenant.NewClient("Second App")
				second.Callbacks = []string{"http://localhost:4000"}
				tn.Clients = append(tn.Clients, second)
			})
			p := tenanttest.Browse(t, s)
			p.Login(tenanttest.Request(s))
			tenanttest.Arm(t, s, `{"times":1,"when":`+tc.when+`,"do":`+do+`}`)
			for i, want := range []bool{tc.met, false} {
				got := p.Get(tenanttest.Request(s, "prompt", "none"))
				met := got.StatusCode == 503 ||
					strings.Contains(got.Header.Get("Location"), "#error=consent_required&error_description=Consent%20required")
				if met != want {
					t.Errorf("when %s do %s, request %d: met %v, want %v (%s %.80s)", tc.when, do, i+1, met, want, got.Status, got.Header.Get("Location"))
				}
			}
		}
	}
}

// An effect acts before anything is committed: the login that a fault met is still there for a reload.
func TestAFaultAtResumeLeavesTheLoginToAReload(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	for _, when := range []string{`{"endpoint":"authorize.resume"}`, `{"endpoint":"authorize.resume","user":"ada@example.test"}`} {
		tenanttest.Arm(t, s, `{"times":1,"when":`+when+`,"do":{"status":503}}`)
		got := p.Login(tenanttest.Request(s, "prompt", "login"))
		if got.StatusCode != http.StatusServiceUnavailable {
			t.Fatalf("when %s: %s", when, got.Status)
		}
		if again := p.Get(got.Request.URL.RequestURI()); again.Fragment(t).Get("access_token") == "" {
			t.Errorf("when %s, after a reload: %s %s", when, again.Status, again.Header.Get("Location"))
		}
	}
}

func TestWhatDoesNotUseUpAFault(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	tenanttest.Arm(t, s, `{"times":1,"when":{},"do":{"status":503}}`)
	p.Ask("OPTIONS", "/userinfo", "", "Origin", "http://localhost:3000", "Access-Control-Request-Method", "GET")
	p.Ask("DELETE", "/authorize", "")
	p.Get("/nowhere")
	p.Get("/favicon.ico")
	if got := p.Get("/__mock/v1/faults"); got.StatusCode != 200 || strings.Contains(got.Text, `"fired"`) {
		t.Errorf("the control API or a preflight met the fault: %s %s", got.Status, got.Text)
	}
	if got := p.Get("/.well-known/jwks.json"); got.StatusCode != 503 ||
		got.Text != `{"error":"temporarily_unavailable","error_description":"Service Unavailable"}` {
		t.Errorf("the first request proper: %s", got.Status)
	}
	if got := p.Get("/.well-known/jwks.json"); got.StatusCode != 200 {
		t.Errorf("the second: %s", got.Status)
	}
	if f := s.Faults(); len(f) != 1 || f[0].Fired != 1 {
		t.Errorf("a spent fault is listed as %+v", f)
	}
}

func TestOneShotFaultsQueueUp(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	tenanttest.Arm(t, s, `{"times":1,"when":{"prompt":"none"},"do":{"error":"consent_required"}}`)
	tenanttest.Arm(t, s, `{"times":2,"when":{"prompt":"none"},"do":{"error":"interaction_required"}}`)
	for i, want := range []string{"consent_required", "interaction_required", "interaction_required", ""} {
		if got := p.Silent(); got != want {
			t.Errorf("request %d: %q, want %q", i+1, got, want)
		}
	}
}

func TestFaultsAtTheHostedPages(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Social)
	p := tenanttest.Browse(t, s)
	tenanttest.Arm(t, s, `{"id":"page","times":1,"when":{"endpoint":"login","client":"My App"},"do":{"status":500}}`)
	at := p.Get(tenanttest.Request(s)).Header.Get("Location")
	if got := p.Get(at); got.StatusCode != 500 {
		t.Errorf("login page: %s", got.Status)
	}
	tenanttest.Arm(t, s, `{"times":1,"when":{"endpoint":"authorize"},"do":{"error":"access_denied","error_description":"no"}}`)
	if got := p.Get(tenanttest.Request(s)).Fragment(t); got.Get("error") != "access_denied" {
		t.Errorf("an interactive request: %v", got)
	}
	tenanttest.Arm(t, s, `{"times":1,"when":{"endpoint":"authorize.resume","client":"My App"},"do":{"status":502}}`)
	if got := p.Login(tenanttest.Request(s)); got.StatusCode != 502 {
		t.Errorf("resume: %s", got.Status)
	}
	tenanttest.Arm(t, s, `{"times":1,"when":{"endpoint":"logout","user":"ada@example.test"},"do":{"status":500}}`)
	if got := p.Get("/v2/logout"); got.StatusCode != 500 || len(s.Sessions()) != 1 {
		t.Errorf("logout: %s, %d sessions; the fault acts before anything changes", got.Status, len(s.Sessions()))
	}
}

func TestLatencyAndHangAreTenantTime(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, do string
		let      func(*mockauth0.Server)
		answered bool
	}{
		{"latency, clock advanced", `{"latency":"2h"}`, func(s *mockauth0.Server) {
			s.Advance(time.Hour)
			tenanttest.WaitForHolds(t, s, 1)
			s.Advance(time.Hour)
		}, true},
		{"latency, clock set", `{"latency":"2h"}`, func(s *mockauth0.Server) { s.SetTime(s.Now().Add(3 * time.Hour)) }, true},
		{"latency, reset", `{"latency":"2h"}`, (*mockauth0.Server).Reset, false},
		{"hang, reset", `{"hang":true}`, (*mockauth0.Server).Reset, false},
		{"hang, closed", `{"hang":true}`, func(s *mockauth0.Server) { s.Close() }, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := tenanttest.Serve(t, tenanttest.Frozen)
			p := tenanttest.Browse(t, s)
			p.Login(tenanttest.Request(s))
			tenanttest.Arm(t, s, `{"when":{"endpoint":"authorize","prompt":"none"},"do":`+tc.do+`}`)
			type result struct {
				location string
				err      error
			}
			done := make(chan result, 1)
			go func() {
				res, err := p.Client.Get(s.URL() + tenanttest.Request(s, "prompt", "none"))
				if err != nil {
					done <- result{"", err}
					return
				}
				defer res.Body.Close()
				done <- result{res.Header.Get("Location"), nil}
			}()
			h := tenanttest.WaitForHolds(t, s, 1)[0]
			if wantUntil := strings.Contains(tc.do, "latency"); h.Until.IsZero() == wantUntil || !strings.HasSuffix(h.Reason, "of authorize") {
				t.Errorf("listed as %+v", h)
			}
			if view := p.Get("/__mock/v1/clock"); !strings.Contains(view.Text, `"reason":"`+h.Reason+`"`) ||
				strings.Contains(view.Text, "0001-01-01") {
				t.Errorf("GET clock: %s", view.Text)
			}
			tc.let(s)
			got := <-done
			if answered := got.err == nil; answered != tc.answered || answered && !strings.Contains(got.location, "#access_token=") {
				t.Errorf("answer %.60q, error %v", got.location, got.err)
			}
			if h := s.Holds(); len(h) != 0 {
				t.Errorf("still listed: %v", h)
			}
		})
	}
	t.Run("the client goes away", func(t *testing.T) {
		s := tenanttest.Serve(t, nil)
		tenanttest.Arm(t, s, `{"when":{},"do":{"hang":true}}`)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			r, err := http.NewRequestWithContext(ctx, "GET", s.URL()+"/authorize", nil)
			if err == nil {
				_, err = s.Client().Do(r)
			}
			done <- err
		}()
		for len(s.Holds()) == 0 {
			s.Client().Head(s.URL() + "/__mock/v1/clock")
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		for range 10000 {
			if len(s.Holds()) == 0 {
				return
			}
			s.Client().Head(s.URL() + "/__mock/v1/clock")
		}
		t.Error("the hold outlives its client")
	})
}

func TestImpossibleFaultsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	for _, tc := range []struct{ text, want string }{
		{``, "the body is empty"},
		{`null`, "1:1: the fault is null; expected an object"},
		{`{"do":{}}`, "do is empty"},
		{`[]`, "the fault is a list; expected an object"},
		{`{"do":{"status":503}} {}`, "one fault at a time"},
		{`{"do":{"status":503}`, "unexpected EOF"},
		{`{"whenn":{},"do":{"status":503}}`, `1:2: unknown field "whenn" in the fault; it has id, name, when, times, do`},
		{`{"do":{"statsu":503}}`, `1:8: unknown field "statsu" in do; it has at, latency, jitter`},
		{`{"do":{"status":200}}`, "do.status is 200: give 400 to 599"},
		{`{"do":{"status":"503"}}`, `1:17: do.status is the text "503"; expected a whole number`},
		{`{"times":1.5,"do":{"status":503}}`, "times is 1.5; expected a whole number"},
		{`{"times":-1,"do":{"status":503}}`, "times is -1"},
		{`{"do":{"latency":2}}`, `a duration is text with a unit, such as "2s"`},
		{`{"do":{"latency":"soon"}}`, `"soon" is no duration`},
		{`{"do":{"latency":"-2s"}}`, "do.latency is negative"},
		{`{"do":{"status":503,"hang":true}}`, "do sets 2 effects, hang and status: arm one fault for each"},
		{`{"do":{"error_description":"x","hang":true}}`, "do.error_description without do.error"},
		{`{"do":{"error":"login required"}}`, "is no OAuth error code"},
		{`{"when":{"endpoint":"userinfo"},"do":{"error":"login_required"}}`, "do.error acts where an authorization or a token response is sent"},
		{`{"when":{"endpoint":"autorize"},"do":{"status":503}}`, `when.endpoint is "autorize": give one of account, authorize, authorize.resume`},
		{`{"when":{"endpoint":"jwks","client":"My App"},"do":{"status":503}}`, "when.client never applies"},
		{`{"when":{"endpoint":"login","prompt":"none"},"do":{"status":503}}`, "when.prompt never applies"},
		{`{"when":{"client":"Nobody"},"do":{"status":503}}`, `no client with the id or the name "Nobody"; expected `},
		{`{"do":{"session":"grace"}}`, `"grace"; expected ada@example.test`},
		{`{"when":{"prompt":"nonne"},"do":{"status":503}}`, `when.prompt is "nonne", which no request has: give one of none, login`},
		{`{"when":{"prompt":"login concent"},"do":{"status":503}}`, `when.prompt is "concent"`},
		{`{"when":{"response_mode":"webmessage"},"do":{"error":"login_required"}}`, `when.response_mode is "webmessage", which no request has: give one of query, fragment`},
		{`{"when":{"connection":"face-book"},"do":{"status":503}}`, `this tenant has no connection "face-book"; expected `},
	} {
		got := p.Ask("POST", "/__mock/v1/faults", tc.text, "Content-Type", "application/json")
		var e struct {
			Error       string `json:"error"`
			Description string `json:"error_description"`
		}
		if err := json.Unmarshal([]byte(got.Text), &e); err != nil || got.StatusCode != 400 || e.Error != "invalid_request" ||
			!strings.Contains(e.Description, tc.want) {
			t.Errorf("%s: %s %s, want %q", tc.text, got.Status, got.Text, tc.want)
		}
	}
	if got := s.Faults(); len(got) != 0 {
		t.Errorf("armed nevertheless: %v", got)
	}
	if _, err := s.Arm(fault.Fault{}); err == nil {
		t.Error("Go arms an empty fault")
	}
}

func TestFaultsOverHTTPAreTheSameAsInGo(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	const one = `{"id":"mine","name":"slow","when":{"endpoint":"authorize","client":"My App","prompt":"none","response_mode":"fragment","user":"ada@example.test","connection":"Username-Password-Authentication"},"times":3,"do":{"latency":"1m30s"}}`
	got := p.Ask("POST", "/__mock/v1/faults", one, "Content-Type", "application/json")
	if got.StatusCode != 201 || got.Text != one {
		t.Errorf("armed: %s %s", got.Status, got.Text)
	}
	if got := p.Ask("GET", "/__mock/v1/faults", ""); got.Text != `{"faults":[`+one+`]}` {
		t.Errorf("listed: %s", got.Text)
	}
	if raw, err := json.Marshal(s.Faults()[0]); err != nil || string(raw) != one {
		t.Errorf("in Go: %s %v", raw, err)
	}
	if got := p.Ask("POST", "/__mock/v1/faults", one, "Content-Type", "application/json"); got.StatusCode != 400 ||
		!strings.Contains(got.Text, "is armed already") {
		t.Errorf("the same id again: %s %s", got.Status, got.Text)
	}
	if got := p.Ask("DELETE", "/__mock/v1/faults/other", ""); got.StatusCode != 404 {
		t.Errorf("removing an unknown one: %s", got.Status)
	}
	if got := p.Ask("DELETE", "/__mock/v1/faults/mine", ""); got.StatusCode != 200 || got.Text != `{"removed":1}` || len(s.Faults()) != 0 {
		t.Errorf("removing it: %s %s", got.Status, got.Text)
	}
	tenanttest.Arm(t, s, `{"do":{"hang":true}}`)
	tenanttest.Arm(t, s, `{"do":{"hang":true}}`)
	if got := p.Ask("DELETE", "/__mock/v1/faults", ""); got.Text != `{"removed":2}` {
		t.Errorf("removing all: %s", got.Text)
	}
}

// TestAFaultMayBeYAML: as scenarios write it. Other parts of the control API take JSON only.
func TestAFaultMayBeYAML(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	const one = "when: {prompt: none}\ntimes: 1\ndo:\n  status: 503 # for a while\n"
	if got := p.Ask("POST", "/__mock/v1/faults", one, "Content-Type", "application/yaml"); got.StatusCode != 201 ||
		got.Text != `{"id":"fault-1","when":{"prompt":"none"},"times":1,"do":{"status":503}}` {
		t.Errorf("%s %s", got.Status, got.Text)
	}
	if got := p.Ask("POST", "/__mock/v1/faults", "do:\n  status: 200\n", "Content-Type", "application/yaml"); got.StatusCode != 400 ||
		!strings.Contains(got.Text, "2:11: do.status is 200") {
		t.Errorf("%s %s", got.Status, got.Text)
	}
	for _, tc := range []struct{ path, kind, says string }{
		{"/faults", "application/x-www-form-urlencoded", "takes JSON or YAML here: send Content-Type: application/json or Content-Type: application/yaml, not application/x-www-form-urlencoded."},
		{"/clock", "application/yaml", "takes JSON only: send Content-Type: application/json, not application/yaml."},
	} {
		if got := p.Ask("POST", "/__mock/v1"+tc.path, one, "Content-Type", tc.kind); got.StatusCode != 415 ||
			!strings.Contains(got.Text, tc.says) {
			t.Errorf("%s as %s: %s %s", tc.path, tc.kind, got.Status, got.Text)
		}
	}
}

func TestAOneShotFaultFiresOnceUnderLoad(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	const times, workers, each = 7, 8, 10
	tenanttest.Arm(t, s, `{"times":7,"when":{"endpoint":"discovery"},"do":{"status":503}}`)
	var met atomic.Int32
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range each {
				res, err := s.Client().Get(s.URL() + "/.well-known/openid-configuration")
				if err != nil {
					t.Error(err)
					return
				}
				res.Body.Close()
				if res.StatusCode == 503 {
					met.Add(1)
				}
			}
		})
		wg.Go(func() {
			for range each {
				f, err := s.Arm(fault.Fault{When: fault.Match{Endpoint: "jwks"}, Do: fault.Effect{Status: 500}})
				if err != nil {
					t.Error(err)
				}
				s.Faults()
				s.Disarm(f.ID)
			}
		})
	}
	wg.Wait()
	if got := met.Load(); got != times {
		t.Errorf("fired %d times, want %d", got, times)
	}
}

func TestARefusedSilentRequestKeepsNoSessionAlive(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	before := s.Sessions()[0].LastActivity
	s.Advance(time.Hour)
	if _, err := s.Arm(fault.Fault{When: fault.Match{Prompt: "none"}, Times: 1, Do: fault.Effect{Error: "login_required"}}); err != nil {
		t.Fatal(err)
	}
	if got := p.Get(tenanttest.Request(s, "prompt", "none")).Fragment(t).Get("error"); got != "login_required" {
		t.Fatalf("error %q", got)
	}
	if after := s.Sessions()[0].LastActivity; !after.Equal(before) {
		t.Errorf("the refused request was activity: %s, before %s", after, before)
	}
	p.Get(tenanttest.Request(s, "prompt", "none"))
	if after := s.Sessions()[0].LastActivity; after.Sub(before) < time.Hour {
		t.Errorf("the renewal was no activity: %s, before %s", after, before)
	}
}
