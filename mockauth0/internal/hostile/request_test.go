package hostile_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// breaks are texts that end a line somewhere, or that a proxy, a browser or a library may turn into one that does.
func breaks() []string {
	const more = "Set-Cookie: hostile=1"
	var out []string
	for _, b := range []string{
		"\r\n", "\n", "\r", "\r\n\r\n", "\x00", "\v", "\f", "\x1b", "\x7f", "\u0085", "\u2028", "\u2029", "\u560d\u560a", "%0d%0a", "%0D%0A",
		"%250d%250a", "%E5%98%8D%E5%98%8A", "\\r\\n", "&#13;&#10;",
	} {
		out = append(out, "x"+b+more, b+more, "x"+b)
	}
	return out
}

// reflecting are requests that put a text into an answer's headers or could: Location, Set-Cookie, Allow.
func reflecting(s *mockauth0.Server) map[string]func(p *tenanttest.Person, text string) tenanttest.Answer {
	client := s.Snapshot().Clients[0].ClientID
	out := map[string]func(p *tenanttest.Person, text string) tenanttest.Answer{
		"Origin": func(p *tenanttest.Person, text string) tenanttest.Answer {
			return p.Ask("GET", "/userinfo", "", "Origin", "http://localhost:3000"+headerText(text))
		},
		"Access-Control-Request-Headers": func(p *tenanttest.Person, text string) tenanttest.Answer {
			return p.Ask("OPTIONS", "/userinfo", "", "Origin", "http://localhost:3000", "Access-Control-Request-Method", "GET",
				"Access-Control-Request-Headers", headerText(text))
		},
		"Auth0-Client": func(p *tenanttest.Person, text string) tenanttest.Answer {
			return p.Ask("GET", tenanttest.Request(s, "prompt", "none"), "", "Auth0-Client", headerText(text))
		},
		"Accept": func(p *tenanttest.Person, text string) tenanttest.Answer {
			return p.Ask("GET", tenanttest.Request(s, "prompt", "none"), "", "Accept", "text/html"+headerText(text))
		},
		"state of the login page": func(p *tenanttest.Person, text string) tenanttest.Answer {
			return p.Get("/u/login?" + tenanttest.Form("state", text).Encode())
		},
		"state of resume": func(p *tenanttest.Person, text string) tenanttest.Answer {
			return p.Get("/authorize/resume?" + tenanttest.Form("state", text).Encode())
		},
		"returnTo": func(p *tenanttest.Person, text string) tenanttest.Answer {
			return p.Get("/v2/logout?" + tenanttest.Form("client_id", client, "returnTo", "http://localhost:3000?"+text).Encode())
		},
		"post_logout_redirect_uri": func(p *tenanttest.Person, text string) tenanttest.Answer {
			return p.Post("/oidc/logout", tenanttest.Form("client_id", client, "post_logout_redirect_uri", "http://localhost:3000"+text))
		},
		"state of a logout": func(p *tenanttest.Person, text string) tenanttest.Answer {
			return p.Get("/oidc/logout?" + tenanttest.Form("client_id", client, "logout_hint", "x", "post_logout_redirect_uri",
				"http://localhost:3000", "state", text).Encode())
		},
		"path": func(p *tenanttest.Person, text string) tenanttest.Answer { return p.Get("/" + url.PathEscape(text)) },
		"login_ticket": func(p *tenanttest.Person, text string) tenanttest.Answer {
			return p.Get(tenanttest.Request(s, "login_ticket", text))
		},
		"state of the verifier": func(p *tenanttest.Person, text string) tenanttest.Answer {
			return p.Post("/co/verify", tenanttest.Form("state", text, "verifier", "x"))
		},
		"grant_type": func(p *tenanttest.Person, text string) tenanttest.Answer { return p.Token("grant_type", text) },
		"username": func(p *tenanttest.Person, text string) tenanttest.Answer {
			_, state := p.LoginPage(tenanttest.Request(s))
			return p.Post("/u/login", tenanttest.Form("state", state, "username", text, "password", "x"))
		},
	}
	for _, parameter := range []string{"client_id", "username", "password", "realm", "credential_type"} {
		out[parameter+" of a cross-origin login"] = func(p *tenanttest.Person, text string) tenanttest.Answer {
			return p.CrossOrigin(parameter, text)
		}
	}
	out["origin of a cross-origin login"] = func(p *tenanttest.Person, text string) tenanttest.Answer {
		return p.Ask("POST", "/co/authenticate", goodLogin(s).Encode(), "Content-Type", "application/x-www-form-urlencoded", "Origin",
			"http://localhost:3000"+headerText(text))
	}
	for _, parameter := range []string{
		"state", "redirect_uri", "audience", "connection", "client_id", "response_type", "nonce", "scope", "login_hint", "prompt",
	} {
		out[parameter] = func(p *tenanttest.Person, text string) tenanttest.Answer {
			return p.Get(tenanttest.Request(s, "prompt", "none", parameter, text))
		}
		out[parameter+", interactive"] = func(p *tenanttest.Person, text string) tenanttest.Answer {
			return p.Get(tenanttest.Request(s, parameter, text))
		}
	}
	return out
}

// headerText is a text as far as an HTTP client sends it in a header.
func headerText(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, text)
}

// TestHostileHeaders: no text makes a header, a cookie or a body of its own, nor stands in a header as a line break.
func TestHostileHeaders(t *testing.T) {
	t.Parallel()
	tenanttest.EachScheme(t, testHostileHeaders)
}

func testHostileHeaders(t *testing.T, serve tenanttest.Serving) {
	t.Parallel()
	s := serve(t, tenanttest.LogoutURLs)
	for name, send := range reflecting(s) {
		t.Run(name, func(t *testing.T) {
			p := tenanttest.Browse(t, s)
			expected := send(p, "x").Header
			for _, text := range breaks() {
				got := send(p, text)
				if got.StatusCode >= 500 && got.StatusCode != http.StatusNotImplemented {
					t.Errorf("%q: %s", text, got.Status)
				}
				for _, c := range got.Cookies() {
					if c.Name == "hostile" {
						t.Errorf("%q sets a cookie: %s", text, c.Raw)
					}
				}
				for header, values := range got.Header {
					for _, v := range values {
						if strings.ContainsAny(v, "\r\n\x00\v\f\x1b\x7f") ||
							header == "Location" && strings.ContainsFunc(v, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
							t.Errorf("%q: %s: %q", text, header, v)
						}
					}
				}
				if got.Header.Get("Location") == "" && got.Header.Get("ETag") != "" { // the error page instead of a redirect
					continue
				}
				for header := range got.Header {
					if _, known := expected[header]; !known && header != "Set-Cookie" && header != "Location" &&
						!strings.HasPrefix(header, "Access-Control-") &&
						!slices.Contains([]string{"X-Frame-Options", "Content-Security-Policy", "Referrer-Policy", "Cache-Control", "Pragma"}, header) {
						t.Errorf("%q makes the header %s: %q", text, header, got.Header[header])
					}
				}
			}
		})
	}
}

// TestForwardedHostsAreIgnored: where the tenant lives is configured; a header never says it.
func TestForwardedHostsAreIgnored(t *testing.T) {
	t.Parallel()
	tenanttest.EachScheme(t, testForwardedHostsAreIgnored)
}

func testForwardedHostsAreIgnored(t *testing.T, serve tenanttest.Serving) {
	t.Parallel()
	s := serve(t, nil)
	p := tenanttest.Browse(t, s)
	discovery := p.Get("/.well-known/openid-configuration").Text
	evil := []string{"X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "http", "X-Forwarded-Port", "80", "X-Forwarded-Server",
		"evil.example", "Forwarded", "host=evil.example;proto=http", "X-Host", "evil.example", "X-Original-URL", "/v2/logout", "X-Rewrite-URL",
		"/v2/logout", "X-HTTP-Method-Override", "DELETE", "X-Forwarded-Prefix", "/evil"}
	if got := p.Ask("GET", "/.well-known/openid-configuration", "", evil...); got.Text != discovery {
		t.Errorf("discovery: %s", got.Text)
	}
	for _, path := range []string{
		tenanttest.Request(s), "/v2/logout", "/authorize", tenanttest.Request(s, "prompt", "none", "response_mode", "web_message"),
	} {
		got := p.Ask("GET", path, "", evil...)
		if strings.Contains(got.Header.Get("Location")+got.Text, "evil") {
			t.Errorf("%s: %s %q\n%s", path, got.Status, got.Header.Get("Location"), got.Text)
		}
	}
	p.Login(tenanttest.Request(s))
	if got := p.Ask("GET", tenanttest.Request(s, "prompt", "none"), "", evil...).
		Fragment(t); tenanttest.Claims(t, got.Get("id_token"))["iss"] != s.Issuer() {
		t.Errorf("iss is %v", tenanttest.Claims(t, got.Get("id_token"))["iss"])
	}
	own := tenanttest.ParseURL(t, s.URL()).Host
	for _, host := range []string{
		"evil.example", own + ".evil.example", own + "@evil.example", "evil.example:443", "evil.example:80", own + ":8443", "localhost", "",
	} {
		r := httptest.NewRequest(http.MethodGet, "/.well-known/openid-configuration", nil)
		r.Host = host
		w := httptest.NewRecorder()
		if s.ServeHTTP(w, r); w.Code != http.StatusMisdirectedRequest || strings.Contains(w.Body.String(), "issuer") {
			t.Errorf("Host %q: %d %s", host, w.Code, w.Body)
		}
	}
}

// TestHostileDuplicates: a parameter that is there twice is refused, whichever of the two is the good one, or a proxy in
// front and the tenant behind it would read different requests.
func TestHostileDuplicates(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.LogoutURLs)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	rt := p.Offline()
	client := s.Snapshot().Clients[0].ClientID
	const typ = "application/x-www-form-urlencoded"
	query := func(path string) func(string) tenanttest.Answer {
		return func(raw string) tenanttest.Answer { return p.Get(path + "?" + raw) }
	}
	body := func(path string) func(string) tenanttest.Answer {
		return func(raw string) tenanttest.Answer { return p.Ask("POST", path, raw, "Content-Type", typ) }
	}
	_, authorize, _ := strings.Cut(tenanttest.Request(s, "prompt", "none", "code_challenge", tenanttest.S256(tenanttest.Verifier),
		"code_challenge_method", "S256", "response_mode", "fragment", "max_age", "1000", "connection", "Username-Password-Authentication",
		"login_hint", "x"), "?")
	for _, tc := range []struct {
		name string
		good string
		send func(raw string) tenanttest.Answer
	}{
		{"/authorize", authorize, query("/authorize")},
		{"/authorize by POST", authorize, body("/authorize")},
		{"authorization_code", tenanttest.Form("grant_type", "authorization_code", "client_id", client, "code", "x", "redirect_uri", "http://localhost:3000", "code_verifier", tenanttest.Verifier).Encode(), body("/oauth/token")},
		{"refresh_token", tenanttest.Form("grant_type", "refresh_token", "client_id", client, "refresh_token", rt, "scope", "openid").Encode(), body("/oauth/token")},
		{"client_credentials", tenanttest.Form("grant_type", "client_credentials", "client_id", "machine", "client_secret", "machine-secret", "audience", "https://api.example.test/").Encode(), body("/oauth/token")},
		{"password-realm", tenanttest.Form("grant_type", tenanttest.RealmGrant, "realm", "Username-Password-Authentication", "client_id", "web", "client_secret", "web+secret%21", "username", "ada@example.test", "password", "Analytical-Engine-1").Encode(), body("/oauth/token")},
		{"/co/authenticate", goodLogin(s).Encode(), body("/co/authenticate")},
		{"/co/verify", tenanttest.Form("state", "x", "verifier", "y").Encode(), body("/co/verify")},
		{"/oauth/revoke", tenanttest.Form("client_id", client, "token", "x").Encode(), body("/oauth/revoke")},
		{"/v2/logout", tenanttest.Form("client_id", client, "returnTo", "http://localhost:3000").Encode(), query("/v2/logout")},
		{"/oidc/logout", tenanttest.Form("client_id", client, "post_logout_redirect_uri", "http://localhost:3000", "state", "s", "logout_hint", "x").Encode(), query("/oidc/logout")},
	} {
		good, err := url.ParseQuery(tc.good)
		if err != nil {
			t.Fatal(err)
		}
		for parameter, value := range good {
			// The same value again is refused as well.
			for _, other := range []string{value[0], "other", ""} {
				twice := "&" + url.Values{parameter: {other}}.Encode()
				for place, raw := range map[string]string{"after": tc.good + twice, "before": twice[1:] + "&" + tc.good} {
					got := tc.send(raw)
					if got.StatusCode != http.StatusBadRequest || !strings.Contains(got.Text, "must be a string") || got.Header.Get("Location") != "" {
						t.Errorf("%s: %s=%q %s: %s %q %.200s", tc.name, parameter, other, place, got.Status, got.Header.Get("Location"), got.Text)
					}
				}
			}
		}
	}
	if got := p.Renew(rt); got.StatusCode != 200 {
		t.Errorf("a refused request used the refresh token up: %s", got.Text)
	}
}

// TestHostileBytes: nothing that is sent makes the tenant fail, be it too long, too deep, too many or no text.
func TestHostileBytes(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.LogoutURLs)
	client := s.Snapshot().Clients[0].ClientID
	invalid := map[string]string{
		"no UTF-8": "\xff\xfe", "half a character": "\xe2\x82", "overlong": "\xc0\xaf", "a surrogate": "\xed\xa0\x80",
		"beyond Unicode": "\xf4\x90\x80\x80", "Latin-1": "caf\xe9", "NUL": "a\x00b", "UTF-16": "a\x00b\x00",
	}
	fields := []string{
		"client_id", "response_type", "redirect_uri", "state", "scope", "nonce", "audience", "prompt", "login_hint", "connection", "max_age",
		"response_mode", "code_challenge", "code_challenge_method", "ext-x", "ui_locales",
	}
	type sent struct {
		name string
		send func(p *tenanttest.Person) tenanttest.Answer
	}
	var all []sent
	add := func(name string, send func(p *tenanttest.Person) tenanttest.Answer) {
		all = append(all, sent{name, send})
	}
	for _, name := range slices.Sorted(maps.Keys(invalid)) {
		text := invalid[name]
		for _, field := range fields {
			add(name+" in "+field, func(p *tenanttest.Person) tenanttest.Answer {
				return p.Get(tenanttest.Request(s, "prompt", "none", field, text))
			})
		}
		for _, field := range []string{
			"grant_type", "client_id", "client_secret", "code", "refresh_token", "username", "password", "realm", "scope", "audience",
			"client_assertion",
		} {
			add(name+" in "+field+" of a token request", func(p *tenanttest.Person) tenanttest.Answer {
				return p.Token("grant_type", "password", "client_id", client, field, text)
			})
			add(name+" in "+field+" of JSON", func(p *tenanttest.Person) tenanttest.Answer {
				return p.Ask("POST", "/oauth/token", `{"grant_type":"password","client_id":"`+client+`","`+field+`":"`+
					strings.ReplaceAll(text, "\x00", `\u0000`)+`"}`, "Content-Type", "application/json")
			})
		}
		for _, field := range []string{"state", "username", "password", "connection", "action"} {
			add(name+" in "+field+" of the login form", func(p *tenanttest.Person) tenanttest.Answer {
				_, state := p.LoginPage(tenanttest.Request(s))
				return p.Post("/u/login", tenanttest.Form("state", state, "username", "ada@example.test", "password", "x", field, text))
			})
		}
		add(name+" in returnTo", func(p *tenanttest.Person) tenanttest.Answer {
			return p.Get("/v2/logout?" + tenanttest.Form("returnTo", text).Encode())
		})
		add(name+" in the path", func(p *tenanttest.Person) tenanttest.Answer { return p.Get("/" + url.PathEscape(text)) })
		add(name+" in the cookie", func(p *tenanttest.Person) tenanttest.Answer {
			return p.Ask("GET", tenanttest.Request(s, "prompt", "none"), "", "Cookie", "auth0="+url.QueryEscape(text)+"; did="+url.QueryEscape(text))
		})
		add(name+" as a bearer", func(p *tenanttest.Person) tenanttest.Answer {
			return p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+headerText(text))
		})
	}
	long := strings.Repeat("a", 30000)
	deep := strings.Repeat("[", 100000)
	many := url.Values{}
	for i := range 2000 {
		many.Set("p"+strings.Repeat("x", i%10)+string(rune('a'+i%26))+strings.Repeat("y", i/260), "v")
	}
	for name, send := range map[string]func(p *tenanttest.Person) tenanttest.Answer{
		"a long state": func(p *tenanttest.Person) tenanttest.Answer {
			return p.Get(tenanttest.Request(s, "prompt", "none", "state", long))
		},
		"a long scope": func(p *tenanttest.Person) tenanttest.Answer {
			return p.Get(tenanttest.Request(s, "prompt", "none", "scope", strings.Repeat("a ", 10000)))
		},
		"a long client_id": func(p *tenanttest.Person) tenanttest.Answer { return p.Get(tenanttest.Request(s, "client_id", long)) },
		"a long redirect_uri": func(p *tenanttest.Person) tenanttest.Answer {
			return p.Get(tenanttest.Request(s, "redirect_uri", "http://localhost:3000/"+long))
		},
		"a long max_age": func(p *tenanttest.Person) tenanttest.Answer {
			return p.Get(tenanttest.Request(s, "max_age", strings.Repeat("9", 10000)))
		},
		"many parameters":     func(p *tenanttest.Person) tenanttest.Answer { return p.Post("/authorize", many) },
		"a query without end": func(p *tenanttest.Person) tenanttest.Answer { return p.Get("/authorize?" + strings.Repeat("&", 33000)) },
		"a long user name": func(p *tenanttest.Person) tenanttest.Answer {
			_, state := p.LoginPage(tenanttest.Request(s))
			return p.Post("/u/login", tenanttest.Form("state", state, "username", long, "password", long))
		},
		"a long path": func(p *tenanttest.Person) tenanttest.Answer { return p.Get("/" + long) },
		"a long cookie": func(p *tenanttest.Person) tenanttest.Answer {
			return p.Ask("GET", tenanttest.Request(s, "prompt", "none"), "", "Cookie", "auth0="+long)
		},
		"many cookies": func(p *tenanttest.Person) tenanttest.Answer {
			return p.Ask("GET", "/authorize", "", "Cookie", strings.Repeat("auth0=x; ", 3000))
		},
		"a long bearer": func(p *tenanttest.Person) tenanttest.Answer {
			return p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+long)
		},
		"a bearer of dots": func(p *tenanttest.Person) tenanttest.Answer {
			return p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+strings.Repeat(".", 20000))
		},
		"a long Basic": func(p *tenanttest.Person) tenanttest.Answer {
			return p.Ask("POST", "/oauth/token", "grant_type=client_credentials", "Content-Type", "application/x-www-form-urlencoded",
				"Authorization", "Basic "+long)
		},
		"a long origin": func(p *tenanttest.Person) tenanttest.Answer {
			return p.Ask("GET", "/userinfo", "", "Origin", "https://"+long)
		},
		"a deep body": func(p *tenanttest.Person) tenanttest.Answer {
			return p.Ask("POST", "/oauth/token", deep, "Content-Type", "application/json")
		},
		"a deep member": func(p *tenanttest.Person) tenanttest.Answer {
			return p.Ask("POST", "/oauth/token", `{"grant_type":`+deep, "Content-Type", "application/json")
		},
		"a number too large": func(p *tenanttest.Person) tenanttest.Answer {
			return p.Ask("POST", "/oauth/token", `{"grant_type":1e99999}`, "Content-Type", "application/json")
		},
		"a member twice": func(p *tenanttest.Person) tenanttest.Answer {
			return p.Ask("POST", "/oauth/token", `{"grant_type":"password","grant_type":"x"}`, "Content-Type", "application/json")
		},
		"a body of another type": func(p *tenanttest.Person) tenanttest.Answer {
			return p.Ask("POST", "/oauth/token", "<x/>", "Content-Type", "text/xml")
		},
		"no type": func(p *tenanttest.Person) tenanttest.Answer {
			return p.Ask("POST", "/oauth/token", "grant_type=password")
		},
		"a multipart body": func(p *tenanttest.Person) tenanttest.Answer {
			return p.Ask("POST", "/u/login", "--x\r\n\r\n", "Content-Type", "multipart/form-data; boundary=x")
		},
		"a wrong encoding": func(p *tenanttest.Person) tenanttest.Answer {
			return p.Ask("POST", "/oauth/token", "\x1f\x8b", "Content-Type", "application/json", "Content-Encoding", "gzip")
		},
	} {
		add(name, send)
	}
	for _, tc := range all {
		p := tenanttest.Browse(t, s)
		got := tc.send(p)
		if got.StatusCode >= 500 {
			t.Errorf("%s: %s", tc.name, got.Status)
		}
		if tenanttest.CookieNamed(got, "auth0") != nil {
			t.Errorf("%s begins a session", tc.name)
		}
	}
	if _, err := json.Marshal(s.Events(0)); err != nil {
		t.Errorf("the events are no JSON any more: %v", err)
	}
	for _, e := range s.Events(0) {
		if n := len(e.Description); n > 600 {
			t.Errorf("an event holds a description of %d bytes", n)
		}
	}
	if got := tenanttest.Browse(t, s).Login(tenanttest.Request(s)).Fragment(t).Get("access_token"); got == "" {
		t.Error("nobody can log in any more")
	}
}

// TestNoPageIsFramed: what asks a person for something must not lie invisibly over another site's button.
func TestNoPageIsFramed(t *testing.T) {
	t.Parallel()
	tenanttest.EachScheme(t, testNoPageIsFramed)
}

func testNoPageIsFramed(t *testing.T, serve tenanttest.Serving) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) { tenanttest.Social(tn); tenanttest.LogoutURLs(tn) })
	p := tenanttest.Browse(t, s)
	login := p.Get(tenanttest.Request(s)).Header.Get("Location")
	provider := p.Get(tenanttest.Request(s, "connection", "google-oauth2")).Header.Get("Location")
	logout := p.Get("/oidc/logout?client_id=" + s.Snapshot().Clients[0].ClientID).Header.Get("Location")
	for _, path := range []string{
		login, provider, logout, "/authorize", "/nowhere", "/u/login?state=x", tenanttest.Request(s, "redirect_uri", "https://evil.example"),
	} {
		h := p.Get(path).Header
		if h.Get("X-Frame-Options") != "deny" || !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") ||
			!strings.Contains(h.Get("Cache-Control"), "no-store") {
			t.Errorf("%s: %v", path, h)
		}
	}
}
