package mockauth0_test

import (
	"net/url"
	"testing"

	"renewal.example/mockauth0/internal/tenanttest"
)

func TestLoginThenSilentRenewal(t *testing.T) {
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	if got := p.Get(tenanttest.Request(s, "prompt", "none")).Fragment(t); got.Get("error") != "login_required" ||
		got.Get("error_description") != "Login required" || got.Get("state") != "the-state" {
		t.Errorf("silent request before login: %v", got)
	}
	for _, step := range []struct {
		name string
		got  url.Values
	}{{"login", p.Login(tenanttest.Request(s)).Fragment(t)}, {"silent", p.Get(tenanttest.Request(s, "prompt", "none")).Fragment(t)}} {
		if step.got.Get("access_token") == "" || step.got.Get("id_token") == "" || step.got.Get("expires_in") != "7200" ||
			step.got.Get("state") != "the-state" {
			t.Errorf("%s: %v", step.name, step.got)
		}
	}
}
