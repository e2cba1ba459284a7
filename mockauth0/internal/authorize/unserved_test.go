package authorize_test

import (
	"strings"
	"testing"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// TestWhatIsLeftOutIsSaid: the answer is the one of a tenant without the feature, and the log names it.
func TestWhatIsLeftOutIsSaid(t *testing.T) {
	t.Parallel()
	code := []string{"prompt", "none", "response_type", "code"}
	for _, tc := range []struct {
		name   string
		asked  []string
		warned event.Reason
	}{
		{"nothing of it", code, ""},
		{"online_access", append(code, "scope", "openid online_access"), event.OnlineAccessIgnored},
		{"online_access where Auth0 leaves it out", []string{"prompt", "none", "scope", "openid online_access"}, ""},
		{"dpop_jkt", append(code, "dpop_jkt", "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"), event.ProofIgnored},
	} {
		s := tenanttest.Serve(t, nil)
		p := tenanttest.Browse(t, s)
		p.Login(tenanttest.Request(s))
		got := p.Get(tenanttest.Request(s, tc.asked...))
		if at := got.Header.Get("Location"); got.StatusCode != 302 || strings.Contains(at, "error=") {
			t.Errorf("%s: %s %q", tc.name, got.Status, at)
		}
		var warned []event.Reason
		for _, e := range s.Events(0) {
			if e.Type == event.Warning {
				warned = append(warned, event.Of[event.LogEntry](e).Reason)
			}
		}
		if len(warned) > 1 || len(warned) == 1 != (tc.warned != "") || len(warned) == 1 && warned[0] != tc.warned {
			t.Errorf("%s: warnings %q, want %q", tc.name, warned, tc.warned)
		}
	}
}

// TestATokenThatMustBeBoundIsNotIssuedByTheAuthorizationEndpoint: no proof can come there.
func TestATokenThatMustBeBoundIsNotIssuedByTheAuthorizationEndpoint(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tn.ResourceServers[0].ProofOfPossession = tenant.ProofOfPossession{Mechanism: "dpop", Required: true}
	})
	p := tenanttest.Browse(t, s)
	got := p.Get(tenanttest.Request(s, "prompt", "none")).Fragment(t)
	if got.Get("error") != "not_implemented" || !strings.Contains(got.Get("error_description"), "bind tokens to a key") {
		t.Errorf("%v", got)
	}
}
