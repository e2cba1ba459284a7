package retell_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"renewal.example/fixtures"
	"renewal.example/mockauth0"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/tenant"
)

func source(t *testing.T) scenario.Source {
	t.Helper()
	files, err := fixtures.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	base, err := fixtures.Tenant("tutorial")
	if err != nil {
		t.Fatal(err)
	}
	return scenario.Source{Files: files, Base: base}
}

// TestWhatJustHappenedIsAScenario that says what was done, in the order in which it was done, and that can be read again.
func TestWhatJustHappenedIsAScenario(t *testing.T) {
	t.Parallel()
	silent := fault.Match{Endpoint: "authorize", Prompt: "none"}
	for _, tc := range []struct {
		name  string
		do    func(t *testing.T, s *mockauth0.Server, p *tenanttest.Person)
		code  string
		steps string   // of the scenario that is read
		has   []string // what stands in the file
		hasnt []string
	}{
		{name: "a fault that acted", do: func(t *testing.T, s *mockauth0.Server, p *tenanttest.Person) {
			arm(t, s, fault.Fault{Name: "mine", When: fault.Match{Client: "My App", Prompt: "none"}, Times: 1,
				Do: fault.Effect{Error: "consent_required", ErrorDescription: "No: \"never\""}})
			arm(t, s, fault.Fault{Name: "of another request", When: fault.Match{Endpoint: "jwks"}, Do: fault.Effect{Status: 503}})
			p.Silent()
		}, code: "consent_missing", steps: "renew", has: []string{"name: mine", "for one client", "times: 1", "error: consent_required",
			"The app got: consent_required."}, hasnt: []string{"My App", "jwks", "fired", "id:"}},
		{name: "the clock, after renewals that went well", do: func(_ *testing.T, s *mockauth0.Server, p *tenanttest.Person) {
			p.Silent()
			p.Silent()
			s.Advance(time.Hour)
			s.Advance(30 * time.Minute)
			p.Silent()
			s.Advance(200 * time.Hour)
			p.Silent()
		}, code: "session_idle_expired", steps: "renew, advance: 1h30m0s, renew, advance: 200h0m0s, renew",
			has: []string{"advance: 1h30m\n"}},
		{name: "what happened before the login is no part of it", do: func(_ *testing.T, s *mockauth0.Server, p *tenanttest.Person) {
			s.EndSessions("")
			s.Advance(time.Hour)
			p.Login(tenanttest.Request(s))
			s.EndSessions("")
			p.Silent()
		}, code: "session_ended", steps: "end_sessions, renew"},
		{name: "the newest failure, and nothing after it", do: func(_ *testing.T, s *mockauth0.Server, p *tenanttest.Person) {
			if err := s.BlockUser("ada@example.test"); err != nil {
				panic(err)
			}
			p.Silent()
			s.Advance(time.Hour)
		}, code: "user_blocked", steps: "block_user: ada@example.test, renew"},
		{name: "the clock was moved back", do: func(t *testing.T, s *mockauth0.Server, p *tenanttest.Person) {
			s.SetOffset(-time.Hour)
			arm(t, s, fault.Fault{When: silent, Do: fault.Effect{Error: "login_required"}})
			p.Silent()
		}, has: []string{"was moved back by 1h"}, steps: "renew"},
		{name: "a scenario of the catalogue that is armed", do: func(t *testing.T, s *mockauth0.Server, p *tenanttest.Person) {
			if _, err := s.ArmScenario("action-denies", ""); err != nil {
				t.Fatal(err)
			}
			p.Silent()
		}, code: "action_denied", steps: "renew", has: []string{"the scenario action-denies of the catalogue", "actions:"},
			hasnt: []string{"expect:", "sdk:", "references:"}},
		{name: "nothing was done: the scenario of the cause", do: func(_ *testing.T, s *mockauth0.Server, p *tenanttest.Person) {
			p.ForgetCookies()
			p.Silent()
		}, has: []string{"of the catalogue, which has the cause"}},
		{name: "nothing has failed: what is armed", do: func(t *testing.T, s *mockauth0.Server, _ *tenanttest.Person) {
			arm(t, s, fault.Fault{When: silent, Do: fault.Effect{Hang: true}})
		}, steps: "renew", has: []string{"hang: true", "prompt: none"}},
		{name: "a scenario is armed, and nothing has failed", do: func(t *testing.T, s *mockauth0.Server, _ *tenanttest.Person) {
			if _, err := s.ArmScenario("blocked-user", ""); err != nil {
				t.Fatal(err)
			}
		}, has: []string{"the scenario blocked-user of the catalogue."}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			stock := source(t)
			s := serve(t, stock)
			p := tenanttest.Browse(t, s)
			p.Login(tenanttest.Request(s))
			tc.do(t, s, p)
			text, err := s.ObservedScenario()
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range tc.has {
				if !strings.Contains(string(text), want) {
					t.Errorf("%q is not in\n%s", want, text)
				}
			}
			for _, not := range append(tc.hasnt, s.Domain(), "ada@example.test") {
				if strings.Contains(string(text), not) {
					t.Errorf("%q is in\n%s", not, text)
				}
			}
			again := stock
			again.Files, again.Brief = fstest.MapFS{"x.yaml": {Data: text}}, true
			read, err := again.Read("x")
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			var steps []string
			for _, step := range read.Steps {
				steps = append(steps, step.String())
			}
			if got := strings.Join(steps, ", "); tc.steps != "" && got != tc.steps || tc.code != "" && string(read.Diagnosis) != tc.code {
				t.Errorf("%s: %s, want %s: %s\n%s", read.Diagnosis, got, tc.code, tc.steps, text)
			}
		})
	}
}

func serve(t *testing.T, stock scenario.Source) *mockauth0.Server {
	t.Helper()
	config := tenant.Minimal()
	tenanttest.AdaAndGrace(config)
	s, err := mockauth0.New(mockauth0.Options{Tenant: config, Keys: tenanttest.Keys(), Scenarios: &stock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	s.Freeze()
	return s
}

// TestNothingHappened is an answer that says what to do.
func TestNothingHappened(t *testing.T) {
	t.Parallel()
	s := serve(t, source(t))
	p := tenanttest.Browse(t, s)
	if got := p.Ask("GET", "/__mock/v1/scenario", ""); got.StatusCode != 404 || !strings.Contains(got.Text, "let one fail, or arm") {
		t.Errorf("%s %s", got.Status, got.Text)
	}
	p.Login(tenanttest.Request(s))
	s.EndSessions("")
	p.Silent()
	got := p.Ask("GET", "/__mock/v1/scenario", "")
	if got.StatusCode != 200 || got.Header.Get("Content-Type") != "application/yaml" || !strings.Contains(got.Text, "- end_sessions") {
		t.Errorf("%s %s", got.Status, got.Text)
	}
}

func arm(t *testing.T, s *mockauth0.Server, f fault.Fault) {
	t.Helper()
	if _, err := s.Arm(f); err != nil {
		t.Fatal(err)
	}
}
