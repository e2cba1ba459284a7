package mockauth0

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"renewal.example/mockauth0/tenant"
)

// rotating switches rotation on for the first client.
func rotating(leeway time.Duration) func(*tenant.Config) {
	return func(tn *tenant.Config) {
		backends(tn)
		tn.Clients[0].RefreshToken = tenant.RefreshToken{Rotating: true, Leeway: leeway}
	}
}

// renew exchanges a refresh token of the first client.
func (p *person) renew(refreshToken string, pairs ...string) answer {
	p.Helper()
	return p.token(append([]string{"grant_type", "refresh_token", "client_id", p.s.Snapshot().Clients[0].ClientID, "refresh_token", refreshToken}, pairs...)...)
}

// offline logs in and returns a refresh token.
func (p *person) offline(pairs ...string) string {
	p.Helper()
	a := p.exchange(p.code(append([]string{"scope", "openid profile read:all offline_access"}, pairs...)...))
	rt := a.member(p, "refresh_token")
	if rt == "" {
		p.Fatalf("no refresh token: %s %s", a.Status, a.body)
	}
	return rt
}

// reconfigure changes the running tenant.
func (s *Server) reconfigure(t testing.TB, change func(*tenant.Config)) {
	t.Helper()
	tn := s.Snapshot().Clone()
	change(tn)
	if err := s.Reload(tn); err != nil {
		t.Fatal(err)
	}
}

func TestWhoGetsARefreshToken(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(*tenant.Config)
		asked  []string
		want   bool
	}{
		"asked":                    {nil, nil, true},
		"not asked":                {nil, []string{"scope", "openid"}, false},
		"no audience":              {nil, []string{"audience", ""}, true},
		"an API that forbids it":   {nil, []string{"audience", "https://online.example.test/"}, false},
		"a client without a grant": {func(tn *tenant.Config) { tn.Clients[0].GrantTypes = []string{"authorization_code"} }, nil, false},
	} {
		s := serve(t, func(tn *tenant.Config) {
			if backends(tn); tc.change != nil {
				tc.change(tn)
			}
		})
		p := browse(t, s)
		got := p.exchange(p.code(append([]string{"scope", "openid offline_access"}, tc.asked...)...))
		if rt := got.member(t, "refresh_token"); got.StatusCode != 200 || rt != "" != tc.want || len(rt) != 52 && tc.want || strings.Contains(got.member(t, "scope"), "offline_access") != tc.want {
			t.Errorf("%s: %s %s", name, got.Status, got.body)
		}
	}
}

func TestARefreshedAnswer(t *testing.T) {
	t.Parallel()
	s := serve(t, backends)
	p := browse(t, s)
	rt := p.offline("max_age", "1000")
	authTime := float64(s.Now().Unix())
	s.EndSessions("") // a refresh token does not need the session
	s.Advance(time.Hour)
	for _, tc := range []struct{ asked, order, granted string }{
		{"", "access_token id_token scope expires_in token_type", "openid profile read:all offline_access"},
		{"openid unknown write:all", "access_token id_token scope expires_in token_type", "openid"},
		{"read:all", "access_token scope expires_in token_type", "read:all"},
		{"", "access_token id_token scope expires_in token_type", "openid profile read:all offline_access"}, // asking for less is for once
	} {
		got := p.renew(rt, "scope", tc.asked, "redirect_uri", "http://localhost:3000", "audience", "https://api.example.test/")
		if got.StatusCode != 200 || got.order(t) != tc.order || got.member(t, "scope") != tc.granted || got.Header.Get("Content-Type") != "application/json" || lastLog(s).Type != "sertft" {
			t.Errorf("%q: %s %s", tc.asked, got.Status, got.body)
		}
		if c := claimsOf(t, got.member(t, "access_token")); c["gty"] != "refresh_token" || c["sub"] != s.Snapshot().Users[0].ID || c["iat"] != float64(s.Now().Unix()) {
			t.Errorf("access token: %v", c)
		}
		if id := got.member(t, "id_token"); id != "" {
			if c := claimsOf(t, id); c["nonce"] != nil || c["auth_time"] != authTime || c["sid"] == nil || c["iat"] != float64(s.Now().Unix()) {
				t.Errorf("refreshed ID token: %v", c)
			}
		}
	}
	if got := p.renew(rt, "scope", "write:all"); got.StatusCode != 400 || got.member(t, "error") != "invalid_scope" {
		t.Errorf("nothing that was granted: %s %s", got.Status, got.body)
	}
	if got := p.token("grant_type", "refresh_token", "client_id", "web", "client_secret", "web+secret%21", "refresh_token", rt); got.body != unknownRT {
		t.Errorf("by another client: %s %s", got.Status, got.body)
	}
	if got := p.renew(rt[:51] + string(rt[51]^1)); got.body != unknownRT {
		t.Errorf("a forged token: %s %s", got.Status, got.body)
	}
}

// TestRotation walks through exchanges of a family. Tokens are named by the order in which they were issued.
func TestRotation(t *testing.T) {
	t.Parallel()
	const leeway = 10 * time.Second
	type step struct {
		token int
		after time.Duration
		want  string // "" for tokens
	}
	for name, tc := range map[string]struct {
		leeway time.Duration
		steps  []step
	}{
		"one after another":             {0, []step{{0, 0, ""}, {1, 0, ""}, {2, time.Hour, ""}}},
		"reuse ends the family":         {0, []step{{0, 0, ""}, {0, 0, reusedRT}, {1, 0, unknownRT}, {0, 0, unknownRT}}},
		"late reuse ends the family":    {leeway, []step{{0, 0, ""}, {0, leeway, reusedRT}, {1, 0, unknownRT}}},
		"again within the leeway":       {leeway, []step{{0, 0, ""}, {0, leeway - 1, ""}, {2, time.Hour, ""}}},
		"again and again":               {leeway, []step{{0, 0, ""}, {0, 0, ""}, {0, 0, ""}, {3, time.Hour, ""}}},
		"the leeway does not slide":     {leeway, []step{{0, 0, ""}, {0, leeway - 1, ""}, {0, 1, reusedRT}, {2, 0, unknownRT}}},
		"siblings within the leeway":    {leeway, []step{{0, 0, ""}, {0, 0, ""}, {1, 0, ""}, {3, 0, ""}}},
		"a sibling after the leeway":    {leeway, []step{{0, 0, ""}, {0, 0, ""}, {1, leeway, reusedRT}}},
		"the second to last is reuse":   {leeway, []step{{0, 0, ""}, {1, 0, ""}, {0, 0, reusedRT}, {2, 0, unknownRT}}},
		"a clock set back is no leeway": {0, []step{{0, 0, ""}, {0, -time.Hour, reusedRT}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, rotating(tc.leeway))
			p := browse(t, s)
			other := p.offline() // another family of the same user and client never notices
			tokens := []string{p.offline()}
			for i, st := range tc.steps {
				s.Advance(st.after)
				got := p.renew(tokens[st.token])
				if st.want != "" {
					if got.StatusCode != 403 || got.body != st.want {
						t.Errorf("step %d: %s %s, want %s", i, got.Status, got.body, st.want)
					}
					if e := lastLog(s); (e.Type == "ferrt") != (st.want == reusedRT) || e.UserID == "" && st.want == reusedRT {
						t.Errorf("step %d: log %+v", i, e)
					}
					continue
				}
				next := got.member(t, "refresh_token")
				if got.StatusCode != 200 || next == "" || got.order(t) != "access_token refresh_token id_token scope expires_in token_type" {
					t.Fatalf("step %d: %s %s", i, got.Status, got.body)
				}
				tokens = append(tokens, next)
			}
			if got := p.renew(other); got.StatusCode != 200 {
				t.Errorf("the other family: %s %s", got.Status, got.body)
			}
		})
	}
}

func TestRotationUnderConcurrency(t *testing.T) {
	t.Parallel()
	s := serve(t, rotating(0))
	p := browse(t, s)
	rt := p.offline()
	var good, refused atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			switch got := p.renew(rt); {
			case got.StatusCode == 200:
				good.Add(1)
			case got.body == reusedRT || got.body == unknownRT:
				refused.Add(1)
			}
		})
	}
	if wg.Wait(); good.Load() != 1 || refused.Load() != 7 {
		t.Errorf("%d exchanges got tokens, %d were refused", good.Load(), refused.Load())
	}
}

func TestARefusalRotatesNothing(t *testing.T) {
	t.Parallel()
	s := serve(t, rotating(0))
	p := browse(t, s)
	rt := p.offline()
	whole := s.Snapshot()
	for _, tc := range []struct {
		change func(*tenant.Config)
		want   string
	}{
		{func(tn *tenant.Config) { tn.Users[0].Blocked = true }, `{"error":"unauthorized","error_description":"user is blocked"}`},
		{func(tn *tenant.Config) { tn.Users = nil }, `{"error":"invalid_grant","error_description":"The refresh_token was generated for a user who doesn't exist anymore."}`},
		{func(tn *tenant.Config) { tn.ResourceServers, tn.ClientGrants = nil, nil }, `{"error":"access_denied","error_description":"Service not found: https://api.example.test/"}`},
		{func(tn *tenant.Config) { tn.Clients[0].GrantTypes = []string{"implicit"} }, `{"error":"unauthorized_client","error_description":"Grant type 'refresh_token' not allowed for the client."}`},
		{func(tn *tenant.Config) { tn.Clients[0].TokenEndpointAuthMethod = "client_secret_post" }, noAuth},
	} {
		s.reconfigure(t, tc.change)
		if got := p.renew(rt); got.body != tc.want || got.StatusCode != 403 && tc.want != noAuth {
			t.Errorf("%s %s, want %s", got.Status, got.body, tc.want)
		}
		if err := s.Reload(whole); err != nil {
			t.Fatal(err)
		}
	}
	if got := p.renew(rt, "scope", "write:all"); got.StatusCode != 400 {
		t.Errorf("%s %s", got.Status, got.body)
	}
	if got := p.renew(rt); got.StatusCode != 200 {
		t.Errorf("a refusal used the token up: %s %s", got.Status, got.body)
	}
}

func TestRotationSwitchedOnAndOff(t *testing.T) {
	t.Parallel()
	s := serve(t, backends)
	p := browse(t, s)
	lazy, busy, opaque := p.offline(), p.offline(), p.offline("audience", "")
	for range 2 {
		if got := p.renew(busy); got.StatusCode != 200 || got.member(t, "refresh_token") != "" {
			t.Fatalf("without rotation: %s %s", got.Status, got.body)
		}
	}
	for _, on := range []bool{true, false} {
		s.reconfigure(t, func(tn *tenant.Config) { tn.Clients[0].RefreshToken.Rotating = on })
		got := p.renew(busy)
		next := got.member(t, "refresh_token")
		if got.StatusCode != 200 || next == "" {
			t.Fatalf("rotation %v: %s %s", on, got.Status, got.body)
		}
		if got := p.renew(lazy); got.body != unknownRT {
			t.Errorf("rotation %v: another token of the other kind: %s %s", on, got.Status, got.body)
		}
		busy, lazy = next, p.offline()
	}
	if got := p.renew(opaque); got.StatusCode != 200 {
		t.Errorf("a token for another audience: %s %s", got.Status, got.body)
	}
}

func TestLivesOfARefreshToken(t *testing.T) {
	t.Parallel()
	const idle, absolute = time.Hour, 3 * time.Hour
	for name, tc := range map[string]struct {
		config tenant.RefreshToken
		after  []time.Duration
		good   []bool
	}{
		"idle":                        {tenant.RefreshToken{IdleLifetime: idle}, []time.Duration{idle - time.Second, idle - time.Second, idle}, []bool{true, true, false}},
		"idle, rotating":              {tenant.RefreshToken{IdleLifetime: idle, Rotating: true}, []time.Duration{idle - time.Second, idle - time.Second, idle}, []bool{true, true, false}},
		"absolute":                    {tenant.RefreshToken{Lifetime: absolute}, []time.Duration{absolute - time.Second, time.Second}, []bool{true, false}},
		"rotation prolongs no life":   {tenant.RefreshToken{Lifetime: absolute, Rotating: true}, []time.Duration{absolute - time.Second, time.Second}, []bool{true, false}},
		"both":                        {tenant.RefreshToken{Lifetime: absolute, IdleLifetime: 2 * time.Hour}, []time.Duration{time.Hour, time.Hour, time.Hour}, []bool{true, true, false}},
		"infinite":                    {tenant.RefreshToken{}, []time.Duration{1000 * time.Hour, 100000 * time.Hour}, []bool{true, true}},
		"a clock set back revives it": {tenant.RefreshToken{Lifetime: absolute}, []time.Duration{absolute, -time.Second}, []bool{false, true}},
	} {
		s := serve(t, func(tn *tenant.Config) { backends(tn); tn.Clients[0].RefreshToken = tc.config })
		p := browse(t, s)
		rt := p.offline()
		for i, d := range tc.after {
			s.Advance(d)
			got := p.renew(rt)
			if (got.StatusCode == 200) != tc.good[i] || !tc.good[i] && got.body != unknownRT {
				t.Errorf("%s, step %d: %s %s", name, i, got.Status, got.body)
			}
			if next := got.member(t, "refresh_token"); next != "" {
				rt = next
			}
		}
	}
}

func TestRevocation(t *testing.T) {
	t.Parallel()
	s := serve(t, rotating(0))
	p := browse(t, s)
	spa := s.Snapshot().Clients[0].ClientID
	revoke := func(pairs ...string) answer {
		return p.ask("POST", "/oauth/revoke", form(pairs...).Encode(), "Content-Type", "application/x-www-form-urlencoded", "Origin", "http://localhost:3000")
	}
	empty := func(name string, got answer) {
		t.Helper()
		if _, typed := got.Header["Content-Type"]; got.StatusCode != 200 || got.body != "" || typed || got.Header.Get("Access-Control-Allow-Origin") != "http://localhost:3000" {
			t.Errorf("%s: %s %v %q", name, got.Status, got.Header, got.body)
		}
	}
	first := p.offline()
	second := p.renew(first).member(t, "refresh_token")
	empty("unknown", revoke("client_id", spa, "token", "x"))
	empty("another client's", revoke("client_id", "web", "client_secret", "web+secret%21", "token", second))
	for want, send := range map[string][]string{
		`400 {"error":"invalid_request","error_description":"Missing required parameter: token"}`:     {"client_id", spa},
		`400 {"error":"invalid_request","error_description":"Missing required parameter: client_id"}`: {"token", second},
		`401 {"error":"invalid_client","error_description":"Unauthorized"}`:                           {"client_id", "web", "client_secret", "x", "token", second},
	} {
		if got := revoke(send...); strings.Fields(got.Status)[0]+" "+got.body != want || got.Header.Get("WWW-Authenticate") != "" {
			t.Errorf("%s %s, want %s", got.Status, got.body, want)
		}
	}
	third := p.renew(second)
	if third.StatusCode != 200 {
		t.Fatalf("what revoked nothing ended the family: %s", third.body)
	}
	empty("a token that was replaced", p.ask("POST", "/oauth/revoke", `{"client_id":"`+spa+`","token":"`+first+`"}`, "Content-Type", "application/json", "Origin", "http://localhost:3000"))
	if e := lastLog(s); e.Type != "srrt" || e.UserID == "" {
		t.Errorf("log: %+v", e)
	}
	if got := p.renew(third.member(t, "refresh_token")); got.body != unknownRT {
		t.Errorf("after the revocation: %s %s", got.Status, got.body)
	}
}

func TestAUserHasTwoHundredRefreshTokensOfAClient(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		backends(tn)
		tn.Clients[0].GrantTypes = append(tn.Clients[0].GrantTypes, "password")
	})
	p := browse(t, s)
	ask := func(client ...string) string {
		return p.token(append([]string{"grant_type", "password", "username", "ada@example.test", "password", "Analytical-Engine-1", "scope", "offline_access"}, client...)...).member(t, "refresh_token")
	}
	spa := []string{"client_id", s.Snapshot().Clients[0].ClientID}
	tokens := []string{}
	for range 201 {
		tokens = append(tokens, ask(spa...))
	}
	ask("client_id", "web", "client_secret", "web+secret%21")
	for i, want := range map[int]int{0: 403, 1: 200, 200: 200} {
		if got := p.renew(tokens[i]); got.StatusCode != want {
			t.Errorf("token %d: %s %s", i, got.Status, got.body)
		}
	}
	cleaned := 0
	for _, e := range s.Events(0) {
		if e.Type == "resource_cleanup" {
			cleaned++
		}
	}
	if cleaned != 1 {
		t.Errorf("%d log events resource_cleanup, want 1", cleaned)
	}
}
