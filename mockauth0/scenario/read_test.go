package scenario_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"renewal.example/fixtures"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/tenant"
)

var update = flag.Bool("update", false, "write the expected output anew; read the difference before you commit it")

// source reads scenarios from a map of file names and contents.
func source(t *testing.T, files map[string]string) scenario.Source {
	t.Helper()
	base, err := fixtures.Tenant("tutorial")
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return scenario.Source{Files: fsys, Printed: "scenarios", Base: base}
}

// Each file of testdata/bad has a twin with the lines that a person sees.
func TestBadScenariosAreReportedWithTheirPositions(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = source(t, map[string]string{name: string(text)}).Read(strings.TrimSuffix(name, ".yaml"))
			var problems tenant.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("the error is a %T: %v", err, err)
			}
			got, twin := problems.Error()+"\n", strings.TrimSuffix(file, ".yaml")+".txt"
			if *update {
				if err := os.WriteFile(twin, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(twin)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s\nwant\n%s", got, want)
			}
		})
	}
}

const whole = `id: whole
title: One line
symptom: s
cause: c
remedy: r
diagnosis: no_session
also: [session_ended]
references: [auth0/auth0.js#1]
tenant:
  client: {web_origins: null, name: Tutorial SPA, refresh_token: {leeway: 5}}
  tenant:
    tenant: {session_lifetime: 1, idle_session_lifetime: 1}
    resourceServers: [{name: Tutorial API, allow_offline_access: false}]
  mock: {consent_policy: classic, connections: {github: null}}
users:
  - {email: ada@example.test, blocked: true}
  - {email: mary@example.test, password: Frankenstein-1}
user: mary@example.test
browser: {cookies: blocked, csp: frame-src 'self', clock_ahead: -2h}
faults:
  - when: {endpoint: token}
    do: {latency: 2s}
steps:
  - renew
  - advance: 61s
  - change: {client: {web_origins: ["http://localhost:5000"]}}
  - change: {mock: {consent_policy: null}}
  - block_user
  - browser: sleep 8h
  - renew
expect:
  - sdk: [spa-js-2, react-2]
    error: timeout
    description: Timeout
    after: 60s
  - sdk: spa-js-1
    hangs: true
`

func TestAScenarioIsLaidOverTheTutorialTenant(t *testing.T) {
	s, err := source(t, map[string]string{"whole.yaml": whole}).Read("whole")
	if err != nil {
		t.Fatal(err)
	}
	client := s.Tenant.Clients[0]
	if len(client.WebOrigins) != 0 || len(client.Callbacks) == 0 || client.RefreshToken.Leeway != 5*time.Second {
		t.Errorf("the client is %+v", client)
	}
	if s.Tenant.Settings.SessionLifetime != time.Hour || s.Tenant.Mock.ConsentPolicy != "classic" || s.Tenant.Connection("github").DevKeys {
		t.Errorf("the settings are %+v and %+v", s.Tenant.Settings, s.Tenant.Mock)
	}
	if api := s.Tenant.ResourceServers[0]; api.AllowOfflineAccess || api.Identifier != "https://api.example.test/" {
		t.Errorf("the API is %+v", api)
	}
	const database = "Username-Password-Authentication"
	ada, mary := s.Tenant.FindUser(database, "ada@example.test"), s.Tenant.FindUser(database, "mary@example.test")
	if ada == nil || !ada.Blocked || ada.Password == "" || mary == nil {
		t.Errorf("the users are %+v and %+v", ada, mary)
	}
	if s.User != "mary@example.test" || s.Browser.Cookies != scenario.CookiesBlocked || s.Browser.ClockAhead != -2*time.Hour ||
		s.Browser.Headers["Content-Security-Policy"] != "frame-src 'self'" {
		t.Errorf("the rest is %+v", s)
	}
	var verbs []scenario.Verb
	for _, step := range s.Steps {
		verbs = append(verbs, step.Do)
	}
	if want := []scenario.Verb{
		scenario.Renew, scenario.Advance, scenario.Change, scenario.Change, scenario.BlockUser, scenario.Sleep, scenario.Renew,
	}; !slices.Equal(verbs, want) {
		t.Errorf("the steps are %v, want %v", verbs, want)
	}
	// A change is laid over those before it, and a key that it takes away has the default of the tenant.
	last := s.Steps[3].Next
	if len(last.Clients[0].WebOrigins) != 1 || last.Mock.ConsentPolicy == "classic" || !last.FindUser(database, "ada@example.test").Blocked {
		t.Errorf("after both changes: %+v, %+v", last.Clients[0], last.Mock)
	}
	if s.Steps[4].Of != "mary@example.test" {
		t.Errorf("block_user is about %q", s.Steps[4].Of)
	}
	if e := s.For("react-2"); e == nil || e.After != time.Minute || s.For("auth0-js-9") != nil {
		t.Errorf("react-2 is expected to tell %+v", e)
	}
	if got, want := s.SDKs(), []string{"spa-js-2", "react-2", "spa-js-1"}; !slices.Equal(got, want) {
		t.Errorf("the SDKs are %v, want %v", got, want)
	}
}

func TestAnUnknownScenarioNamesTheNearest(t *testing.T) {
	_, err := source(t, map[string]string{"whole.yaml": whole, "another.yaml": ""}).Read("whol")
	if err == nil || err.Error() != `there is no scenario "whol"; did you mean "whole"?` {
		t.Error(err)
	}
}

func TestTheCatalogue(t *testing.T) {
	files, err := fixtures.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	base, err := fixtures.Tenant("tutorial")
	if err != nil {
		t.Fatal(err)
	}
	all, err := scenario.Source{Files: files, Printed: "fixtures/scenarios", Base: base}.All()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 50 {
		t.Errorf("there are %d scenarios; the catalogue has at least 50", len(all))
	}
	played := map[string]bool{}
	for _, s := range all {
		for _, sdk := range s.SDKs() {
			played[sdk] = true
		}
	}
	for _, sdk := range scenario.SDKs() {
		if !played[sdk] {
			t.Errorf("no scenario is played with %s", sdk)
		}
	}
}
