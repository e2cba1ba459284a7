package login_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestWhatATenantsOwnErrorPageIsTold(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tn.Settings.ErrorPageURL, tn.Settings.ErrorPageShowLogLink = "https://errors.example.test/", true
	})
	p := tenanttest.Browse(t, s)
	for locales, want := range map[string]string{"": "en", "fr-CA fr en": "fr-CA"} {
		q := tenanttest.ParseURL(t, p.Get(tenanttest.Request(s, "redirect_uri", "https://evil.example/", "ui_locales", locales)).
			Header.Get("Location")).Query()
		if q.Get("lang") != want || q.Get("log_url") != s.URL()+"/__mock/v1/events?request="+q.Get("tracking") {
			t.Errorf("ui_locales %q: %v", locales, q)
		}
	}
}

func TestATenantsOwnErrorPageInHTML(t *testing.T) {
	t.Parallel()
	const template = `<html lang="{{lang}}"><title>{{ error }}</title><p>{{error_description | escape}}</p><a href="{{log_url}}">{{ tracking }}</a>{{client_id}}{{unknown}}{% if x %}`
	s := tenanttest.Serve(t, func(tn *tenant.Config) { tn.Settings.ErrorPageHTML, tn.Settings.ErrorPageShowLogLink = template, true })
	a := tenanttest.Browse(t, s).Get("/authorize?response_type=code&ui_locales=de&client_id=%3Cscript%3E%7B%7Btracking%7D%7D")
	id := a.Header.Get("X-Auth0-RequestId")
	want := `<html lang="de"><title>invalid_request</title><p>Unknown client: &lt;script&gt;{{tracking}}</p><a href="` + s.URL() +
		`/__mock/v1/events?request=` + id + `">` + id + `</a>{% if x %}`
	if a.StatusCode != 400 || a.Header.Get("Content-Type") != "text/html; charset=utf-8" ||
		a.Header.Get("X-Frame-Options") != "deny" || a.Text != want {
		t.Errorf("%s %v\n%s\nwant %s", a.Status, a.Header, a.Text, want)
	}
}

func TestFramingOfTheErrorPageIsASetting(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ setting, frameOptions string }{{"deny", "deny"}, {"allow", ""}} {
		t.Run(tc.setting, func(t *testing.T) {
			s := tenanttest.Serve(t, func(tn *tenant.Config) { tn.Mock.ErrorPageFraming = tc.setting })
			h := tenanttest.Browse(t, s).Get("/authorize").Header
			if got := h.Get("X-Frame-Options"); got != tc.frameOptions {
				t.Errorf("X-Frame-Options is %q, want %q", got, tc.frameOptions)
			}
			if got := strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'"); got != (tc.frameOptions != "") {
				t.Errorf("Content-Security-Policy is %q", h.Get("Content-Security-Policy"))
			}
			if got := h.Get("Cache-Control"); got != "private, no-store, no-cache, must-revalidate, post-check=0, pre-check=0, no-transform" {
				t.Errorf("Cache-Control is %q", got)
			}
		})
	}
}

func TestATenantsOwnErrorPage(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) { tn.Settings.ErrorPageURL = "https://errors.example.test/oops?from=auth0" })
	got := tenanttest.Browse(t, s).Get(tenanttest.Request(s, "redirect_uri", "https://evil.example/"))
	u, err := url.Parse(got.Header.Get("Location"))
	if err != nil || got.StatusCode != http.StatusFound || u.Host != "errors.example.test" {
		t.Fatalf("got %d %q, want a redirect to errors.example.test", got.StatusCode, got.Header.Get("Location"))
	}
	q := u.Query()
	if q.Get("from") != "auth0" || q.Get("error") != "unauthorized_client" || q.Get("client_id") != s.Snapshot().Clients[0].ClientID ||
		q.Get("tracking") != got.Header.Get("X-Auth0-RequestId") {
		t.Errorf("the query is %v", q)
	}
}

func TestTheErrorPageNeverAdvisesWhatATenantRefuses(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	for _, tc := range []struct {
		path, advice string
		add          bool
	}{
		{tenanttest.Request(s, "redirect_uri", "https://other.example/cb"), "Add https://other.example/cb to the callbacks of client", true},
		{tenanttest.Request(s, "redirect_uri", "javascript:alert(1)"), "A callback is an absolute http or https URL", false},
		{tenanttest.Request(s, "redirect_uri", "//evil.example/cb"), "A callback is an absolute http or https URL", false},
		{"/v2/logout?returnTo=https://other.example/", "Add https://other.example/ to tenant.allowed_logout_urls", true},
		{"/v2/logout?returnTo=//evil.example/", "A returnTo is an absolute http or https URL", false},
	} {
		body := p.Get(tc.path).Text
		if !strings.Contains(body, tc.advice) || strings.Contains(body, "</strong> Add ") != tc.add {
			t.Errorf("%s: want the advice %q in\n%s", tc.path, tc.advice, body)
		}
	}
	if got := p.Get("/__mock/v1/nope").Text; !strings.Contains(got, "/__mock/v1/clock (GET, POST)") {
		t.Errorf("an unknown path of the control API: %s", got)
	}
}
