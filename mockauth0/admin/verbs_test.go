package admin_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"renewal.example/fixtures"
	"renewal.example/mockauth0"
	"renewal.example/mockauth0/admin"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/tenant"
)

// otherwise are methods of Tenant that Client has under another name, or that only the process of the tenant can have.
func otherwise() map[string]string {
	return map[string]string{
		"Now": "Clock", "Holds": "Clock", "NextExpiry": "AdvanceToExpiry", "Subscribe": "FollowEvents", "LoginAt": "Login",
		"SaveState": "Snapshot", "RestoreState": "Restore", "Close": "EndTenant",
		"Domain": "Tenants", "CustomDomain": "Tenants", "Name": "Tenants", "URL": "Tenants", "Issuer": "Tenants",
		"HTTP": "", "Handler": "", "Snapshot": "", "Reload": "", // the configuration and the handler are the program's own
		"Stats":     "", // GET /__mock/metrics
		"MintToken": "", // signs what a Go test invents; IssueTokens keeps the rules
		"Report":    "", // the words of an app that the same program drives
	}
}

// TestTheClientHasTheVerbsOfTheTenant: what a test does in its own process it can do from another one, by the same name.
func TestTheClientHasTheVerbsOfTheTenant(t *testing.T) {
	t.Parallel()
	local, remote := reflect.TypeFor[*mockauth0.Tenant](), reflect.TypeFor[*admin.Client]()
	for method := range local.Methods() {
		name, renamed := otherwise()[method.Name]
		if !renamed {
			name = method.Name
		}
		if _, there := remote.MethodByName(name); !there && name != "" {
			t.Errorf("Tenant.%s: admin.Client has no %s", method.Name, name)
		}
	}
	for name := range otherwise() {
		if _, there := local.MethodByName(name); !there {
			t.Errorf("Tenant has no %s any more", name)
		}
	}
}

// TestScenariosAreArmedFromAnotherProcess and taken back.
func TestScenariosAreArmedFromAnotherProcess(t *testing.T) {
	t.Parallel()
	files, err := fixtures.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	base, err := fixtures.Tenant("tutorial")
	if err != nil {
		t.Fatal(err)
	}
	config := tenant.Minimal()
	s, err := mockauth0.New(mockauth0.Options{Tenant: config, Keys: tenanttest.Keys(), Scenarios: &scenario.Source{Files: files, Base: base}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	c, err := admin.New(admin.Options{URL: s.URL(), HTTP: s.Client()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	ctx := t.Context()
	armed := func() (ids []string) {
		t.Helper()
		local, err := s.Scenarios()
		if err != nil {
			t.Fatal(err)
		}
		listed, err := c.Scenarios(ctx)
		if err != nil || len(listed) != len(local) || len(listed) < 50 {
			t.Fatalf("%d scenarios, the tenant has %d: %v", len(listed), len(local), err)
		}
		for i, one := range listed {
			if !reflect.DeepEqual(one, admin.Scenario(local[i])) {
				t.Errorf("%+v, the tenant has %+v", one, local[i])
			}
			if one.Armed {
				ids = append(ids, one.ID)
			}
		}
		return ids
	}
	for range 2 {
		got, err := c.ArmScenario(ctx, "action-denies", "My App")
		if err != nil || !got.Armed || got.Client != "My App" || got.Diagnosis == "" {
			t.Fatalf("%+v %v", got, err)
		}
	}
	if ids := armed(); len(ids) != 1 || ids[0] != "action-denies" {
		t.Errorf("armed: %v", ids)
	}
	if n, err := c.DisarmScenario(ctx, "action-denies"); n != 1 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	refused := new(admin.Error)
	if _, err := c.DisarmScenario(ctx, "action-denies"); !errors.As(err, &refused) || refused.Status != 404 {
		t.Errorf("taken back twice: %v", err)
	}
	if _, err := c.ArmScenario(ctx, "no-such", ""); !errors.As(err, &refused) || refused.Status != 400 {
		t.Errorf("an unknown one: %v", err)
	}
	if _, err := c.ArmScenario(ctx, "blocked-user", ""); err != nil {
		t.Error(err)
	}
	if n, err := c.DisarmScenario(ctx, ""); n != 1 || err != nil || len(armed()) != 0 {
		t.Errorf("all: %d %v", n, err)
	}
}

// TestAProgramFollowsTheClockFromAnotherProcess: a move answers when the program has moved, and not before.
func TestAProgramFollowsTheClockFromAnotherProcess(t *testing.T) {
	t.Parallel()
	s, c := client(t)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	at, ended := make(chan admin.Clock), make(chan error, 1)
	go func() {
		ended <- c.FollowClock(ctx, "api", func(now admin.Clock) error {
			at <- now
			return nil
		})
	}()
	if first := <-at; !first.Now.Equal(s.Now()) || !first.Frozen {
		t.Errorf("at first: %+v", first)
	}
	moved := make(chan admin.Clock, 1)
	go func() {
		now, err := c.Advance(t.Context(), 2*time.Hour, "api")
		if err != nil {
			t.Error(err)
		}
		moved <- now
	}()
	select {
	case now := <-moved:
		t.Errorf("the move did not wait: %+v", now)
	case now := <-at:
		if !now.Now.Equal(s.Now()) {
			t.Errorf("two hours on: %+v", now)
		}
	}
	if now := <-moved; len(now.Late) != 0 || !now.Now.Equal(s.Now()) {
		t.Errorf("%+v", now)
	}
	if names, err := c.Followers(t.Context()); err != nil || len(names) != 1 || names[0] != "api" {
		t.Errorf("%v %v", names, err)
	}
	leave()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
	enough := errors.New("enough")
	if err := c.FollowClock(t.Context(), "api", func(admin.Clock) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("follow failed, and it ended with %v", err)
	}
	refused := new(admin.Error)
	if err := c.FollowClock(t.Context(), "", func(admin.Clock) error { return nil }); !errors.As(err, &refused) || refused.Status != 400 {
		t.Errorf("without a name: %v", err)
	}
}
