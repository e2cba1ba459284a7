package hostile_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// elsewhere are addresses that somebody may take for http://localhost:3000, https://app.example.test/cb or a path of the
// tenant, and that lead to evil.example, run a script, or differ from what is registered.
func elsewhere() []string {
	const good = "http://localhost:3000"
	return []string{
		"//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/%09/evil.example",
		"/%2f/evil.example", "/evil.example", "evil.example", "https:evil.example", "https:/evil.example", "http:evil.example",
		"http:\\\\evil.example", "http:/localhost:3000", "http:localhost:3000", "//localhost:3000", good + "@evil.example",
		good + ":x@evil.example", good + "\\@evil.example", good + "%40evil.example", good + "%00@evil.example",
		"http://evil.example\\@localhost:3000", "http://evil.example%5c@localhost:3000", good + ".evil.example",
		"http://localhost.evil.example:3000", "http://localhost:3000evil.example", "http://evil.example:3000", "http://evil.example#" + good,
		"http://evil.example?" + good, "http://evil.example/" + good, "http://evil.example;" + good, "http://localhost:3001", "http://localhost",
		"http://localhost:80", "http://localhost:03000", "http://localhost:3000 ", "http://localhost:+3000", "http://localhost:30000",
		"https://localhost:3000", "ws://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000", "http://0:3000", "http://2130706433:3000",
		"http://localhost.:3000", "http://%6cocalhost:3000", "http://loca\u200blhost:3000", "http://ⓛocalhost:3000",
		"http://localhost\u3002evil.example:3000", "http://lоcalhost:3000", " " + good, "\t" + good, "\u00a0" + good, good + "\n", good + "%0a",
		good + "%0d%0aSet-Cookie:x=y", "\u2028" + good, "\ufeff" + good, good + "/other", good + "/../callback/x", good + "/callback/../evil",
		good + "//evil.example", good + "/;@evil.example", good + "/callback/", good + "/CALLBACK", good + "/callback%2f", good + "/call%62ack",
		"javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", " javascript:alert(1)", "javascript://localhost:3000/%0aalert(1)",
		"javascript:alert(1)//" + good, "data:text/html,<script>alert(1)</script>", "data:text/html;base64,PHNjcmlwdD4=", "vbscript:msgbox(1)",
		"file:///etc/passwd", "blob:" + good + "/1", "about:blank", "view-source:" + good, "filesystem:" + good + "/x",
		"intent://localhost:3000#Intent;scheme=http;end", "mailto:a@evil.example", "https://app.example.test.evil.example/cb",
		"https://evil.example/.example.test/cb", "https://evil.example#.example.test/cb", "https://evil.example?.example.test/cb",
		"https://evil.example\\.example.test/cb", "https://evil.example%2f.example.test/cb", "https://a.b.example.test/cb",
		"https://.example.test/cb", "https://example.test/cb", "https://*.example.test/cb", "https://%2a.example.test/cb",
		"https://evil.example@app.example.test/cb", "https://app@evil.example.test/cb", "https://app:x.example.test/cb",
		"https://app_.example.test/cb", "https://app.example.test:8443/cb", "https://app.example.test/cb/", "https://app.example.test/cb/../evil",
		"https://app.example.test/CB", "http://app.example.test/cb", "https://app.example.test//cb", "com.example.app:/evil",
		"com.example.app://evil.example/cb", "com.example.evil:/cb", "COM.EXAMPLE.APP:/cb/..", "null", "undefined", "*", "%", "https://",
		"http://", "://", ":", "?", "#", "[object Object]",
	}
}

// redirectsOf registers what the hostile addresses resemble.
func redirectsOf(tn *tenant.Config) {
	tenanttest.LogoutURLs(tn)
	c := tn.Clients[0]
	c.CrossOriginAuth = true
	c.Callbacks = []string{"http://localhost:3000", "http://localhost:3000/callback", "https://*.example.test/cb", "com.example.app:/cb"}
	c.AllowedLogoutURLs = []string{"http://localhost:3000", "https://*.example.test/cb"}
}

// registeredTarget tells whether a browser that is sent to location stays at the tenant or arrives at a place that
// redirectsOf registered. A browser drops tabs and line breaks and takes backslashes for slashes; none of them may be there.
func registeredTarget(s *mockauth0.Server, location string) bool {
	if strings.ContainsFunc(location, func(r rune) bool { return r <= ' ' || r == '\\' || r >= 0x7f }) {
		return false
	}
	base, err := url.Parse(s.URL())
	if err != nil {
		return false
	}
	u, err := base.Parse(location)
	if err != nil || u.User != nil || u.Opaque != "" && u.Scheme != "com.example.app" {
		return false
	}
	host := strings.ToLower(u.Host)
	if u.Scheme == base.Scheme && host == base.Host {
		return true
	}
	switch u.Scheme {
	case "https":
		label, ok := strings.CutSuffix(host, ".example.test")
		return ok && label != "" && !strings.ContainsAny(label, ".:*@%") && u.EscapedPath() == "/cb"
	case "http":
		return host == "localhost:3000" && slices.Contains([]string{"", "/", "/callback"}, u.EscapedPath())
	case "com.example.app":
		return u.Host == "" && u.EscapedPath() == "/cb"
	}
	return false
}

// TestHostileRedirects: no address that is not registered is ever a Location, in success and in every kind of failure.
func TestHostileRedirects(t *testing.T) {
	t.Parallel()
	tenanttest.EachScheme(t, testHostileRedirects)
}

func testHostileRedirects(t *testing.T, serve tenanttest.Serving) {
	t.Parallel()
	s := serve(t, redirectsOf)
	p := tenanttest.Browse(t, s)
	id := p.Login(tenanttest.Request(s)).Fragment(t).Get("id_token")
	client := s.Snapshot().Clients[0].ClientID
	for _, tc := range []struct {
		name     string
		callback bool // compared as text: no address of elsewhere may be led to, however harmless
		send     func(p *tenanttest.Person, address string) tenanttest.Answer
	}{
		{"redirect_uri", true, func(p *tenanttest.Person, a string) tenanttest.Answer {
			return p.Get(tenanttest.Request(s, "redirect_uri", a))
		}},
		{"redirect_uri, silent", true, func(p *tenanttest.Person, a string) tenanttest.Answer {
			return p.Get(tenanttest.Request(s, "redirect_uri", a, "prompt", "none"))
		}},
		{"redirect_uri of an error", true, func(p *tenanttest.Person, a string) tenanttest.Answer {
			return p.Get(tenanttest.Request(s, "redirect_uri", a, "audience", "https://nowhere.example.test/"))
		}},
		{"redirect_uri by form_post", true, func(p *tenanttest.Person, a string) tenanttest.Answer {
			return p.Get(tenanttest.Request(s, "redirect_uri", a, "prompt", "none", "response_mode", "form_post"))
		}},
		{"redirect_uri by web_message", true, func(p *tenanttest.Person, a string) tenanttest.Answer {
			return p.Get(tenanttest.Request(s, "redirect_uri", a, "prompt", "none", "response_mode", "web_message"))
		}},
		{"redirect_uri by POST", true, func(p *tenanttest.Person, a string) tenanttest.Answer {
			return p.Post("/authorize", tenanttest.Form("client_id", client, "response_type", "token", "redirect_uri", a))
		}},
		{"redirect_uri of a pushed request", true, func(p *tenanttest.Person, a string) tenanttest.Answer {
			got := p.Push("redirect_uri", a)
			got.Header.Set("Content-Type", "text/html") // here an error is JSON
			return got
		}},
		{"redirect_uri of a Classic login", true, func(p *tenanttest.Person, a string) tenanttest.Answer {
			stranger := tenanttest.Browse(t, s)
			form := stranger.ClassicLogin("redirect_uri", a)
			if form.StatusCode != http.StatusOK {
				form.Header.Set("Content-Type", "text/html") // here an error is JSON
				return form
			}
			return stranger.Get(stranger.Post("/login/callback", tenanttest.WSFedForm(t, form)).Header.Get("Location"))
		}},
		{"returnTo", false, func(p *tenanttest.Person, a string) tenanttest.Answer {
			return p.Get("/v2/logout?" + tenanttest.Form("client_id", client, "returnTo", a).Encode())
		}},
		{"returnTo without a client", false, func(p *tenanttest.Person, a string) tenanttest.Answer {
			return p.Get("/v2/logout?" + tenanttest.Form("returnTo", a).Encode())
		}},
		{"post_logout_redirect_uri", false, func(p *tenanttest.Person, a string) tenanttest.Answer {
			return p.Get("/oidc/logout?" + tenanttest.Form("id_token_hint", id, "post_logout_redirect_uri", a, "state", "s").Encode())
		}},
		{"post_logout_redirect_uri without a hint", false, func(p *tenanttest.Person, a string) tenanttest.Answer {
			return p.Post("/oidc/logout", tenanttest.Form("client_id", client, "post_logout_redirect_uri", a))
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, address := range elsewhere() {
				got := tc.send(p, address)
				location := got.Header.Get("Location")
				switch {
				case got.StatusCode >= 500:
					t.Errorf("%q: %s", address, got.Status)
				case tc.callback && (got.StatusCode < 400 || location != ""):
					t.Errorf("%q is answered %s %q", address, got.Status, location)
				case location != "" && !registeredTarget(s, location):
					t.Errorf("%q leads to %q", address, location)
				case tc.callback && !strings.Contains(got.Header.Get("Content-Type"), "text/html"):
					t.Errorf("%q is answered as %s", address, got.Header.Get("Content-Type"))
				}
			}
		})
	}
	// What is registered works: the table would prove nothing otherwise.
	p.Login(tenanttest.Request(s, "prompt", "login"))
	for _, good := range []string{
		"http://localhost:3000", "http://localhost:3000/callback", "https://app.example.test/cb", "com.example.app:/cb",
	} {
		if to := p.Get(tenanttest.Request(s, "redirect_uri", good, "prompt", "none")).
			Header.Get("Location"); !strings.HasPrefix(to, good+"#access_token=") || !registeredTarget(s, strings.Split(to, "#")[0]) {
			t.Errorf("%q leads to %q", good, to)
		}
	}
}

// TestHostileErrorPage: a tenant's own error page is told of hostile input, and nothing of it decides where that page is.
func TestHostileErrorPage(t *testing.T) {
	t.Parallel()
	tenanttest.EachScheme(t, testHostileErrorPage)
}

func testHostileErrorPage(t *testing.T, serve tenanttest.Serving) {
	t.Parallel()
	const own = "https://errors.example.test/oops?from=auth0#top"
	s := serve(t, func(tn *tenant.Config) { redirectsOf(tn); tn.Settings.ErrorPageURL = own })
	p := tenanttest.Browse(t, s)
	for _, address := range elsewhere() {
		for _, path := range []string{
			tenanttest.Request(s, "redirect_uri", address), tenanttest.Request(s, "response_type", address),
			tenanttest.Request(s, "client_id", address), tenanttest.Request(s, "response_mode", address),
			"/v2/logout?" + tenanttest.Form("returnTo", address).Encode(), "/v2/logout?" + tenanttest.Form("client_id", address).Encode(),
			"/u/login?" + tenanttest.Form("state", address).Encode(),
		} {
			location := p.Get(path).Header.Get("Location")
			u, err := url.Parse(location)
			if location != "" && !strings.HasPrefix(location, "/u/login?") &&
				(err != nil || !strings.HasPrefix(location, "https://errors.example.test/oops?") || u.Fragment != "top" ||
					u.Query().Get("from") != "auth0" || strings.ContainsAny(location, "\\ \t\r\n<>\"")) {
				t.Errorf("%.100s leads to %q (%v)", path, location, err)
			}
		}
	}
}

// TestNoPageLeadsAway: the parameters that name a page, a connection or a transaction are no addresses.
func TestNoPageLeadsAway(t *testing.T) {
	t.Parallel()
	tenanttest.EachScheme(t, testNoPageLeadsAway)
}

func testNoPageLeadsAway(t *testing.T, serve tenanttest.Serving) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) { tenanttest.Social(tn); redirectsOf(tn) })
	p := tenanttest.Browse(t, s)
	_, state := p.LoginPage(tenanttest.Request(s))
	for _, address := range elsewhere() {
		for name, got := range map[string]tenanttest.Answer{
			"state of the login page": p.Get("/u/login?" + tenanttest.Form("state", address).Encode()),
			"state of the form": p.Post("/u/login",
				tenanttest.Form("state", address, "username", "ada@example.test", "password", "Analytical-Engine-1")),
			"connection of the form":       p.Post("/u/login", tenanttest.Form("state", state, "connection", address)),
			"state of resume":              p.Get("/authorize/resume?" + tenanttest.Form("state", address).Encode()),
			"connection of the request":    p.Get(tenanttest.Request(s, "connection", address)),
			"connection of the provider":   p.Get("/__mock/idp/" + url.PathEscape(address) + "?state=" + state),
			"login_hint":                   p.Get(tenanttest.Request(s, "login_hint", address)),
			"state of the application":     p.Get(tenanttest.Request(s, "state", address, "prompt", "none")),
			"state of the logout page":     p.Get("/u/logout?" + tenanttest.Form("state", address).Encode()),
			"state of a Classic login":     p.ClassicLogin("state", address, "nonce", address),
			"state of the sign-up page":    p.Get("/u/signup?" + tenanttest.Form("state", address).Encode()),
			"a reset's ticket":             p.Get("/u/reset-verify?" + tenanttest.Form("ticket", address).Encode()),
			"state of the consent page":    p.Post("/u/consent", tenanttest.Form("state", address, "action", "accept")),
			"ui_locales":                   p.Get(tenanttest.Request(s, "ui_locales", address, "prompt", "none")),
			"a path that is not there":     p.Get("/" + url.PathEscape(address)),
			"a path with slashes in front": p.Get("//" + url.PathEscape(address) + "/%2e%2e"),
		} {
			if location := got.Header.Get("Location"); location != "" && !registeredTarget(s, strings.SplitN(location, "#", 2)[0]) ||
				got.StatusCode >= 500 {
				t.Errorf("%s %q: %s %q", name, address, got.Status, location)
			}
		}
	}
}
