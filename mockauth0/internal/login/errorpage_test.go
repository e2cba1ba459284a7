package login_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// TestTheErrorPagesSkeleton: tests that read a real tenant's error page find the same classes here.
func TestTheErrorPagesSkeleton(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, friendly, want string
	}{{"friendly name", "Acme & Sons", "Acme &amp; Sons"}, {"name of the tenant", "", "minimal"}} {
		s := tenanttest.Serve(t, func(tn *tenant.Config) {
			tn.Settings.FriendlyName, tn.Settings.SupportURL = tc.friendly, "https://support.example.test/"
		})
		got := tenanttest.Browse(t, s).Get("/u/login?state=x")
		for _, want := range []string{
			`class="wide unhandled-error-cont tenant-error-cont"`, `<div class="error-header">`, `class="error-title">` + tc.want + `<`,
			`class="error-subtitle">Oops!, something went wrong<`, `<div class="error-body">`, `<p class="error-message">`,
			`<div class="error-footer">`, "TECHNICAL DETAILS", `class="toggle-details"`, "See details for this error", "SUPPORT",
			`href="https://support.example.test/"`, `<div class="error-details"`,
			`<p class="error-status"><strong>invalid_request</strong>: You may have pressed the back button`, `class="error-id-content">`,
			"<title>" + tc.want + ": error</title>",
		} {
			if !strings.Contains(got.Text, want) {
				t.Errorf("%s: the page has no %s:\n%s", tc.name, want, got.Text)
			}
		}
		if etag := got.Header.Get("ETag"); !regexp.MustCompile(`^W/"[0-9a-f]+-[A-Za-z0-9+/]{27}"$`).MatchString(etag) {
			t.Errorf("%s: ETag is %q", tc.name, etag)
		}
	}
}

// TestHostedPagesNeedNoNetwork: a test that runs on a train sees the same page.
func TestHostedPagesNeedNoNetwork(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Social)
	p := tenanttest.Browse(t, s)
	login, _ := p.LoginPage(tenanttest.Request(s))
	provider := p.Get(p.Get(tenanttest.Request(s, "connection", "google-oauth2")).Header.Get("Location"))
	for name, page := range map[string]tenanttest.Answer{"login": login, "provider": provider, "error": p.Get("/authorize")} {
		if m := regexp.MustCompile(`(?i)(?:src|href|action|url)\s*[=(]\s*["']?(?:https?:)?//[^"')> ]*`).FindString(page.Text); m != "" {
			t.Errorf("the %s page loads %s", name, m)
		}
		if csp := page.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; ") {
			t.Errorf("the %s page may load things: %q", name, csp)
		}
	}
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	id := regexp.MustCompile(`^[0-9a-f]{20}$`)
	seen := map[string]bool{}
	for _, path := range []string{"/authorize", tenanttest.Request(s), tenanttest.Request(s, "prompt", "none"),
		tenanttest.Request(s, "prompt", "none", "response_mode", "web_message"), "/u/login?state=x", "/v2/logout", "/userinfo", "/oauth/token",
		"/.well-known/jwks.json", "/.well-known/openid-configuration", "/nowhere"} {
		h := p.Get(path).Header
		if got := h.Get("X-Auth0-RequestId"); !id.MatchString(got) || seen[got] {
			t.Errorf("%s: X-Auth0-RequestId is %q", path, got)
		}
		if seen[h.Get("X-Auth0-RequestId")] = true; h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: X-Content-Type-Options is %q", path, h.Get("X-Content-Type-Options"))
		}
		for _, name := range []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} {
			if n, err := strconv.Atoi(h.Get(name)); err != nil || n < 1 {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
		for _, name := range []string{"Retry-After", "Strict-Transport-Security", "Server", "X-Powered-By"} {
			if h.Get(name) != "" {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
	}
}

// TestTheLogLink: where the tenant shows it, a developer goes from the error page to what happened.
func TestTheLogLink(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tn.Settings.ErrorPageURL, tn.Settings.ErrorPageShowLogLink = "https://errors.example.test/oops", true
	})
	p := tenanttest.Browse(t, s)
	link := tenanttest.ParseURL(t, p.Get("/authorize").Header.Get("Location")).Query().Get("log_url")
	p.Get("/v2/logout") // another request, whose events are not shown
	got := p.Get(strings.TrimPrefix(link, s.URL()))
	if got.StatusCode != 200 || !strings.Contains(got.Text, `"type":"f"`) ||
		!strings.Contains(got.Text, "Missing required parameter: response_type") || strings.Contains(got.Text, `"type":"slo"`) {
		t.Errorf("%q: %s %s", link, got.Status, got.Text)
	}
	hidden := tenanttest.Serve(t, func(tn *tenant.Config) { tn.Settings.ErrorPageURL = "https://errors.example.test/oops" })
	if q := tenanttest.ParseURL(t, tenanttest.Browse(t, hidden).Get("/authorize").Header.Get("Location")).Query(); q.Has("log_url") ||
		q.Get("lang") != "en" || q.Get("error_description") == "" {
		t.Errorf("without show_log_link: %v", q)
	}
}
