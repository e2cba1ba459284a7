package reconstruct

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/explain"
	"renewal.example/mockauth0/internal/recording"
	"renewal.example/mockauth0/internal/tenantlog"
)

// analysedLog is what the text of a tenant's log tells.
func analysedLog(t *testing.T, text string) *Analysis {
	t.Helper()
	rec, err := tenantlog.Read(strings.NewReader(text), recording.NewRedactor())
	if err != nil {
		t.Fatal(err)
	}
	a, err := Analyse(rec, "it", stock(t))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func testdata(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// said are the failures of an analysis, with all their causes.
func said(a *Analysis) (out []string) {
	for _, f := range a.Failures {
		line := f.Place + " " + f.Kind + ":"
		if f.Diagnosis == nil {
			line += " -"
		} else {
			for _, c := range f.Diagnosis.Causes {
				line += fmt.Sprintf(" %s %s", c.Confidence, c.Code)
			}
		}
		out = append(out, line)
	}
	return out
}

// record is one of a log, of the minute n; more are members that are JSON.
func record(n int, kind string, more ...string) string {
	all := append([]string{fmt.Sprintf(`"date":"2026-07-01T09:%02d:00.000Z","type":%q`, n, kind)}, more...)
	if !slices.ContainsFunc(more, func(m string) bool { return strings.HasPrefix(m, `"client_id"`) }) {
		all = append(all, `"client_id":"ShopSpa"`)
	}
	return "{" + strings.Join(append(all, `"user_agent":"Chrome 120.0.0 / Windows 10.0.0"`, `"hostname":"acme.us.auth0.com"`), ",") + "}\n"
}

const (
	ada     = `"user_id":"auth0|ada"`
	bob     = `"user_id":"auth0|bob"`
	inOne   = `"details":{"session_id":"session-number-one"}`
	inTwo   = `"details":{"session_id":"session-number-two"}`
	ofOther = `"client_id":"OtherApp","client_name":"Other"`
	refused = `"description":"Login required","details":{"qs":{"prompt":"none","response_mode":"web_message"},"error":{"oauthError":"login_required","message":"Login required"}}`
	unknown = `"description":"Unknown or invalid refresh token."`
)

// A logout between the last use of the session and the silent request comes first, in whatever detail the records name it. What it is
// not known to have ended is no more than possible: browsers have one name in a log.
func TestALogoutBeforeASilentRequestIsWeighed(t *testing.T) {
	const (
		blocked  = " possible third_party_cookies_blocked"
		none     = " possible no_session"
		fromApp  = "silent: possible renewal_after_logout" + blocked + none
		fromElse = "silent: possible logged_out" + blocked + none
		without  = "silent:" + blocked + none
	)
	login, used := record(1, "s", ada, inOne), record(2, "ssa", ada, inOne)
	for _, tc := range []struct {
		name, log, want string
	}{
		{"session and person", login + used + record(3, "slo", ada, inOne) + record(4, "fsa", ada, refused), "line 4 " + fromApp},
		{"person only", login + used + record(3, "slo", ada) + record(4, "fsa", refused), "line 4 " + fromApp},
		{"neither", login + used + record(3, "slo") + record(4, "fsa", refused), "line 4 " + fromApp},
		{"session only", login + used + record(3, "slo", inOne) + record(4, "fsa", refused), "line 4 " + fromApp},
		{"another app's", login + used + record(3, "slo", ada, inOne, ofOther) + record(4, "fsa", refused), "line 4 " + fromElse},
		{"no app's", login + used + record(3, "slo", ada, inOne, `"client_id":""`) + record(4, "fsa", refused), "line 4 " + fromElse},
		{"the log begins after the login", record(3, "slo", ada, inOne) + record(4, "fsa", refused), "line 2 " + fromApp},
		{"it failed", login + used + record(3, "flo", ada, inOne, `"description":"The returnTo is not allowed"`) + record(4, "fsa", refused), "line 4 " + fromApp},
		{"another session", login + used + record(3, "slo", ada, inTwo) + record(4, "fsa", refused), "line 4 " + without},
		{"another person's", login + used + record(3, "slo", bob) + record(4, "fsa", refused), "line 4 " + without},
		{"another browser's", login + used + strings.Replace(record(3, "slo", ada), "Chrome 120", "Firefox 120", 1) + record(4, "fsa", refused), "line 4 " + without},
		{"of somebody taken out", login + used + record(3, "slo", `"user_id":"[REDACTED]"`) + record(4, "fsa", `"user_id":"[REDACTED]"`, refused), "line 4 " + fromApp},
		{"of sessions taken out", login + used + record(3, "slo", bob, `"details":{"session_id":"REDACTED"}`) + record(4, "fsa", refused), "line 4 " + without},
		{"a login after it", login + record(2, "slo", ada, inOne) + record(3, "s", ada, inTwo) + record(4, "fsa", refused), "line 4 " + without},
	} {
		got := said(analysedLog(t, tc.log))
		if tc.name == "it failed" {
			got = got[1:] // the logout itself
		}
		if !slices.Equal(got, []string{tc.want}) {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
	a := analysedLog(t, testdata(t, "logout-then-silent.ndjson"))
	if got := said(a); !slices.Equal(got, []string{"line 4 " + fromApp}) {
		t.Fatalf("the file: %q", got)
	}
	if evidence := a.Failures[0].Diagnosis.Causes[0].Evidence[0].Text; !strings.Contains(evidence, "[line 3]") {
		t.Errorf("evidence %q", evidence)
	}
}

// Auth0 does not say why it refuses a refresh token: the causes are those that explain lists, and what the log tells of the same
// person and application before comes first.
func TestARefusedRefreshTokenGetsTheCausesThatExplainLists(t *testing.T) {
	want, _ := explain.Of("Unknown or invalid refresh token.")
	for _, text := range []string{testdata(t, "refresh-refused.json"), record(1, "fertft", unknown)} {
		var got []diagnosis.Code
		a := analysedLog(t, text)
		for _, c := range a.Failures[0].Diagnosis.Causes {
			if got = append(got, c.Code); c.Confidence != diagnosis.Possible {
				t.Errorf("%s is %s", c.Code, c.Confidence)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("causes %q, explain lists %q", got, want)
		}
	}
	for _, tc := range []struct {
		name, before string
		want         diagnosis.Code
	}{
		{"a reuse", record(1, "ferrt", ada, `"details":{"familyId":"family-number-one"}`), diagnosis.RefreshTokenReused},
		{"a revocation", record(1, "srrt", ada), diagnosis.RefreshTokenRevoked},
		{"too many", record(1, "resource_cleanup", ada), diagnosis.RefreshTokenRevoked},
		{"a long time", strings.Replace(record(1, "sertft", ada), "2026-07", "2026-05", 1), diagnosis.RefreshTokenExpired},
		{"a long time and a revocation", strings.Replace(record(1, "srrt", ada), "2026-07", "2026-05", 1), diagnosis.RefreshTokenRevoked},
		{"a reuse by somebody else", record(1, "ferrt", bob), diagnosis.RefreshTokenExpired},
		{"a reuse of somebody unknown", record(1, "ferrt"), diagnosis.RefreshTokenExpired},
		{"another app's", record(1, "ferrt", ada, ofOther), diagnosis.RefreshTokenExpired},
	} {
		a := analysedLog(t, tc.before+record(2, "fertft", ada, unknown))
		f := a.Failures[len(a.Failures)-1]
		if c := f.Diagnosis.Causes; f.Place != "line 2" || len(c) != 5 || c[0].Code != tc.want || c[0].Confidence != diagnosis.Possible ||
			strings.HasPrefix(tc.name, "a long") && len(c[0].Evidence) != 2 {
			t.Errorf("%s: %q", tc.name, said(a))
		}
	}
	a := analysedLog(t, record(1, "ferrt", ada, `"details":{"familyId":"family-number-one"}`)+
		record(2, "fertft", ada, unknown, `"details":{"familyId":"family-number-one"}`))
	if got := a.Failures[1].Diagnosis.Causes[0]; got.Code != diagnosis.RefreshTokenReused || got.Confidence != diagnosis.Certain {
		t.Errorf("of one family: %q", said(a))
	}
}

// Each type of record is taken for what it is: what is no renewal counts as none, and what did not fail is no failure.
func TestEachTypeIsTakenForWhatItIs(t *testing.T) {
	for _, tc := range []struct {
		log      string
		want     string
		silent   recording.Tally
		refreshs recording.Tally
	}{
		{record(1, "fco", ada, `"description":"Origin https://app.acme.example is not allowed"`), "line 1 token: likely cors_missing", recording.Tally{}, recording.Tally{}},
		{record(1, "fco", `"details":{"origin":"https://app.acme.example"}`), "line 1 token: likely cors_missing", recording.Tally{}, recording.Tally{}},
		{record(1, "fcoa", ada, `"description":"Unable to verify the cookie","details":{"origin":"https://app.acme.example"}`), "line 1 co.authenticate: -", recording.Tally{}, recording.Tally{}},
		{record(1, "w", ada, `"description":"You are using Auth0 development keys"`), "", recording.Tally{}, recording.Tally{}},
		{record(1, "mfar", ada), "", recording.Tally{}, recording.Tally{}},
		{record(1, "resource_cleanup", ada), "", recording.Tally{}, recording.Tally{}},
		{record(1, "limit_wc", `"description":"User (ada@acme.example) attempted 10 consecutive logins unsuccessfully."`), "line 1 login: -", recording.Tally{}, recording.Tally{}},
		{record(1, "limit_mu"), "line 1 login: -", recording.Tally{}, recording.Tally{}},
		{record(1, "limit_sul"), "line 1 login: -", recording.Tally{}, recording.Tally{}},
		{record(1, "api_limit", `"description":"You passed the limit of allowed calls to /oauth/token with the hash of user"`), "line 1 token: certain rate_limited", recording.Tally{}, recording.Tally{}},
		{record(1, "api_limit", `"description":"You passed the limit of allowed calls to /api/v2/users"`), "line 1 management: -", recording.Tally{}, recording.Tally{}},
		{record(1, "f", ada, `"description":"Login required","details":{"qs":{"prompt":"none"}}`), "line 1 silent: possible no_session possible third_party_cookies_blocked", recording.Tally{All: 1, Failed: 1}, recording.Tally{}},
		{record(1, "f", ada, `"description":"user is blocked","details":{"qs":{"prompt":"none","response_type":"code"},"error":{"oauthError":"unauthorized","message":"user is blocked"}}`), "line 1 silent: certain user_blocked", recording.Tally{All: 1, Failed: 1}, recording.Tally{}},
		{record(1, "f", ada, `"description":"user is blocked","details":{"qs":{"prompt":"login"}}`), "line 1 login: -", recording.Tally{}, recording.Tally{}},
		{record(1, "flo", ada, `"description":"The \"returnTo\" querystring parameter is not allowed"`), "line 1 logout: -", recording.Tally{}, recording.Tally{}},
		{record(1, "sertft", ada), "", recording.Tally{}, recording.Tally{All: 1}},
		{record(1, "ssa", ada, inOne), "", recording.Tally{All: 1}, recording.Tally{}},
		{record(1, "srrt", ada), "", recording.Tally{}, recording.Tally{}},
		{record(1, "s", ada, inOne) + record(2, "ssa", bob, inTwo), "", recording.Tally{All: 1}, recording.Tally{}}, // two people, one name of a browser
	} {
		a := analysedLog(t, tc.log)
		if got := strings.Join(said(a), "\n"); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.log, got, tc.want)
		}
		for _, c := range a.Tenant.Clients {
			if c.Silent != tc.silent || c.Refresh != tc.refreshs {
				t.Errorf("%s: silent %+v, refresh %+v", tc.log, c.Silent, c.Refresh)
			}
		}
	}
}

// The order of records is that of their times, in whatever zone they are written.
func TestTimeZonesAreTakenIntoAccount(t *testing.T) {
	at := func(date string, record string) string {
		return strings.Replace(record, "2026-07-01T09:00:00.000Z", date, 1)
	}
	a := analysedLog(t, at("2026-07-01T10:04:00.000+0100", record(0, "fsa", refused))+at("20260701T110300+02", record(0, "slo", ada, inOne))+
		at("2026-07-01 09:02:00", record(0, "ssa", ada, inOne)))
	if got := said(a); !slices.Equal(got, []string{"line 1 silent: possible renewal_after_logout possible third_party_cookies_blocked " +
		"possible no_session"}) ||
		!a.Failures[0].At.Equal(time.Date(2026, 7, 1, 9, 4, 0, 0, time.UTC)) {
		t.Errorf("%q at %s", got, a.Failures[0].At)
	}
}

// The warning of developer keys is about whoever logged in with them, and not about everybody who uses the application.
func TestAWarningOfDeveloperKeysIsOfWhomItNames(t *testing.T) {
	const warned = `"description":"Warning: the connection uses Auth0 development keys"`
	const cookies, none = " possible third_party_cookies_blocked", " possible no_session"
	login := record(2, "s", ada)
	for _, tc := range []struct{ name, log, want string }{
		{"this person's", record(1, "w", ada, warned) + login + record(3, "fsa", refused), "line 3 silent: possible dev_keys" + cookies},
		{"nobody's", record(1, "w", warned) + login + record(3, "fsa", refused), "line 3 silent: possible dev_keys" + cookies},
		{"another person's", record(1, "w", bob, warned) + login + record(3, "fsa", refused), "line 3 silent:" + cookies + none},
		{"another browser's", strings.Replace(record(1, "w", warned), "Chrome 120", "Firefox 120", 1) + login + record(3, "fsa", refused),
			"line 3 silent:" + cookies + none},
	} {
		if got := said(analysedLog(t, tc.log)); !slices.Equal(got, []string{tc.want}) {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}
