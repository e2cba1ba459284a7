package respond_test

import (
	"net/http"
	"strings"
	"testing"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestMembersOfASuccess(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
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
				answer := p.Get(tenanttest.Request(s, "response_type", tc.responseType, "response_mode", mode, "prompt", "none"))
				var names []string
				for _, m := range tenanttest.Received(t, answer, mode) {
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
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	for _, state := range []string{
		"Zm9vYmFy+/==", "a b&c=d#e?f%20", `"quoted" 'single' \ back`, "</script><script>alert(1)</script>", "<!--", "žluťoučký 🐎", "\u2028\u2029",
		"{{.State}}", "x=1;y=2",
	} {
		for _, prompt := range []string{"none", "nonw"} {
			for _, mode := range []string{"fragment", "form_post", "web_message"} {
				answer := p.Get(tenanttest.Request(s, "state", state, "prompt", prompt, "response_mode", mode))
				found := false
				for _, m := range tenanttest.Received(t, answer, mode) {
					found = found || m == [2]string{"state", state}
				}
				if !found {
					t.Errorf("%q as %s with prompt=%s came back as %q", state, mode, prompt, tenanttest.Received(t, answer, mode))
				}
				if strings.Count(answer.Text, "<script") > 1 || strings.ContainsAny(answer.Text, "\u2028\u2029") && mode == "web_message" {
					t.Errorf("%q breaks out of the %s page:\n%s", state, mode, answer.Text)
				}
			}
		}
	}
	names := func(path string) string {
		var out []string
		for _, m := range tenanttest.Received(t, p.Get(path), "fragment") {
			out = append(out, m[0])
		}
		return strings.Join(out, " ")
	}
	if got := names(tenanttest.Request(s, "state", "", "response_type", "token", "prompt", "none")); strings.Contains(got, "state") {
		t.Errorf("a request without state got one: %s", got)
	}
	if got := names(tenanttest.Request(s, "state", "", "prompt", "none") + "&state="); !strings.Contains(got, "state") {
		t.Errorf("an empty state is not echoed: %s", got)
	}
}

func TestPagesThatCarryAResponse(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tn.Clients[0].Callbacks = append(tn.Clients[0].Callbacks, "https://app.example.test:443/cb?a=1&b=2", "com.example.app:/cb",
			"https://app.example.test/ü?x")
		tn.Clients[0].WebOrigins = append(tn.Clients[0].WebOrigins, "https://*.example.test")
	})
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	wm := p.Get(tenanttest.Request(s, "response_mode", "web_message", "prompt", "none", "redirect_uri",
		"https://app.example.test:443/cb?a=1&b=2"))
	if wm.StatusCode != 200 || wm.Header.Get("Content-Type") != "text/html;charset=UTF-8" ||
		wm.Header.Get("Cache-Control") != "no-cache, no-store" || wm.Header.Get("Pragma") != "no-cache" ||
		wm.Header.Get("X-Frame-Options") != "" || wm.Header.Get("Content-Security-Policy") != "" {
		t.Errorf("web_message: %s %v", wm.Status, wm.Header)
	}
	if !strings.Contains(wm.Text, `targetOrigin="https://app.example.test"`) || !strings.Contains(wm.Text, `type:"authorization_response"`) ||
		!strings.Contains(wm.Text, "<title>Authorization Response</title>") {
		t.Errorf("web_message page:\n%s", wm.Text)
	}
	if tenanttest.CookieNamed(wm, "auth0") == nil {
		t.Error("the session's cookie is not renewed")
	}
	form := p.Get(tenanttest.Request(s, "response_mode", "form_post", "prompt", "none", "redirect_uri",
		"https://app.example.test:443/cb?a=1&b=2"))
	if form.StatusCode != 200 || !strings.Contains(form.Text, `<form method="post" action="https://app.example.test:443/cb?a=1&amp;b=2">`) {
		t.Errorf("form_post: %s\n%s", form.Status, form.Text)
	}
	for uri, want := range map[string]string{
		"com.example.app:/cb":                     "com.example.app:/cb#access_token=",
		"https://app.example.test:443/cb?a=1&b=2": "https://app.example.test:443/cb?a=1&b=2#access_token=",
		"https://app.example.test/ü?x":            "https://app.example.test/%C3%BC?x#access_token=",
		"":                                        "http://localhost:3000#access_token=", // the first one
	} {
		if got := p.Get(tenanttest.Request(s, "prompt", "none", "redirect_uri", uri)).Header.Get("Location"); !strings.HasPrefix(got, want) {
			t.Errorf("callback %q: %.80q", uri, got)
		}
	}
	got := p.Get(tenanttest.Request(s, "response_mode", "query", "redirect_uri", "https://app.example.test:443/cb?a=1&b=2")).
		Header.Get("Location")
	if !strings.HasPrefix(got, "https://app.example.test:443/cb?a=1&b=2&error=") {
		t.Errorf("query mode: %q", got)
	}
}

func TestRedirectBodyFollowsAccept(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	for accept, want := range map[string]string{
		"text/html,*/*": "text/html; charset=utf-8 <p>Found. Redirecting to <a href=",
		"*/*":           "text/plain; charset=utf-8 Found. Redirecting to http://localhost:3000#error=login_required",
	} {
		r, err := http.NewRequest("GET", s.URL()+tenanttest.Request(s, "prompt", "none"), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", accept)
		got := p.Send(r)
		if text := got.Header.Get("Content-Type") + " " + got.Text; !strings.HasPrefix(text, want) || got.Header.Get("Vary") != "Accept" ||
			got.Header.Get("Cache-Control") != "no-store, max-age=0, no-transform" || got.Header.Get("Pragma") != "no-cache" {
			t.Errorf("Accept %q: %s %v", accept, text, got.Header)
		}
	}
}

// TestWhomTheWebMessageIsFor: the window that opened or framed the page, at the callback's origin, wherever the request
// says that it came from.
func TestWhomTheWebMessageIsFor(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	for _, tc := range []struct {
		name    string
		headers []string
	}{
		{"no header", nil},
		{"another Origin", []string{"Origin", "https://evil.example"}},
		{"another Referer", []string{"Referer", "https://evil.example/frame"}},
	} {
		got := p.Ask("GET", tenanttest.Request(s, "prompt", "none", "response_mode", "web_message"), "", tc.headers...)
		if got.StatusCode != 200 || !strings.Contains(got.Text, `targetOrigin="http://localhost:3000"`) ||
			!strings.Contains(got.Text, "mainWin=window.opener||window.parent;") ||
			!strings.Contains(got.Text, "mainWin.postMessage(authorizationResponse,targetOrigin)") || got.Request.URL.Host != s.Domain() {
			t.Errorf("%s: %s\n%s", tc.name, got.Status, got.Text)
		}
	}
}

// The tenant's setting puts the issuer into every authorization response, so that a client of several issuers cannot be
// fooled about who answers (RFC 9207).
func TestIssuerOfAResponse(t *testing.T) {
	t.Parallel()
	for _, on := range []bool{false, true} {
		s := tenanttest.Serve(t, func(tn *tenant.Config) { tn.Settings.ResponseIssuer = on })
		p := tenanttest.Browse(t, s)
		want := ""
		if on {
			want = s.Issuer()
		}
		if got := p.Get(tenanttest.Request(s, "prompt", "none")).Fragment(t); got.Get("error") != "login_required" || got.Get("iss") != want {
			t.Errorf("error: %v", got)
		}
		if got := p.Login(tenanttest.Request(s)).Fragment(t); got.Get("id_token") == "" || got.Get("iss") != want {
			t.Errorf("success: %v", got)
		}
		if body := p.Get(tenanttest.Request(s, "prompt", "none", "response_mode", "web_message")).
			Text; strings.Contains(body, `"iss":"`+s.Issuer()+`"`) != on {
			t.Errorf("web_message: %s", body)
		}
		if doc := p.Get("/.well-known/openid-configuration").
			Text; strings.Contains(doc, `"authorization_response_iss_parameter_supported":true`) != on {
			t.Errorf("discovery: %s", doc)
		}
	}
}
