package diagnose_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
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
			tenanttest.WaitForEvents(t, p.Server, event.KindNoAnswer, 1)
		}
	}
	asked := func(t *testing.T, p *page) { // by another SDK, and answered 3 s later
		tenanttest.Arm(t, p.Server, `{"when":{"prompt":"none"},"do":{"latency":"3s"},"times":1}`)
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _ = p.askSilently(t.Context())
		}()
		t.Cleanup(func() { <-done })
		tenanttest.WaitForHolds(t, p.Server, 1)
	}
	leftAfterThat := func(t *testing.T, p *page) {
		tenanttest.Arm(t, p.Server, `{"when":{"prompt":"none"},"do":{"latency":"90s"}}`)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _ = p.askSilently(ctx)
		}()
		tenanttest.WaitForHolds(t, p.Server, 2)
		answered := len(tenanttest.OfKind(p.Server, event.KindResponse))
		p.Server.Advance(2 * time.Second)
		tenanttest.WaitForEvents(t, p.Server, event.KindResponse, answered+1)
		cancel()
		<-done
		tenanttest.WaitForEvents(t, p.Server, event.KindNoAnswer, 1)
	}
	otherState := mockauth0.AppReport{Error: "state_mismatch", Text: "Invalid state"}
	byFragment := []string{"response_type", "token id_token", "response_mode", ""}
	keepsNone := func(tn *tenant.Config) { tn.Clients[0].RefreshToken = tenant.RefreshToken{} }
	for name, c := range map[string]struct {
		before  func(t *testing.T, p *page) // the renewal began
		during  func(t *testing.T, p *page) // what of it reached the tenant
		lasts   time.Duration               // until the page gave up
		loaded  bool                        // the page was reloaded before
		tenant  func(*tenant.Config)
		refresh bool // it renews with a refresh token
		report  mockauth0.AppReport
		want    diagnosis.Code
	}{
		"nothing came":                             {want: "request_never_came"},
		"nothing came after a logout":              {before: func(_ *testing.T, p *page) { p.Get("/v2/logout?client_id=" + p.Server.Snapshot().Clients[0].ClientID) }, want: "renewal_after_logout"},
		"nothing came after a good renewal":        {before: renewed, want: "request_never_came"},
		"the refresh before brought no token":      {tenant: keepsNone, refresh: true, before: renewed, want: "refresh_token_missing"},
		"nothing came after a reload":              {refresh: true, loaded: true, want: "refresh_token_missing"},
		"nothing came after a reload, by frames":   {loaded: true, want: "request_never_came"},
		"the refresh before brought one":           {refresh: true, before: renewed, want: "request_never_came"},
		"nothing came, and it says why":            {report: mockauth0.AppReport{Error: "missing_refresh_token", Text: "Missing Refresh Token (audience: 'x', scope: 'y')"}, want: "refresh_token_missing"},
		"nothing came, isolated":                   {report: mockauth0.AppReport{Error: "login_required", Text: "The application is running in a Cross-Origin Isolated context"}, want: "cross_origin_isolated"},
		"nothing came, and the page is isolated":   {report: mockauth0.AppReport{Isolated: true}, want: "cross_origin_isolated"},
		"an isolated page that has refresh tokens": {refresh: true, report: mockauth0.AppReport{Isolated: true}, want: "request_never_came"},
		"nothing came, for another API":            {refresh: true, report: mockauth0.AppReport{Audience: "https://second.example.test/"}, want: "refresh_token_missing"},
		"nothing came, for another API, by frames": {report: mockauth0.AppReport{Audience: "https://second.example.test/"}, want: "request_never_came"},
		"nothing came, for the login's API":        {refresh: true, report: mockauth0.AppReport{Audience: "https://api.example.test/"}, want: "request_never_came"},
		"a good answer, to a page far ahead":       {during: renewed, report: mockauth0.AppReport{ClockAhead: 11 * time.Hour}, want: "app_clock_wrong"},
		"a good refresh, to a page far ahead":      {refresh: true, during: renewed, report: mockauth0.AppReport{ClockAhead: 11 * time.Hour}, want: "app_clock_wrong"},
		"a good answer, to a page a little ahead":  {during: renewed, report: mockauth0.AppReport{ClockAhead: 9 * time.Hour}, want: "app_rejected_the_answer"},
		"a good answer, to a page that is behind":  {during: renewed, report: mockauth0.AppReport{ClockAhead: -11 * time.Hour}, want: "app_rejected_the_answer"},
		"a code that nobody exchanges":             {during: codeOnly, want: "request_never_came"},
		"a good answer, refused at once":           {during: renewed, want: "app_rejected_the_answer"},
		"a good answer that it waits for":          {during: codeOnly, lasts: 60 * time.Second, want: "cross_origin_isolated"},
		"a good answer, and a wrong clock":         {during: renewed, report: mockauth0.AppReport{Error: "invalid_token", Text: "Expiration Time (exp) claim error in the ID token; current time is after expiration time"}, want: "app_clock_wrong"},
		"a good answer, and another's message":     {during: renewed, report: mockauth0.AppReport{UnexpectedResult: `{"source":"devtools"}`}, want: "foreign_message"},
		"it left a frame of renewAuth early":       {during: left(20*time.Second, byFragment...), lasts: 20 * time.Second, want: "foreign_message"},
		"it left a frame of checkSession early":    {during: left(20 * time.Second), lasts: 20 * time.Second, want: "answer_late"},
		"it left a frame when it waits no more":    {during: left(60*time.Second, byFragment...), lasts: 60 * time.Second, want: "answer_late"},
		"it reads what another SDK asked for":      {before: asked, during: leftAfterThat, report: otherState, want: "two_sdks"},
		"it reads what nobody asked for":           {during: left(time.Second), report: otherState, want: "foreign_message"},
		"it reads what came before it asked":       {before: renewed, during: left(time.Second), report: otherState, want: "foreign_message"},
		"what the tenant itself saw goes before":   {during: func(_ *testing.T, p *page) { p.blocked = true; p.renewAs() }, report: mockauth0.AppReport{Error: "login_required"}, want: "third_party_cookies_blocked"},
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

// TestAPageAsksWhenALogoutHasLedToIt: that nobody is there is the right answer, unless the app says that it was a renewal. One that asks
// again, or that was never left, goes on renewing.
func TestAPageAsksWhenALogoutHasLedToIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		dest   string        // of the logout
		after  time.Duration // it
		asks   int
		claims bool
		want   string // the first cause of each diagnosis
	}{
		"at once":                     {dest: "document", after: time.Second, asks: 1},
		"at once, and says it renews": {dest: "document", after: time.Second, asks: 1, claims: true, want: "renewal_after_logout"},
		"and again":                   {dest: "document", after: time.Second, asks: 2, want: "renewal_after_logout"},
		"a minute later":              {dest: "document", after: time.Minute, asks: 1, want: "renewal_after_logout"},
		"a page that was not left":    {dest: "empty", after: time.Second, asks: 1, want: "renewal_after_logout"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := loggedIn(t, failure{tenant: func(tn *tenant.Config) { tn.Clients[0].AllowedLogoutURLs = []string{pageOrigin} }})
			out := "/v2/logout?returnTo=" + url.QueryEscape(pageOrigin) + "&client_id=" + p.Server.Snapshot().Clients[0].ClientID
			if a, err := p.sent(t.Context(), http.MethodGet, out, "", "Sec-Fetch-Dest", c.dest); err != nil || a.StatusCode != http.StatusFound {
				t.Fatal(a.Status, a.Text, err)
			}
			p.Server.Advance(c.after)
			began := p.Server.Now()
			for range c.asks {
				if p.renewAs() {
					t.Fatal("somebody is logged in")
				}
			}
			if c.claims {
				p.Server.Report(mockauth0.AppReport{Client: "My App", Began: began})
			}
			got := []string{}
			for _, d := range p.Server.Diagnoses() {
				got = append(got, string(d.Causes[0].Code))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("diagnosed %v, want %q\n%s", got, c.want, listing(p.Server))
			}
		})
	}
}
