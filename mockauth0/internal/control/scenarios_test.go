package control_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"renewal.example/fixtures"
	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/tenant"
)

func withScenarios(t *testing.T) *mockauth0.Server {
	t.Helper()
	files, err := fixtures.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	base, err := fixtures.Tenant("tutorial")
	if err != nil {
		t.Fatal(err)
	}
	tn := tenant.Minimal()
	tenanttest.AdaAndGrace(tn)
	s, err := mockauth0.New(mockauth0.Options{Tenant: tn, Keys: tenanttest.Keys(), Scenarios: &scenario.Source{Files: files, Base: base}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	watch(t, s)
	return s
}

// TestAScenarioOfARunningTenant is armed and taken back over HTTP, on a tenant that is not the one for which it is written.
func TestAScenarioOfARunningTenant(t *testing.T) {
	t.Parallel()
	s := withScenarios(t)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	ask := func(method, path, body, want string) {
		t.Helper()
		if a := p.Ask(method, "/__mock/v1"+path, body, "Content-Type", "application/json"); !strings.HasPrefix(a.Status+" "+a.Text, want[:3]) ||
			!strings.Contains(a.Text, want[4:]) {
			t.Errorf("%s %s %s: %s %s, want %s", method, path, body, a.Status, a.Text, want)
		}
	}
	if got := p.Silent(); got != "" {
		t.Fatalf("at first: %q", got)
	}
	for range 2 { // twice is as good as once
		ask("PUT", "/scenarios/action-denies", `{"client":"My App"}`, `200 "armed":true,"client":"My App","left":[]`)
	}
	if got := p.Silent(); got != "access_denied" || len(s.Snapshot().Mock.Actions) != 1 {
		t.Errorf("under action-denies: %q, %d actions", got, len(s.Snapshot().Mock.Actions))
	}
	ask("PUT", "/scenarios/clock-far-ahead", ``, `200 "armed":true`)
	ask("GET", "/scenarios", ``, `200 "id":"action-denies"`)
	ask("DELETE", "/scenarios/action-denies", ``, `200 {"disarmed":1}`)
	ask("DELETE", "/scenarios/action-denies", ``, `404 is not armed`)
	ask("DELETE", "/scenarios", ``, `200 {"disarmed":1}`)
	ask("PUT", "/scenarios/none", ``, `400 no scenario \"none\"; GET /__mock/v1/scenarios lists them`)
	ask("PUT", "/scenarios/action-denies", `{"client":"none"}`, `404 no client`)
	if got := p.Silent(); got != "" {
		t.Errorf("taken back: %q", got)
	}
	ask("PUT", "/scenarios/action-denies", ``, `200 armed`)
	ask("POST", "/reset", `{}`, `200 reset`)
	if len(s.Snapshot().Mock.Actions) != 0 {
		t.Error("a reset leaves a scenario armed")
	}
}

// TestAScenarioWithoutAClient: a tenant may have none, and says what is missing.
func TestAScenarioWithoutAClient(t *testing.T) {
	t.Parallel()
	s := withScenarios(t)
	none := s.Snapshot().Clone()
	none.Clients, none.ClientGrants = nil, nil
	for _, c := range none.Connections {
		c.EnabledClients = nil
	}
	if err := s.Reload(none); err != nil {
		t.Fatal(err)
	}
	a := tenanttest.Browse(t, s).Ask("PUT", "/__mock/v1/scenarios/action-denies", "", "Content-Type", "application/json")
	if a.StatusCode != http.StatusBadRequest || !strings.Contains(a.Text, "this tenant has none: add one to tenant.yaml") ||
		strings.Contains(a.Text, "lists them") {
		t.Errorf("%s %s", a.Status, a.Text)
	}
}

// TestEveryScenarioGoesAsItCame: what is left of it once it was taken back is nothing.
func TestEveryScenarioGoesAsItCame(t *testing.T) {
	t.Parallel()
	s := withScenarios(t)
	list, err := s.Scenarios()
	if err != nil || len(list) < 90 {
		t.Fatalf("%d scenarios, %v", len(list), err)
	}
	before, at, whole := s.Snapshot(), s.Now(), 0
	for _, one := range list {
		if one.Group == "" {
			t.Errorf("%s belongs to no group", one.ID)
		}
		if len(one.Left) == 0 {
			whole++
		}
		if state, err := s.ArmScenario(one.ID, ""); err != nil {
			t.Errorf("%s: %v", one.ID, err)
		} else if !state.Armed || state.Client != "My App" {
			t.Errorf("%s: %+v", one.ID, state)
		}
		if n, err := s.DisarmScenario(one.ID); err == nil && n == 0 && !t.Failed() || err != nil {
			t.Errorf("%s: %d %v", one.ID, n, err)
		}
		now := s.Snapshot()
		for what, pair := range map[string][2]any{
			"settings": {before.Settings, now.Settings}, "mock.yaml": {before.Mock, now.Mock}, "clients": {before.Clients, now.Clients},
			"connections": {before.Connections, now.Connections}, "APIs": {before.ResourceServers, now.ResourceServers},
			"users": {before.Users, now.Users}, "organizations": {before.Organizations, now.Organizations},
		} {
			if !reflect.DeepEqual(pair[0], pair[1]) {
				a, _ := json.Marshal(pair[0])
				b, _ := json.Marshal(pair[1])
				t.Errorf("%s leaves other %s:\n%s\n%s", one.ID, what, a, b)
			}
		}
		if len(s.Faults()) != 0 || s.Now().Sub(at).Abs() > time.Minute {
			t.Errorf("%s leaves %v, and the clock at %v", one.ID, s.Faults(), s.Now())
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d of %d scenarios are armed wholly", whole, len(list))
	if whole < 40 {
		t.Errorf("%d of %d scenarios are armed wholly", whole, len(list))
	}
}
