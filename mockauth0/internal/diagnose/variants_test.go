package diagnose_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/diagnose"
	"renewal.example/mockauth0/internal/names"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// variants are a failure for each variant of each cause, by "cause/variant". Those of fromEvents are made of events alone.
func variants() map[string]failure {
	known := failures()
	report := func(text string) func(testing.TB, *page) {
		return func(_ testing.TB, p *page) {
			p.Server.Report(mockauth0.AppReport{Client: "My App", Began: p.Server.Now(), Error: "missing_refresh_token", Text: text})
		}
	}
	const words = "Missing Refresh Token (audience: 'https://api.example.test/', scope: 'openid profile email offline_access')"
	all := map[string]failure{
		"third_party_cookies_blocked/refresh_token_lost": {refresh: true, arrange: func(_ testing.TB, p *page) {
			p.blocked, p.refresh = true, "" // it was reloaded
		}, renew: func(_ testing.TB, p *page) { p.renewAs("scope", "openid offline_access") }},
		"third_party_cookies_blocked/plain_http_other_site": {
			tenant:  func(tn *tenant.Config) { tn.Mock.Scheme = "http" },
			arrange: func(_ testing.TB, p *page) { p.blocked = true },
		},
		"third_party_cookies_blocked/custom_domain_unused": {
			tenant:  func(tn *tenant.Config) { tn.Mock.CustomDomain = "login.example.test" },
			arrange: func(_ testing.TB, p *page) { p.blocked = true },
		},
		"no_session/ended_with_the_browser": {
			tenant: func(tn *tenant.Config) { tn.Settings.NonPersistentCookie = true }, arrange: forgetsSessionCookie,
		},
		"no_session/session_cookie_gone":          {arrange: forgetsSessionCookie},
		"session_ended/revoked":                   known["ended elsewhere"],
		"renewal_after_logout/refresh_token_kept": known["after logout"],
		"user_deleted/in_frame":                   known["deleted user"],
		"user_deleted/at_refresh":                 known["deleted at refresh"],
		"consent_missing/on_localhost":            known["consent"],
		"web_origin_missing/in_frame":             known["web origin"],
		"callback_mismatch/in_frame":              known["callback"],
		"cors_missing/origin_not_listed":          known["refresh without CORS"],
		"cors_missing/header_removed":             known["no CORS"],
		"cors_missing/another_origin": {
			arrange: atToken(`{"headers":{"set":{"Access-Control-Allow-Origin":"https://other.example"}}}`),
		},
		"client_secret_demanded/from_a_page": known["secret"],
		"unexplained/not_served":             {refresh: true, arrange: configure(func(tn *tenant.Config) { tn.Clients[0].RequireProof = true })},
		"request_invalid/status_only":        {refresh: true, arrange: atToken(`{"status":403}`)},
		"code_refused/used":                  known["code used twice"],
		"code_refused/not_of_the_request": {renew: func(t testing.TB, p *page) {
			a, err := p.askSilently(t.Context(), "code_challenge", tenanttest.S256("another verifier, of another request, that is long"))
			if err != nil {
				t.Fatal(err)
			}
			code, _ := message(a)["code"].(string)
			c := p.Server.Snapshot().Clients[0]
			p.fetchTokens("grant_type", "authorization_code", "client_id", c.ClientID, "redirect_uri", c.Callbacks[0], "code", code,
				"code_verifier", tenanttest.Verifier)
		}},
		"rate_limited/in_frame":            known["429"],
		"server_error/in_frame":            known["502"],
		"server_error/at_token_endpoint":   known["token 500"],
		"error_page_shown/in_window":       {arrange: atAuthorize(`{"status":403}`), renew: func(t testing.TB, p *page) { asksInWindow(t, p) }},
		"connection_cut/at_token_endpoint": known["token reset"],
		"answer_lost/of_a_refresh_token":   known["answer lost"],
		"answer_lost/of_a_code": {
			arrange: arm(`{"times":1,"when":{"endpoint":"token"},"do":{"at":"after","connection":"reset"}}`),
		},
		"refresh_token_missing/lost_by_an_error": {refresh: true, arrange: func(t testing.TB, p *page) {
			atToken(`{"status":500}`)(t, p)
			p.renewByToken()
		}, renew: report(words)},
		"refresh_token_missing/lost_on_reload": {refresh: true, early: true, renew: report(words)},
		"refresh_token_missing/another_audience": {
			refresh: true, early: true, renew: report(strings.Replace(words, "api.", "other.", 1)),
		},
		"refresh_token_missing/another_scope": {
			refresh: true, early: true, renew: report(strings.Replace(words, "email", "email read:all", 1)),
		},
		"refresh_token_missing/offline_access_not_asked": {renew: report(words)},
		"refresh_token_missing/not_allowed_by_the_api":   {arrange: asksOffline("https://online.example.test/"), renew: report(words)},
		"refresh_token_missing/grant_not_enabled": {
			tenant:  func(tn *tenant.Config) { tn.Clients[0].GrantTypes = []string{"authorization_code", "implicit"} },
			arrange: asksOffline("https://api.example.test/"), renew: report(words),
		},
		"refresh_token_missing/rotation_off": {
			refresh: true, tenant: func(tn *tenant.Config) { tn.Clients[0].RefreshToken = tenant.RefreshToken{} },
			arrange: func(_ testing.TB, p *page) { p.renewByToken() }, renew: report(words),
		},
		"refresh_token_missing/not_sent": {refresh: true, renew: func(_ testing.TB, p *page) {
			p.fetchTokens("grant_type", "refresh_token", "client_id", p.Server.Snapshot().Clients[0].ClientID)
		}},
	}
	return all
}

// forgetsSessionCookie takes the session cookie from the browser, and nothing else.
func forgetsSessionCookie(t testing.TB, p *page) {
	at, err := url.Parse(p.Server.URL())
	if err != nil {
		t.Fatal(err)
	}
	left := slices.DeleteFunc(p.Jar.Cookies(at), func(c *http.Cookie) bool {
		return c.Name == names.SessionCookie || c.Name == names.SessionCookieCompat
	})
	for _, c := range left {
		c.Secure = true
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	jar.SetCookies(at, left)
	p.Jar = jar
}

// asksInWindow is a silent request of a whole window; pairs change its parameters.
func asksInWindow(t testing.TB, p *page, pairs ...string) {
	t.Helper()
	path := tenanttest.Request(p.Server, append([]string{"prompt", "none", "response_type", "code"}, pairs...)...)
	if _, err := p.sent(t.Context(), http.MethodGet, path, "",
		"Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Site", "cross-site"); err != nil {
		t.Fatal(err)
	}
}

// asksOffline logs in once more and asks for a refresh token, of which none comes.
func asksOffline(audience string) func(testing.TB, *page) {
	return func(t testing.TB, p *page) {
		a := p.Login(tenanttest.Request(p.Server, "prompt", "login", "audience", audience, "response_type", "code", "code_challenge",
			tenanttest.S256(tenanttest.Verifier), "code_challenge_method", "S256", "scope", "openid offline_access"))
		code := tenanttest.ParseURL(t, a.Header.Get("Location")).Query().Get("code")
		c := p.Server.Snapshot().Clients[0]
		if !p.fetchTokens("grant_type", "authorization_code", "client_id", c.ClientID, "redirect_uri", c.Callbacks[0], "code", code,
			"code_verifier", tenanttest.Verifier) {
			t.Fatal("the login's code brought no tokens")
		}
	}
}

// fromEvents are failures that no browser without scripts can show, or that need somebody else's doing, as a tenant writes them down.
func fromEvents() map[string][]event.Event {
	login := []event.Data{
		&event.Request{Method: "GET", FetchDest: "document"}, &event.Session{Change: event.SessionBegun, ID: "s1"},
		&event.LogEntry{Session: "s1"}, &event.Response{Status: 302, Device: "d1", SetCookies: []string{names.SessionCookie}},
	}
	silent := func(storage, site string, query event.Query, then ...event.Data) []event.Data {
		query["prompt"] = []string{"none"}
		r := &event.Request{Method: "GET", FetchDest: "iframe", FetchSite: site, StorageAccess: storage, Cookies: []string{}, Query: query}
		return append([]event.Data{r}, then...)
	}
	refused := func(code string, reason event.Reason) []event.Data {
		return []event.Data{&event.LogEntry{Error: code, Reason: reason}, &event.Response{Status: 200, Response: event.Members{"error": code}}}
	}
	unusable := func(why event.Reason) *event.Session {
		return &event.Session{Change: event.SessionNotUsable, ID: "s1", Why: why}
	}
	asked := func(query event.Query, why event.Reason) []event.Data {
		return silent("active", "cross-site", query, append([]event.Data{unusable(why)}, refused("login_required", event.LoginRequired)...)...)
	}
	ended := func(why event.Reason) [][]event.Data {
		return [][]event.Data{login, {&event.Session{Change: event.SessionEnded, ID: "s1", Why: why}}, asked(event.Query{}, event.UnknownSession)}
	}
	return map[string][]event.Event{
		"third_party_cookies_blocked/app_embedded": numbered(login, silent("none", "same-site", event.Query{},
			append([]event.Data{&event.Session{Change: event.SessionNotUsable, Why: event.NoCookie}},
				refused("login_required", event.LoginRequired)...)...)),
		"session_ended/replaced":                numbered(ended(event.Replaced)...),
		"session_ended/password_changed":        numbered(ended(event.PasswordChanged)...),
		"another_users_session/hint_of_another": numbered(login, asked(event.Query{}, event.HintOfAnother)),
		"audience_unknown/not_authorized": numbered(silent("active", "cross-site", event.Query{},
			refused("unauthorized_client", event.AudienceNotAuthorized)...)),
		"organization_refused/named": numbered(silent("active", "cross-site", event.Query{"organization": {"org_1"}},
			refused("access_denied", event.OrganizationRefused)...)),
		"organization_refused/not_named": numbered(silent("active", "cross-site", event.Query{},
			refused("access_denied", event.OrganizationRefused)...)),
	}
}

// numbered are the events of exchanges one after another.
func numbered(exchanges ...[]event.Data) (all []event.Event) {
	at := time.Unix(1_700_000_000, 0)
	for i, x := range exchanges {
		silent := false
		for _, d := range x {
			e := event.Event{Seq: uint64(len(all) + 1), Date: at, Kind: d.Kind(), Data: d, ClientID: "app", Endpoint: names.Authorize,
				Request: string(rune('a' + i))}
			switch d := d.(type) {
			case *event.Request:
				silent = d.Query.Get("prompt") == "none"
			case *event.LogEntry:
				switch {
				case silent && d.Error != "":
					e.Type = event.FailedSilentAuth
				default:
					e.Type = event.SuccessLogin
				}
			}
			all = append(all, e)
		}
		at = at.Add(time.Second)
	}
	return all
}

// TestEveryVariantIsFound: for each variant of each cause there is a failure that gets its words. What the catalogue says of a cause
// that nothing leads to would be said of nothing, or of something else.
func TestEveryVariantIsFound(t *testing.T) {
	t.Parallel()
	played, read := variants(), fromEvents()
	for _, k := range diagnosis.All() {
		for _, v := range k.Variants {
			name := string(k.Code) + "/" + v.Name
			m, plays := played[name]
			events, reads := read[name]
			if plays == reads {
				t.Errorf("%s: one failure has to lead to it", name)
				continue
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				if reads {
					g := diagnose.New(nil)
					g.Read(events, events[len(events)-1].Date)
					foundVariant(t, name, g.After(0))
					return
				}
				p := loggedIn(t, m)
				m.happen(t, p)
				foundVariant(t, name, p.Server.Diagnoses())
				if without := diagnose.Unfounded(p.Server.Events(0)); len(without) > 0 {
					t.Errorf("what is said of it was not shown: %q", without)
				}
			})
		}
	}
}

// foundVariant tells whether a failure got the words of a variant, and whether what the words of its causes rest on was shown.
func foundVariant(t *testing.T, name string, all []diagnosis.Diagnosis) {
	t.Helper()
	for _, d := range all {
		if c := d.Causes[0]; string(c.Code)+"/"+c.Variant == name {
			return
		}
	}
	t.Errorf("no diagnosis says first that it is %s:\n%s", name, listed(all))
}
