package mockauth0

import (
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/mint"
	"renewal.example/mockauth0/tenant"
)

// TestACodeIsBound: to its client, its callback, its PKCE challenge and its life. What is refused does not use it up.
func TestACodeIsBound(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		backends(tn)
		second := tenant.NewClient("Second SPA")
		second.AppType, second.ClientID, second.TokenEndpointAuthMethod = "spa", "second", "none"
		tn.Clients = append(tn.Clients, second)
	})
	p := browse(t, s)
	web := []string{"client_id", "web", "redirect_uri", "https://web.example.test/cb"}
	secret := append([]string{"client_secret", "web+secret%21"}, web...)
	wrongURI := func(sent, want string) string {
		return `{"error":"unauthorized_client","error_description":"The redirect URI is wrong. You sent ` + sent + `, and we expected ` + want + `"}`
	}
	noVerifier := `{"error":"invalid_request","error_description":"Missing required parameter: code_verifier"}`
	for _, tc := range []struct {
		name      string
		asked     []string // of /authorize, beside S256 and the first client
		sent      []string // to the token endpoint, beside what fits
		status    int
		body      string
		after     time.Duration
		stillGood []string // what gets tokens for the code after a refusal; nil: what fits
	}{
		{name: "fits", status: 200},
		{name: "fits until its end", status: 200, after: 10*time.Minute - time.Second},
		{name: "expired", status: 403, body: wrongCode, after: 10 * time.Minute},
		{name: "another client", sent: []string{"client_id", "second"}, status: 403, body: wrongCode},
		{name: "another callback", sent: []string{"redirect_uri", "http://localhost:3000/callback"}, status: 403, body: wrongURI("http://localhost:3000/callback", "http://localhost:3000")},
		{name: "no callback", sent: []string{"redirect_uri", ""}, status: 403, body: wrongURI("null", "http://localhost:3000")},
		{name: "no callback on either side", asked: []string{"redirect_uri", ""}, sent: []string{"redirect_uri", ""}, status: 200},
		{name: "the default callback", asked: []string{"redirect_uri", ""}, status: 200},
		{name: "wrong verifier", sent: []string{"code_verifier", "x"}, status: 403, body: wrongPKCE},
		{name: "no verifier", sent: []string{"code_verifier", ""}, status: 403, body: wrongPKCE},
		{name: "the challenge as verifier", sent: []string{"code_verifier", s256(verifier)}, status: 403, body: wrongPKCE},
		{name: "plain", asked: []string{"code_challenge", verifier, "code_challenge_method", "plain"}, status: 200},
		{name: "plain by default", asked: []string{"code_challenge", verifier, "code_challenge_method", ""}, status: 200},
		{name: "plain, wrong", asked: []string{"code_challenge", verifier, "code_challenge_method", "plain"}, sent: []string{"code_verifier", "x"}, status: 403, body: wrongPKCE},
		{name: "challenge taken away", asked: []string{"code_challenge", "", "code_challenge_method", ""}, status: 403, body: wrongPKCE},
		{name: "no PKCE, public", asked: []string{"code_challenge", "", "code_challenge_method", ""}, sent: []string{"code_verifier", ""}, status: 400, body: noVerifier},
		{name: "no PKCE, secret", asked: append([]string{"code_challenge", "", "code_challenge_method", ""}, web...), sent: append([]string{"code_verifier", ""}, secret...), status: 200},
		{name: "PKCE and secret", asked: web, sent: secret, status: 200},
		{name: "PKCE and a wrong secret", asked: web, sent: append(secret, "client_secret", "x"), status: 401, body: noAuth, stillGood: secret},
		{name: "PKCE without the secret", asked: web, sent: web, status: 401, body: noAuth, stillGood: secret},
		{name: "secret without the verifier", asked: web, sent: append([]string{"code_verifier", ""}, secret...), status: 403, body: wrongPKCE, stillGood: secret},
	} {
		code := p.code(tc.asked...)
		s.Advance(tc.after)
		got := p.exchange(code, tc.sent...)
		if got.StatusCode != tc.status || tc.body != "" && got.body != tc.body {
			t.Errorf("%s: %s %s", tc.name, got.Status, got.body)
		}
		if tc.status == 200 {
			tc.stillGood = tc.sent
		}
		again := p.exchange(code, tc.stillGood...)
		switch {
		case tc.status == 200 && again.body != wrongCode:
			t.Errorf("%s: a second time: %s %s", tc.name, again.Status, again.body)
		case tc.status != 200 && tc.after == 0 && tc.name != "challenge taken away" && tc.name != "no PKCE, public" && tc.name != "plain, wrong" && again.StatusCode != 200:
			t.Errorf("%s: the refusal used the code up: %s %s", tc.name, again.Status, again.body)
		}
	}
}

func TestACodeWorksOnce(t *testing.T) {
	t.Parallel()
	s := serve(t, backends)
	p := browse(t, s)
	for range 5 {
		code := p.code("scope", "offline_access")
		var good, bad atomic.Int32
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				switch got := p.exchange(code); {
				case got.StatusCode == 200:
					good.Add(1)
				case got.body == wrongCode:
					bad.Add(1)
				}
			})
		}
		if wg.Wait(); good.Load() != 1 || bad.Load() != 7 {
			t.Errorf("%d exchanges got tokens and %d %s", good.Load(), bad.Load(), wrongCode)
		}
	}
}

func TestResponseTypesWithACode(t *testing.T) {
	t.Parallel()
	s := serve(t, backends)
	p := browse(t, s)
	p.login(request(s))
	for _, tc := range []struct{ responseType, mode, order string }{
		{"code", "query", "code state"},
		{"code", "fragment", "code state"},
		{"code", "form_post", "code state"},
		{"code", "web_message", "code state"},
		{"code token", "fragment", "code access_token scope expires_in token_type state"},
		{"code id_token", "fragment", "code id_token state"},
		{"id_token code", "web_message", "code id_token state"},
		{"code token id_token", "form_post", "code access_token scope expires_in token_type state id_token"},
	} {
		mode := tc.mode
		if mode == "query" || mode == "fragment" && strings.Contains(tc.responseType, " ") {
			mode = "" // the default
		}
		a := p.get(request(s, "response_type", tc.responseType, "response_mode", mode, "prompt", "none", "code_challenge", s256(verifier), "code_challenge_method", "S256"))
		members, names := map[string]string{}, []string{}
		for _, m := range received(t, a, tc.mode) {
			members[m[0]] = m[1]
			names = append(names, m[0])
		}
		if got := strings.Join(names, " "); got != tc.order {
			t.Errorf("%s by %s: %s, want %s", tc.responseType, tc.mode, got, tc.order)
		}
		if len(members["code"]) != 43 || members["state"] != "the-state" {
			t.Errorf("%s by %s: %v", tc.responseType, tc.mode, members)
		}
		if id := members["id_token"]; id != "" {
			c := claimsOf(t, id)
			if c["c_hash"] != mint.HalfHash(members["code"], "RS256") {
				t.Errorf("%s: c_hash is %v", tc.responseType, c["c_hash"])
			}
			want := any(nil)
			if members["access_token"] != "" {
				want = mint.HalfHash(members["access_token"], "RS256")
			}
			if c["at_hash"] != want {
				t.Errorf("%s: at_hash is %v, want %v", tc.responseType, c["at_hash"], want)
			}
		}
		if got := p.exchange(members["code"]); got.StatusCode != 200 {
			t.Errorf("%s by %s: %s %s", tc.responseType, tc.mode, got.Status, got.body)
		}
	}
	opaque := p.get(request(s, "response_type", "code token", "audience", "", "prompt", "none")).fragment(t)
	if opaque.Get("expires_in") != "86400" {
		t.Errorf("an opaque token of the hybrid flow lives %s s", opaque.Get("expires_in"))
	}
}

func TestCodeRequestsThatAreRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		backends(tn)
		tn.Clients[0].GrantTypes = []string{"authorization_code"}
		tn.Clients[1].GrantTypes = []string{"implicit"}
	})
	p := browse(t, s)
	for _, tc := range []struct {
		name string
		send []string
		want string // after the callback
	}{
		{"silent without a session", []string{"prompt", "none"}, "?error=login_required&error_description=Login%20required&state=the-state"},
		{"unknown method", []string{"code_challenge", "x", "code_challenge_method", "S512"}, "?error=invalid_request&error_description=" + url.PathEscape("Invalid parameter: code_challenge_method S512 is not supported") + "&state=the-state"},
		{"method without challenge", []string{"code_challenge_method", "S256"}, "?error=invalid_request&error_description=" + url.PathEscape("Missing required parameter: code_challenge") + "&state=the-state"},
		{"hybrid without the implicit grant", []string{"response_type", "code token"}, "#error=unauthorized_client&error_description=" + url.PathEscape("Grant type 'implicit' not allowed for the client.") + "&state=the-state"},
		{"no code grant", []string{"client_id", "web", "redirect_uri", "https://web.example.test/cb"}, "?error=unauthorized_client&error_description=" + url.PathEscape("Grant type 'authorization_code' not allowed for the client.") + "&state=the-state"},
	} {
		a := p.get(request(s, append([]string{"response_type", "code"}, tc.send...)...))
		want, err := url.QueryUnescape(tc.want)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := url.QueryUnescape(a.Header.Get("Location")); err != nil || !strings.HasSuffix(got, want) {
			t.Errorf("%s: %s %q", tc.name, a.Status, a.Header.Get("Location"))
		}
	}
}

// TestACodeWhoseUserIsGone: what happened between the login and the exchange counts.
func TestACodeWhoseUserIsGone(t *testing.T) {
	t.Parallel()
	s := serve(t, backends)
	p := browse(t, s)
	code := p.code()
	for _, tc := range []struct {
		change func(*tenant.Config)
		status int
		want   string
	}{
		{func(tn *tenant.Config) { tn.Users[0].Blocked = true }, 403, `{"error":"unauthorized","error_description":"user is blocked"}`},
		{func(tn *tenant.Config) { tn.Users = nil }, 403, wrongCode},
		{func(tn *tenant.Config) { tn.ResourceServers = tn.ResourceServers[1:]; tn.ClientGrants = nil }, 403, `{"error":"access_denied","error_description":"Service not found: https://api.example.test/"}`},
	} {
		before := s.Snapshot()
		changed := before.Clone()
		tc.change(changed)
		if err := s.Reload(changed); err != nil {
			t.Fatal(err)
		}
		if got := p.exchange(code); got.StatusCode != tc.status || got.body != tc.want {
			t.Errorf("%s %s, want %s", got.Status, got.body, tc.want)
		}
		if err := s.Reload(before); err != nil {
			t.Fatal(err)
		}
	}
	s.EndSessions("")
	if got := p.exchange(code); got.StatusCode != 200 {
		t.Errorf("a code outlives its session: %s %s", got.Status, got.body)
	}
}

func TestFaultsAtTheTokenEndpoint(t *testing.T) {
	t.Parallel()
	s := serve(t, backends)
	p := browse(t, s)
	code := p.code("scope", "openid offline_access")
	for fault, want := range map[string]string{
		`{"when":{"endpoint":"token"},"times":1,"do":{"error":"invalid_grant"}}`:                                        "403 " + wrongCode,
		`{"when":{"endpoint":"token","user":"ada@example.test"},"times":1,"do":{"error":"login_required"}}`:             `403 {"error":"login_required","error_description":"Login required"}`,
		`{"when":{"endpoint":"token"},"times":1,"do":{"error":"temporarily_unavailable","error_description":"Later."}}`: `503 {"error":"temporarily_unavailable","error_description":"Later."}`,
		`{"when":{"endpoint":"token","user":"ada@example.test"},"times":1,"do":{"status":500}}`:                         `500 {"error":"server_error","error_description":"An unexpected error occurred."}`,
		`{"when":{"endpoint":"token","client":"My App"},"times":1,"do":{"status":503}}`:                                 `503 {"error":"temporarily_unavailable","error_description":"Service Unavailable"}`,
	} {
		s.arm(t, fault)
		got := p.exchange(code)
		if text := strings.Fields(got.Status)[0] + " " + got.body; text != want {
			t.Errorf("%s: %s, want %s", fault, text, want)
		}
	}
	got := p.exchange(code)
	if got.StatusCode != 200 {
		t.Fatalf("a fault used the code up: %s %s", got.Status, got.body)
	}
	s.arm(t, `{"when":{"endpoint":"token"},"times":1,"do":{"status":503}}`)
	rt := got.member(t, "refresh_token")
	for _, want := range []int{503, 200} {
		if got := p.renew(rt); got.StatusCode != want {
			t.Errorf("%s %s, want %d", got.Status, got.body, want)
		}
	}
}

// An armed invalid_grant says what Auth0 says of the grant at hand, if nothing else is given.
func TestAnArmedInvalidGrantIsOfItsGrant(t *testing.T) {
	t.Parallel()
	s := serve(t, backends)
	p := browse(t, s)
	rt := p.offline()
	password := func() answer {
		return p.token("grant_type", realmType, "realm", database, "client_id", "web", "client_secret", "web+secret%21", "username", "ada@example.test", "password", "Analytical-Engine-1")
	}
	const wrongLogin = `{"error":"invalid_grant","error_description":"Wrong email or password."}`
	for _, tc := range []struct {
		name string
		ask  func() answer
		want string
	}{{"code", func() answer { return p.exchange(p.code()) }, wrongCode}, {"refresh token", func() answer { return p.renew(rt) }, unknownRT}, {"password", password, wrongLogin}} {
		s.arm(t, `{"when":{"endpoint":"token"},"times":1,"do":{"error":"invalid_grant"}}`)
		if got := tc.ask(); got.StatusCode != 403 || got.body != tc.want {
			t.Errorf("%s: %s %s", tc.name, got.Status, got.body)
		}
	}
}
