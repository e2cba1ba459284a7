package grant_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

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
		s := tenanttest.Serve(t, func(tn *tenant.Config) {
			if tenanttest.Backends(tn); tc.change != nil {
				tc.change(tn)
			}
		})
		p := tenanttest.Browse(t, s)
		got := p.Exchange(p.Code(append([]string{"scope", "openid offline_access"}, tc.asked...)...))
		if rt := got.Member(t, "refresh_token"); got.StatusCode != 200 || rt != "" != tc.want || len(rt) != 52 && tc.want ||
			strings.Contains(got.Member(t, "scope"), "offline_access") != tc.want {
			t.Errorf("%s: %s %s", name, got.Status, got.Text)
		}
	}
}

func TestARefreshedAnswer(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Backends)
	p := tenanttest.Browse(t, s)
	rt := p.Offline("max_age", "1000")
	authTime := float64(s.Now().Unix())
	s.EndSessions("") // a refresh token does not need the session
	s.Advance(time.Hour)
	for _, tc := range []struct{ asked, order, granted string }{
		{"", "access_token id_token scope expires_in token_type", "openid profile read:all offline_access"},
		{"openid unknown write:all", "access_token id_token scope expires_in token_type", "openid"},
		{"read:all", "access_token scope expires_in token_type", "read:all"},
		{"", "access_token id_token scope expires_in token_type", "openid profile read:all offline_access"}, // asking for less is for once
	} {
		got := p.Renew(rt, "scope", tc.asked, "redirect_uri", "http://localhost:3000", "audience", "https://api.example.test/")
		if got.StatusCode != 200 || got.MemberOrder(t) != tc.order || got.Member(t, "scope") != tc.granted ||
			got.Header.Get("Content-Type") != "application/json" || tenanttest.LastLog(s).Type != "sertft" {
			t.Errorf("%q: %s %s", tc.asked, got.Status, got.Text)
		}
		if c := tenanttest.Claims(t, got.Member(t, "access_token")); c["gty"] != "refresh_token" || c["sub"] != s.Snapshot().Users[0].ID ||
			c["iat"] != float64(s.Now().Unix()) {
			t.Errorf("access token: %v", c)
		}
		if id := got.Member(t, "id_token"); id != "" {
			if c := tenanttest.Claims(t, id); c["nonce"] != nil || c["auth_time"] != authTime || c["sid"] == nil ||
				c["iat"] != float64(s.Now().Unix()) {
				t.Errorf("refreshed ID token: %v", c)
			}
		}
	}
	if got := p.Renew(rt, "scope", "write:all"); got.StatusCode != 400 || got.Member(t, "error") != "invalid_scope" {
		t.Errorf("nothing that was granted: %s %s", got.Status, got.Text)
	}
	if got := p.Token("grant_type", "refresh_token", "client_id", "web", "client_secret", "web+secret%21", "refresh_token",
		rt); got.Text != tenanttest.UnknownRT {
		t.Errorf("by another client: %s %s", got.Status, got.Text)
	}
	if got := p.Renew(rt[:51] + string(rt[51]^1)); got.Text != tenanttest.UnknownRT {
		t.Errorf("a forged token: %s %s", got.Status, got.Text)
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
		"reuse ends the family":         {0, []step{{0, 0, ""}, {0, 0, tenanttest.ReusedRT}, {1, 0, tenanttest.UnknownRT}, {0, 0, tenanttest.UnknownRT}}},
		"late reuse ends the family":    {leeway, []step{{0, 0, ""}, {0, leeway, tenanttest.ReusedRT}, {1, 0, tenanttest.UnknownRT}}},
		"again within the leeway":       {leeway, []step{{0, 0, ""}, {0, leeway - 1, ""}, {2, time.Hour, ""}}},
		"again and again":               {leeway, []step{{0, 0, ""}, {0, 0, ""}, {0, 0, ""}, {3, time.Hour, ""}}},
		"the leeway does not slide":     {leeway, []step{{0, 0, ""}, {0, leeway - 1, ""}, {0, 1, tenanttest.ReusedRT}, {2, 0, tenanttest.UnknownRT}}},
		"siblings within the leeway":    {leeway, []step{{0, 0, ""}, {0, 0, ""}, {1, 0, ""}, {3, 0, ""}}},
		"a sibling after the leeway":    {leeway, []step{{0, 0, ""}, {0, 0, ""}, {1, leeway, tenanttest.ReusedRT}}},
		"the second to last is reuse":   {leeway, []step{{0, 0, ""}, {1, 0, ""}, {0, 0, tenanttest.ReusedRT}, {2, 0, tenanttest.UnknownRT}}},
		"a clock set back is no leeway": {0, []step{{0, 0, ""}, {0, -time.Hour, tenanttest.ReusedRT}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := tenanttest.Serve(t, tenanttest.Rotating(tc.leeway))
			p := tenanttest.Browse(t, s)
			other := p.Offline() // another family of the same user and client never notices
			tokens := []string{p.Offline()}
			for i, st := range tc.steps {
				s.Advance(st.after)
				got := p.Renew(tokens[st.token])
				if st.want != "" {
					if got.StatusCode != 403 || got.Text != st.want {
						t.Errorf("step %d: %s %s, want %s", i, got.Status, got.Text, st.want)
					}
					if e := tenanttest.LastLog(s); (e.Type == "ferrt") != (st.want == tenanttest.ReusedRT) ||
						e.UserID == "" && st.want == tenanttest.ReusedRT {
						t.Errorf("step %d: log %+v", i, e)
					}
					continue
				}
				next := got.Member(t, "refresh_token")
				if got.StatusCode != 200 || next == "" || got.MemberOrder(t) != "access_token refresh_token id_token scope expires_in token_type" {
					t.Fatalf("step %d: %s %s", i, got.Status, got.Text)
				}
				tokens = append(tokens, next)
			}
			if got := p.Renew(other); got.StatusCode != 200 {
				t.Errorf("the other family: %s %s", got.Status, got.Text)
			}
		})
	}
}

func TestRotationUnderConcurrency(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Rotating(0))
	p := tenanttest.Browse(t, s)
	rt := p.Offline()
	var good, refused atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			switch got := p.Renew(rt); {
			case got.StatusCode == 200:
				good.Add(1)
			case got.Text == tenanttest.ReusedRT || got.Text == tenanttest.UnknownRT:
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
	s := tenanttest.Serve(t, tenanttest.Rotating(0))
	p := tenanttest.Browse(t, s)
	rt := p.Offline()
	whole := s.Snapshot()
	for _, tc := range []struct {
		change func(*tenant.Config)
		want   string
	}{
		{func(tn *tenant.Config) { tn.Users[0].Blocked = true }, `{"error":"unauthorized","error_description":"user is blocked"}`},
		{func(tn *tenant.Config) { tn.Users = nil }, `{"error":"invalid_grant","error_description":"The refresh_token was generated for a user who doesn't exist anymore."}`},
		{func(tn *tenant.Config) { tn.ResourceServers, tn.ClientGrants = nil, nil }, `{"error":"access_denied","error_description":"Service not found: https://api.example.test/"}`},
		{func(tn *tenant.Config) { tn.Clients[0].GrantTypes = []string{"implicit"} }, `{"error":"unauthorized_client","error_description":"Grant type 'refresh_token' not allowed for the client."}`},
		{func(tn *tenant.Config) { tn.Clients[0].TokenEndpointAuthMethod = "client_secret_post" }, tenanttest.NoAuth},
	} {
		tenanttest.Reconfigure(t, s, tc.change)
		if got := p.Renew(rt); got.Text != tc.want || got.StatusCode != 403 && tc.want != tenanttest.NoAuth {
			t.Errorf("%s %s, want %s", got.Status, got.Text, tc.want)
		}
		if err := s.Reload(whole); err != nil {
			t.Fatal(err)
		}
	}
	if got := p.Renew(rt, "scope", "write:all"); got.StatusCode != 400 {
		t.Errorf("%s %s", got.Status, got.Text)
	}
	if got := p.Renew(rt); got.StatusCode != 200 {
		t.Errorf("a refusal used the token up: %s %s", got.Status, got.Text)
	}
}

func TestRotationSwitchedOnAndOff(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Backends)
	p := tenanttest.Browse(t, s)
	lazy, busy, opaque := p.Offline(), p.Offline(), p.Offline("audience", "")
	for range 2 {
		if got := p.Renew(busy); got.StatusCode != 200 || got.Member(t, "refresh_token") != "" {
			t.Fatalf("without rotation: %s %s", got.Status, got.Text)
		}
	}
	for _, on := range []bool{true, false} {
		tenanttest.Reconfigure(t, s, func(tn *tenant.Config) { tn.Clients[0].RefreshToken.Rotating = on })
		got := p.Renew(busy)
		next := got.Member(t, "refresh_token")
		if got.StatusCode != 200 || next == "" {
			t.Fatalf("rotation %v: %s %s", on, got.Status, got.Text)
		}
		if got := p.Renew(lazy); got.Text != tenanttest.UnknownRT {
			t.Errorf("rotation %v: another token of the other kind: %s %s", on, got.Status, got.Text)
		}
		busy, lazy = next, p.Offline()
	}
	if got := p.Renew(opaque); got.StatusCode != 200 {
		t.Errorf("a token for another audience: %s %s", got.Status, got.Text)
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
		s := tenanttest.Serve(t, func(tn *tenant.Config) { tenanttest.Backends(tn); tn.Clients[0].RefreshToken = tc.config })
		p := tenanttest.Browse(t, s)
		rt := p.Offline()
		for i, d := range tc.after {
			s.Advance(d)
			got := p.Renew(rt)
			if (got.StatusCode == 200) != tc.good[i] || !tc.good[i] && got.Text != tenanttest.UnknownRT {
				t.Errorf("%s, step %d: %s %s", name, i, got.Status, got.Text)
			}
			if next := got.Member(t, "refresh_token"); next != "" {
				rt = next
			}
		}
	}
}

func TestRevocation(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Rotating(0))
	p := tenanttest.Browse(t, s)
	spa := s.Snapshot().Clients[0].ClientID
	revoke := func(pairs ...string) tenanttest.Answer {
		return p.Ask("POST", "/oauth/revoke", tenanttest.Form(pairs...).Encode(), "Content-Type", "application/x-www-form-urlencoded", "Origin",
			"http://localhost:3000")
	}
	empty := func(name string, got tenanttest.Answer) {
		t.Helper()
		if _, typed := got.Header["Content-Type"]; got.StatusCode != 200 || got.Text != "" || typed ||
			got.Header.Get("Access-Control-Allow-Origin") != "http://localhost:3000" {
			t.Errorf("%s: %s %v %q", name, got.Status, got.Header, got.Text)
		}
	}
	first := p.Offline()
	second := p.Renew(first).Member(t, "refresh_token")
	empty("unknown", revoke("client_id", spa, "token", "x"))
	empty("another client's", revoke("client_id", "web", "client_secret", "web+secret%21", "token", second))
	for want, send := range map[string][]string{
		`400 {"error":"invalid_request","error_description":"Missing required parameter: token"}`:     {"client_id", spa},
		`400 {"error":"invalid_request","error_description":"Missing required parameter: client_id"}`: {"token", second},
		`401 {"error":"invalid_client","error_description":"Unauthorized"}`:                           {"client_id", "web", "client_secret", "x", "token", second},
	} {
		if got := revoke(send...); strings.Fields(got.Status)[0]+" "+got.Text != want || got.Header.Get("WWW-Authenticate") != "" {
			t.Errorf("%s %s, want %s", got.Status, got.Text, want)
		}
	}
	third := p.Renew(second)
	if third.StatusCode != 200 {
		t.Fatalf("what revoked nothing ended the family: %s", third.Text)
	}
	empty("a token that was replaced",
		p.Ask("POST", "/oauth/revoke", `{"client_id":"`+spa+`","token":"`+first+`"}`, "Content-Type", "application/json", "Origin",
			"http://localhost:3000"))
	if e := tenanttest.LastLog(s); e.Type != "srrt" || e.UserID == "" {
		t.Errorf("log: %+v", e)
	}
	if got := p.Renew(third.Member(t, "refresh_token")); got.Text != tenanttest.UnknownRT {
		t.Errorf("after the revocation: %s %s", got.Status, got.Text)
	}
}

func TestAUserHasTwoHundredRefreshTokensOfAClient(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Backends(tn)
		tn.Clients[0].GrantTypes = append(tn.Clients[0].GrantTypes, "password")
	})
	p := tenanttest.Browse(t, s)
	ask := func(client ...string) string {
		return p.Token(append([]string{
			"grant_type", "password", "username", "ada@example.test", "password", "Analytical-Engine-1", "scope", "offline_access",
		}, client...)...).Member(t, "refresh_token")
	}
	spa := []string{"client_id", s.Snapshot().Clients[0].ClientID}
	tokens := []string{}
	for range 201 {
		tokens = append(tokens, ask(spa...))
	}
	ask("client_id", "web", "client_secret", "web+secret%21")
	for i, want := range map[int]int{0: 403, 1: 200, 200: 200} {
		if got := p.Renew(tokens[i]); got.StatusCode != want {
			t.Errorf("token %d: %s %s", i, got.Status, got.Text)
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
