package reconstruct

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/recording"
	"renewal.example/mockauth0/internal/tenantlog"
)

// first are the codes that an analysis names first, by the place of the failure.
func first(a *Analysis) (out []string) {
	for _, f := range a.Failures {
		code := diagnosis.Code("-")
		if f.Diagnosis != nil {
			code = f.Diagnosis.Causes[0].Code
		}
		out = append(out, fmt.Sprintf("%s: %s", f.Place, code))
	}
	return out
}

// The rules that judge a running tenant name the cause of each recorded failure, and nothing else.
func TestEachRecordedFailureIsDiagnosed(t *testing.T) {
	all := recordings(t)
	for name, want := range map[string][]string{
		"chrome-cookies-blocked.har":      {"entry 6: third_party_cookies_blocked"},
		"chrome-sanitized-web-origin.har": {"entry 2: web_origin_missing"},
		"chrome-without-bodies.har":       {"entry 4: third_party_cookies_blocked"},
		"firefox-refresh-reuse.har":       {"entry 2: refresh_token_reused", "entry 3: refresh_token_reused"},
		"playwright-custom-domain.har":    {"entry 3: consent_missing", "entry 4: connection_cut", "entry 5: -"},
		"charles-rate-limited.har":        {"entry 2: rate_limited"},
		"logs.ndjson":                     {"line 4: session_idle_expired", "line 6: refresh_token_reused", "line 7: refresh_token_reused", "line 8: callback_mismatch"},
	} {
		a, err := Analyse(all[name], name, stock(t))
		if err != nil {
			t.Fatal(name, err)
		}
		if got := first(a); !slices.Equal(got, want) {
			t.Errorf("%s: diagnosed %q, want %q", name, got, want)
		}
	}
}

// What one record says is not said of another, however many are on a line: json.dump and curl write a list on one.
func TestRecordsOfOneLineAreKeptApart(t *testing.T) {
	records := []string{
		`{"date":"2026-11-20T08:00:16.000Z","type":"s","description":"Successful login","client_id":"ShopSpa","user_id":"auth0|jane","log_id":"1"}`,
		`{"date":"2026-11-20T08:10:16.000Z","type":"fsa","description":"Login required","client_id":"ShopSpa","log_id":"2","details":{"error":{"message":"Login required","oauthError":"login_required"}}}`,
		`{"date":"2026-11-20T08:20:16.000Z","type":"ferrt","description":"Unknown or invalid refresh token.","client_id":"ShopSpa","user_id":"auth0|jane","log_id":"3"}`,
	}
	for _, tc := range []struct {
		name, text, unit string
	}{
		{"one a line", strings.Join(records, "\n"), "line"},
		{"a list over lines", "[" + strings.Join(records, ",\n") + "]", "line"},
		{"a list on one line", "[" + strings.Join(records, ",") + "]", "record"},
		{"a page of a list on one line", `{"start":0,"logs":[` + strings.Join(records, ", ") + `]}`, "record"},
		{"two on one line, one on the next", "[" + records[0] + "," + records[1] + ",\n" + records[2] + "]", "record"},
	} {
		rec, err := tenantlog.Read(strings.NewReader(tc.text), recording.NewRedactor())
		if err != nil {
			t.Fatal(tc.name, err)
		}
		a, err := Analyse(rec, tc.name, stock(t))
		if err != nil {
			t.Fatal(tc.name, err)
		}
		if got, want := first(a),
			[]string{tc.unit + " 2: third_party_cookies_blocked", tc.unit + " 3: refresh_token_reused"}; !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", tc.name, got, want)
		}
	}
}

// A login, renewals that work and a logout need no diagnosis; a token that no SDK takes does, although the tenant sent it.
func TestOnlyWhatIsWrongIsDiagnosed(t *testing.T) {
	nine := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	renewal := func(n int, nonce string) *recording.Exchange {
		state := fmt.Sprintf("state-%d", n)
		at := nine.Add(time.Duration(n) * time.Hour)
		return &recording.Exchange{Place: n, Start: at, Took: 200 * time.Millisecond, Host: "acme.auth0.com", Endpoint: "authorize",
			Method: "GET", Path: "/authorize",
			Request: recording.Request{CookiesKnown: true, Cookies: []string{"auth0", "did"}, Dest: "iframe", Mode: "navigate", Site: "same-site",
				Browser: "Chrome/131", SDK: "auth0.js", Version: "9.32.0", Referer: "https://app.acme.example", Params: map[string]string{
					"client_id": "c", "prompt": "none", "response_type": "token id_token", "response_mode": "web_message", "state": state,
					"nonce": fmt.Sprintf("nonce-%d", n), "redirect_uri": "https://app.acme.example/cb", "scope": "openid",
				}},
			Response: recording.Response{Known: true, Status: 200, BodyKnown: true, Granted: []string{"access_token", "id_token"}, State: state,
				HasState: true, Target: "https://app.acme.example", Expires: 2 * time.Hour, Cookies: []string{"auth0"},
				Tokens: []recording.Token{{
					Kind: "id_token", Alg: "RS256", Kid: "kid-1", Issuer: "https://acme.auth0.com/", Audience: []string{"c"}, Issued: at,
					Until: at.Add(10 * time.Hour), Nonce: nonce, Subject: "auth0|person-1",
				}}}}
	}
	healthy := &recording.Recording{
		Kind: "HAR", Exchanges: []*recording.Exchange{renewal(1, "nonce-1"), renewal(2, "nonce-2"), renewal(3, "nonce-3")},
	}
	a, err := Analyse(healthy, "it", stock(t))
	if err != nil || len(a.Failures) != 0 {
		t.Errorf("healthy renewals: %q, %v", first(a), err)
	}
	replayed := &recording.Recording{Kind: "HAR", Exchanges: []*recording.Exchange{renewal(1, "nonce-1"), renewal(2, "nonce-1")}}
	if a, err = Analyse(replayed, "it", stock(t)); err != nil || !slices.Equal(first(a), []string{"entry 2: nonce_wrong"}) {
		t.Errorf("a replayed token: %q, %v", first(a), err)
	}
}

// A failure that happened more often than its places are listed is listed with the last of them.
func TestAFailureIsToldWithTheLastPlaceWhereItHappened(t *testing.T) {
	rec := &recording.Recording{Kind: "HAR"}
	for n := range most + 20 {
		rec.Exchanges = append(rec.Exchanges,
			&recording.Exchange{Place: n + 1, Host: "acme.auth0.com", Endpoint: "token", Method: "POST", Path: "/oauth/token",
				Request:  recording.Request{Params: map[string]string{"client_id": "c", "grant_type": "refresh_token"}},
				Response: recording.Response{Known: true, Status: 503}})
	}
	a, err := Analyse(rec, "it", stock(t))
	if err != nil || len(a.Failures) != 1 {
		t.Fatal(first(a), err)
	}
	if f := a.Failures[0]; f.Times != most+20 || len(f.Others) != most || f.Last != fmt.Sprintf("entry %d", most+20) {
		t.Errorf("%d times, %d other places, the last %s", f.Times, len(f.Others), f.Last)
	}
}
