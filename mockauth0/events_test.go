package mockauth0

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

func TestNoSecretIsEverInAnEvent(t *testing.T) {
	t.Parallel()
	s := serve(t, social)
	p := browse(t, s)
	secrets := map[string]string{"password": s.Snapshot().Users[0].Password, "client secret": s.Snapshot().Clients[0].ClientSecret, "typed password": "a-typed-password"}
	keep := func(name string, a answer) answer {
		for _, mode := range []string{"fragment", "form_post", "web_message"} {
			if mode == "fragment" && !strings.Contains(a.Header.Get("Location"), "#") || mode == "web_message" && !strings.Contains(a.body, "authorization_response") {
				continue
			}
			for _, m := range received(t, a, mode) {
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
	_, state := p.loginPage(request(s))
	keep("wrong password", p.post("/u/login", url.Values{"state": {state}, "username": {"ada@example.test"}, "password": {"a-typed-password"}}))
	keep("login", p.login(request(s)))
	opaque := keep("opaque", p.get(request(s, "audience", ""))).fragment(t).Get("access_token")
	for _, mode := range []string{"fragment", "form_post", "web_message"} {
		keep("silent", p.get(request(s, "prompt", "none", "response_mode", mode)))
	}
	for _, connection := range []string{"google-oauth2", "github"} {
		for _, u := range s.Snapshot().Users {
			if u.Connection == connection {
				back := keep(connection, p.provider(request(s, "connection", connection), u.ID))
				keep(connection, p.get(back.Header.Get("Location")))
			}
		}
	}
	jwt := secrets["login fragment access_token"]
	id := secrets["login fragment id_token"]
	p.get("/userinfo?access_token=" + jwt)
	p.post("/userinfo", url.Values{"access_token": {opaque}})
	p.ask("GET", "/userinfo", "", "Authorization", "Bearer "+id)
	p.ask("GET", "/userinfo", "", "Authorization", "Bearer "+opaque, "Referer", "https://app.example.test/?access_token="+jwt+"#id_token="+id)
	p.get("/oauth/token?code=the-code&refresh_token=the-refresh-token&client_secret=" + secrets["client secret"])
	secrets["code"], secrets["refresh token"] = "the-code", "the-refresh-token"
	p.get("/oauth/revoke?token=a-revoked-token&client_assertion=an-assertion&code_verifier=the-verifier&code_challenge=the-challenge")
	secrets["revoked token"], secrets["assertion"], secrets["verifier"], secrets["challenge"] = "a-revoked-token", "an-assertion", "the-verifier", "the-challenge"
	code := p.code("scope", "openid offline_access", "code_challenge", verifier, "code_challenge_method", "plain")
	tokens := p.exchange(code)
	renewed := p.renew(tokens.member(t, "refresh_token"))
	secrets["real code"], secrets["real verifier"], secrets["real refresh token"] = code, verifier, tokens.member(t, "refresh_token")
	secrets["real ID token"], secrets["renewed access token"] = tokens.member(t, "id_token"), renewed.member(t, "access_token")
	p.exchange(code)
	p.token("grant_type", "authorization_code", "client_id", s.Snapshot().Clients[0].ClientID, "client_secret", "a-wrong-secret", "client_assertion", "another-assertion", "code", "a-wrong-code", "code_verifier", "a-wrong-verifier")
	secrets["wrong secret"], secrets["wrong assertion"], secrets["wrong code"], secrets["wrong verifier"] = "a-wrong-secret", "another-assertion", "a-wrong-code", "a-wrong-verifier"
	p.post("/oauth/revoke", url.Values{"client_id": {s.Snapshot().Clients[0].ClientID}, "token": {secrets["real refresh token"]}})
	p.get("/v2/logout?id_token_hint=" + id)
	p.get("/nowhere?id_token=" + id)
	s.arm(t, `{"when":{"prompt":"none"},"do":{"error":"login_required"}}`)
	p.silent()

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
	for _, want := range []string{`"type":"s"`, `"type":"ssa"`, `"type":"fsa"`, `"type":"fp"`, `"type":"slo"`, `"type":"seacft"`, `"type":"feacft"`, `"type":"sertft"`, `"type":"srrt"`, "(redacted)", "session begun", "fault fired"} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("no event has %s", want)
		}
	}
}

func TestLogEventsOfSilentRequests(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	p := browse(t, s)
	last := func() Event {
		var out Event
		for _, e := range s.Events(0) {
			if e.Kind == "log" {
				out = e
			}
		}
		return out
	}
	for _, tc := range []struct{ path, kind, description string }{
		{request(s, "prompt", "none"), "fsa", "Login required"},
		{request(s, "prompt", "none", "audience", "https://x.example.test/"), "fsa", "Service not found: https://x.example.test/"},
		{request(s, "prompt", "none", "response_type", "code"), "fsa", ""},
		{request(s, "prompt", "none", "redirect_uri", "https://evil.example/"), "fsa", "Callback URL mismatch. https://evil.example/ is not in the list of allowed callback URLs"},
		{request(s, "audience", "https://x.example.test/"), "f", "Service not found: https://x.example.test/"},
		{"/authorize", "f", "Missing required parameter: response_type"},
	} {
		p.get(tc.path)
		if e := last(); string(e.Type) != tc.kind || tc.description != "" && e.Description != tc.description {
			t.Errorf("%.60s: log event %s %q, want %s %q", tc.path, e.Type, e.Description, tc.kind, tc.description)
		}
	}
	p.login(request(s))
	if e := last(); e.Type != "s" || e.UserName != "ada@example.test" || e.ClientName != "My App" || e.Request == "" {
		t.Errorf("login: %+v", e)
	}
	p.silent()
	if e := last(); e.Type != "ssa" || e.UserName != "ada@example.test" {
		t.Errorf("silent: %+v", e)
	}
}
