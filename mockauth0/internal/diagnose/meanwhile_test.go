package diagnose_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/tenanttest"
	"renewal.example/mockauth0/tenant"
)

// found are the first causes of all diagnoses, with their confidence.
func found(s *mockauth0.Server) (out []string) {
	for _, d := range s.Diagnoses() {
		out = append(out, string(d.Causes[0].Code)+" "+string(d.Causes[0].Confidence))
	}
	return out
}

// logsOut is the app's own logout.
func logsOut(p *page) { p.Get("/v2/logout?client_id=" + p.Server.Snapshot().Clients[0].ClientID) }

// inABrowser is a page whose person has logged in, in a browser that says so with every request.
func inABrowser(t *testing.T, m failure) *page {
	p := loggedIn(t, m)
	p.Transport = sameMachine{tenanttest.InProcess{Handler: p.Server}}
	return p
}

// asksWithoutCode sends a silent request, and leaves the code that it brings.
func asksWithoutCode(t *testing.T, p *page, pairs ...string) {
	if _, err := p.askSilently(t.Context(), pairs...); err != nil {
		t.Error(err)
	}
}

// exchanges sends a refresh token, however long the answer takes.
func exchanges(t *testing.T, p *page, token string) {
	form := tenanttest.Form("grant_type", "refresh_token", "client_id", p.Server.Snapshot().Clients[0].ClientID, "refresh_token", token)
	if _, err := p.sent(t.Context(), http.MethodPost, "/oauth/token", form.Encode(), p.fetchHeaders()...); err != nil {
		t.Error(err)
	}
}

// TestWhatHappensBesideARenewal: other tabs, other people and the tenant's administrator do not wait for a renewal to end, and a page is
// loaded anew when somebody likes. What comes of it is said as far as it was seen, and no further.
func TestWhatHappensBesideARenewal(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		with failure
		do   func(t *testing.T, p *page)
		want []string
	}{
		"a logout in another tab, while a frame waits": {failure{}, func(t *testing.T, p *page) {
			during(t, p, "authorize", logsOut, func() { asksWithoutCode(t, p) })
		}, []string{"logged_out certain"}},
		"a logout in another tab, while a refresh token is exchanged": {failure{refresh: true}, func(t *testing.T, p *page) {
			during(t, p, "token", logsOut, func() { exchanges(t, p, p.refresh) })
		}, nil},
		"a logout of the app that names no application": {failure{}, func(t *testing.T, p *page) {
			if _, err := p.sent(t.Context(), http.MethodGet, "/v2/logout", "", "Referer", p.origin+"/"); err != nil {
				t.Error(err)
			}
			p.Server.Advance(time.Minute)
			p.renewAs()
		}, []string{"renewal_after_logout certain"}},
		"another API after a renewal": {failure{}, func(_ *testing.T, p *page) {
			p.renewAs()
			p.Get(tenanttest.Request(p.Server, "audience", "https://online.example.test/"))
		}, nil},
		"a login because the next renewal failed": {failure{}, func(_ *testing.T, p *page) {
			p.renewAs()
			p.Server.EndSessions("")
			p.renewAs()
			p.Get(tenanttest.Request(p.Server))
		}, []string{"session_ended certain"}},
		"a reload between the code and its exchange": {failure{}, func(t *testing.T, p *page) {
			asksWithoutCode(t, p)
			p.renewAs()
		}, []string{"app_rejected_the_answer possible"}},
		"two SDKs, one after the other": {failure{}, func(_ *testing.T, p *page) {
			p.renewAs("auth0Client", "eyJuYW1lIjoiYXV0aDAuanMiLCJ2ZXJzaW9uIjoiOS4zMi4wIn0=")
			p.renewAs("auth0Client", "eyJuYW1lIjoiYXV0aDAtc3BhLWpzIiwidmVyc2lvbiI6IjIuMjguMyJ9")
		}, []string{"two_sdks possible"}},
		"six loads of a page": {failure{}, func(_ *testing.T, p *page) {
			for range 6 {
				p.renewAs()
				p.Server.Advance(time.Second)
			}
		}, []string{"renewal_storm possible"}},
		"six renewals of a token that lives for a second": {failure{tenant: func(tn *tenant.Config) {
			tn.ResourceServers[0].TokenLifetime, tn.ResourceServers[0].TokenLifetimeForWeb = time.Second, time.Second
		}}, func(_ *testing.T, p *page) {
			for range 6 {
				p.renewAs()
				p.Server.Advance(time.Second)
			}
		}, []string{"renewal_storm likely"}},
		"the clock moved by a day while a request is under way": {failure{}, func(t *testing.T, p *page) {
			during(t, p, "authorize", func(p *page) { p.Server.Advance(24 * time.Hour) }, func() { asksWithoutCode(t, p) })
		}, []string{"answer_late likely"}},
		"nobody used the session until it would have ended anyway": {failure{}, func(_ *testing.T, p *page) {
			p.Server.Advance(400 * time.Hour)
			p.renewAs()
		}, []string{"session_idle_expired certain"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := inABrowser(t, tc.with)
			tc.do(t, p)
			if got := found(p.Server); !slices.Equal(got, tc.want) {
				t.Errorf("the first causes are %q, want %q\n%s", got, tc.want, listed(p.Server.Diagnoses()))
			}
		})
	}
}

// during does something while a request to an endpoint is held for a second of the tenant's time, before it takes effect.
func during(t *testing.T, p *page, endpoint string, do func(*page), ask func()) {
	tenanttest.Arm(t, p.Server, `{"times":1,"when":{"endpoint":"`+endpoint+`"},"do":{"latency":"1s"}}`)
	var asked sync.WaitGroup
	asked.Go(ask)
	tenanttest.WaitForHolds(t, p.Server, 1)
	do(p)
	if len(p.Server.Holds()) > 0 {
		p.Server.Advance(time.Second)
	}
	asked.Wait()
}

// TestACountOfRenewalsIsOfItsTime: a storm's evidence names as many renewals as there were in the time that it names.
func TestACountOfRenewalsIsOfItsTime(t *testing.T) {
	t.Parallel()
	p := inABrowser(t, failure{})
	for range 8 {
		p.renewAs()
		p.Server.Advance(time.Second)
	}
	all := p.Server.Diagnoses()
	if len(all) == 0 {
		t.Fatal("no diagnosis")
	}
	const want = "number 8 of this application and browser within 7 seconds"
	if text := all[len(all)-1].Causes[0].Evidence[0].Text; !strings.Contains(text, want) {
		t.Errorf("%q, want %q", text, want)
	}
}

// asksForConsent is a tenant that asks whoever logs in whether the app may.
func asksForConsent(tn *tenant.Config) {
	tenanttest.Backends(tn)
	tn.Mock.ConsentPolicy = "classic"
	tn.Clients[0].RefreshToken = tenant.RefreshToken{Rotating: true}
}

// TestAConsentThatWasGivenAgain: what was withdrawn and given again explains nothing that fails after that.
func TestAConsentThatWasGivenAgain(t *testing.T) {
	t.Parallel()
	p := open(t, tenanttest.Serve(t, asksForConsent))
	p.agrees(p.entersPassword("openid"))
	p.Server.WithdrawGrants("", "")
	p.renewAs("scope", "openid")
	p.agrees(p.Get(tenanttest.Request(p.Server, "scope", "openid")))
	if !p.renewAs("scope", "openid") {
		t.Fatal("consent was given again, and the renewal failed")
	}
	p.renewAs("scope", "openid profile")
	want := []string{"consent_withdrawn certain", "consent_missing certain"}
	if got := found(p.Server); !slices.Equal(got, want) {
		t.Errorf("the first causes are %q, want %q\n%s", got, want, listed(p.Server.Diagnoses()))
	}
}

// TestARefreshTokenOfANewConsent: a consent that was withdrawn ends the refresh tokens that there were, and none that came after it.
func TestARefreshTokenOfANewConsent(t *testing.T) {
	t.Parallel()
	p := open(t, tenanttest.Serve(t, asksForConsent))
	for _, end := range []func(){
		func() { p.Server.WithdrawGrants("", "") },
		func() { p.Server.RevokeRefreshTokens("", ""); p.Server.WithdrawGrants("", "") },
	} {
		code := tenanttest.ParseURL(t, p.agrees(p.entersPassword("openid offline_access")).Header.Get("Location")).Query().Get("code")
		c := p.Server.Snapshot().Clients[0]
		if !p.fetchTokens("grant_type", "authorization_code", "client_id", c.ClientID, "redirect_uri", c.Callbacks[0], "code", code,
			"code_verifier", tenanttest.Verifier) {
			t.Fatal("the login brought no tokens")
		}
		end()
		p.renewByToken()
	}
	want := []string{"consent_withdrawn certain", "refresh_token_revoked certain"}
	if got := found(p.Server); !slices.Equal(got, want) {
		t.Errorf("the first causes are %q, want %q\n%s", got, want, listed(p.Server.Diagnoses()))
	}
}

// entersPassword begins a login, and gives what comes after the password.
func (p *page) entersPassword(scope string) tenanttest.Answer {
	p.Helper()
	_, state := p.LoginPage(tenanttest.Request(p.Server, "prompt", "login", "response_type", "code", "code_challenge",
		tenanttest.S256(tenanttest.Verifier), "code_challenge_method", "S256", "scope", scope))
	u := p.Server.Snapshot().Users[0]
	res := p.Post("/u/login", url.Values{"state": {state}, "username": {u.Email}, "password": {u.Password}, "action": {"default"}})
	return p.Get(res.Header.Get("Location"))
}

// agrees lets the app in, and gives the answer that goes to the callback.
func (p *page) agrees(a tenanttest.Answer) tenanttest.Answer {
	p.Helper()
	a = p.AnswerPage(a, "accept")
	if to := a.Header.Get("Location"); strings.HasPrefix(to, "/") {
		a = p.Get(to)
	}
	return a
}

// TestTheExchangeThatReplacedARefreshToken: of two exchanges of one token, the one that was sent first can be answered last. What replaced
// the token is the other one, and not the login a long time before.
func TestTheExchangeThatReplacedARefreshToken(t *testing.T) {
	t.Parallel()
	p := loggedIn(t, failure{refresh: true})
	p.Server.Advance(3 * time.Hour)
	during(t, p, "token", func(p *page) { exchanges(t, p, p.refresh) }, func() { exchanges(t, p, p.refresh) })
	all := p.Server.Diagnoses()
	if len(all) != 1 || all[0].Causes[0].Code != diagnosis.RefreshTokenReused || strings.Contains(all[0].Causes[0].Evidence[1].Text, "hour") {
		t.Errorf("the exchange was a second before:\n%s", listed(all))
	}
}

// TestWhatTheLogHasForgotten: of a login that is further back than what is kept nobody can say that there was none.
func TestWhatTheLogHasForgotten(t *testing.T) {
	t.Parallel()
	p := inABrowser(t, failure{})
	for range 300 {
		p.Get("/nothing")
		p.Get("/.well-known/openid-configuration")
	}
	p.ForgetCookies()
	began := p.Server.Now()
	p.renewAs()
	p.Server.Report(mockauth0.AppReport{Client: "My App", Began: began, Error: "login_required"})
	if got := found(p.Server); !slices.Equal(got, []string{"no_session likely"}) {
		t.Errorf("%q\n%s", got, listed(p.Server.Diagnoses()))
	}
}

// TestAReportAmongSeveralBrowsers: what the tenant saw of one browser explains nothing that the page of another reports.
func TestAReportAmongSeveralBrowsers(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		other func(p *page)
		want  []string
	}{
		"another renews well": {func(p *page) { p.renewAs() }, []string{"request_never_came possible"}},
		"another gets no cookie": {func(p *page) { p.blocked = true; p.renewAs() }, []string{
			"third_party_cookies_blocked certain", "request_never_came possible",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := inABrowser(t, failure{})
			other := open(t, p.Server)
			other.Transport = p.Transport
			other.logIn(false)
			began := p.Server.Now()
			tc.other(other)
			p.Server.Report(mockauth0.AppReport{Client: "My App", Began: began, Error: "Error", Text: "net::ERR_INTERNET_DISCONNECTED"})
			if got := found(p.Server); !slices.Equal(got, tc.want) {
				t.Errorf("the first causes are %q, want %q\n%s", got, tc.want, listed(p.Server.Diagnoses()))
			}
			for _, d := range p.Server.Diagnoses() {
				if d.Request != "" && d.App != "" {
					t.Errorf("the report is taken for one of the request %s", d.Request)
				}
			}
		})
	}
}
