package mockauth0

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"renewal.example/mockauth0/tenant"
)

func TestErrorsThatGoToTheCallback(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		without := tenant.NewClient("No implicit")
		without.Callbacks, without.GrantTypes = []string{"http://localhost:3000"}, []string{"authorization_code"}
		lonely := tenant.NewClient("No connection")
		lonely.Callbacks = []string{"http://localhost:3000"}
		tn.Clients = append(tn.Clients, without, lonely)
		tn.Connections[0].EnabledClients = []string{"My App", "No implicit"}
		tn.Connections = append(tn.Connections, &tenant.Connection{Name: "google-oauth2", Strategy: "google-oauth2", EnabledClients: []string{"No implicit"}})
	})
	p := browse(t, s)
	named := func(name string) string { return s.Snapshot().ClientByName(name).ClientID }
	for _, tc := range []struct {
		name, path, code, words string
	}{
		{"silent without session", request(s, "prompt", "none"), "login_required", "Login required"},
		{"implicit not allowed", request(s, "client_id", named("No implicit")), "unauthorized_client", "Grant type 'implicit' not allowed for the client."},
		{"no connection", request(s, "client_id", named("No connection")), "invalid_request", "no connections enabled for the client"},
		{"unknown connection", request(s, "connection", "nowhere"), "invalid_request", "the connection was not found"},
		{"connection of another client", request(s, "connection", "google-oauth2"), "invalid_request", "the connection was disabled"},
		{"unknown audience", request(s, "audience", "https://other.example.test/"), "access_denied", "Service not found: https://other.example.test/"},
		{"no nonce", request(s, "nonce", ""), "invalid_request", "Missing required parameter: nonce"},
		{"unknown prompt", request(s, "prompt", "nonw"), "invalid_request", "Invalid parameter: prompt nonw is not supported"},
		{"none with another prompt", request(s, "prompt", "none login"), "invalid_request", "Invalid parameter: prompt none must not be combined with others"},
		{"max_age in words", request(s, "max_age", "soon"), "invalid_request", "Invalid parameter: max_age must be a number of seconds"},
		{"negative max_age", request(s, "max_age", "-1"), "invalid_request", "Invalid parameter: max_age must be a number of seconds"},
	} {
		for _, mode := range []string{"fragment", "form_post", "web_message"} {
			path := tc.path + "&response_mode=" + mode
			if mode == "web_message" && (tc.name == "implicit not allowed" || tc.name == "no connection") {
				continue // those clients have no web origin
			}
			t.Run(tc.name+"/"+mode, func(t *testing.T) {
				got := received(t, p.get(path), mode)
				want := [][2]string{{"error", tc.code}, {"error_description", tc.words}, {"state", "the-state"}}
				if len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
					t.Errorf("got %q, want %q", got, want)
				}
			})
		}
	}
	// What may not carry tokens is told in the query, without them.
	got := p.get(request(s, "response_mode", "query"))
	if loc := got.Header.Get("Location"); !strings.HasPrefix(loc, "http://localhost:3000?error=invalid_request&error_description=response_mode%3Dquery") {
		t.Errorf("response_mode=query: %q", loc)
	}
}

var (
	hiddenInput = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"/>`)
	webMessages = regexp.MustCompile(`response:(\{.*?\})\};var mainWin`)
	jsonMember  = regexp.MustCompile(`"([a-z_]+)":("(?:[^"\\]|\\.)*"|\d+)`)
)

// received are the members that a callback gets, in order, in the mode.
func received(t testing.TB, a answer, mode string) [][2]string {
	t.Helper()
	var out [][2]string
	switch mode {
	case "fragment", "query":
		sep := map[string]string{"fragment": "#", "query": "?"}[mode]
		_, raw, ok := strings.Cut(a.Header.Get("Location"), sep)
		if !ok || a.StatusCode != http.StatusFound {
			t.Fatalf("no redirect with a %s but %s %q\n%s", mode, a.Status, a.Header.Get("Location"), a.body)
		}
		for _, part := range strings.Split(raw, "&") {
			name, value, _ := strings.Cut(part, "=")
			value, err := url.PathUnescape(value) // decodeURIComponent leaves a plus sign alone
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, [2]string{name, value})
		}
	case "form_post":
		for _, m := range hiddenInput.FindAllStringSubmatch(a.body, -1) {
			out = append(out, [2]string{m[1], unescape(m[2])})
		}
	case "web_message":
		m := webMessages.FindStringSubmatch(a.body)
		if m == nil {
			t.Fatalf("no web_message page but %s:\n%s", a.Status, a.body)
		}
		for _, member := range jsonMember.FindAllStringSubmatch(m[1], -1) {
			var v any
			if err := json.Unmarshal([]byte(member[2]), &v); err != nil {
				t.Fatal(err)
			}
			text, ok := v.(string)
			if !ok {
				text = "number " + member[2]
			}
			out = append(out, [2]string{member[1], text})
		}
	}
	return out
}

func unescape(s string) string {
	return strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&#43;", "+", "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}

func TestMembersOfASuccess(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := browse(t, s)
	p.login(request(s))
	both := []string{"access_token", "scope", "expires_in", "token_type", "state", "id_token"}
	for _, tc := range []struct {
		responseType string
		want         []string
	}{
		{"token id_token", both},
		{"id_token token", both},
		{"token", both[:5]},
		{"id_token", []string{"id_token", "state"}},
	} {
		for _, mode := range []string{"fragment", "form_post", "web_message"} {
			t.Run(tc.responseType+"/"+mode, func(t *testing.T) {
				answer := p.get(request(s, "response_type", tc.responseType, "response_mode", mode, "prompt", "none"))
				var names []string
				for _, m := range received(t, answer, mode) {
					names = append(names, m[0])
					want := map[string]string{"scope": "openid profile email", "expires_in": "7200", "token_type": "Bearer", "state": "the-state"}[m[0]]
					if mode == "web_message" && m[0] == "expires_in" {
						want = "number 7200"
					}
					if want != "" && m[1] != want {
						t.Errorf("%s is %q, want %q", m[0], m[1], want)
					}
				}
				if strings.Join(names, " ") != strings.Join(tc.want, " ") {
					t.Errorf("members %v, want %v", names, tc.want)
				}
				if mode == "fragment" && !strings.HasPrefix(answer.Header.Get("Location"), "http://localhost:3000#") {
					t.Errorf("Location is %q", answer.Header.Get("Location"))
				}
				if mode == "fragment" && strings.Contains(answer.Header.Get("Location"), "+") {
					t.Error("a space is written as +, which decodeURIComponent leaves alone")
				}
			})
		}
	}
}

func TestStateComesBackVerbatim(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := browse(t, s)
	p.login(request(s))
	for _, state := range []string{"Zm9vYmFy+/==", "a b&c=d#e?f%20", `"quoted" 'single' \ back`, "</script><script>alert(1)</script>", "<!--", "žluťoučký 🐎", "\u2028\u2029", "{{.State}}", "x=1;y=2"} {
		for _, prompt := range []string{"none", "nonw"} {
			for _, mode := range []string{"fragment", "form_post", "web_message"} {
				answer := p.get(request(s, "state", state, "prompt", prompt, "response_mode", mode))
				found := false
				for _, m := range received(t, answer, mode) {
					found = found || m == [2]string{"state", state}
				}
				if !found {
					t.Errorf("%q as %s with prompt=%s came back as %q", state, mode, prompt, received(t, answer, mode))
				}
				if strings.Count(answer.body, "<script") > 1 || strings.ContainsAny(answer.body, "\u2028\u2029") && mode == "web_message" {
					t.Errorf("%q breaks out of the %s page:\n%s", state, mode, answer.body)
				}
			}
		}
	}
	names := func(path string) string {
		var out []string
		for _, m := range received(t, p.get(path), "fragment") {
			out = append(out, m[0])
		}
		return strings.Join(out, " ")
	}
	if got := names(request(s, "state", "", "response_type", "token", "prompt", "none")); strings.Contains(got, "state") {
		t.Errorf("a request without state got one: %s", got)
	}
	if got := names(request(s, "state", "", "prompt", "none") + "&state="); !strings.Contains(got, "state") {
		t.Errorf("an empty state is not echoed: %s", got)
	}
}

func TestPagesThatCarryAResponse(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		tn.Clients[0].Callbacks = append(tn.Clients[0].Callbacks, "https://app.example.test:443/cb?a=1&b=2", "com.example.app:/cb", "https://app.example.test/ü?x")
		tn.Clients[0].WebOrigins = append(tn.Clients[0].WebOrigins, "https://*.example.test")
	})
	p := browse(t, s)
	p.login(request(s))
	wm := p.get(request(s, "response_mode", "web_message", "prompt", "none", "redirect_uri", "https://app.example.test:443/cb?a=1&b=2"))
	if wm.StatusCode != 200 || wm.Header.Get("Content-Type") != "text/html;charset=UTF-8" || wm.Header.Get("Cache-Control") != "no-cache, no-store" || wm.Header.Get("Pragma") != "no-cache" ||
		wm.Header.Get("X-Frame-Options") != "" || wm.Header.Get("Content-Security-Policy") != "" {
		t.Errorf("web_message: %s %v", wm.Status, wm.Header)
	}
	if !strings.Contains(wm.body, `targetOrigin="https://app.example.test"`) || !strings.Contains(wm.body, `type:"authorization_response"`) || !strings.Contains(wm.body, "<title>Authorization Response</title>") {
		t.Errorf("web_message page:\n%s", wm.body)
	}
	if cookieNamed(wm, "auth0") == nil {
		t.Error("the session's cookie is not renewed")
	}
	form := p.get(request(s, "response_mode", "form_post", "prompt", "none", "redirect_uri", "https://app.example.test:443/cb?a=1&b=2"))
	if form.StatusCode != 200 || !strings.Contains(form.body, `<form method="post" action="https://app.example.test:443/cb?a=1&amp;b=2">`) {
		t.Errorf("form_post: %s\n%s", form.Status, form.body)
	}
	for uri, want := range map[string]string{
		"com.example.app:/cb":                     "com.example.app:/cb#access_token=",
		"https://app.example.test:443/cb?a=1&b=2": "https://app.example.test:443/cb?a=1&b=2#access_token=",
		"https://app.example.test/ü?x":            "https://app.example.test/%C3%BC?x#access_token=",
		"":                                        "http://localhost:3000#access_token=", // the first one
	} {
		if got := p.get(request(s, "prompt", "none", "redirect_uri", uri)).Header.Get("Location"); !strings.HasPrefix(got, want) {
			t.Errorf("callback %q: %.80q", uri, got)
		}
	}
	got := p.get(request(s, "response_mode", "query", "redirect_uri", "https://app.example.test:443/cb?a=1&b=2")).Header.Get("Location")
	if !strings.HasPrefix(got, "https://app.example.test:443/cb?a=1&b=2&error=") {
		t.Errorf("query mode: %q", got)
	}
}

func TestRedirectBodyFollowsAccept(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := browse(t, s)
	for accept, want := range map[string]string{"text/html,*/*": "text/html; charset=utf-8 <p>Found. Redirecting to <a href=", "*/*": "text/plain; charset=utf-8 Found. Redirecting to http://localhost:3000#error=login_required"} {
		r, err := http.NewRequest("GET", s.URL()+request(s, "prompt", "none"), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", accept)
		got := p.do(r)
		if text := got.Header.Get("Content-Type") + " " + got.body; !strings.HasPrefix(text, want) || got.Header.Get("Vary") != "Accept" || got.Header.Get("Cache-Control") != "no-store, max-age=0, no-transform" || got.Header.Get("Pragma") != "no-cache" {
			t.Errorf("Accept %q: %s %v", accept, text, got.Header)
		}
	}
}

func cookieNamed(a answer, name string) *http.Cookie {
	for _, c := range a.Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// TestWhomTheWebMessageIsFor: the window that opened or framed the page, at the callback's origin, wherever the request
// says that it came from.
func TestWhomTheWebMessageIsFor(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := browse(t, s)
	p.login(request(s))
	for _, tc := range []struct {
		name    string
		headers []string
	}{
		{"no header", nil},
		{"another Origin", []string{"Origin", "https://evil.example"}},
		{"another Referer", []string{"Referer", "https://evil.example/frame"}},
	} {
		got := p.ask("GET", request(s, "prompt", "none", "response_mode", "web_message"), "", tc.headers...)
		if got.StatusCode != 200 || !strings.Contains(got.body, `targetOrigin="http://localhost:3000"`) || !strings.Contains(got.body, "mainWin=window.opener||window.parent;") ||
			!strings.Contains(got.body, "mainWin.postMessage(authorizationResponse,targetOrigin)") || got.Request.URL.Host != s.Domain() {
			t.Errorf("%s: %s\n%s", tc.name, got.Status, got.body)
		}
	}
}

// The tenant's setting puts the issuer into every authorization response, so that a client of several issuers cannot be
// fooled about who answers (RFC 9207).
func TestIssuerOfAResponse(t *testing.T) {
	t.Parallel()
	for _, on := range []bool{false, true} {
		s := serve(t, func(tn *tenant.Config) { tn.Settings.ResponseIssuer = on })
		p := browse(t, s)
		want := ""
		if on {
			want = s.Issuer()
		}
		if got := p.get(request(s, "prompt", "none")).fragment(t); got.Get("error") != "login_required" || got.Get("iss") != want {
			t.Errorf("error: %v", got)
		}
		if got := p.login(request(s)).fragment(t); got.Get("id_token") == "" || got.Get("iss") != want {
			t.Errorf("success: %v", got)
		}
		if body := p.get(request(s, "prompt", "none", "response_mode", "web_message")).body; strings.Contains(body, `"iss":"`+s.Issuer()+`"`) != on {
			t.Errorf("web_message: %s", body)
		}
		if doc := p.get("/.well-known/openid-configuration").body; strings.Contains(doc, `"authorization_response_iss_parameter_supported":true`) != on {
			t.Errorf("discovery: %s", doc)
		}
	}
}

// A strict client of somebody else gets no errors, which would need nobody's consent, and no wildcards.
func TestStrictThirdPartyClients(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		c := tn.Clients[0]
		c.StrictThirdParty, c.ErrorsOnPage = true, true
		c.Callbacks = append(c.Callbacks, "https://*.wild.example.test/cb")
		c.WebOrigins = append(c.WebOrigins, "http://localhost:3000")
	})
	p := browse(t, s)
	for _, mode := range []string{"fragment", "web_message", "form_post"} {
		got := p.get(request(s, "prompt", "none", "response_mode", mode))
		if got.StatusCode != 403 || got.Header.Get("Location") != "" || !strings.Contains(got.body, "<strong>login_required</strong>: Login required") || strings.Contains(got.body, "postMessage") {
			t.Errorf("%s: %s %q\n%s", mode, got.Status, got.Header.Get("Location"), got.body)
		}
	}
	if e := lastLog(s); e.Type != "fsa" || e.Description != "Login required" {
		t.Errorf("log: %+v", e)
	}
	if got := p.get(request(s, "redirect_uri", "https://a.wild.example.test/cb")); got.StatusCode != 403 {
		t.Errorf("a wildcard: %s", got.Status)
	}
	if got := p.login(request(s)).fragment(t); got.Get("id_token") == "" {
		t.Errorf("a success is sent: %v", got)
	}
}
