package check

import (
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/clock"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// TestServersGoByTheTenantThatTheyTalkTo: one tenant after another, and their time never goes back.
func TestServersGoByTheTenantThatTheyTalkTo(t *testing.T) {
	t.Parallel()
	server := func(config *tenant.Config) *mockauth0.Server {
		s, err := mockauth0.New(mockauth0.Options{Tenant: config, Keys: tenanttest.Keys(), Scheme: "http"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	keeper := server(nil)
	c := serverClock{of: keeper}
	if c.follows() {
		t.Error("follows without a program that does")
	}
	var program time.Duration // how far the program's clock is ahead of real time
	t.Cleanup(keeper.FollowClock("program", func(at mockauth0.ClockState) { program = at.Offset }))
	expect := func(when string, want time.Duration) {
		t.Helper()
		if got := program.Round(time.Minute); got != want {
			t.Errorf("%s the program is %s ahead, want %s", when, got, want)
		}
	}
	config := tenant.Minimal()
	c.begin(config)
	first := server(config)
	stop := c.follow(first.Tenant)
	first.Advance(5 * time.Hour)
	expect("after a move", 5*time.Hour)
	stop()
	first.Advance(time.Hour)
	expect("after the probe", 5*time.Hour)

	config = tenant.Minimal()
	c.begin(config)
	second := server(config)
	if ahead := second.Now().Sub(clock.Wall()).Round(time.Minute); ahead != 5*time.Hour {
		t.Errorf("the next tenant begins %s ahead, want 5h", ahead)
	}
	stop = c.follow(second.Tenant)
	second.Advance(time.Hour)
	expect("with the next tenant", 6*time.Hour)
	stop()

	c.apart = true
	if config = tenant.Minimal(); c.follows() {
		t.Error("follows several tenants at a time")
	}
	if c.begin(config); !config.Mock.ClockStart.IsZero() {
		t.Error("a tenant that no program follows begins at another time")
	}
}
