package logout_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestLogoutURLsOfStrictThirdPartyClientsAreExact(t *testing.T) {
	t.Parallel()
	for _, strict := range []bool{false, true} {
		s := tenanttest.Serve(t, func(tn *tenant.Config) {
			c := tn.Clients[0]
			c.FirstParty, c.StrictThirdParty, c.AllowedLogoutURLs = false, strict,
				[]string{"https://*.example.test/bye", "https://app.example.test/bye"}
		})
		p := tenanttest.Browse(t, s)
		for host, want := range map[string]int{"a": map[bool]int{false: 302, true: 400}[strict], "app": 302} {
			if got := p.Get("/v2/logout?client_id=" + s.Snapshot().Clients[0].ClientID + "&returnTo=https%3A%2F%2F" + host +
				".example.test%2Fbye"); got.StatusCode != want {
				t.Errorf("strict %v, %s: %s", strict, host, got.Status)
			}
		}
	}
}

func TestLogout(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tn.Settings.AllowedLogoutURLs = []string{"https://tenant.example.test/bye"}
		tn.Clients[0].AllowedLogoutURLs = []string{"http://localhost:3000", "https://*.example.test/out", "https://app.example.test/Path/"}
		silent := tenant.NewClient("No logout URL")
		silent.Callbacks = []string{"http://localhost:3000"}
		tn.Clients = append(tn.Clients, silent)
	})
	client, silent := s.Snapshot().Clients[0].ClientID, s.Snapshot().Clients[1].ClientID
	const ok, refused = 302, 400
	for _, tc := range []struct {
		name, client, returnTo string
		status                 int
		location               string // "": returnTo
	}{
		{"listed", client, "http://localhost:3000", ok, ""},
		{"final slash", client, "http://localhost:3000/", ok, ""},
		{"query and fragment do not count", client, "http://localhost:3000?from=logout#top", ok, ""},
		{"scheme and host ignore case", client, "HTTP://LocalHost:3000", ok, ""},
		{"wildcard", client, "https://app.example.test/out?x", ok, ""},
		{"not ASCII", client, "http://localhost:3000?ü", ok, "http://localhost:3000?%C3%BC"},
		{"path keeps its case", client, "https://app.example.test/path/", refused, ""},
		{"path keeps its slash", client, "https://app.example.test/Path", refused, ""},
		{"wildcard is one label", client, "https://a.b.example.test/out", refused, ""},
		{"wildcard itself", client, "https://*.example.test/out", refused, ""},
		{"tenant's list is not the client's", client, "https://tenant.example.test/bye", refused, ""},
		{"tenant's list", "", "https://tenant.example.test/bye", ok, ""},
		{"client's list is not the tenant's", "", "http://localhost:3000", refused, ""},
		{"first of the client", client, "", ok, "http://localhost:3000"},
		{"client without a list", silent, "", 200, ""},
		{"nothing at all", "", "", 200, ""},
		{"other port", client, "http://localhost:3001", refused, ""},
		{"other host", client, "https://evil.example", refused, ""},
		{"//evil", client, "//evil.example", refused, ""},
		{"///evil", client, "///evil.example", refused, ""},
		{"javascript:", client, "javascript:alert(1)//http://localhost:3000", refused, ""},
		{"data:", client, "data:text/html,http://localhost:3000", refused, ""},
		{"user name", client, "http://localhost:3000@evil.example", refused, ""},
		{"backslash", client, `http://localhost:3000\@evil.example`, refused, ""},
		{"sub-domain of another", client, "https://x.example.test.evil.example/out", refused, ""},
		{"line break", client, "http://localhost:3000\r\nX: y", refused, ""},
		{"space in front", client, " http://localhost:3000", refused, ""},
	} {
		for _, federated := range []string{"", "&federated", "&federated="} {
			t.Run(tc.name+federated, func(t *testing.T) {
				p := tenanttest.Browse(t, s)
				p.Login(tenanttest.Request(s))
				q := url.Values{}
				if tc.client != "" {
					q.Set("client_id", tc.client)
				}
				if tc.returnTo != "" {
					q.Set("returnTo", tc.returnTo)
				}
				got := p.Get("/v2/logout?" + q.Encode() + federated)
				if got.StatusCode != tc.status {
					t.Fatalf("%s %q\n%s", got.Status, got.Header.Get("Location"), got.Text)
				}
				switch tc.status {
				case ok:
					want := tc.location
					if want == "" {
						want = tc.returnTo
					}
					if got.Header.Get("Location") != want {
						t.Errorf("leads to %q, want %q", got.Header.Get("Location"), want)
					}
				case refused:
					code, words := got.ErrorPage(t)
					if want := fmt.Sprintf(`The "returnTo" querystring parameter "%s" is not defined as a valid URL in "Allowed Logout URLs".`,
						tc.returnTo); code != "invalid_request" ||
						words != want && tc.name != "line break" {
						t.Errorf("%s: %s", code, words)
					}
				default:
					if got.Text != "OK" || got.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
						t.Errorf("%q %q", got.Header.Get("Content-Type"), got.Text)
					}
				}
				want := "login_required"
				if tc.status == refused {
					want = "" // a refused logout changes nothing
				}
				if got := p.Silent(); got != want {
					t.Errorf("silent afterwards: %q, want %q", got, want)
				}
			})
		}
	}
	page := tenanttest.Browse(t, s).Get("/v2/logout?client_id=" + client + "&returnTo=https://evil.example").Text
	for _, hint := range []string{
		"Add https://evil.example to allowed_logout_urls of client", "another --app", "copy fixtures/tenants/tutorial",
	} {
		if !strings.Contains(page, hint) {
			t.Errorf("the page does not say %q: %s", hint, page)
		}
	}
	twice := tenanttest.Browse(t, s).Get("/v2/logout?client_id=" + client + "&returnTo=http://localhost:3000&returnTo=https://evil.example")
	if _, words := twice.ErrorPage(t); words != "Invalid parameter: returnTo must be a string" {
		t.Errorf("returnTo twice: %s", words)
	}
}

func TestLogoutEndsTheSessionForEveryClientOfThatBrowserOnly(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p, other := tenanttest.Browse(t, s), tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	other.Login(tenanttest.Request(s))
	p.Get("/v2/logout")
	if got := p.Silent(); got != "login_required" {
		t.Errorf("this browser: %q", got)
	}
	if got := other.Silent(); got != "" {
		t.Errorf("another browser of the same person: %q", got)
	}
	if n := s.EndSessions("nobody"); n != 0 || other.Silent() != "" {
		t.Errorf("ended %d sessions of nobody", n)
	}
	if n := s.EndSessions(s.Snapshot().Users[0].ID); n != 1 || other.Silent() != "login_required" {
		t.Errorf("ended %d sessions, want 1", n)
	}
}

func TestWhatALogoutSends(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	cookie := func() (value string) {
		for _, c := range p.Jar.Cookies(tenanttest.ParseURL(t, s.URL())) {
			if c.Name == "auth0" {
				value = c.Value
			}
		}
		return value
	}
	before := cookie()
	p.Get("/v2/logout?returnTo=https://evil.example")
	if e := tenanttest.LastLog(s); e.Type != "flo" {
		t.Errorf("a refused logout is logged as %s", e.Type)
	}
	got := p.Get("/v2/logout?client_id=" + s.Snapshot().Clients[0].ClientID + "&returnTo=http://localhost:3000")
	if e := tenanttest.LastLog(s); e.Type != "slo" || e.UserName != "ada@example.test" {
		t.Errorf("a logout is logged as %s of %q", e.Type, e.UserName)
	}
	if tenanttest.CookieNamed(got, "auth0") != nil || before == "" || cookie() != before {
		t.Errorf("the cookie was %q and is %q: it stays until it is overwritten", before, cookie())
	}
	for name, want := range map[string]string{"Cache-Control": "no-store, max-age=0, no-transform", "Pragma": "no-cache"} {
		if h := got.Header.Get(name); h != want {
			t.Errorf("%s is %q, want %q", name, h, want)
		}
	}
}
