package stage

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/appdrive"
	"renewal.example/mockauth0/scenario"
)

// about is a scenario whose cause is revoked refresh tokens: apps with a frame renew.
func about() *scenario.Scenario {
	return &scenario.Scenario{User: "ada@example.test", Diagnosis: diagnosis.RefreshTokenRevoked, Expect: []scenario.Expectation{
		{SDKs: []string{"spa-js-2-refresh"}, Error: "invalid_grant"}, {SDKs: []string{"spa-js-2"}, Renews: true},
	}}
}

func diagnosed(kind diagnosis.Kind, codes ...diagnosis.Code) []diagnosis.Diagnosis {
	d := diagnosis.Diagnosis{Kind: kind}
	for _, code := range codes {
		d.Causes = append(d.Causes, diagnosis.Cause{Code: code, Confidence: diagnosis.Possible})
	}
	return []diagnosis.Diagnosis{d}
}

func TestTheVerdictRestsOnWhatTheAppAskedAndGot(t *testing.T) {
	t.Parallel()
	refused := []appdrive.Ask{{Kind: appdrive.AskRefresh, Answer: appdrive.Refused, Error: "invalid_grant"}}
	given := []appdrive.Ask{{Kind: appdrive.AskRefresh, Answer: appdrive.Given}}
	framed := []appdrive.Ask{{Kind: appdrive.AskSilent, Answer: appdrive.Given}}
	pressed, reloaded := appdrive.Want{Way: appdrive.Pressed}, appdrive.Want{Way: appdrive.Reloaded}
	revoked := diagnosed(diagnosis.KindRefresh, diagnosis.RefreshTokenRevoked)
	absent := diagnosed(diagnosis.KindAbsence, diagnosis.RefreshTokenRevoked)
	refresh, frame := appdrive.RefreshTokens, appdrive.FrameCode
	for _, c := range []struct {
		name string
		o    observed
		want Is // "": nothing made the app want a token
		says string
	}{
		{"refused, by the cause", observed{renewal: refresh, asked: refused, want: pressed, diagnoses: revoked}, Reproduced, "was answered invalid_grant"},
		{"refused, by another cause", observed{renewal: refresh, asked: refused, want: pressed,
			diagnoses: diagnosed(diagnosis.KindRefresh, diagnosis.UserBlocked)}, NotReproduced, "invalid_grant"},
		{"the cause is only possible, after another", observed{renewal: refresh, asked: refused, want: pressed,
			diagnoses: diagnosed(diagnosis.KindRefresh, diagnosis.UserBlocked, diagnosis.RefreshTokenRevoked)}, NotReproduced, ""},
		{"refused, and the cause only by an absence", observed{renewal: refresh, asked: refused, want: pressed, diagnoses: absent}, NotReproduced, ""},
		{"given, and gone on with", observed{renewal: refresh, asked: given, took: true, want: pressed, diagnoses: revoked}, NotReproduced, "got what it asked for"},
		{"given, and of somebody else", observed{renewal: frame, user: "auth0|ada", took: true, want: reloaded,
			asked: []appdrive.Ask{{Kind: appdrive.AskSilent, Answer: appdrive.Given, UserID: "auth0|grace", UserName: "grace@example.test"}}},
			CannotFail, "Those are tokens of grace@example.test, and somebody else had logged in to it."},
		{"lost by a reload, and not by the cause", observed{renewal: refresh, lost: true, want: pressed}, NotReproduced,
			"It loses them with every reload, whatever the tenant does: mockauth0 reproduce refresh-token-lost-on-reload shows that."},
		{"given, and refused by the app", observed{renewal: refresh, asked: given, want: pressed, diagnoses: revoked}, Reproduced, "did not go on"},
		{"another kind of app", observed{renewal: frame, asked: framed, took: true, want: pressed}, CannotFail, "This failure only happens to apps that renew with refresh tokens."},
		{"the same with nothing armed", observed{renewal: frame, asked: framed, took: true, want: pressed, unarmed: true}, NotReproduced, ""},
		{"nothing asked, and nothing tried but a reload", observed{renewal: refresh, want: reloaded}, "", ""},
		{"nothing asked at a press", observed{renewal: refresh, want: pressed, diagnoses: absent}, NotReproduced, "for nothing"},
		{"nothing asked, and the browser says why", observed{renewal: refresh, want: pressed, held: true, diagnoses: absent}, Reproduced, "did not reach"},
		{"nothing asked without a refresh token", observed{renewal: refresh, want: reloaded, without: true, diagnoses: absent}, Reproduced, "no refresh token"},
		{"an exchange failed before", observed{renewal: refresh, want: pressed, forgot: true, diagnoses: absent}, Reproduced, "had failed"},
		{"the scenario's own reload lost the tokens", observed{renewal: refresh, want: pressed, lost: true, diagnoses: absent}, Reproduced, "reloaded"},
		{"not answered yet", observed{renewal: refresh, want: pressed, diagnoses: revoked,
			asked: []appdrive.Ask{{Kind: appdrive.AskRefresh, Answer: appdrive.Pending}}}, Reproduced, "was not answered"},
	} {
		c.o.scenario = about()
		got := c.o.judge()
		if got.Is != c.want || !strings.Contains(got.Why, c.says) || (got.Cause != nil) != (c.want == Reproduced) {
			t.Errorf("%s: %q, %q, want %q", c.name, got.Is, got.Why, c.want)
		}
	}
}

func TestAnAppWithSomebodyElsesTokensIsWrongThoughItRenews(t *testing.T) {
	t.Parallel()
	s := about()
	s.Diagnosis, s.Expect = diagnosis.AnotherUsersSession, []scenario.Expectation{{SDKs: []string{"spa-js-2"}, Renews: true,
		User: "grace@example.test"}}
	o := observed{scenario: s, renewal: appdrive.FrameCode, user: "auth0|ada", took: true, want: appdrive.Want{Way: appdrive.Pressed},
		asked: []appdrive.Ask{{Kind: appdrive.AskSilent, Answer: appdrive.Given, UserID: "auth0|grace", UserName: "grace@example.test"}}}
	if got := o.judge(); got.Is != Reproduced || got.Cause.Code != diagnosis.AnotherUsersSession ||
		!strings.Contains(got.Cause.Evidence[0].Text, "grace@example.test") {
		t.Errorf("%+v", got)
	}
	o.asked[0].UserID = "auth0|ada"
	if got := o.judge(); got.Is == Reproduced {
		t.Errorf("with one's own tokens: %+v", got)
	}
}

func TestWhatAnOwnAppLacksIsKnownBeforeAnythingStarts(t *testing.T) {
	t.Parallel()
	app := App{URL: "http://localhost:5173/", Domain: "localhost:4443"}
	for _, c := range []struct {
		name   string
		change func(*scenario.Scenario)
		domain string
		needs  string
		cannot bool
	}{
		{"nothing", func(*scenario.Scenario) {}, "", "", false},
		{"another scope", func(s *scenario.Scenario) { s.Steps[0].Ask = map[string]string{"scope": "openid"} }, "", "another scope than the login", false},
		{"two SDKs", func(s *scenario.Scenario) { s.Browser.SecondSDK = "auth0-js-9" }, "", "two SDKs", false},
		{"the tutorial's silent page", func(s *scenario.Scenario) { s.Browser.SilentPage = scenario.PostsTwice }, "", "silent page", false},
		{"one site", func(s *scenario.Scenario) { s.Browser.Origin = scenario.SameSite }, "", "on one site", false},
		{"one site, which it is", func(s *scenario.Scenario) { s.Browser.Origin = scenario.SameSite }, "http://localhost:4443", "", false},
		{"third parties, on one site", func(s *scenario.Scenario) {
			s.Diagnosis, s.Browser.Cookies = diagnosis.ThirdPartyCookiesBlocked, scenario.CookiesBlocked
		}, "http://localhost:4443", "", true},
	} {
		s := about()
		s.Steps, s.Browser.Cookies = []scenario.Step{{Do: scenario.Renew}}, scenario.CookiesAllowed
		c.change(s)
		at := app
		if c.domain != "" {
			at.Domain = c.domain
		}
		needs, cannot := at.Needs(s)
		if (needs != nil) != (c.needs != "") || needs != nil && !strings.Contains(needs.Error(), c.needs) || (cannot != "") != c.cannot {
			t.Errorf("%s: %v, %q", c.name, needs, cannot)
		}
	}
}

func TestFaultsNameTheAppsOwnClientAndAPI(t *testing.T) {
	t.Parallel()
	source, err := Source()
	if err != nil {
		t.Fatal(err)
	}
	source.Files = fstest.MapFS{"one.yaml": {Data: []byte(`{id: one, title: t, symptom: s, cause: c, remedy: r, diagnosis: no_session,
read: "https://auth0.com/docs", expect: [{sdk: spa-js-2, renews: true}], steps: [{arm: {when: {client: Tutorial SPA}, do: {hang: true}}},
  renew],
faults: [{when: {client: TutorialSpaClient000000000000001}, do: {claims: {set:
  {aud: [TutorialSpaClient000000000000001, "https://api.example.test/"]}}}}]}`)}}
	s, err := source.Read("one")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{"TutorialSpaClient000000000000001": "Mine", "Tutorial SPA": "Mine",
		"https://api.example.test/": "https://mine.example/"}
	f, err := renamed(s.Faults[0], names)
	if err != nil {
		t.Fatal(err)
	}
	aud, _ := f.Do.Claims.Set["aud"].([]any)
	if f.When.Client != "Mine" || len(aud) != 2 || aud[0] != "Mine" || aud[1] != "https://mine.example/" {
		t.Errorf("%+v, %v", f.When, aud)
	}
	if f, err = renamed(s.Steps[0].Fault, names); err != nil || f.When.Client != "Mine" || !f.Do.Hang {
		t.Errorf("%+v, %v", f, err)
	}
}

// TestTheEndOfTheStoryIsWhatTheAppShows and never what the tenant knows: auth0-react goes on showing the person whose refresh token was
// refused.
func TestTheEndOfTheStoryIsWhatTheAppShows(t *testing.T) {
	t.Parallel()
	for state, want := range map[appdrive.State]string{
		{SignedIn: appdrive.Yes, By: appdrive.ByControls}:    "shows somebody signed in",
		{SignedIn: appdrive.No, By: appdrive.ByControls}:     "nobody is signed in",
		{SignedIn: appdrive.No, By: appdrive.ByText}:         "nobody is signed in",
		{SignedIn: appdrive.No, By: appdrive.ByTenant}:       "does not show whether somebody is signed in: name its control to log out",
		{SignedIn: appdrive.Yes, By: appdrive.ByTenant}:      "does not show whether",
		{SignedIn: appdrive.NotKnown, By: appdrive.ByTenant}: "does not show whether",
	} {
		if got := atTheEnd(state); !strings.Contains(got, want) {
			t.Errorf("%v: it says %q, want %q", state, got, want)
		}
	}
}

// TestTheStoryTellsEveryStep that changes something for the app, also those that it does not notice: the times of a story add up, and a
// reader sees what went wrong before the app asked.
func TestTheStoryTellsEveryStep(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		step scenario.Step
		says string
	}{
		{scenario.Step{Do: scenario.Sleep, For: 9 * time.Hour}, "The computer slept for 9h."},
		{scenario.Step{Do: scenario.Advance, For: 90*time.Minute + time.Second}, "1h30m1s passed."},
		{scenario.Step{Do: scenario.Advance, For: 30 * time.Second}, "30s passed."},
		{scenario.Step{Do: scenario.Skew, For: 2 * time.Hour}, "The computer's clock was set 2h ahead."},
		{scenario.Step{Do: scenario.RevokeTokens}, "The refresh tokens were revoked."},
		{scenario.Step{Do: scenario.Renew}, ""},
		{scenario.Step{Do: scenario.Reload}, ""},
	} {
		if got := happened(c.step); got != c.says {
			t.Errorf("%s: it says %q, want %q", c.step.Do, got, c.says)
		}
	}
	told := map[scenario.Verb]bool{ // where the app plays them, or because the app has no part in them
		scenario.Renew: true, scenario.Schedule: true, scenario.LogIn: true, scenario.LogOut: true, scenario.Reload: true, scenario.Restart: true,
		scenario.Message: true,
	}
	source, err := Source()
	if err != nil {
		t.Fatal(err)
	}
	all, err := source.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		for _, step := range s.Steps {
			if text := happened(step); (text == "") != told[step.Do] {
				t.Errorf("%s: of %s it says %q", s.ID, step.Do, text)
			}
		}
	}
}
