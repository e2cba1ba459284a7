package stage

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"renewal.example/fixtures"
	"renewal.example/mockauth0/scenario"
)

// two are a source with two scenarios of these settings, which expect the SDKs after them.
func two(t *testing.T, one, other string) scenario.Source {
	t.Helper()
	file := func(id, rest string) string {
		return "id: " + id + "\ntitle: t\nsymptom: s\ncause: c\nremedy: r\ndiagnosis: no_session\nread: https://auth0.com/docs\n" + rest
	}
	base, err := fixtures.Tenant("tutorial")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"one.yaml": {Data: []byte(file("one", one))}, "other.yaml": {Data: []byte(file("other", other))}}
	return scenario.Source{Files: files, Printed: "scenarios", Base: base}
}

const expectSome = "\nexpect: [{sdk: [spa-js-1, spa-js-2], error: login_required}]\n"

func TestBothFailuresHappenToOnePage(t *testing.T) {
	t.Parallel()
	source := two(t, `
tenant: {client: {web_origins: []}}
faults: [{do: {status: 429}}]
steps: [{advance: 1h}, {change: {mock: {consent_policy: classic}}}, renew, {advance: 2h}]`+expectSome, `
tenant: {tenant: {tenant: {session_lifetime: 5}}}
browser: {cookies: blocked, app_headers: {X-Test: "1"}}
faults: [{do: {hang: true}}]
steps: [end_sessions, {renew: {max_age: "60"}}]
expect: [{sdk: [spa-js-2, react-2], error: login_required, options: {leeway: 1}}]`)
	s, err := Pair(source, "one", "other")
	if err != nil {
		t.Fatal(err)
	}
	var verbs []scenario.Verb
	for _, step := range s.Steps {
		verbs = append(verbs, step.Do)
	}
	if want := []scenario.Verb{scenario.Advance, scenario.Change, scenario.EndSessions, scenario.Renew,
		scenario.Advance}; !slices.Equal(verbs, want) {
		t.Errorf("the steps are %v, not %v", verbs, want)
	}
	if ask := s.Steps[3].Ask; ask["max_age"] != "60" {
		t.Errorf("the renewal asks with %v", ask)
	}
	if last := s.Steps[len(s.Steps)-1].For; last <= time.Minute {
		t.Errorf("the renewal gets %s", last)
	}
	for when, tn := range map[string]interface{ lifetime() (time.Duration, int) }{
		"at first": settings{s, -1}, "after the change": settings{s, 1},
	} {
		if idle, origins := tn.lifetime(); idle != 5*time.Hour || origins != 0 {
			t.Errorf("%s sessions live %s, and there are %d web origins: not the settings of both", when, idle, origins)
		}
	}
	if len(s.Faults) != 2 || s.Browser.Cookies != scenario.CookiesBlocked || s.Browser.Headers["X-Test"] != "1" {
		t.Errorf("the faults are %v, the browser is %+v", s.Faults, s.Browser)
	}
	if sdks := s.SDKs(); !slices.Equal(sdks, []string{"spa-js-2"}) || s.For("spa-js-2").Options["leeway"] == nil {
		t.Errorf("it names %v, with the options %v", sdks, s.For("spa-js-2").Options)
	}
}

// settings are those of the tenant at first (-1), or after a step.
type settings struct {
	s    *scenario.Scenario
	step int
}

func (s settings) lifetime() (idle time.Duration, origins int) {
	tn := s.s.Tenant
	if s.step >= 0 {
		tn = s.s.Steps[s.step].Next
	}
	return tn.Settings.SessionLifetime, len(tn.Clients[0].WebOrigins)
}

func TestTwoThatDoNotGoTogether(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ one, other, says string }{
		"kinds of cookies": {"browser: {cookies: blocked}", "browser: {cookies: default}", "two kinds of cookies"},
		"clocks":           {"browser: {clock_ahead: 1h}", "browser: {clock_ahead: 2h}", "two clocks"},
		"headers":          {"browser: {csp: a}", "browser: {csp: b}", "two kinds of header Content-Security-Policy"},
		"people":           {"user: grace@example.test", "", "two people log in"},
		"parameters":       {`steps: [{renew: {max_age: "1"}}]`, `steps: [{renew: {max_age: "2"}}]`, "two values of max_age"},
		"tabs":             {"steps: [{browser: second_tab}, renew]", "steps: [{browser: second_tab}, renew]", "both open another tab"},
		"a broken one":     {"browser: {cookies: many}", "", "cookies is"},
	} {
		_, err := Pair(two(t, c.one+expectSome, c.other+expectSome), "one", "other")
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}
