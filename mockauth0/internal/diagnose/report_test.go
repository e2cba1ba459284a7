package diagnose_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// TestReports: what a page reports of a renewal of which the tenant saw nothing, or nothing wrong. A report without words
// says no more than that the page asked and has no new token.
func TestReports(t *testing.T) {
	t.Parallel()
	codeOnly := func(t *testing.T, p *page) {
		if a, err := p.askSilently(t.Context()); err != nil || message(a) == nil {
			t.Fatal(a.Text, err)
		}
	}
	renewed := func(t *testing.T, p *page) {
		if !p.renewAs() {
			t.Fatal("the renewal failed")
		}
	}
	left := func(after time.Duration, pairs ...string) func(*testing.T, *page) {
		return func(t *testing.T, p *page) {
			tenanttest.Arm(t, p.Server, `{"when":{"prompt":"none"},"do":{"latency":"90s"}}`)
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() {
				defer close(done)
				_, _ = p.askSilently(ctx, pairs...)
			}()
			tenanttest.WaitForHolds(t, p.Server, 1)
			p.Server.Advance(after)
			cancel()
			<-done
			tenanttest.WaitForHolds(t, p.Server, 0)
		}
	}
	byFragment := []string{"response_type", "token id_token", "response_mode", ""}
	keepsNone := func(tn *tenant.Config) { tn.Clients[0].RefreshToken = tenant.RefreshToken{} }
	for name, c := range map[string]struct {
		before  func(t *testing.T, p *page) // the renewal began
		during  func(t *testing.T, p *page) // what of it reached the tenant
		lasts   time.Duration               // until the page gave up
		loaded  bool                        // the page was loaded anew before
		tenant  func(*tenant.Config)
		refresh bool // it renews with a refresh token
		report  mockauth0.AppReport
		want    diagnosis.Code
	}{
		"nothing came":                           {want: "request_never_came"},
		"nothing came after a logout":            {before: func(_ *testing.T, p *page) { p.Get("/v2/logout?client_id=" + p.Server.Snapshot().Clients[0].ClientID) }, want: "renewal_after_logout"},
		"nothing came after a good renewal":      {before: renewed, want: "request_never_came"},
		"the refresh before brought no token":    {tenant: keepsNone, refresh: true, before: renewed, want: "refresh_token_missing"},
		"nothing came after a reload":            {refresh: true, loaded: true, want: "refresh_token_missing"},
		"nothing came after a reload, by frames": {loaded: true, want: "request_never_came"},
		"the refresh before brought one":         {refresh: true, before: renewed, want: "request_never_came"},
		"nothing came, and it says why":          {report: mockauth0.AppReport{Error: "missing_refresh_token", Text: "Missing Refresh Token (audience: 'x', scope: 'y')"}, want: "refresh_token_missing"},
		"nothing came, isolated":                 {report: mockauth0.AppReport{Error: "login_required", Text: "The application is running in a Cross-Origin Isolated context"}, want: "cross_origin_isolated"},
		"a code that nobody exchanges":           {during: codeOnly, want: "request_never_came"},
		"a good answer, refused at once":         {during: renewed, want: "app_rejected_the_answer"},
		"a good answer that it waits for":        {during: codeOnly, lasts: 60 * time.Second, want: "cross_origin_isolated"},
		"a good answer, and a wrong clock":       {during: renewed, report: mockauth0.AppReport{Error: "invalid_token", Text: "Expiration Time (exp) claim error in the ID token; current time is after expiration time"}, want: "app_clock_wrong"},
		"a good answer, and another's message":   {during: renewed, report: mockauth0.AppReport{UnexpectedResult: `{"source":"devtools"}`}, want: "foreign_message"},
		"it left a frame of renewAuth early":     {during: left(20*time.Second, byFragment...), lasts: 20 * time.Second, want: "foreign_message"},
		"it left a frame of checkSession early":  {during: left(20 * time.Second), lasts: 20 * time.Second, want: "answer_late"},
		"it left a frame when it waits no more":  {during: left(60*time.Second, byFragment...), lasts: 60 * time.Second, want: "answer_late"},
		"what the tenant itself saw goes before": {during: func(_ *testing.T, p *page) { p.blocked = true; p.renewAs() }, report: mockauth0.AppReport{Error: "login_required"}, want: "third_party_cookies_blocked"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := loggedIn(t, failure{tenant: c.tenant, refresh: c.refresh})
			if c.before != nil {
				c.before(t, p)
			}
			p.Server.Advance(time.Second)
			c.report.Client, c.report.Began = "My App", p.Server.Now()
			if c.loaded {
				c.report.Loaded = p.Server.Now()
			}
			if c.during != nil {
				c.during(t, p)
			}
			c.report.Ended = c.report.Began.Add(c.lasts)
			p.Server.Report(c.report)
			p.Server.Report(c.report) // again: as one that knows more would
			all := p.Server.Diagnoses()
			if len(all) != 1 || all[0].Causes[0].Code != c.want {
				t.Errorf("it should be %s, but is\n%s\n%s", c.want, listed(all), listing(p.Server))
			}
		})
	}
}

func TestASecondReportReplacesTheFirst(t *testing.T) {
	t.Parallel()
	p := loggedIn(t, failure{})
	r := mockauth0.AppReport{Client: "My App", Began: p.Server.Now()}
	p.Server.Report(r)
	r.Error, r.Text = "missing_refresh_token", "Missing Refresh Token"
	p.Server.Report(r)
	other := mockauth0.AppReport{Client: "My App", Began: p.Server.Now().Add(time.Second)}
	p.Server.Report(other)
	all := p.Server.Diagnoses()
	if len(all) != 2 || !strings.Contains(all[0].Outcome, "Missing Refresh Token") || all[1].Outcome != "no new token" {
		t.Errorf("the diagnoses are\n%s", listed(all))
	}
}
