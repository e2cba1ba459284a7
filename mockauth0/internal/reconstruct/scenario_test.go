package reconstruct

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"renewal.example/fixtures"
	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/recording"
	"renewal.example/mockauth0/scenario"
)

func stock(t testing.TB) Stock {
	t.Helper()
	base, err := fixtures.Tenant("tutorial")
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := fixtures.Scenarios()
	if err != nil {
		t.Fatal(err)
	}
	return Stock{base, catalogue}
}

func write(t *testing.T, f Failure) *scenario.Scenario {
	t.Helper()
	stock := stock(t)
	file, err := f.Scenario("it", stock)
	if err != nil {
		t.Fatalf("%v: %v", f.Causes, err)
	}
	id := strings.TrimSuffix(strings.TrimPrefix(file.Name, "scenarios/"), ".yaml")
	s, err := scenario.Source{Files: fstest.MapFS{id + ".yaml": {Data: file.Text}}, Base: stock.Base}.Read(id)
	if err != nil {
		t.Fatalf("%v\n%s", err, file.Text)
	}
	return s
}

// Every cause that a tenant can name makes a scenario that is valid, whatever the exchange was.
func TestEachCauseMakesAScenario(t *testing.T) {
	silent := &recording.Exchange{
		Endpoint: "authorize", Request: recording.Request{Params: map[string]string{"prompt": "none", "client_id": "c"}},
		Response: recording.Response{Known: true, Status: 200, Error: "login_required", Description: "Login required"},
	}
	refresh := &recording.Exchange{
		Endpoint: "token", Took: 90 * time.Second, Request: recording.Request{Params: map[string]string{"grant_type": "refresh_token"}},
		Response: recording.Response{Known: true, Status: 403, Error: "invalid_grant", Description: "Unknown or invalid refresh token."},
	}
	unanswered := &recording.Exchange{
		Endpoint: "authorize", Request: recording.Request{Params: map[string]string{"prompt": "none"}},
		Response: recording.Response{Failure: "net::ERR_FAILED"},
	}
	for _, known := range diagnosis.All() {
		for _, e := range []*recording.Exchange{silent, refresh, unanswered} {
			s := write(t, Failure{Exchange: e, Causes: []diagnosis.Code{known.Code, "unexplained"}, Times: 2, Passes: true})
			if s.Diagnosis != known.Code || len(s.Expect) != 1 {
				t.Errorf("%s: %+v", known.Code, s)
			}
		}
	}
}

func TestTheCauseIsArrangedWhereItCanBe(t *testing.T) {
	silent := func() *recording.Exchange {
		return &recording.Exchange{Endpoint: "authorize", Request: recording.Request{
			Params: map[string]string{"prompt": "none", "response_mode": "web_message"}, SDK: "auth0.js", Version: "9.32.0",
		},
			Response: recording.Response{Known: true, Status: 200, Error: "login_required", Description: "Login required"}}
	}
	if s := write(t, Failure{
		Exchange: silent(), Causes: []diagnosis.Code{"third_party_cookies_blocked"}, Times: 1,
	}); s.Browser.Cookies != scenario.CookiesBlocked || len(s.Faults) != 0 || s.For("auth0-js-9") == nil {
		t.Errorf("cookies: %+v", s)
	}
	if s := write(t, Failure{Exchange: silent(), Causes: []diagnosis.Code{"session_ended"}, Times: 1}); len(s.Steps) != 2 ||
		s.Steps[0].Do != scenario.EndSessions {
		t.Errorf("session: %+v", s.Steps)
	}
	page := silent()
	page.Response = recording.Response{
		Known: true, Status: 400, Error: "invalid_request", Description: "The specified redirect_uri 'x' does not have a registered origin.",
	}
	if s := write(t, Failure{Exchange: page, Causes: []diagnosis.Code{"web_origin_missing"}, Times: 1}); s.For("auth0-js-9").
		After != time.Minute || len(s.Tenant.Clients[0].WebOrigins) != 0 || len(s.Steps) != 3 {
		t.Errorf("web origin: %+v", s)
	}
	// Consent is arranged as the catalogue does it; what nobody can arrange is answered as it was seen.
	consent := silent()
	consent.Response.Error, consent.Response.Description = "consent_required", "Consent required"
	if s := write(t, Failure{Exchange: consent, Causes: []diagnosis.Code{"consent_missing"}, Times: 1}); len(s.Faults) != 0 ||
		s.Tenant.Mock.ConsentPolicy != "classic" || s.For("auth0-js-9").Error != "consent_required" {
		t.Errorf("consent: %+v", s)
	}
	denied := silent()
	denied.Response.Error, denied.Response.Description = "access_denied", "Only on weekdays"
	s := write(t, Failure{Exchange: denied, Causes: []diagnosis.Code{"action_denied"}, Times: 2, Passes: true})
	if len(s.Faults) != 1 || s.Faults[0].Do.Error != "access_denied" || s.Faults[0].Do.ErrorDescription != "Only on weekdays" ||
		s.Faults[0].Times != 2 || s.Faults[0].When.Prompt != "none" {
		t.Errorf("denied: %+v", s.Faults)
	}
	busy := &recording.Exchange{Endpoint: "token", Request: recording.Request{
		Params: map[string]string{"grant_type": "refresh_token"}, SDK: "auth0-spa-js", Version: "1.22.6",
	},
		Response: recording.Response{Known: true, Status: 429, Error: "too_many_requests", Headers: map[string]string{}}}
	if s := write(t, Failure{Exchange: busy, Causes: []diagnosis.Code{"rate_limited"}, Times: 1}); s.Faults[0].Do.Status != 429 ||
		s.For("spa-js-1-refresh") == nil {
		t.Errorf("rate limit: %+v", s.Faults)
	}
	busy.Response.Description, busy.Response.Headers = "Rate limit exceeded.", map[string]string{"retry-after": "30"}
	if s := write(t, Failure{Exchange: busy, Causes: []diagnosis.Code{"rate_limited"}, Times: 1}); len(s.Faults) != 2 ||
		s.Faults[0].Do.Headers.Set["Retry-After"] != "30" || s.Faults[1].Do.ErrorDescription != "Rate limit exceeded." {
		t.Errorf("a limit with words of its own: %+v", s.Faults)
	}
}

func TestTheSDKIsFoundByItsTelemetry(t *testing.T) {
	for _, tc := range []struct{ name, version, mode, grant, want string }{
		{"auth0-spa-js", "2.1.3", "web_message", "", "spa-js-2"}, {"auth0-spa-js", "1.22.6", "web_message", "", "spa-js-1"}, {"auth0-react", "2.2.4", "", "refresh_token", "react-2-refresh"},
		{"auth0-react", "1.12.1", "web_message", "", "spa-js-1"}, {"auth0.js", "8.10.1", "", "", "tutorial"}, {"auth0.js", "8.12.3", "web_message", "", "auth0-js-8.10.1"},
		{"auth0.js", "10.2.1", "web_message", "", "auth0-js-10"}, {"", "", "", "", "spa-js-2"},
	} {
		e := &recording.Exchange{
			Endpoint: "authorize", Request: recording.Request{
				SDK: tc.name, Version: tc.version, Params: map[string]string{"prompt": "none", "response_mode": tc.mode},
			},
		}
		if tc.grant != "" {
			e.Endpoint, e.Request.Params = "token", map[string]string{"grant_type": tc.grant}
		}
		if got := SDK(e); got != tc.want {
			t.Errorf("%+v: %s", tc, got)
		}
	}
}
