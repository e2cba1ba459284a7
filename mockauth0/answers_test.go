package mockauth0

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/tenant"
)

func TestTheRelayOfAWebMessage(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		tn.Clients[0].WebOrigins = append(tn.Clients[0].WebOrigins, "https://relay.example.test")
	})
	p := browse(t, s)
	p.login(request(s))
	page := func(pairs ...string) answer {
		return p.get(request(s, append([]string{"response_mode", "web_message", "prompt", "none"}, pairs...)...))
	}
	const relay = "https://relay.example.test/frame?a=1"
	const plain = "mainWin.postMessage(authorizationResponse,targetOrigin);"
	for _, tc := range []struct {
		name    string
		pairs   []string
		request string // webMessageRequest
		relayed bool
	}{
		{"none", nil, `{}`, false},
		{"address alone", []string{"web_message_uri", relay}, `{"web_message_uri":"https://relay.example.test/frame?a=1"}`, false},
		{"frame alone", []string{"web_message_target", "f"}, `{"web_message_target":"f"}`, false},
		{"both", []string{"web_message_uri", relay, "web_message_target", `"]</script>`}, `{"web_message_target":"\"]\u003c/script\u003e","web_message_uri":"https://relay.example.test/frame?a=1"}`, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := page(tc.pairs...)
			if got.StatusCode != 200 || !strings.Contains(got.body, "var webMessageRequest="+tc.request+";") || strings.Count(got.body, "</script>") != 1 {
				t.Fatalf("%s\n%s", got.Status, got.body)
			}
			if members := received(t, got, "web_message"); members[0][0] != "access_token" {
				t.Errorf("the response: %v", members)
			}
			if straight := strings.Contains(got.body, plain); straight == tc.relayed {
				t.Errorf("posted to the main window: %v\n%s", straight, got.body)
			}
			for _, step := range []string{`mainWin.postMessage({type:"relay_request"},targetOrigin)`, `evt.origin!==targetOrigin`, `"relay_response"`,
				"evt.source.frames[webMessageRequest.web_message_target]", ".postMessage(authorizationResponse,webMessageRequest.web_message_uri)", "window.close()"} {
				if strings.Contains(got.body, step) != tc.relayed {
					t.Errorf("%s is in the page: %v", step, !tc.relayed)
				}
			}
		})
	}
	for _, uri := range []string{"https://evil.example/", "javascript:alert(1)", "*", "/"} {
		a := page("web_message_uri", uri, "web_message_target", "f")
		if code, words := a.errorPage(t); a.StatusCode != 400 || code != "invalid_request" || words != "The specified web_message_uri '"+uri+"' does not have a registered origin." {
			t.Errorf("tokens for %s: %d %s: %s", uri, a.StatusCode, code, words)
		}
	}
}

func TestWhatATenantsOwnErrorPageIsTold(t *testing.T) {
	t.Parallel()
	s := serve(t, func(tn *tenant.Config) {
		tn.Settings.ErrorPageURL, tn.Settings.ErrorPageShowLogLink = "https://errors.example.test/", true
	})
	p := browse(t, s)
	for locales, want := range map[string]string{"": "en", "fr-CA fr en": "fr-CA"} {
		q := mustURL(t, p.get(request(s, "redirect_uri", "https://evil.example/", "ui_locales", locales)).Header.Get("Location")).Query()
		if q.Get("lang") != want || q.Get("log_url") != s.URL()+"/__mock/v1/events?request="+q.Get("tracking") {
			t.Errorf("ui_locales %q: %v", locales, q)
		}
	}
}

func TestATenantsOwnErrorPageInHTML(t *testing.T) {
	t.Parallel()
	const template = `<html lang="{{lang}}"><title>{{ error }}</title><p>{{error_description | escape}}</p><a href="{{log_url}}">{{ tracking }}</a>{{client_id}}{{unknown}}{% if x %}`
	s := serve(t, func(tn *tenant.Config) { tn.Settings.ErrorPageHTML, tn.Settings.ErrorPageShowLogLink = template, true })
	a := browse(t, s).get("/authorize?response_type=code&ui_locales=de&client_id=%3Cscript%3E%7B%7Btracking%7D%7D")
	id := a.Header.Get("X-Auth0-RequestId")
	want := `<html lang="de"><title>invalid_request</title><p>Unknown client: &lt;script&gt;{{tracking}}</p><a href="` + s.URL() + `/__mock/v1/events?request=` + id + `">` + id + `</a>{% if x %}`
	if a.StatusCode != 400 || a.Header.Get("Content-Type") != "text/html; charset=utf-8" || a.Header.Get("X-Frame-Options") != "deny" || a.body != want {
		t.Errorf("%s %v\n%s\nwant %s", a.Status, a.Header, a.body, want)
	}
}

func TestOldAddressesOfLoginPages(t *testing.T) {
	t.Parallel()
	const client, whole = "https://app.example.test/login", "https://www.example.test/start"
	for _, tc := range []struct {
		name           string
		client, tenant string
		want           string
	}{
		{"nowhere to go", "", "", ""},
		{"the client's", client, whole, client},
		{"the tenant's", "", whole, whole},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := serve(t, func(tn *tenant.Config) {
				frozen(tn)
				tn.Clients[0].InitiateLoginURI, tn.Settings.DefaultRedirectionURI = tc.client, tc.tenant
			})
			p := browse(t, s)
			at := p.get(request(s)).Header.Get("Location")
			lost := func(name string, a answer) {
				t.Helper()
				if _, words := a.errorPage(t); a.StatusCode != 400 || words != lostText {
					t.Errorf("%s: %d %s", name, a.StatusCode, words)
				}
			}
			led := func(name, path, want string) {
				t.Helper()
				a := p.get(path)
				if want == "" {
					lost(name, a)
				} else if got := a.Header.Get("Location"); got != want {
					t.Errorf("%s leads to %q, want %q", name, got, want)
				}
			}
			lost("another browser, in time", browse(t, s).get(at))
			s.Advance(time.Hour)
			for _, page := range []string{"/u/login", "/u/login/identifier", "/u/login/password"} {
				led(page, page+"?state="+stateOf(t, at), tc.want)
				led(page+", of no client", page+"?state=x", tc.tenant)
				led(page+", bare", page, tc.tenant)
			}
			lost("a form", p.post("/u/login", url.Values{"state": {stateOf(t, at)}}))
			lost("resume", p.get("/authorize/resume?state="+stateOf(t, at)))
			lost("continue", p.get("/continue?state="+stateOf(t, at)))
			lost("consent", p.get("/u/consent?state="+stateOf(t, at)))
		})
	}
}

func TestLogoutURLsOfStrictThirdPartyClientsAreExact(t *testing.T) {
	t.Parallel()
	for _, strict := range []bool{false, true} {
		s := serve(t, func(tn *tenant.Config) {
			c := tn.Clients[0]
			c.FirstParty, c.StrictThirdParty, c.AllowedLogoutURLs = false, strict, []string{"https://*.example.test/bye", "https://app.example.test/bye"}
		})
		p := browse(t, s)
		for host, want := range map[string]int{"a": map[bool]int{false: 302, true: 400}[strict], "app": 302} {
			if got := p.get("/v2/logout?client_id=" + s.Snapshot().Clients[0].ClientID + "&returnTo=https%3A%2F%2F" + host + ".example.test%2Fbye"); got.StatusCode != want {
				t.Errorf("strict %v, %s: %s", strict, host, got.Status)
			}
		}
	}
}

// Where cookies are not persistent, sessions have the lives of ephemeral ones.
func TestLivesOfEphemeralSessions(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		set   func(*tenant.Settings)
		steps []time.Duration
		want  string
	}{
		{"by default, a day of idleness", func(*tenant.Settings) {}, []time.Duration{24*time.Hour - 1, 24 * time.Hour}, "login_required"},
		{"by default, three days in all", func(*tenant.Settings) {}, []time.Duration{23 * time.Hour, 23 * time.Hour, 23 * time.Hour, 3*time.Hour - 1}, ""},
		{"three days are over", func(*tenant.Settings) {}, []time.Duration{23 * time.Hour, 23 * time.Hour, 23 * time.Hour, 3 * time.Hour}, "login_required"},
		{"settings of their own", func(s *tenant.Settings) { s.EphemeralLifetime, s.IdleEphemeralLifetime = 3*time.Hour, 2*time.Hour }, []time.Duration{2*time.Hour - 1, time.Hour + 1}, "login_required"},
		{"persistent ones count for nothing", func(s *tenant.Settings) { s.SessionLifetime, s.IdleSessionLifetime = time.Hour, time.Hour }, []time.Duration{2 * time.Hour}, ""},
		{"and ephemeral ones for nothing else", func(s *tenant.Settings) { s.NonPersistentCookie = false }, []time.Duration{72*time.Hour - 1}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(tn *tenant.Config) {
				frozen(tn)
				tn.Settings.NonPersistentCookie = true
				tc.set(&tn.Settings)
			})
			p := browse(t, s)
			p.login(request(s))
			got := ""
			for _, d := range tc.steps {
				if got != "" {
					t.Fatalf("too early: %q", got)
				}
				s.Advance(d)
				got = p.silent()
			}
			if got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

func TestTheLifeOfACodeIsASetting(t *testing.T) {
	t.Parallel()
	for after, want := range map[time.Duration]int{time.Minute - 1: 200, time.Minute: 403} {
		s := serve(t, func(tn *tenant.Config) { backends(tn); tn.Mock.CodeLifetime = time.Minute })
		p := browse(t, s)
		u := mustURL(t, p.login(request(s, "response_type", "code", "client_id", "web", "redirect_uri", "https://web.example.test/cb")).Header.Get("Location"))
		s.Advance(after)
		if got := p.token("grant_type", "authorization_code", "client_id", "web", "client_secret", "web+secret%21", "code", u.Query().Get("code"), "redirect_uri", "https://web.example.test/cb"); got.StatusCode != want {
			t.Errorf("after %v: %s %s", after, got.Status, got.body)
		}
	}
}
