package scenario_test

import (
	"reflect"
	"strings"
	"testing"

	"renewal.example/mockauth0/scenario"
)

// with reads a scenario that has these steps.
func with(t *testing.T, steps string) (*scenario.Scenario, error) {
	t.Helper()
	text := "id: one\ntitle: t\nsymptom: s\ncause: c\nremedy: r\ndiagnosis: no_session\nread: https://auth0.com/docs\n" +
		"steps:\n" + steps + "\nexpect: [{sdk: spa-js-2, renews: true}]\n"
	return source(t, map[string]string{"one.yaml": text}).Read("one")
}

func TestStepsThatNameATabOrAPersonOrARequest(t *testing.T) {
	t.Parallel()
	s, err := with(t, `
  - browser: second_tab
  - log_out: second_tab
  - log_in: {tab: second_tab, user: grace@example.test}
  - log_out
  - log_in
  - renew: {scope: openid read:profile, audience: "https://other.example.test/"}
  - renew: second_tab`)
	if err != nil {
		t.Fatal(err)
	}
	want := []scenario.Step{
		{Do: scenario.SecondTab},
		{Do: scenario.LogOut, Of: scenario.InSecond},
		{Do: scenario.LogIn, Of: scenario.InSecond, Who: "grace@example.test"},
		{Do: scenario.LogOut},
		{Do: scenario.LogIn, Who: "ada@example.test"},
		{Do: scenario.Renew, Ask: map[string]string{"audience": "https://other.example.test/", "scope": "openid read:profile"}},
		{Do: scenario.Renew, Of: scenario.InSecond},
	}
	if !reflect.DeepEqual(s.Steps, want) {
		t.Errorf("the steps are\n%+v\nnot\n%+v", s.Steps, want)
	}
}

func TestStepsThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ steps, says string }{
		"a stranger logs in":           {"  - log_in: {user: nobody@example.test}\n  - renew", "user is"},
		"in a tab that never is":       {"  - log_in: {tab: third_tab}\n  - renew", "tab is"},
		"in a tab that is not yet":     {"  - log_in: {tab: second_tab}\n  - renew", "log_in in the second tab comes before there is one"},
		"a login that is a word":       {"  - log_in: grace\n  - renew", "expected log_in, or log_in: {user: "},
		"a logout of a person":         {"  - log_out: ada@example.test\n  - renew", "expected second_tab, or log_out alone"},
		"a logout in no tab":           {"  - log_out: second_tab\n  - renew", "log_out in the second tab comes before there is one"},
		"a renewal that asks nothing":  {"  - renew: {}", "renew asks for nothing"},
		"a renewal that asks anything": {"  - renew: {scopes: openid}", "scopes"},
		"a renewal in no tab":          {"  - renew\n  - renew: second_tab", "renew in the second tab comes before there is one"},
	} {
		_, err := with(t, c.steps)
		if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "one.yaml:") {
			t.Errorf("%s: the problem should say %q with its place, and is:\n%v", name, c.says, err)
		}
	}
}
