package stage

import (
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/scenario"
	"renewal.example/web"
)

func TestDifferences(t *testing.T) {
	timeout := Outcome{
		Answered: true, Error: "timeout", Description: "Timeout at 12:00", Raw: map[string]any{
			"error": "timeout", "original": map[string]any{"n": 1.},
		}, After: time.Minute + time.Second, Requests: 2,
	}
	renewed := Outcome{Answered: true, Renewed: true, User: "ada@example.test", Value: map[string]any{"tokens": "…"}}
	junk := Outcome{Answered: true, Value: map[string]any{"type": "webpackOk", "n": 1.}}
	error := func(change func(*scenario.Expectation)) scenario.Expectation {
		e := scenario.Expectation{Error: "timeout", Description: "Timeout at …", After: time.Minute}
		if change != nil {
			change(&e)
		}
		return e
	}
	for _, tc := range []struct {
		name    string
		e       scenario.Expectation
		outcome Outcome
		want    string // a part of the only difference; "": none
	}{
		{"as stated", error(nil), timeout, ""},
		{"with members", error(func(e *scenario.Expectation) {
			e.Raw = map[string]any{"original": map[string]any{"n": 1.}, "code": nil}
			e.Requests = 2
		}), timeout, ""},
		{"another code", error(func(e *scenario.Expectation) { e.Error = "login_required" }), timeout, "should report the error login_required"},
		{"another text", error(func(e *scenario.Expectation) { e.Description = "Timeout at … o'clock" }), timeout, "the error's description"},
		{"another member", error(func(e *scenario.Expectation) { e.Raw = map[string]any{"code": "timeout"} }), timeout, `should have {"code":"timeout"}`},
		{"a bare string", error(func(e *scenario.Expectation) { e.Raw = "timeout" }), timeout, "the error should have"},
		{"too early", error(func(e *scenario.Expectation) { e.After = 2 * time.Minute }), timeout, "should report after 2m0s, but reported after 1m1s"},
		{"too late", error(func(e *scenario.Expectation) { e.After = 0 }), timeout, "should report after 0s"},
		{"more requests", error(func(e *scenario.Expectation) { e.Requests = 1 }), timeout, "1 requests for tokens should reach the tenant, but 2 did"},
		{"an error in place of a renewal", scenario.Expectation{Renews: true}, timeout, "should renew, but reported the error"},
		{"a renewal in place of an error", error(nil), renewed, "should report the error timeout, but reported a new token for ada"},
		{"a renewal", scenario.Expectation{Renews: true, User: "ada@example.test"}, renewed, ""},
		{"somebody else's", scenario.Expectation{Renews: true, User: "grace@example.test"}, renewed, "should be grace@example.test's, but is ada@example.test's"},
		{"a result that is none", scenario.Expectation{Value: map[string]any{"type": "webpackOk"}}, junk, ""},
		{"another result", scenario.Expectation{Value: map[string]any{"type": "other"}}, junk, "the result should have"},
		{"a token in place of such a result", scenario.Expectation{Value: map[string]any{}}, renewed, "should return {}"},
		{"a result in place of a token", scenario.Expectation{Renews: true}, junk, "should renew, but reported the result"},
		{"nothing", error(nil), Outcome{}, "but reported nothing; does it need more time"},
		{"hangs", scenario.Expectation{Hangs: true}, Outcome{}, ""},
		{"does not hang", scenario.Expectation{Hangs: true}, timeout, "should hang, but reported the error"},
	} {
		got := Differences(&tc.e, tc.outcome)
		if tc.want == "" && len(got) != 0 || tc.want != "" && (len(got) != 1 || !strings.Contains(got[0], tc.want)) {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestAlike(t *testing.T) {
	for _, tc := range []struct {
		have, want string
		alike      bool
	}{
		{"a", "a", true}, {"a", "b", false}, {"", "…", true}, {"at 12 or 13", "at … or …", true}, {"at 12", "at … or …", false},
		{"a b c", "a…c", true}, {"a b", "a…c", false}, {"ab", "ab…", true}, {"xab", "ab…", false}, {"aba", "ab…ba", false},
	} {
		if alike(tc.have, tc.want) != tc.alike {
			t.Errorf("%q and %q", tc.have, tc.want)
		}
	}
}

func TestEachSDKOfScenariosCanBePlayed(t *testing.T) {
	for _, id := range scenario.SDKs() {
		found, ok := sdk(id)
		if !ok || found.Package == "" || found.Driver == "" {
			t.Errorf("%s is %+v", id, found)
		}
	}
	if got := with(web.HostSDK{Options: map[string]any{"a": 1}}, map[string]any{"b": 2}).Options; len(got) != 2 {
		t.Errorf("options laid over others are %v", got)
	}
}
