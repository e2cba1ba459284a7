package diagnose_test

import (
	"net/http"
	"strings"
	"testing"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// TestALoginAtTheCustomDomain: the person logs in at the custom domain, and a second SDK asks at the tenant's own.
func TestALoginAtTheCustomDomain(t *testing.T) {
	t.Parallel()
	const custom = "https://login.example.test"
	for name, blocked := range map[string]bool{"cookies come": false, "cookies are withheld": true} {
		s := tenanttest.Serve(t, func(tn *tenant.Config) { tn.Mock.CustomDomain = "login.example.test" })
		p := open(t, s)
		p.blocked = blocked
		p.logInAt(custom)
		if a, err := p.askSilently(t.Context()); err != nil || message(a)["error"] != "login_required" {
			t.Fatal(a.Text, err)
		}
		all := s.Diagnoses()
		if len(all) != 1 || all[0].Causes[0].Code != diagnosis.SessionAtOtherDomain {
			t.Fatalf("%s: %s", name, listed(all))
		}
		remedy := all[0].Causes[0].Remedy
		if !strings.Contains(remedy, "one domain") || strings.Contains(remedy, "give the tenant a custom domain") {
			t.Errorf("%s: what is done already is advised: %s", name, remedy)
		}
	}
}

// logInAt logs in as the tenant's first user at one of its addresses.
func (p *page) logInAt(base string) {
	p.Helper()
	u := p.Server.Snapshot().Users[0]
	at := base + p.Get(base+tenanttest.Request(p.Server)).Header.Get("Location")
	field := tenanttest.StateField.FindStringSubmatch(p.Get(at).Text)
	if field == nil {
		p.Fatalf("no login page at %s", at)
	}
	r, err := http.NewRequestWithContext(p.Context(), http.MethodPost, base+"/u/login",
		strings.NewReader(tenanttest.Form("state", field[1], "username", u.Email, "password", u.Password, "action", "default").Encode()))
	if err != nil {
		p.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	p.Get(base + p.Send(r).Header.Get("Location"))
}
