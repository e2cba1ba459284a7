package logout_test

import (
	"encoding/pem"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/mint"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

func TestOIDCLogout(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, tenanttest.LogoutURLs)
	spa := s.Snapshot().Clients[0].ClientID
	const ID, SID = "the ID token", "the sid" // of the login that each case begins with
	const asked = "/u/logout?state="
	for _, tc := range []struct {
		name  string
		pairs []string
		want  string // Location, its beginning for asked; or the error page's description; "": the page that says it is done
	}{
		{"id_token_hint alone", []string{"id_token_hint", ID}, ""},
		{"id_token_hint and client_id, no target", []string{"id_token_hint", ID, "client_id", spa, "state", "s"}, ""},
		{"logout_hint and client_id, no target", []string{"logout_hint", SID, "client_id", spa}, "http://localhost:3000"},
		{"with everything that agrees", []string{"id_token_hint", ID, "logout_hint", SID, "client_id", spa, "post_logout_redirect_uri", "http://localhost:3000", "federated", "", "ui_locales", "fr en"}, "http://localhost:3000"},
		{"state comes back", []string{"id_token_hint", ID, "post_logout_redirect_uri", "http://localhost:3000", "state", "a b+c/=&é"}, "http://localhost:3000?state=a%20b%2Bc%2F%3D%26%C3%A9"},
		{"state beside a query", []string{"id_token_hint", ID, "post_logout_redirect_uri", "https://x.example.test/out?a=1", "state", "s"}, "https://x.example.test/out?a=1&state=s"},
		{"state before a fragment", []string{"id_token_hint", ID, "post_logout_redirect_uri", "http://localhost:3000/bye#top", "state", "s"}, "http://localhost:3000/bye?state=s#top"},
		{"final slash of an origin", []string{"id_token_hint", ID, "post_logout_redirect_uri", "http://localhost:3000/"}, "http://localhost:3000/"},
		{"another query", []string{"id_token_hint", ID, "post_logout_redirect_uri", "https://x.example.test/out?a=2"}, notDefined("https://x.example.test/out?a=2")},
		{"a query too many", []string{"id_token_hint", ID, "post_logout_redirect_uri", "http://localhost:3000?a=1"}, notDefined("http://localhost:3000?a=1")},
		{"a query too few", []string{"id_token_hint", ID, "post_logout_redirect_uri", "https://x.example.test/out"}, notDefined("https://x.example.test/out")},
		{"a fragment too many", []string{"id_token_hint", ID, "post_logout_redirect_uri", "http://localhost:3000#top"}, notDefined("http://localhost:3000#top")},
		{"logout_hint and client_id: the client's list", []string{"logout_hint", SID, "client_id", spa, "post_logout_redirect_uri", "http://localhost:3000"}, "http://localhost:3000"},
		{"logout_hint alone: the tenant's list", []string{"logout_hint", SID, "post_logout_redirect_uri", "https://tenant.example.test/bye"}, "https://tenant.example.test/bye"},
		{"logout_hint alone: not the client's list", []string{"logout_hint", SID, "post_logout_redirect_uri", "http://localhost:3000"}, notDefined("http://localhost:3000")},
		{"id_token_hint: not the tenant's list", []string{"id_token_hint", ID, "post_logout_redirect_uri", "https://tenant.example.test/bye"}, notDefined("https://tenant.example.test/bye")},
		{"logout_hint to nowhere", []string{"logout_hint", SID}, ""},
		{"client_id of another", []string{"id_token_hint", ID, "client_id", "web"}, "The client_id does not match the aud claim of the id_token_hint."},
		{"logout_hint of another", []string{"id_token_hint", ID, "logout_hint", "x"}, "The logout_hint does not match the sid claim of the id_token_hint."},
		{"unknown client", []string{"id_token_hint", ID, "client_id", "nobody"}, "Unknown client: nobody"},
		{"no hint", nil, asked},
		{"client_id is no hint", []string{"client_id", spa}, asked},
		{"another session's logout_hint", []string{"logout_hint", "x", "client_id", spa}, asked},
		{"no hint, URL not listed", []string{"client_id", spa, "post_logout_redirect_uri", "https://evil.example"}, notDefined("https://evil.example")},
		{"//evil", []string{"id_token_hint", ID, "post_logout_redirect_uri", "//evil.example"}, notDefined("//evil.example")},
		{"javascript:", []string{"id_token_hint", ID, "post_logout_redirect_uri", "javascript:alert(1)"}, notDefined("javascript:alert(1)")},
		{"user name", []string{"id_token_hint", ID, "post_logout_redirect_uri", "http://localhost:3000@evil.example"}, notDefined("http://localhost:3000@evil.example")},
		{"backslash", []string{"id_token_hint", ID, "post_logout_redirect_uri", `http://localhost:3000\@evil.example`}, notDefined(`http://localhost:3000\@evil.example`)},
		{"line break", []string{"id_token_hint", ID, "post_logout_redirect_uri", "http://localhost:3000\r\nX: y"}, "Invalid parameter: post_logout_redirect_uri must be valid UTF-8 text"},
		{"line break in state", []string{"id_token_hint", ID, "state", "a\nb"}, "Invalid parameter: state must be valid UTF-8 text"},
	} {
		for _, method := range []string{"GET", "POST"} {
			t.Run(method+" "+tc.name, func(t *testing.T) {
				p := tenanttest.Browse(t, s)
				id, sid := p.LogoutHints()
				q := url.Values{}
				for i := 0; i < len(tc.pairs); i += 2 {
					q.Set(tc.pairs[i], strings.NewReplacer(ID, id, SID, sid).Replace(tc.pairs[i+1]))
				}
				var got tenanttest.Answer
				if method == "GET" {
					got = p.Get("/oidc/logout?" + q.Encode())
				} else {
					got = p.Post("/oidc/logout", q)
				}
				location, kept := got.Header.Get("Location"), true
				switch {
				case got.StatusCode == 400:
					if code, words := got.ErrorPage(t); code != "invalid_request" || words != tc.want || tenanttest.LastLog(s).Type != "flo" {
						t.Errorf("%s: %s; want %s; log %s", code, words, tc.want, tenanttest.LastLog(s).Type)
					}
				case tc.want == asked:
					if got.StatusCode != 302 || !strings.HasPrefix(location, asked) {
						t.Errorf("%s %q", got.Status, location)
					}
				case tc.want == "":
					if kept = false; got.StatusCode != 200 || !strings.Contains(got.Text, "You are logged out of minimal.") ||
						strings.Contains(got.Text, "<script") {
						t.Errorf("%s\n%s", got.Status, got.Text)
					}
				default:
					if kept = false; got.StatusCode != 302 || location != tc.want ||
						got.Header.Get("Cache-Control") != "no-store, max-age=0, no-transform" {
						t.Errorf("%s %q, want %q", got.Status, location, tc.want)
					}
					if e := tenanttest.LastLog(s); e.Type != "slo" || e.UserName != "ada@example.test" ||
						event.Of[event.LogEntry](e).Federated != q.Has("federated") {
						t.Errorf("log: %+v", e)
					}
				}
				if is := p.Silent() == ""; is != kept {
					t.Errorf("the session is alive afterwards: %v, want %v", is, kept)
				}
			})
		}
	}
}

func notDefined(u string) string {
	return fmt.Sprintf(`The "post_logout_redirect_uri" querystring parameter "%s" is not defined as a valid URL in "Allowed Logout URLs".`, u)
}

func TestIDTokenHints(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.LogoutURLs(tn)
		tn.Clients[1].IDTokenAlg, tn.Clients[1].ClientSecret = "HS256", "a secret of the web client that is long enough"
		tn.Clients[1].GrantTypes = append(tn.Clients[1].GrantTypes, "implicit")
	})
	other := tenanttest.Serve(t, tenanttest.LogoutURLs)
	p := tenanttest.Browse(t, s)
	good, sid := p.LogoutHints()
	web := p.Get(tenanttest.Request(s, "prompt", "none", "client_id", "web", "redirect_uri", "https://web.example.test/cb", "response_type",
		"id_token", "audience", "")).Fragment(t).Get("id_token")
	access := p.Get(tenanttest.Request(s, "prompt", "none", "audience", "https://api.example.test/")).Fragment(t).Get("access_token")
	foreign, _ := tenanttest.Browse(t, other).LogoutHints()
	claims := []mint.Claim{
		{Name: "iss", Value: s.Issuer()}, {Name: "aud", Value: s.Snapshot().Clients[0].ClientID}, {Name: "sub", Value: "x"}, {Name: "sid", Value: sid},
	}
	forge := func(spec mint.Spec, more ...mint.Claim) string {
		spec.Claims = append(claims[:len(claims):len(claims)], more...)
		token, err := mint.Sign(tenanttest.Ring(s), spec)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	served, _ := pem.Decode([]byte(p.Get("/pem").Text))
	header, payload, _ := strings.Cut(good, ".")
	payload, _, _ = strings.Cut(payload, ".")
	for name, tc := range map[string]struct {
		hint string
		ok   bool
	}{
		"RS256":                              {good, true},
		"HS256 of a client that uses it":     {web, true},
		"PS256":                              {forge(mint.Spec{Alg: "PS256"}), true},
		"no JWT":                             {"x", false},
		"another tenant's":                   {foreign, false},
		"alg none":                           {"eyJhbGciOiJub25lIn0." + payload + ".", false},
		"signature cut":                      {header + "." + payload + ".", false},
		"HS256 with a client's secret":       {forge(mint.Spec{Alg: "HS256", Secret: []byte(s.Snapshot().Clients[0].ClientSecret)}), false},
		"HS256 with the public key":          {forge(mint.Spec{Alg: "HS256", Secret: served.Bytes}), false},
		"HS256 with another client's secret": {forge(mint.Spec{Alg: "HS256", Secret: []byte(s.Snapshot().Clients[1].ClientSecret)}), false},
		"an access token":                    {access, false},
		"a logout token":                     {forge(mint.Spec{}, mint.Claim{Name: "events", Value: map[string]any{}}), false},
	} {
		got := p.Get("/oidc/logout?" + tenanttest.Form("id_token_hint", tc.hint, "logout_hint", "x").Encode())
		_, words := got.ErrorPage(t) // the sid is always wrong, so that the session stays for the next
		if want := "The id_token_hint is not valid."; (words == want) == tc.ok {
			t.Errorf("%s: %s", name, words)
		}
	}
	s.Advance(1000 * time.Hour) // token and session are over
	if got := p.Get("/oidc/logout?" + tenanttest.Form("id_token_hint", good).Encode()); got.StatusCode != 200 ||
		!strings.Contains(got.Text, "You are logged out of minimal.") {
		t.Errorf("an expired ID token, no session: %s %q\n%s", got.Status, got.Header.Get("Location"), got.Text)
	}
	p.Login(tenanttest.Request(s))
	if got := p.Get("/oidc/logout?" + tenanttest.Form("id_token_hint", good).Encode()).
		Header.Get("Location"); !strings.HasPrefix(got, "/u/logout?") || p.Silent() != "" {
		t.Errorf("the ID token of an earlier session: %q", got)
	}
}

// TestALogoutWithoutATargetMayLeadToTheFirstURL: nobody outside of Auth0 knows which of the two a tenant does.
func TestALogoutWithoutATargetMayLeadToTheFirstURL(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.LogoutURLs(tn)
		tn.Mock.LogoutWithoutTarget = "first_url"
	})
	p := tenanttest.Browse(t, s)
	id, _ := p.LogoutHints()
	got := p.Get("/oidc/logout?" + tenanttest.Form("id_token_hint", id).Encode())
	if to := got.Header.Get("Location"); got.StatusCode != 302 || to != "http://localhost:3000" || p.Silent() != "login_required" {
		t.Errorf("%s %q", got.Status, to)
	}
}

func TestTheLogoutPrompt(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.LogoutURLs(tn)
		tn.Clients[0].Name = "R&D App"
	})
	spa := s.Snapshot().Clients[0].ClientID
	ask := "/oidc/logout?" + tenanttest.Form("client_id", spa, "post_logout_redirect_uri", "http://localhost:3000", "state", "</form>").
		Encode()
	p := tenanttest.Browse(t, s)
	p.Login(tenanttest.Request(s))
	at := p.Get(ask).Header.Get("Location")
	page := p.Get(at)
	if page.StatusCode != 200 || page.Header.Get("X-Frame-Options") != "deny" || strings.Contains(page.Text, "<script") ||
		!strings.Contains(page.Text, "R&amp;D App asks to log you out of minimal.") {
		t.Errorf("%s %v\n%s", page.Status, page.Header, page.Text)
	}
	ticket := tenanttest.StateField.FindStringSubmatch(page.Text)[1]
	answerAs := func(p *tenanttest.Person, action string) tenanttest.Answer {
		return p.Post("/u/logout", url.Values{"state": {ticket}, "action": {action}})
	}
	stranger := tenanttest.Browse(t, s)
	stranger.Login(tenanttest.Request(s))
	for name, got := range map[string]tenanttest.Answer{"shown": stranger.Get(at), "answered": answerAs(stranger, "accept")} {
		if _, words := got.ErrorPage(t); words != tenanttest.LostText {
			t.Errorf("%s in another browser: %s", name, words)
		}
	}
	if stranger.Silent() != "" || p.Silent() != "" {
		t.Error("the wrong browser's answer ended a session")
	}
	if got := answerAs(p, "accept"); got.StatusCode != 302 || got.Header.Get("Location") != "http://localhost:3000?state=%3C%2Fform%3E" {
		t.Errorf("accepted: %s %q\n%s", got.Status, got.Header.Get("Location"), got.Text)
	}
	if p.Silent() != "login_required" || stranger.Silent() != "" {
		t.Error("accepted, but the session goes on, or another browser's ended")
	}
	if _, words := answerAs(p, "accept").ErrorPage(t); words != tenanttest.LostText {
		t.Errorf("answered twice: %s", words)
	}

	p.Login(tenanttest.Request(s))
	open := func() { ticket = strings.TrimPrefix(p.Get(ask).Header.Get("Location"), "/u/logout?state=") }
	open()
	if got := answerAs(p, "deny"); got.StatusCode != 200 ||
		!strings.Contains(got.Text, "You were not logged out of minimal.") || p.Silent() != "" {
		t.Errorf("declined: %s\n%s", got.Status, got.Text)
	}
	open()
	s.Advance(10 * time.Minute)
	if _, words := answerAs(p, "accept").ErrorPage(t); words != tenanttest.LostText || p.Silent() != "" {
		t.Errorf("after ten minutes: %s", words)
	}

	next := s.Snapshot().Clone()
	next.Settings.SkipLogoutPrompt = true
	if err := s.Reload(next); err != nil {
		t.Fatal(err)
	}
	if got := p.Get(ask); got.Header.Get("Location") != "http://localhost:3000?state=%3C%2Fform%3E" || p.Silent() != "login_required" {
		t.Errorf("the prompt switched off: %s %q", got.Status, got.Header.Get("Location"))
	}
}

func TestEndSessionEndpointIsAdvertisedUnlessHidden(t *testing.T) {
	t.Parallel()
	for _, hidden := range []bool{false, true} {
		s := tenanttest.Serve(t, func(tn *tenant.Config) { tn.Settings.HideEndSession = hidden })
		p := tenanttest.Browse(t, s)
		if got := p.Get("/.well-known/openid-configuration").Member(t, "end_session_endpoint"); (got == s.URL()+"/oidc/logout") == hidden ||
			(got == "") != hidden {
			t.Errorf("hidden %v: %q", hidden, got)
		}
		if got := p.Get("/oidc/logout"); got.StatusCode != 302 {
			t.Errorf("hidden %v: the endpoint is there all the same: %s", hidden, got.Status)
		}
	}
}
