package reconstruct

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// entriesOf are those of a file.
func entriesOf(file map[string]any) []any { return file["log"].(map[string]any)["entries"].([]any) }

// keep leaves a file with some of its entries, in this order.
func keep(file map[string]any, at ...int) []any {
	all := entriesOf(file)
	kept := []any{}
	for _, i := range at {
		kept = append(kept, all[i])
	}
	file["log"].(map[string]any)["entries"] = kept
	return kept
}

// set changes the value of a header, in requests or answers; "" removes it.
func set(side any, name, value string) {
	m := side.(map[string]any)
	list := slices.DeleteFunc(m["headers"].([]any), func(pair any) bool { return pair.(map[string]any)["name"] == name })
	if value != "" {
		list = append(list, map[string]any{"name": name, "value": value})
	}
	m["headers"] = list
}

// refuses makes the answer of an entry that of a silent request that found nobody.
func refuses(entry any) {
	content := entry.(map[string]any)["response"].(map[string]any)["content"].(map[string]any)
	content["text"] = `<html><script>var targetOrigin = "https://app.acme.example"; var authorizationResponse = ` +
		`{type: "authorization_response", response: {"error":"login_required","error_description":"Login required",` +
		`"state":"state-of-second"}};</script></html>`
}

// unanswered takes the answer of an entry out, and says why none came.
func unanswered(entry any, failure string) {
	entry.(map[string]any)["response"] = map[string]any{
		"status": 0, "headers": []any{}, "cookies": []any{}, "redirectURL": "", "_error": failure, "content": map[string]any{},
	}
}

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

// Entries of healthy: the login ends at 3 and its code is exchanged at 4; the second silent request is 10, and 11 exchanges its code.
// TestRecordingsOfSeveralMindsAreReadWithCare: recordings are cut, joined and written by many programs. What follows from that
// is not said to have happened.
func TestRecordingsOfSeveralMindsAreReadWithCare(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(file map[string]any)
		want   []string
	}{
		"the cookies in two headers": {func(file map[string]any) {
			second := keep(file, 1, 2, 3, 4, 10)[4]
			refuses(second)
			request := second.(map[string]any)["request"].(map[string]any)
			set(request, "Cookie", "did=s%3Av0.bbbbbbbbbbbbbbbbbbbb")
			request["headers"] = append(request["headers"].([]any), map[string]any{"name": "cookie", "value": "auth0=s%3Av1.aaaaaaaaaaaaaaaaaaaa"})
		}, []string{"entry 5 silent: possible unexplained"}},
		"another browser's request": {func(file map[string]any) {
			second := keep(file, 1, 2, 3, 4, 10)[4]
			refuses(second)
			request := second.(map[string]any)["request"]
			set(request, "Cookie", "")
			set(request, "User-Agent", firefox)
			set(request, "Sec-Fetch-Site", "cross-site")
		}, []string{"entry 5 silent: likely no_session"}},
		"the logout of another browser": {func(file map[string]any) {
			all := keep(file, 1, 2, 3, 4, 12, 10)
			refuses(all[5])
			all[4].(map[string]any)["startedDateTime"] = "2026-11-20T09:30:00.000Z"
			set(all[4].(map[string]any)["request"], "User-Agent", firefox)
			set(all[5].(map[string]any)["request"], "Cookie", "did=s%3Av0.bbbbbbbbbbbbbbbbbbbb")
		}, []string{"entry 6 silent: likely no_session"}},
		"the logout of another tenant": {func(file map[string]any) {
			all := keep(file, 1, 2, 3, 4, 12, 10)
			refuses(all[5])
			all[4].(map[string]any)["startedDateTime"] = "2026-11-20T09:30:00.000Z"
			out := all[4].(map[string]any)["request"].(map[string]any)
			out["url"] = "https://redacted.invalid/v2/logout?client_id=OfAnother&returnTo=https://x.example"
			set(all[5].(map[string]any)["request"], "Cookie", "did=s%3Av0.bbbbbbbbbbbbbbbbbbbb")
		}, []string{"entry 6 silent: likely no_session"}},
		"keys and discovery that the browser had": {func(file map[string]any) {
			for _, entry := range keep(file, 1, 2, 3, 4, 6, 7, 0, 5)[6:] {
				entry.(map[string]any)["startedDateTime"] = "2026-11-20T09:10:02.000Z"
				response := entry.(map[string]any)["response"].(map[string]any)
				response["status"], response["content"] = 304, map[string]any{}
			}
		}, nil},
		"a request without a date": {func(file map[string]any) {
			second := keep(file, 1, 2, 3, 4, 10)[4]
			refuses(second)
			second.(map[string]any)["startedDateTime"] = ""
			set(second.(map[string]any)["request"], "Cookie", "")
			set(second.(map[string]any)["request"], "Sec-Fetch-Site", "cross-site")
		}, []string{"entry 5 silent: likely third_party_cookies_blocked possible no_session"}},
		"Firefox, whose cookies were left out": {func(file map[string]any) {
			for i, entry := range keep(file, 1, 2, 3, 4, 10) {
				m := entry.(map[string]any)
				set(m["request"], "Cookie", "")
				set(m["response"], "Set-Cookie", "")
				set(m["request"], "User-Agent", firefox)
				if i == 4 {
					refuses(entry)
					set(m["request"], "Sec-Fetch-Storage-Access", "none")
				}
			}
		}, []string{"entry 5 silent: likely third_party_cookies_blocked possible no_session"}},
		"a word in place of the cookies": {func(file map[string]any) {
			second := keep(file, 1, 2, 3, 4, 10)[4]
			refuses(second)
			set(second.(map[string]any)["request"], "Cookie", "x")
			set(second.(map[string]any)["request"], "Sec-Fetch-Site", "cross-site")
		}, []string{"entry 5 silent: possible third_party_cookies_blocked possible no_session"}},
		"a token request without its body": {func(file map[string]any) {
			renewal := entriesOf(file)[8].(map[string]any)
			delete(renewal["request"].(map[string]any), "postData")
			response := renewal["response"].(map[string]any)
			response["status"] = 403
			response["content"].(map[string]any)["text"] = `{"error":"invalid_grant","error_description":"Unknown or invalid refresh token."}`
		}, []string{"entry 9 refresh: possible refresh_token_expired possible refresh_token_revoked possible refresh_token_reused " +
			"possible refresh_token_unknown possible consent_withdrawn"}},
		"a silent request without its parameters": {func(file map[string]any) {
			second := entriesOf(file)[10]
			refuses(second)
			second.(map[string]any)["request"].(map[string]any)["url"] = "https://acme.eu.auth0.com/authorize"
		}, []string{"entry 11 silent: possible unexplained"}},
		"one state for all requests": {func(file map[string]any) {
			for _, entry := range entriesOf(file) {
				request := entry.(map[string]any)["request"].(map[string]any)
				request["url"] = withParameters(request["url"].(string), "mine", func(name string) bool { return name == "state" })
			}
		}, nil},
		"a page of a firewall": {func(file map[string]any) {
			response := entriesOf(file)[10].(map[string]any)["response"].(map[string]any)
			response["status"] = 403
			response["content"].(map[string]any)["text"] = "<html><title>Just a moment...</title></html>"
			renewal := entriesOf(file)[6].(map[string]any)["request"].(map[string]any)
			renewal["url"] = strings.Replace(renewal["url"].(string), "%2Fcb", "%2Fother", 1)
		}, []string{"entry 11 silent: likely error_page_in_frame"}},
		"two tabs at once": {func(file map[string]any) {
			all := keep(file, 1, 2, 3, 4, 6, 7, 10)
			all[6].(map[string]any)["startedDateTime"], all[4].(map[string]any)["time"] = "2026-11-20T09:10:00.010Z", 60
		}, nil},
		"an answer that took 65 seconds": {func(file map[string]any) {
			entriesOf(file)[10].(map[string]any)["time"] = 65000
		}, []string{"entry 11 silent: possible answer_late"}},
		"a page that was left":   {func(file map[string]any) { unanswered(entriesOf(file)[10], "net::ERR_ABORTED") }, nil},
		"keys that it left, too": {func(file map[string]any) { unanswered(entriesOf(file)[5], "NS_BINDING_ABORTED") }, nil},
		"an extension": {func(file map[string]any) { unanswered(entriesOf(file)[10], "net::ERR_BLOCKED_BY_CLIENT") },
			[]string{"entry 11 silent: certain request_never_came"}},
		"a content security policy": {func(file map[string]any) { unanswered(entriesOf(file)[10], "net::ERR_BLOCKED_BY_CSP") },
			[]string{"entry 11 silent: certain request_never_came"}},
		"no network": {func(file map[string]any) { unanswered(entriesOf(file)[8], "net::ERR_INTERNET_DISCONNECTED") },
			[]string{"entry 9 refresh: certain request_never_came"}},
		"no trust": {func(file map[string]any) { unanswered(entriesOf(file)[10], "net::ERR_CERT_AUTHORITY_INVALID") },
			[]string{"entry 11 silent: certain tls_failed"}},
		"a connection that broke": {func(file map[string]any) { unanswered(entriesOf(file)[8], "net::ERR_CONNECTION_RESET") },
			[]string{"entry 9 refresh: certain connection_cut possible answer_lost"}},
		"nothing, and no word of why": {func(file map[string]any) { unanswered(entriesOf(file)[10], "") },
			[]string{"entry 11 silent: possible request_never_came possible connection_cut possible answer_late"}},
	} {
		t.Run(name, func(t *testing.T) {
			file := copied(t, healthy())
			tc.change(file)
			text, err := json.Marshal(file)
			if err != nil {
				t.Fatal(err)
			}
			a, _ := analysedHAR(t, text)
			if got := said(a); !slices.Equal(got, tc.want) {
				t.Errorf("%q, want %q", got, tc.want)
				for _, f := range a.Failures {
					if f.Diagnosis != nil {
						t.Logf("%+v", f.Diagnosis.Causes)
					}
				}
			}
		})
	}
}

// TestACodeOfALoginIsNotTheFrames: a silent answer without its body is not taken for a success since a login in another tab brought a code.
func TestACodeOfALoginIsNotTheFrames(t *testing.T) {
	file := copied(t, healthy())
	all := keep(file, 1, 2, 3, 4, 10)
	silent := all[4].(map[string]any)
	silent["startedDateTime"] = "2026-11-20T09:00:20.500Z"
	silent["response"].(map[string]any)["content"] = map[string]any{}
	text, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := analysedHAR(t, text)
	if len(a.Unknown) != 1 || !strings.Contains(a.Unknown[0].Outcome, "No code was exchanged after it") {
		t.Errorf("failures %q, unknown %+v", said(a), a.Unknown)
	}
}

// TestRecordsOfOneMomentKeepTheirOrder: exports have the newest record first. Those of one second are in that order, too.
func TestRecordsOfOneMomentKeepTheirOrder(t *testing.T) {
	login, logout, silent := record(1, "s", ada, inOne), record(9, "slo", ada, inOne), record(9, "fsa", refused)
	down := analysedLog(t, silent+logout+login)
	up := analysedLog(t, login+logout+silent)
	want := "possible renewal_after_logout"
	for name, a := range map[string]*Analysis{"the newest first": down, "the oldest first": up} {
		if got := said(a); len(got) != 1 || !strings.Contains(got[0], want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	after := analysedLog(t, logout+silent+login)
	if got := said(after); len(got) != 1 || strings.Contains(got[0], "logout") {
		t.Errorf("the logout came after it, and yet: %q", got)
	}
}

// TestALogOfTwoTenants: a session is one tenant's, and a logout from another does not end it.
func TestALogOfTwoTenants(t *testing.T) {
	elsewhere := strings.Replace(record(5, "slo", ofOther), "acme.us.auth0.com", "shop.us.auth0.com", 1)
	a := analysedLog(t, record(1, "s", ada, inOne)+elsewhere+record(9, "fsa", refused))
	if got := said(a); len(got) != 1 || strings.Contains(got[0], "logged_out") {
		t.Errorf("%q", got)
	}
	const want = "a session of this application was last seen in use"
	if text := a.Failures[0].Diagnosis.Causes[0].Evidence[1].Text; !strings.HasPrefix(text, want) {
		t.Errorf("nothing says whose session it was: %q", text)
	}
}
