package mockauth0

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

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/tenant"
)

func (s *Server) arm(t testing.TB, text string) fault.Fault {
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

func TestAnArmedErrorArrivesInTheChannelAskedFor(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := browse(t, s)
	p.login(request(s))
	for _, mode := range []string{"fragment", "form_post", "web_message", "query"} {
		s.Disarm("")
		s.arm(t, `{"when":{"prompt":"none"},"do":{"error":"temporarily_unavailable","error_description":"try \"later\" </script>"}}`)
		got := received(t, p.get(request(s, "prompt", "none", "response_mode", mode)), mode)
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
			s := serve(t, func(tn *tenant.Config) {
				second := tenant.NewClient("Second App")
				second.Callbacks = []string{"http://localhost:4000"}
				tn.Clients = append(tn.Clients, second)
			})
			p := browse(t, s)
			p.login(request(s))
			s.arm(t, `{"times":1,"when":`+tc.when+`,"do":`+do+`}`)
			for i, want := range []bool{tc.met, false} {
				got := p.get(request(s, "prompt", "none"))
				met := got.StatusCode == 503 || strings.Contains(got.Header.Get("Location"), "#error=consent_required&error_description=Consent%20required")
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
	s := serve(t, nil)
	p := browse(t, s)
	for _, when := range []string{`{"endpoint":"authorize.resume"}`, `{"endpoint":"authorize.resume","user":"ada@example.test"}`} {
		s.arm(t, `{"times":1,"when":`+when+`,"do":{"status":503}}`)
		got := p.login(request(s, "prompt", "login"))
		if got.StatusCode != http.StatusServiceUnavailable {
			t.Fatalf("when %s: %s", when, got.Status)
		}
		if again := p.get(got.Request.URL.RequestURI()); again.fragment(t).Get("access_token") == "" {
			t.Errorf("when %s, after a reload: %s %s", when, again.Status, again.Header.Get("Location"))
		}
	}
}

func TestWhatDoesNotUseUpAFault(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := browse(t, s)
	s.arm(t, `{"times":1,"when":{},"do":{"status":503}}`)
	p.ask("OPTIONS", "/userinfo", "", "Origin", "http://localhost:3000", "Access-Control-Request-Method", "GET")
	p.ask("DELETE", "/authorize", "")
	p.get("/nowhere")
	p.get("/favicon.ico")
	if got := p.get("/__mock/v1/faults"); got.StatusCode != 200 || strings.Contains(got.body, `"fired"`) {
		t.Errorf("the control API or a preflight met the fault: %s %s", got.Status, got.body)
	}
	if got := p.get("/.well-known/jwks.json"); got.StatusCode != 503 || got.body != `{"error":"temporarily_unavailable","error_description":"Service Unavailable"}` {
		t.Errorf("the first request proper: %s", got.Status)
	}
	if got := p.get("/.well-known/jwks.json"); got.StatusCode != 200 {
		t.Errorf("the second: %s", got.Status)
	}
	if f := s.Faults(); len(f) != 1 || f[0].Fired != 1 {
		t.Errorf("a spent fault is listed as %+v", f)
	}
}

func TestOneShotFaultsQueueUp(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := browse(t, s)
	p.login(request(s))
	s.arm(t, `{"times":1,"when":{"prompt":"none"},"do":{"error":"consent_required"}}`)
	s.arm(t, `{"times":2,"when":{"prompt":"none"},"do":{"error":"interaction_required"}}`)
	for i, want := range []string{"consent_required", "interaction_required", "interaction_required", ""} {
		if got := p.silent(); got != want {
			t.Errorf("request %d: %q, want %q", i+1, got, want)
		}
	}
}

func TestFaultsAtTheHostedPages(t *testing.T) {
	t.Parallel()
	s := serve(t, social)
	p := browse(t, s)
	s.arm(t, `{"id":"page","times":1,"when":{"endpoint":"login","client":"My App"},"do":{"status":500}}`)
	at := p.get(request(s)).Header.Get("Location")
	if got := p.get(at); got.StatusCode != 500 {
		t.Errorf("login page: %s", got.Status)
	}
	s.arm(t, `{"times":1,"when":{"endpoint":"authorize"},"do":{"error":"access_denied","error_description":"no"}}`)
	if got := p.get(request(s)).fragment(t); got.Get("error") != "access_denied" {
		t.Errorf("an interactive request: %v", got)
	}
	s.arm(t, `{"times":1,"when":{"endpoint":"authorize.resume","client":"My App"},"do":{"status":502}}`)
	if got := p.login(request(s)); got.StatusCode != 502 {
		t.Errorf("resume: %s", got.Status)
	}
	s.arm(t, `{"times":1,"when":{"endpoint":"logout","user":"ada@example.test"},"do":{"status":500}}`)
	if got := p.get("/v2/logout"); got.StatusCode != 500 || len(s.Sessions()) != 1 {
		t.Errorf("logout: %s, %d sessions; the fault acts before anything changes", got.Status, len(s.Sessions()))
	}
}

// waitForHolds waits until n requests are held; it fails the test after a while of real time.
func waitForHolds(t testing.TB, s *Server, n int) []Hold {
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

func TestLatencyAndHangAreTenantTime(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, do string
		let      func(*Server)
		answered bool
	}{
		{"latency, clock advanced", `{"latency":"2h"}`, func(s *Server) { s.Advance(time.Hour); waitForHolds(t, s, 1); s.Advance(time.Hour) }, true},
		{"latency, clock set", `{"latency":"2h"}`, func(s *Server) { s.SetTime(s.Now().Add(3 * time.Hour)) }, true},
		{"latency, reset", `{"latency":"2h"}`, (*Server).Reset, false},
		{"hang, reset", `{"hang":true}`, (*Server).Reset, false},
		{"hang, closed", `{"hang":true}`, func(s *Server) { s.Close() }, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, frozen)
			p := browse(t, s)
			p.login(request(s))
			s.arm(t, `{"when":{"endpoint":"authorize","prompt":"none"},"do":`+tc.do+`}`)
			type result struct {
				location string
				err      error
			}
			done := make(chan result, 1)
			go func() {
				res, err := p.Client.Get(s.URL() + request(s, "prompt", "none"))
				if err != nil {
					done <- result{"", err}
					return
				}
				defer res.Body.Close()
				done <- result{res.Header.Get("Location"), nil}
			}()
			h := waitForHolds(t, s, 1)[0]
			if wantUntil := strings.Contains(tc.do, "latency"); h.Until.IsZero() == wantUntil || !strings.HasSuffix(h.Reason, "of authorize") {
				t.Errorf("listed as %+v", h)
			}
			if view := p.get("/__mock/v1/clock"); !strings.Contains(view.body, `"reason":"`+h.Reason+`"`) || strings.Contains(view.body, "0001-01-01") {
				t.Errorf("GET clock: %s", view.body)
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
		s := serve(t, nil)
		s.arm(t, `{"when":{},"do":{"hang":true}}`)
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
	s := serve(t, nil)
	p := browse(t, s)
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
		{`{"when":{"client":"Nobody"},"do":{"status":503}}`, `no client with the id or the name "Nobody"`},
		{`{"when":{"prompt":"nonne"},"do":{"status":503}}`, `when.prompt is "nonne", which no request has: give one of none, login`},
		{`{"when":{"prompt":"login concent"},"do":{"status":503}}`, `when.prompt is "concent"`},
		{`{"when":{"response_mode":"webmessage"},"do":{"error":"login_required"}}`, `when.response_mode is "webmessage", which no request has: give one of query, fragment`},
		{`{"when":{"connection":"face-book"},"do":{"status":503}}`, `this tenant has no connection "face-book"`},
	} {
		got := p.ask("POST", "/__mock/v1/faults", tc.text, "Content-Type", "application/json")
		var e struct {
			Error       string `json:"error"`
			Description string `json:"error_description"`
		}
		if err := json.Unmarshal([]byte(got.body), &e); err != nil || got.StatusCode != 400 || e.Error != "invalid_request" || !strings.Contains(e.Description, tc.want) {
			t.Errorf("%s: %s %s, want %q", tc.text, got.Status, got.body, tc.want)
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
	s := serve(t, nil)
	p := browse(t, s)
	const one = `{"id":"mine","name":"slow","when":{"endpoint":"authorize","client":"My App","prompt":"none","response_mode":"fragment","user":"ada@example.test","connection":"Username-Password-Authentication"},"times":3,"do":{"latency":"1m30s"}}`
	got := p.ask("POST", "/__mock/v1/faults", one, "Content-Type", "application/json")
	if got.StatusCode != 201 || got.body != one {
		t.Errorf("armed: %s %s", got.Status, got.body)
	}
	if got := p.ask("GET", "/__mock/v1/faults", ""); got.body != `{"faults":[`+one+`]}` {
		t.Errorf("listed: %s", got.body)
	}
	if raw, err := json.Marshal(s.Faults()[0]); err != nil || string(raw) != one {
		t.Errorf("in Go: %s %v", raw, err)
	}
	if got := p.ask("POST", "/__mock/v1/faults", one, "Content-Type", "application/json"); got.StatusCode != 400 || !strings.Contains(got.body, "is armed already") {
		t.Errorf("the same id again: %s %s", got.Status, got.body)
	}
	if got := p.ask("DELETE", "/__mock/v1/faults/other", ""); got.StatusCode != 404 {
		t.Errorf("removing an unknown one: %s", got.Status)
	}
	if got := p.ask("DELETE", "/__mock/v1/faults/mine", ""); got.StatusCode != 200 || got.body != `{"removed":1}` || len(s.Faults()) != 0 {
		t.Errorf("removing it: %s %s", got.Status, got.body)
	}
	s.arm(t, `{"do":{"hang":true}}`)
	s.arm(t, `{"do":{"hang":true}}`)
	if got := p.ask("DELETE", "/__mock/v1/faults", ""); got.body != `{"removed":2}` {
		t.Errorf("removing all: %s", got.body)
	}
}

// TestAFaultMayBeYAML: as scenarios write it. Other parts of the control API take JSON only.
func TestAFaultMayBeYAML(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := browse(t, s)
	const one = "when: {prompt: none}\ntimes: 1\ndo:\n  status: 503 # for a while\n"
	if got := p.ask("POST", "/__mock/v1/faults", one, "Content-Type", "application/yaml"); got.StatusCode != 201 || got.body != `{"id":"fault-1","when":{"prompt":"none"},"times":1,"do":{"status":503}}` {
		t.Errorf("%s %s", got.Status, got.body)
	}
	if got := p.ask("POST", "/__mock/v1/faults", "do:\n  status: 200\n", "Content-Type", "application/yaml"); got.StatusCode != 400 || !strings.Contains(got.body, "2:11: do.status is 200") {
		t.Errorf("%s %s", got.Status, got.body)
	}
	for _, tc := range []struct{ path, kind, says string }{
		{"/faults", "application/x-www-form-urlencoded", "takes JSON or YAML here: send Content-Type: application/json or Content-Type: application/yaml, not application/x-www-form-urlencoded."},
		{"/clock", "application/yaml", "takes JSON only: send Content-Type: application/json, not application/yaml."},
	} {
		if got := p.ask("POST", "/__mock/v1"+tc.path, one, "Content-Type", tc.kind); got.StatusCode != 415 || !strings.Contains(got.body, tc.says) {
			t.Errorf("%s as %s: %s %s", tc.path, tc.kind, got.Status, got.body)
		}
	}
}

func TestAOneShotFaultFiresOnceUnderLoad(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	const times, workers, each = 7, 8, 10
	s.arm(t, `{"times":7,"when":{"endpoint":"discovery"},"do":{"status":503}}`)
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
	s := serve(t, nil)
	p := browse(t, s)
	p.login(request(s))
	before := s.Sessions()[0].LastActivity
	s.Advance(time.Hour)
	if _, err := s.Arm(fault.Fault{When: fault.Match{Prompt: "none"}, Times: 1, Do: fault.Effect{Error: "login_required"}}); err != nil {
		t.Fatal(err)
	}
	if got := p.get(request(s, "prompt", "none")).fragment(t).Get("error"); got != "login_required" {
		t.Fatalf("error %q", got)
	}
	if after := s.Sessions()[0].LastActivity; !after.Equal(before) {
		t.Errorf("the refused request was activity: %s, before %s", after, before)
	}
	p.get(request(s, "prompt", "none"))
	if after := s.Sessions()[0].LastActivity; after.Sub(before) < time.Hour {
		t.Errorf("the renewal was no activity: %s, before %s", after, before)
	}
}
