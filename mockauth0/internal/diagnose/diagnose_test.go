package diagnose_test

import (
	"context"
	"encoding/json"
	"net/http"
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

// failure is one root cause: how it is arranged after a login, and what the tenant has to name first.
type failure struct {
	cause   diagnosis.Code
	refresh bool                        // only renewals by refresh token fail
	tenant  func(*tenant.Config)        // configuration from the start; nil: the ordinary one
	arrange func(t testing.TB, p *page) // after the login; nil: nothing
	renew   func(t testing.TB, p *page) // nil: p.renew once
	early   bool                        // the login brings it along: there is no good renewal before it
	certain bool                        // the tenant has to be sure
}

func arm(text string) func(testing.TB, *page) {
	return func(t testing.TB, p *page) { tenanttest.Arm(t, p.Server, text) }
}

func atAuthorize(do string) func(testing.TB, *page) {
	return arm(`{"when":{"endpoint":"authorize","prompt":"none"},"do":` + do + `}`)
}

func atToken(do string) func(testing.TB, *page) {
	return arm(`{"when":{"endpoint":"token"},"do":` + do + `}`)
}

func configure(change func(*tenant.Config)) func(testing.TB, *page) {
	return func(t testing.TB, p *page) { tenanttest.Reconfigure(t, p.Server, change) }
}

// failures are the causes that can be told apart without a browser.
func failures() map[string]failure {
	const always = "https://api.example.test/"
	blockUser := func(tn *tenant.Config) { tn.Users[0].Blocked = true }
	deleteUser := func(tn *tenant.Config) { tn.Users = tn.Users[1:] }
	return map[string]failure{
		"third-party cookies": {cause: "third_party_cookies_blocked", arrange: func(_ testing.TB, p *page) { p.blocked = true }, certain: true},
		"cookies cleared":     {cause: "no_session", arrange: func(_ testing.TB, p *page) { p.ForgetCookies() }, renew: renewsAndReports},
		"idle":                {cause: "session_idle_expired", arrange: func(_ testing.TB, p *page) { p.Server.Advance(73 * time.Hour) }, certain: true},
		"absolute":            {cause: "session_absolute_expired", tenant: func(tn *tenant.Config) { tn.Settings.SessionLifetime = 48 * time.Hour }, arrange: func(_ testing.TB, p *page) { p.Server.Advance(49 * time.Hour) }, certain: true},
		"ended elsewhere":     {cause: "session_ended", arrange: func(_ testing.TB, p *page) { p.Server.EndSessions("") }, certain: true},
		"logout of the app":   {cause: "renewal_after_logout", arrange: func(_ testing.TB, p *page) { p.Get("/v2/logout?client_id=" + p.Server.Snapshot().Clients[0].ClientID) }, certain: true},
		"logout elsewhere":    {cause: "logged_out", arrange: func(_ testing.TB, p *page) { p.Get("/v2/logout") }, certain: true},
		"session lost":        {cause: "session_lost", arrange: atAuthorize(`{"session":"lost"}`), certain: true},
		"blocked user":        {cause: "user_blocked", arrange: configure(blockUser), certain: true},
		"deleted user":        {cause: "user_deleted", arrange: configure(deleteUser), certain: true},
		"web origin":          {cause: "web_origin_missing", arrange: configure(func(tn *tenant.Config) { tn.Clients[0].WebOrigins = nil }), certain: true},
		"callback":            {cause: "callback_mismatch", arrange: configure(func(tn *tenant.Config) { tn.Clients[0].Callbacks = []string{"http://localhost:3000/other"} }), renew: func(_ testing.TB, p *page) { p.renewAs("redirect_uri", "http://localhost:3000") }, certain: true},
		"audience":            {cause: "audience_unknown", renew: func(_ testing.TB, p *page) { p.renewAs("audience", always+"unknown") }, certain: true},
		"max_age":             {cause: "session_too_old", arrange: func(_ testing.TB, p *page) { p.Server.Advance(time.Hour) }, renew: func(_ testing.TB, p *page) { p.renewAs("max_age", "60") }, certain: true},
		"429":                 {cause: "rate_limited", arrange: atAuthorize(`{"status":429}`), certain: true},
		"500":                 {cause: "server_error", arrange: atAuthorize(`{"status":500}`), certain: true},
		"502":                 {cause: "server_error", arrange: atAuthorize(`{"status":502}`), certain: true},
		"hang":                {cause: "answer_late", arrange: atAuthorize(`{"hang":true}`), certain: true},
		"latency":             {cause: "answer_late", arrange: atAuthorize(`{"latency":"61s"}`), certain: true},
		"cut":                 {cause: "answer_unusable", arrange: atAuthorize(`{"body":"truncated"}`), certain: true},
		"garbage":             {cause: "answer_unusable", arrange: atAuthorize(`{"body":"garbage"}`), certain: true},
		"empty":               {cause: "answer_unusable", arrange: atAuthorize(`{"body":"empty"}`), certain: true},
		"framing":             {cause: "framing_refused", arrange: atAuthorize(`{"headers":{"set":{"X-Frame-Options":"deny"}}}`), certain: true},
		"frame-ancestors":     {cause: "framing_refused", arrange: atAuthorize(`{"headers":{"set":{"Content-Security-Policy":"default-src 'none'; frame-ancestors 'self'"}}}`), certain: true},
		"reset":               {cause: "connection_cut", arrange: atAuthorize(`{"connection":"reset"}`), certain: true},
		"state missing":       {cause: "state_wrong", arrange: atAuthorize(`{"state":"missing"}`), certain: true},
		"state wrong":         {cause: "state_wrong", arrange: atAuthorize(`{"state":"wrong"}`), certain: true},
		"target origin":       {cause: "target_origin_wrong", arrange: atAuthorize(`{"target_origin":"https://other.example"}`), certain: true},
		"response mode":       {cause: "response_mode_wrong", arrange: atAuthorize(`{"response_mode":"fragment"}`), certain: true},
		"never posted":        {cause: "message_never_posted", arrange: atAuthorize(`{"post":"never"}`), certain: true},
		"posted twice":        {cause: "message_posted_twice", arrange: atAuthorize(`{"post":"twice"}`), certain: true},
		"foreign message":     {cause: "foreign_message", arrange: atAuthorize(`{"post":"foreign"}`), certain: true},
		"another's session":   {cause: "another_users_session", arrange: atAuthorize(`{"session":"grace@example.test"}`), certain: true},
		"no CORS":             {cause: "cors_missing", arrange: atToken(`{"headers":{"remove":["Access-Control-Allow-Origin"]}}`), certain: true},
		"token 500":           {cause: "server_error", arrange: atToken(`{"status":500}`), certain: true},
		"token 429":           {cause: "rate_limited", arrange: atToken(`{"status":429}`), certain: true},
		"token reset":         {cause: "connection_cut", arrange: atToken(`{"connection":"reset"}`), certain: true},
		"token hang":          {cause: "answer_late", arrange: atToken(`{"hang":true}`), certain: true},
		"nonce":               {cause: "nonce_wrong", arrange: atToken(`{"claims":{"token":"id_token","set":{"nonce":"x"}}}`), certain: true},
		"nonce missing":       {cause: "nonce_wrong", arrange: atToken(`{"claims":{"token":"id_token","remove":["nonce"]}}`), certain: true},
		"issuer":              {cause: "issuer_wrong", arrange: atToken(`{"claims":{"token":"id_token","set":{"iss":"https://other.example/"}}}`), certain: true},
		"audience claim":      {cause: "audience_wrong", arrange: atToken(`{"claims":{"token":"id_token","set":{"aud":"other"}}}`), certain: true},
		"audience list":       {cause: "audience_wrong", arrange: atToken(`{"claims":{"token":"id_token","set":{"aud":["IA9Ao9CzKz4qBcrTe20B9mldfMo5SwsG"]}}}`), certain: true},
		"subject":             {cause: "subject_wrong", arrange: atToken(`{"claims":{"token":"id_token","set":{"sub":"auth0|other"}}}`), certain: true},
		"claim missing":       {cause: "claims_missing", arrange: atToken(`{"claims":{"token":"id_token","remove":["exp"]}}`), certain: true},
		"at_hash": {cause: "at_hash_wrong", arrange: atAuthorize(`{"claims":{"token":"id_token","set":{"at_hash":"x"}}}`),
			renew: func(_ testing.TB, p *page) {
				p.renewAs("response_type", "token id_token", "code_challenge", "", "code_challenge_method", "")
			}, certain: true},
		"future":      {cause: "token_from_the_future", arrange: atToken(`{"claims":{"token":"id_token","shift":{"iat":"2h"}}}`), certain: true},
		"expired":     {cause: "token_expired_on_arrival", arrange: atToken(`{"claims":{"token":"id_token","shift":{"exp":"-11h"}}}`), certain: true},
		"signature":   {cause: "signature_wrong", arrange: atToken(`{"token":{"kind":"id_token","signature":"broken"}}`), certain: true},
		"kid unknown": {cause: "key_unknown", arrange: atToken(`{"token":{"kind":"id_token","kid":"unknown"}}`), certain: true},
		"kid missing": {cause: "key_unknown", arrange: atToken(`{"token":{"kind":"id_token","kid":"missing"}}`), certain: true},
		"alg none":    {cause: "signature_wrong", arrange: atToken(`{"token":{"kind":"id_token","alg":"none"}}`), certain: true},
		"alg HS256":   {cause: "hs256_id_token", arrange: atToken(`{"token":{"kind":"id_token","alg":"HS256"}}`), certain: true},
		"malformed":   {cause: "token_unusable", arrange: atToken(`{"token":{"kind":"id_token","form":"malformed"}}`), certain: true},
		"oversized":   {cause: "token_unusable", arrange: atToken(`{"token":{"kind":"id_token","form":"oversized"}}`), certain: true},
		"HS256 configured": {cause: "hs256_id_token", arrange: configure(func(tn *tenant.Config) {
			tn.Clients[0].IDTokenAlg = "HS256"
			tn.Clients[0].ClientSecret = "a-long-enough-secret-for-hs256-ok"
		}), certain: true},
		"consent withdrawn": {cause: "consent_withdrawn", arrange: func(t testing.TB, p *page) {
			tenanttest.Reconfigure(t, p.Server, func(tn *tenant.Config) { tn.Mock.ConsentPolicy = "classic" })
			p.AnswerPage(p.Get(tenanttest.Request(p.Server)), "accept")
			p.Server.WithdrawGrants("", "")
		}, certain: true},
		"consent":       {cause: "consent_missing", arrange: configure(func(tn *tenant.Config) { tn.Mock.ConsentPolicy = "classic" }), certain: true},
		"confirmation":  {cause: "confirmation_needed", arrange: configure(func(tn *tenant.Config) { tn.Mock.ConsentPolicy = "new" })},
		"Action denies": {cause: "action_denied", arrange: configure(func(tn *tenant.Config) { tn.Mock.Actions = []*tenant.Action{{Name: "Office hours", Deny: "closed"}} }), certain: true},
		"Action redirects": {cause: "action_redirects", arrange: configure(func(tn *tenant.Config) {
			tn.Mock.Actions = []*tenant.Action{{Name: "Survey", Redirect: &tenant.Redirect{URL: "https://survey.example.test/"}}}
		}), certain: true},
		"dev keys": {cause: "dev_keys", tenant: tenanttest.Social, arrange: func(_ testing.TB, p *page) {
			p.ForgetCookies()
			p.Get(p.ProviderLogin(tenanttest.Request(p.Server, "connection", "github"), userOf(p.Server, "github")).Header.Get("Location"))
		}, certain: true},
		"Set-Cookie stripped": {cause: "session_cookie_not_set", arrange: func(t testing.TB, p *page) {
			p.ForgetCookies()
			tenanttest.Arm(t, p.Server, `{"when":{"endpoint":"login"},"do":{"headers":{"remove":["Set-Cookie"]}}}`)
			tenanttest.Arm(t, p.Server, `{"when":{"endpoint":"authorize.resume"},"do":{"headers":{"remove":["Set-Cookie"]}}}`)
			p.logIn(false)
		}, certain: true},
		"Set-Cookie stripped after a logout": {cause: "session_cookie_not_set", arrange: func(t testing.TB, p *page) {
			p.Get("/v2/logout?client_id=" + p.Server.Snapshot().Clients[0].ClientID) // the browser keeps the cookie of the session that it ended
			tenanttest.Arm(t, p.Server, `{"do":{"headers":{"remove":["Set-Cookie"]}}}`)
			p.logIn(false)
		}, certain: true},
		"JWKS fails":     {cause: "jwks_broken", arrange: arm(`{"when":{"endpoint":"jwks"},"do":{"status":500}}`), renew: renewsAndVerifies, certain: true},
		"JWKS empty":     {cause: "jwks_broken", arrange: arm(`{"when":{"endpoint":"jwks"},"do":{"jwks":"empty"}}`), renew: renewsAndVerifies, certain: true},
		"JWKS stale":     {cause: "key_unknown", arrange: arm(`{"when":{"endpoint":"jwks"},"do":{"jwks":"stale"}}`), renew: renewsAndVerifies, certain: true},
		"JWKS hangs":     {cause: "jwks_broken", arrange: arm(`{"when":{"endpoint":"jwks"},"do":{"hang":true}}`), renew: renewsAndVerifies, certain: true},
		"discovery":      {cause: "discovery_wrong", arrange: arm(`{"when":{"endpoint":"discovery"},"do":{"discovery":{"set":{"issuer":"https://other.example/"}}}}`), renew: func(_ testing.TB, p *page) { p.Get("/.well-known/openid-configuration") }, certain: true},
		"login in frame": {cause: "login_page_in_frame", arrange: func(_ testing.TB, p *page) { p.ForgetCookies() }, renew: func(_ testing.TB, p *page) { p.renewAs("prompt", "") }, certain: true},
		"code too late": {cause: "code_expired", renew: func(t testing.TB, p *page) {
			a, err := p.askSilently(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			code, _ := message(a)["code"].(string)
			p.Server.Advance(time.Hour)
			c := p.Server.Snapshot().Clients[0]
			p.fetchTokens("grant_type", "authorization_code", "client_id", c.ClientID, "redirect_uri", c.Callbacks[0], "code", code, "code_verifier",
				tenanttest.Verifier)
		}, certain: true},
		"code used twice": {cause: "code_refused", renew: func(t testing.TB, p *page) {
			a, err := p.askSilently(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			code, _ := message(a)["code"].(string)
			c := p.Server.Snapshot().Clients[0]
			for range 2 {
				p.fetchTokens("grant_type", "authorization_code", "client_id", c.ClientID, "redirect_uri", c.Callbacks[0], "code", code,
					"code_verifier", tenanttest.Verifier)
			}
		}, certain: true},
		"client unknown": {cause: "client_unknown", renew: func(_ testing.TB, p *page) { p.renewAs("client_id", "ClientOfAnotherTenant") }, certain: true},
		"client of a refresh unknown": {cause: "client_unknown", renew: func(_ testing.TB, p *page) {
			p.fetchTokens("grant_type", "refresh_token", "client_id", "ClientOfAnotherTenant", "refresh_token", "x")
		}, certain: true},
		"timer": {cause: "lifetime_overflows_timer", early: true, tenant: func(tn *tenant.Config) {
			tn.ResourceServers[0].TokenLifetime = 30 * 24 * time.Hour
		}, renew: func(_ testing.TB, p *page) {
			p.renewAs()
			p.renewAs()
		}, certain: true},
		"storm": {cause: "renewal_storm", renew: func(_ testing.TB, p *page) {
			for range 8 {
				p.renewAs()
			}
		}},
		"two SDKs": {cause: "two_sdks", renew: func(_ testing.TB, p *page) {
			p.renewAs("auth0Client", "eyJuYW1lIjoiYXV0aDAuanMiLCJ2ZXJzaW9uIjoiOS4zMi4wIn0=")
			p.renewAs("auth0Client", "eyJuYW1lIjoiYXV0aDAtc3BhLWpzIiwidmVyc2lvbiI6IjIuMjguMyJ9")
		}},
		"rejected": {cause: "app_rejected_the_answer", renew: func(_ testing.TB, p *page) {
			p.renewAs()
			_, _ = p.sent(p.Context(), "GET", tenanttest.Request(p.Server), "", "Sec-Fetch-Dest", "document", "Sec-Fetch-Mode", "navigate",
				"Sec-Fetch-Site", "cross-site")
		}},
		"never exchanged": {cause: "app_rejected_the_answer", renew: func(t testing.TB, p *page) {
			for range 2 {
				if _, err := p.askSilently(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}},
		"never came": {cause: "request_never_came", renew: func(_ testing.TB, p *page) {
			p.Server.ExpectRenewal("My App", time.Time{})
			p.Server.Advance(25 * time.Hour)
		}, certain: true},
		"never came by then": {cause: "request_never_came", renew: func(_ testing.TB, p *page) {
			p.Server.ExpectRenewal("My App", p.Server.Now().Add(time.Minute))
			p.Server.Advance(time.Minute)
		}, certain: true},
		"no refresh token": {cause: "refresh_token_missing", renew: func(_ testing.TB, p *page) {
			a := p.Login(tenanttest.Request(p.Server, "prompt", "login", "audience", "https://online.example.test/", "response_type", "code",
				"code_challenge", tenanttest.S256(tenanttest.Verifier), "code_challenge_method", "S256", "scope", "openid offline_access"))
			c := p.Server.Snapshot().Clients[0]
			_, code, _ := strings.Cut(a.Header.Get("Location"), "code=")
			code, _, _ = strings.Cut(code, "&")
			p.fetchTokens("grant_type", "authorization_code", "client_id", c.ClientID, "redirect_uri", c.Callbacks[0], "code", code, "code_verifier",
				tenanttest.Verifier)
			p.Server.ExpectRenewal("My App", p.Server.Now().Add(time.Minute))
			p.Server.Advance(time.Minute)
		}, certain: true},
		"MFA":         {cause: "mfa_demanded", arrange: configure(func(tn *tenant.Config) { tn.Settings.MFAForAll = true }), certain: true},
		"refresh 429": {cause: "rate_limited", refresh: true, arrange: atToken(`{"status":429}`), certain: true},
		"reused":      {cause: "refresh_token_reused", refresh: true, arrange: func(_ testing.TB, p *page) { old := p.refresh; p.renewByToken(); p.refresh = old }, certain: true},
		"revoked": {cause: "refresh_token_revoked", refresh: true, arrange: func(_ testing.TB, p *page) {
			p.Post("/oauth/revoke", tenanttest.Form("client_id", p.Server.Snapshot().Clients[0].ClientID, "token", p.refresh))
		}, certain: true},
		"refresh expired":    {cause: "refresh_token_expired", refresh: true, tenant: func(tn *tenant.Config) { tn.Clients[0].RefreshToken.IdleLifetime = time.Hour }, arrange: func(_ testing.TB, p *page) { p.Server.Advance(2 * time.Hour) }, certain: true},
		"refresh gone":       {cause: "refresh_token_unknown", refresh: true, arrange: atToken(`{"refresh_token":"gone"}`), certain: true},
		"refresh of nobody":  {cause: "refresh_token_unknown", refresh: true, arrange: func(_ testing.TB, p *page) { p.refresh = "nonsense" }, certain: true},
		"blocked at refresh": {cause: "user_blocked", refresh: true, arrange: configure(blockUser), certain: true},
		"deleted at refresh": {cause: "user_deleted", refresh: true, arrange: configure(deleteUser), certain: true},
		"MFA at refresh":     {cause: "mfa_demanded", refresh: true, arrange: configure(func(tn *tenant.Config) { tn.Settings.MFAForAll = true }), certain: true},
		"answer lost":        {cause: "answer_lost", refresh: true, arrange: arm(`{"times":1,"when":{"endpoint":"token"},"do":{"at":"after","connection":"reset"}}`), renew: func(_ testing.TB, p *page) { p.renewAs(); p.Server.Advance(time.Hour); p.renewAs() }, certain: true},
		"refresh without CORS": {cause: "cors_missing", refresh: true, arrange: configure(func(tn *tenant.Config) {
			tn.Clients[0].AllowedOrigins, tn.Clients[0].WebOrigins, tn.Clients[0].Callbacks = nil, nil, []string{"https://app.example.test/"}
		}), certain: true},
		"after logout": {cause: "renewal_after_logout", refresh: true, arrange: func(_ testing.TB, p *page) { p.Get("/v2/logout?client_id=" + p.Server.Snapshot().Clients[0].ClientID) }, certain: true},
		"grant type":   {cause: "grant_type_disabled", refresh: true, arrange: configure(func(tn *tenant.Config) { tn.Clients[0].GrantTypes = []string{"authorization_code"} }), certain: true},
		"secret": {cause: "client_secret_demanded", refresh: true, arrange: configure(func(tn *tenant.Config) {
			tn.Clients[0].TokenEndpointAuthMethod, tn.Clients[0].ClientSecret = "client_secret_post", "a-secret"
		}), certain: true},
	}
}

// loggedIn is a tenant and a page whose person has logged in, ready for a failure.
func loggedIn(t testing.TB, m failure) *page {
	t.Helper()
	s := tenanttest.Serve(t, func(tn *tenant.Config) {
		tenanttest.Backends(tn)
		tn.Mock.ClockFrozen = false
		tn.Clients[0].RefreshToken = tenant.RefreshToken{Rotating: true}
		grace := *tn.Users[0]
		grace.ID, grace.Email, grace.Name = "auth0|grace", "grace@example.test", "Grace Hopper"
		tn.Users = append(tn.Users, &grace)
		if m.tenant != nil {
			m.tenant(tn)
		}
	})
	other := tenanttest.Browse(t, s)
	if user := s.Snapshot().UserByID("auth0|grace"); user != nil {
		loginAs(other, tenanttest.Request(s), user)
	}
	p := open(t, s)
	p.logIn(m.refresh)
	return p
}

func (m failure) happen(t testing.TB, p *page) {
	if m.arrange != nil {
		m.arrange(t, p)
	}
	if m.renew != nil {
		m.renew(t, p)
	} else {
		p.renewAs()
	}
}

func TestTheTenantSaysWhyARenewalFailed(t *testing.T) {
	t.Parallel()
	for name, m := range failures() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := loggedIn(t, m)
			if !m.early && (!p.renewAs() || len(p.Server.Diagnoses()) > 0) {
				t.Fatalf("a renewal before it is diagnosed: %s", listed(p.Server.Diagnoses()))
			}
			m.happen(t, p)
			all := p.Server.Diagnoses()
			if len(all) == 0 {
				t.Fatalf("no diagnosis:\n%s", listing(p.Server))
			}
			if d := all[len(all)-1]; m.cause == "rate_limited" && d.Endpoint == names.Token && (d.Kind == diagnosis.KindRefresh) != m.refresh {
				t.Errorf("the kind is %q, and the app has a refresh token: %v", d.Kind, m.refresh)
			}
			first := all[len(all)-1].Causes[0]
			if first.Code != m.cause || m.certain && first.Confidence != diagnosis.Certain {
				t.Errorf("the first cause is %s (%s), want %s\n%s\n%s", first.Code, first.Confidence, m.cause, listed(all), listing(p.Server))
			}
			if without := diagnose.Unfounded(p.Server.Events(0)); len(without) > 0 {
				t.Errorf("what is said of it was not shown: %q", without)
			}
			for _, c := range all[len(all)-1].Causes {
				if c.Title == "" || c.Why == "" || c.Remedy == "" || len(c.Evidence) == 0 {
					t.Errorf("a cause without words: %+v", c)
				}
			}
		})
	}
}

func userOf(s *mockauth0.Server, connection string) string {
	i := slices.IndexFunc(s.Snapshot().Users, func(u *tenant.User) bool { return u.Connection == connection })
	return s.Snapshot().Users[i].ID
}

// renewsAndReports renews, and whoever drives the page says that it has no new token.
func renewsAndReports(_ testing.TB, p *page) {
	began := p.Server.Now()
	if !p.renewAs() {
		p.Server.Report(mockauth0.AppReport{Client: "My App", Began: began})
	}
}

// renewsAndVerifies renews and then fetches the keys, as auth0.js does.
func renewsAndVerifies(t testing.TB, p *page) {
	p.renewAs()
	_, _ = p.impatient(60*time.Second, func(ctx context.Context) (tenanttest.Answer, error) {
		return p.sent(ctx, http.MethodGet, "/.well-known/jwks.json", "", p.fetchHeaders()...)
	})
}

// TestHealthyRunsHaveNoDiagnosis: a false alarm is worse than none.
func TestHealthyRunsHaveNoDiagnosis(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]func(t *testing.T, p *page){
		"frames through a day": func(t *testing.T, p *page) {
			for range 12 {
				p.Server.Advance(2 * time.Hour)
				p.renewAs()
			}
		},
		"refresh tokens through a day": func(t *testing.T, p *page) {
			p.ForgetCookies()
			p.logIn(true)
			for range 12 {
				p.Server.Advance(2 * time.Hour)
				p.renewAs()
			}
		},
		"keys": func(t *testing.T, p *page) { renewsAndVerifies(t, p) },
		"two tabs": func(t *testing.T, p *page) {
			other := *p
			for range 3 {
				p.renewAs()
				other.renewAs()
				p.Server.Advance(time.Hour)
			}
		},
		"login, logout, login": func(t *testing.T, p *page) {
			p.renewAs()
			p.Get("/v2/logout?client_id=" + p.Server.Snapshot().Clients[0].ClientID)
			p.logIn(false)
			p.renewAs()
		},
		"another person logs in": func(t *testing.T, p *page) {
			p.Get("/v2/logout?client_id=" + p.Server.Snapshot().Clients[0].ClientID)
			loginAs(p.Person, tenanttest.Request(p.Server), p.Server.Snapshot().UserByID("auth0|grace"))
			p.renewAs()
		},
		"two people, two browsers": func(t *testing.T, p *page) {
			other := open(t, p.Server)
			loginAs(other.Person, tenanttest.Request(p.Server), p.Server.Snapshot().UserByID("auth0|grace"))
			p.renewAs()
			other.renewAs()
		},
		"two applications": func(t *testing.T, p *page) {
			p.renewAs()
			p.Get(tenanttest.Request(p.Server, "client_id", "web", "redirect_uri", "https://web.example.test/cb"))
			p.renewAs()
		},
		"rotated keys": func(t *testing.T, p *page) {
			if _, err := p.Server.RotateKey(); err != nil {
				t.Fatal(err)
			}
			renewsAndVerifies(t, p)
		},
		"the tutorial's frames": func(t *testing.T, p *page) {
			for range 3 {
				if _, err := p.askSilently(t.Context(), "response_type", "token id_token", "response_mode", ""); err != nil {
					t.Fatal(err)
				}
				p.Server.Advance(2 * time.Hour)
			}
		},
		"a page that was left": func(t *testing.T, p *page) {
			ctx, cancel := context.WithCancel(t.Context())
			tenanttest.Arm(t, p.Server, `{"times":1,"do":{"latency":"2s"}}`)
			done := make(chan struct{})
			go func() {
				defer close(done)
				_, _ = p.askSilently(ctx)
			}()
			tenanttest.WaitForHolds(t, p.Server, 1)
			cancel()
			<-done
			tenanttest.WaitForEvents(t, p.Server, event.KindNoAnswer, 1)
		},
		"a renewal that was expected": func(t *testing.T, p *page) {
			p.Server.ExpectRenewal("My App", time.Time{})
			p.Server.Advance(23 * time.Hour)
			p.renewAs()
			p.Server.Advance(2 * time.Hour)
		},
		"a page that was closed": func(t *testing.T, p *page) {
			p.Server.ExpectRenewal("My App", time.Time{})
			p.Server.StopExpecting("My App")
			p.Server.Advance(48 * time.Hour)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := loggedIn(t, failure{})
			run(t, p)
			if all := p.Server.Diagnoses(); len(all) > 0 {
				t.Errorf("a healthy run is diagnosed:\n%s\n%s", listed(all), listing(p.Server))
			}
		})
	}
}

func TestDiagnosesOverHTTP(t *testing.T) {
	t.Parallel()
	p := loggedIn(t, failure{})
	p.blocked = true
	p.renewAs()
	p.Server.Advance(time.Hour)
	p.renewAs()
	var got struct {
		Diagnoses []diagnosis.Diagnosis
		Last      uint64
	}
	read := func(path string) []diagnosis.Diagnosis {
		t.Helper()
		got.Diagnoses = nil
		a := p.Get("/__mock/v1/diagnoses" + path)
		if err := json.Unmarshal([]byte(a.Text), &got); err != nil || a.StatusCode != 200 {
			t.Fatalf("%s: %s %v\n%s", path, a.Status, err, a.Text)
		}
		return got.Diagnoses
	}
	all := read("")
	if len(all) != 2 || all[0].Causes[0].Code != "third_party_cookies_blocked" || all[0].Causes[0].Evidence[0].Seq == 0 || got.Last != 2 {
		t.Fatalf("read as %+v", got)
	}
	if one := read("?after=1"); len(one) != 1 || one[0].Request != all[1].Request {
		t.Errorf("after the first: %+v", one)
	}
	if one := read("?request=" + all[0].Request); len(one) != 1 || one[0].Seq != 1 {
		t.Errorf("of the first request: %+v", one)
	}
	for path, want := range map[string]string{"?after=x": "after is", "?after=-1": "after is"} {
		if a := p.Get("/__mock/v1/diagnoses" + path); a.StatusCode != 400 || !strings.Contains(a.Text, want) {
			t.Errorf("%s: %s %s", path, a.Status, a.Text)
		}
	}
	for body, status := range map[string]int{
		`{"client":"My App"}`: 201, `{"client":"My App","by":"2040-01-01T00:00:00Z"}`: 201, `{"client":"Their App"}`: 400, `{}`: 400,
		`{"client":"My App","by":"soon"}`: 400,
	} {
		if a := p.Ask("POST", "/__mock/v1/expectations", body, "Content-Type", "application/json"); a.StatusCode != status {
			t.Errorf("%s: %s %s", body, a.Status, a.Text)
		}
	}
	if a := p.Ask("DELETE", "/__mock/v1/expectations?client=My+App", ""); a.StatusCode != 200 {
		t.Errorf("%s %s", a.Status, a.Text)
	}
	if a := p.Ask("DELETE", "/__mock/v1/expectations", ""); a.StatusCode != 400 {
		t.Errorf("%s %s", a.Status, a.Text)
	}
	p.Server.Advance(48 * time.Hour)
	if n := len(read("")); n != 2 {
		t.Errorf("%d diagnoses after the page was closed", n)
	}
	p.Server.Reset()
	if n := len(p.Server.Diagnoses()); n != 0 {
		t.Errorf("%d diagnoses after a reset", n)
	}
}

// TestTheDiagnosisIsBlindToFaults: events of faults are in the log beside all others, and change nothing.
func TestTheDiagnosisIsBlindToFaults(t *testing.T) {
	t.Parallel()
	p := loggedIn(t, failure{})
	p.blocked = true
	p.renewAs()
	events := p.Server.Events(0)
	honest := diagnose.New(nil)
	honest.Read(events, p.Server.Now())
	var lies []event.Event
	for _, e := range events {
		lie := e
		lie.Kind, lie.Type, lie.Description = event.KindFault, event.FailedSilentAuth, "fault fired"
		lie.Data = &event.Fault{ID: "fault-1", Did: "error server_error, why idle_expired, status 500, body garbage, posts 0, verifies nothing"}
		lies = append(lies, lie, e, lie)
	}
	lied := diagnose.New(nil)
	lied.Read(lies, p.Server.Now())
	if got, want := lied.After(0), honest.After(0); len(want) != 1 || listed(got) != listed(want) {
		t.Errorf("with events of faults: %s\nwithout: %s", listed(got), listed(want))
	}
}

func TestALookForASessionIsNoRenewal(t *testing.T) {
	t.Parallel()
	s := tenanttest.Serve(t, nil)
	p := tenanttest.Browse(t, s)
	if got := p.Get(tenanttest.Request(s, "prompt", "none")); got.StatusCode != 302 {
		t.Fatal(got.Status)
	}
	if found := s.Diagnoses(); len(found) > 0 {
		t.Errorf("nobody had logged in, and yet something is said to have failed: %+v", found)
	}
	p.Login(tenanttest.Request(s))
	p.ForgetCookies()
	p.Get(tenanttest.Request(s, "prompt", "none"))
	if found := s.Diagnoses(); len(found) != 1 || found[0].Causes[0].Code != "no_session" {
		t.Errorf("%+v", found)
	}
}
