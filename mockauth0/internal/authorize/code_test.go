package authorize_test

import (
	"net/url"
	"strings"
	"testing"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/mint"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestResponseTypesWithACode(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.Backends)
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
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
		a := p.Get(tenanttest.Request(s, "response_type", tc.responseType, "response_mode", mode, "prompt", "none", "code_challenge",
			tenanttest.S256(tenanttest.Verifier), "code_challenge_method", "S256"))
		members, names := map[string]string{}, []string{}
		for _, m := range tenanttest.Received(t, a, tc.mode) {
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
			c := tenanttest.Claims(t, id)
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
		if got := p.Exchange(members["code"]); got.StatusCode != 200 {
			t.Errorf("%s by %s: %s %s", tc.responseType, tc.mode, got.Status, got.Text)
		}
	}
	opaque := p.Get(tenanttest.Request(s, "response_type", "code token", "audience", "", "prompt", "none")).Fragment(t)
	if opaque.Get("expires_in") != "86400" {
		t.Errorf("an opaque token of the hybrid flow lives %s s", opaque.Get("expires_in"))
	}
}

func TestCodeRequestsThatAreRefused(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Backends(tn)
		tn.Clients[0].GrantTypes = []string{"authorization_code"}
		tn.Clients[1].GrantTypes = []string{"implicit"}
	})
	p := tenanttest.Browse(t, s)
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
		a := p.Get(tenanttest.Request(s, append([]string{"response_type", "code"}, tc.send...)...))
		want, err := url.QueryUnescape(tc.want)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := url.QueryUnescape(a.Header.Get("Location")); err != nil || !strings.HasSuffix(got, want) {
			t.Errorf("%s: %s %q", tc.name, a.Status, a.Header.Get("Location"))
		}
	}
}

// TestALoginWarnsThatNoRefreshTokenComes: Auth0 leaves it out without a word (fact 1.1-offline-access-ignored), so the log says why.
func TestALoginWarnsThatNoRefreshTokenComes(t *testing.T) {
	t.Parallel()
	const forbids = "https://online.example.test/"
	for name, tc := range map[string]struct {
		grants []string
		asked  []string
		want   event.Reason // "": no warning
	}{
		"an API that allows it":     {asked: []string{"scope", "openid offline_access"}},
		"nobody asks":               {asked: []string{"scope", "openid", "audience", forbids}},
		"an API that does not":      {asked: []string{"scope", "openid offline_access", "audience", forbids}, want: event.OfflineNotAllowed},
		"a client without a grant":  {grants: []string{"authorization_code"}, asked: []string{"scope", "openid offline_access"}, want: event.RefreshGrantOff},
		"a client without both":     {grants: []string{"authorization_code"}, asked: []string{"scope", "offline_access", "audience", forbids}, want: event.RefreshGrantOff},
		"no audience, and no grant": {grants: []string{"authorization_code"}, asked: []string{"scope", "offline_access", "audience", ""}, want: event.RefreshGrantOff},
	} {
		s := tenanttest.Serve(t, func(tn *tenant.Config) {
			if tenanttest.Backends(tn); tc.grants != nil {
				tn.Clients[0].GrantTypes = tc.grants
			}
		})
		p := tenanttest.Browse(t, s)
		asked := append([]string{"response_type", "code", "code_challenge", tenanttest.S256(tenanttest.Verifier),
			"code_challenge_method", "S256"}, tc.asked...)
		p.Login(tenanttest.Request(s, asked...))
		p.Get(tenanttest.Request(s, append(asked, "prompt", "none")...)) // a renewal says it no second time
		var got []event.Reason
		for _, e := range tenanttest.Logged(s, string(event.Warning)) {
			got = append(got, event.Of[event.LogEntry](e).Reason)
		}
		if len(got) > 1 || tc.want == "" && len(got) > 0 || tc.want != "" && (len(got) == 0 || got[0] != tc.want) {
			t.Errorf("%s: the warnings are %q, want %q", name, got, tc.want)
		}
	}
}
