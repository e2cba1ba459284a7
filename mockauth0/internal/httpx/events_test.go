package httpx_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/tenanttest"
)

func TestNoSecretIsEverInAnEvent(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Social)
	p := tenanttest.Browse(t, s)
	secrets := map[string]string{
		"password": s.Snapshot().Users[0].Password, "client secret": s.Snapshot().Clients[0].ClientSecret, "typed password": "a-typed-password",
	}
	keep := func(name string, a tenanttest.Answer) tenanttest.Answer {
		for _, mode := range []string{"fragment", "form_post", "web_message"} {
			if mode == "fragment" && !strings.Contains(a.Header.Get("Location"), "#") ||
				mode == "web_message" && !strings.Contains(a.Text, "authorization_response") {
				continue
			}
			for _, m := range tenanttest.Received(t, a, mode) {
				if m[0] == "access_token" || m[0] == "id_token" {
					secrets[name+" "+mode+" "+m[0]] = m[1]
				}
			}
		}
		for _, c := range a.Cookies() {
			secrets[name+" "+c.Name] = c.Value
			if plain, err := url.QueryUnescape(c.Value); err == nil {
				_, signature, _ := strings.Cut(plain, ".")
				secrets[name+" "+c.Name+"'s signature"] = signature
			}
		}
		return a
	}
	_, state := p.LoginPage(tenanttest.Request(s))
	keep("wrong password", p.Post("/u/login", url.Values{
		"state": {state}, "username": {"ada@example.test"}, "password": {"a-typed-password"},
	}))
	keep("login", p.Login(tenanttest.Request(s)))
	opaque := keep("opaque", p.Get(tenanttest.Request(s, "audience", ""))).Fragment(t).Get("access_token")
	for _, mode := range []string{"fragment", "form_post", "web_message"} {
		keep("silent", p.Get(tenanttest.Request(s, "prompt", "none", "response_mode", mode)))
	}
	for _, connection := range []string{"google-oauth2", "github"} {
		for _, u := range s.Snapshot().Users {
			if u.Connection == connection {
				back := keep(connection, p.ProviderLogin(tenanttest.Request(s, "connection", connection), u.ID))
				keep(connection, p.Get(back.Header.Get("Location")))
			}
		}
	}
	jwt := secrets["login fragment access_token"]
	id := secrets["login fragment id_token"]
	p.Get("/userinfo?access_token=" + jwt)
	p.Post("/userinfo", url.Values{"access_token": {opaque}})
	p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+id)
	p.Ask("GET", "/userinfo", "", "Authorization", "Bearer "+opaque, "Referer", "https://app.example.test/?access_token="+jwt+"#id_token="+id)
	p.Get("/oauth/token?code=the-code&refresh_token=the-refresh-token&client_secret=" + secrets["client secret"])
	secrets["code"], secrets["refresh token"] = "the-code", "the-refresh-token"
	p.Get("/oauth/revoke?token=a-revoked-token&client_assertion=an-assertion&code_verifier=the-verifier&code_challenge=the-challenge")
	secrets["revoked token"], secrets["assertion"], secrets["verifier"], secrets["challenge"] = "a-revoked-token", "an-assertion",
		"the-verifier", "the-challenge"
	code := p.Code("scope", "openid offline_access", "code_challenge", tenanttest.Verifier, "code_challenge_method", "plain")
	tokens := p.Exchange(code)
	renewed := p.Renew(tokens.Member(t, "refresh_token"))
	secrets["real code"], secrets["real verifier"], secrets["real refresh token"] = code, tenanttest.Verifier,
		tokens.Member(t, "refresh_token")
	secrets["real ID token"], secrets["renewed access token"] = tokens.Member(t, "id_token"), renewed.Member(t, "access_token")
	p.Exchange(code)
	p.Token("grant_type", "authorization_code", "client_id", s.Snapshot().Clients[0].ClientID, "client_secret", "a-wrong-secret",
		"client_assertion", "another-assertion", "code", "a-wrong-code", "code_verifier", "a-wrong-verifier")
	secrets["wrong secret"], secrets["wrong assertion"], secrets["wrong code"], secrets["wrong verifier"] = "a-wrong-secret",
		"another-assertion", "a-wrong-code", "a-wrong-verifier"
	p.Post("/oauth/revoke", url.Values{"client_id": {s.Snapshot().Clients[0].ClientID}, "token": {secrets["real refresh token"]}})
	p.Get("/v2/logout?id_token_hint=" + id)
	p.Get("/nowhere?id_token=" + id)
	hiddenByPosition(s, p, secrets, id)
	tenanttest.Arm(t, s, `{"when":{"prompt":"none"},"do":{"error":"login_required"}}`)
	p.Silent()

	if len(secrets) < 20 || jwt == "" || id == "" || opaque == "" {
		t.Fatalf("the flows gave %d secrets only: %v", len(secrets), secrets)
	}
	raw, err := json.Marshal(s.Events(0))
	if err != nil {
		t.Fatal(err)
	}
	for name, secret := range secrets {
		if secret == "" {
			continue
		}
		if strings.Contains(string(raw), secret) {
			t.Errorf("the %s is in an event", name)
		}
		if parts := strings.Split(secret, "."); len(parts) == 3 && strings.Contains(string(raw), parts[2]) {
			t.Errorf("the signature of the %s is in an event", name)
		}
	}
	for _, want := range []string{
		`"type":"s"`, `"type":"ssa"`, `"type":"fsa"`, `"type":"fp"`, `"type":"slo"`, `"type":"seacft"`, `"type":"feacft"`, `"type":"sertft"`,
		`"type":"srrt"`, "(redacted)", "session begun", "fault fired",
	} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("no event has %s", want)
		}
	}
}

// hiddenByPosition sends secrets where no parameter is called one: in an address, in a state, under a name that nobody knows.
func hiddenByPosition(s *mockauth0.Server, p *tenanttest.Person, secrets map[string]string, id string) {
	const callback = "http://localhost:3000/silent"
	packed := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	nested := packed(`{"returnTo":"/","access_token":"packed-in-state"}`)
	for _, more := range [][]string{
		{"redirect_uri", "https://evil.example/?key=in-a-callback#frag=in-a-fragment"},
		{"redirect_uri", callback + "?session_key=in-a-good-callback"},
		{"redirect_uri", "https://ada:in-userinfo@evil.example/"},
		{"state", "to=/&access_token=in-state"},
		{"state", id},
		{"state", nested},
		{"nonce", "password=in-nonce"},
		{"x-api-key", "under-an-unknown-name"},
		{"audience", "https://api.example.test/?token=in-audience"},
	} {
		p.Get(tenanttest.Request(s, append([]string{"prompt", "none", "response_mode", "fragment"}, more...)...))
		p.Get(tenanttest.Request(s, append([]string{"prompt", "none", "response_mode", "web_message"}, more...)...))
	}
	p.Get("/v2/logout?returnTo=" + url.QueryEscape("https://app.example.test/?t=in-a-return-address"))
	p.Ask("GET", "/nowhere", "", "Referer", "https://app.example.test/?whatever=in-a-referer")
	for _, text := range []string{"in-a-callback", "in-a-fragment", "in-a-good-callback", "in-userinfo", "in-state", "packed-in-state",
		nested, "in-nonce",
		"under-an-unknown-name", "in-audience", "in-a-return-address", "in-a-referer"} {
		secrets[text] = text
	}
}

// TestWhatIsHiddenLooksTheSame in the request and in the answer: the diagnosis compares the two.
func TestWhatIsHiddenLooksTheSame(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	for _, text := range []string{"plain", "token=abc&x=1", strings.Repeat("long", 1000), "ümlaut \u2028"} {
		for _, mode := range []string{"web_message", "form_post"} {
			p.Get(tenanttest.Request(s, "prompt", "none", "response_mode", mode, "state", text, "nonce", text))
			asked := tenanttest.Newest[event.Request](t, s, "authorize")
			sent, token := tenanttest.Newest[event.Response](t, s, "authorize"), tenanttest.Newest[event.Token](t, s, "authorize")
			if got, want := sent.Response.Text("state"), asked.Query.Get("state"); got != want || want == "" {
				t.Errorf("%.20s, %s: the state is asked as %q and answered as %q", text, mode, want, got)
			}
			if got, want := token.Claims.Text("nonce"), asked.Query.Get("nonce"); got != want || want == "" {
				t.Errorf("%.20s, %s: the nonce is asked as %q and answered as %q", text, mode, want, got)
			}
		}
	}
	if found := s.Diagnoses(); len(found) > 0 {
		t.Errorf("healthy renewals are diagnosed: %v", found)
	}
}

// TestEventsKeepLittleOfAHugeRequest, and of that what means something.
func TestEventsKeepLittleOfAHugeRequest(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	var noise strings.Builder
	for n := range 2000 {
		fmt.Fprintf(&noise, "&a%d=%d", n, n)
	}
	for n := range 500 {
		fmt.Fprintf(&noise, "&scope=%d", n)
	}
	p.Ask("GET", tenanttest.Request(s, "prompt", "none")+noise.String(), "", "Cookie", strings.Repeat("c=1; ", 1000))
	d := tenanttest.Newest[event.Request](t, s, "authorize")
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	if len(raw) > 8<<10 || len(d.Cookies) > 64 || d.QueryLeftOut < 1900 || len(d.Query["scope"]) > 4 {
		t.Errorf("%d bytes, %d cookies, %d parameters and %d left out: %s", len(raw), len(d.Cookies), len(d.Query), d.QueryLeftOut, raw)
	}
	if d.CookiesLeftOut != 1000-64 || d.ValuesLeftOut != 501-4 {
		t.Errorf("%d cookies and %d values are said to be left out", d.CookiesLeftOut, d.ValuesLeftOut)
	}
	for _, name := range []string{"client_id", "prompt", "redirect_uri", "state", "nonce", "response_type"} {
		if len(d.Query[name]) == 0 {
			t.Errorf("%s is left out", name)
		}
	}
	if d.Query["a1"] != nil && d.Query.Get("a1") != event.Redacted {
		t.Errorf("an unknown parameter shows %q", d.Query.Get("a1"))
	}
}

func TestLogEventsOfSilentRequests(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	last := func() event.Event {
		var out event.Event
		for _, e := range s.Events(0) {
			if e.Kind == event.KindLog {
				out = e
			}
		}
		return out
	}
	for _, tc := range []struct{ path, kind, description string }{
		{tenanttest.Request(s, "prompt", "none"), "fsa", "Login required"},
		{tenanttest.Request(s, "prompt", "none", "audience", "https://x.example.test/"), "fsa", "Service not found: https://x.example.test/"},
		{tenanttest.Request(s, "prompt", "none", "response_type", "code"), "fsa", ""},
		{tenanttest.Request(s, "prompt", "none", "redirect_uri", "https://evil.example/"), "fsa", "Callback URL mismatch. https://evil.example/ is not in the list of allowed callback URLs"},
		{tenanttest.Request(s, "audience", "https://x.example.test/"), "f", "Service not found: https://x.example.test/"},
		{"/authorize", "f", "Missing required parameter: response_type"},
	} {
		p.Get(tc.path)
		if e := last(); string(e.Type) != tc.kind || tc.description != "" && e.Description != tc.description {
			t.Errorf("%.60s: log event %s %q, want %s %q", tc.path, e.Type, e.Description, tc.kind, tc.description)
		}
	}
	p.Login(tenanttest.Request(s))
	if e := last(); e.Type != "s" || e.UserName != "ada@example.test" || e.ClientName != "My App" || e.Request == "" {
		t.Errorf("login: %+v", e)
	}
	p.Silent()
	if e := last(); e.Type != "ssa" || e.UserName != "ada@example.test" {
		t.Errorf("silent: %+v", e)
	}
}
