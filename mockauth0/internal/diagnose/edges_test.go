package diagnose

import (
	"testing"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/names"
)

// sentAt is a moment between two whole seconds, as most are.
var sentAt = time.Unix(1_700_000_000, 970_000_000)

func codes(found []finding) (out []string) {
	for _, f := range found {
		out = append(out, string(f.code))
	}
	return out
}

// TestTokenTimesAreWholeSeconds: a token of one second that was made at .97 ends at .00, often before its answer is written.
func TestTokenTimesAreWholeSeconds(t *testing.T) {
	for _, tc := range []struct {
		name  string
		claim string
		at    int64 // seconds from the second in which it is sent
		want  string
	}{
		{"ends a second later", "exp", 1, ""},
		{"ends in the second in which it is sent", "exp", 0, ""},
		{"ended in the second before", "exp", -1, "token_expired_on_arrival"},
		{"issued in the same second", "iat", 0, ""},
		{"issued in the next second", "iat", 1, ""},
		{"issued two seconds later", "iat", 2, "token_from_the_future"},
		{"valid from the next second", "nbf", 1, ""},
		{"valid two seconds later", "nbf", 2, "token_from_the_future"},
	} {
		for _, part := range []time.Duration{-970 * time.Millisecond, 0, 29 * time.Millisecond} { // of the same second
			got := codes(lifetime(sentToken{ref{date: sentAt.Add(part)}, &event.Token{
				Token: event.AccessToken, Claims: event.Members{tc.claim: sentAt.Unix() + tc.at},
			}}))
			if (tc.want == "") != (len(got) == 0) || tc.want != "" && got[0] != tc.want {
				t.Errorf("%s, sent at %v: %q, want %q", tc.name, sentAt.Add(part), got, tc.want)
			}
		}
	}
}

// TestARenewalAtItsVeryEndIsInTime: one that is due now is not missing yet.
func TestARenewalAtItsVeryEndIsInTime(t *testing.T) {
	for _, tc := range []struct {
		after time.Duration // the end of the time in which it had to come
		want  int
	}{{-time.Nanosecond, 0}, {0, 0}, {time.Nanosecond, 1}} {
		g := New(nil)
		due := sentAt.Add(time.Minute)
		g.Expect(Expectation{ClientID: "app", Since: sentAt, By: due})
		g.Read(nil, due.Add(tc.after))
		if got := g.After(0); len(got) != tc.want {
			t.Errorf("%v after its end: %d diagnoses, want %d", tc.after, len(got), tc.want)
		}
	}
}

// TestAFailedHandshakeIsAnybodys: a port that somebody probes fails a handshake, too, while an app is offline.
func TestAFailedHandshakeIsAnybodys(t *testing.T) {
	g := New(nil)
	g.Read([]event.Event{{Seq: 1, Date: sentAt, Kind: event.KindHandshake, Data: &event.Handshake{Failure: "EOF"}}}, sentAt)
	g.Report(Report{ClientID: "app", Began: sentAt, Error: "Error", Text: "Failed to fetch"}, sentAt.Add(time.Second))
	got := g.After(0)
	if len(got) != 1 || len(got[0].Causes) != 2 {
		t.Fatalf("%+v", got)
	}
	for i, want := range []diagnosis.Code{diagnosis.TLSFailed, diagnosis.RequestNeverCame} {
		if c := got[0].Causes[i]; c.Code != want || c.Confidence != diagnosis.Likely {
			t.Errorf("cause %d is %s (%s), want %s (likely)", i, c.Code, c.Confidence, want)
		}
	}
}

// TestAClientThatWentAwayGaveUp: it began to wait before its request arrived.
func TestAClientThatWentAwayGaveUp(t *testing.T) {
	for _, tc := range []struct {
		took time.Duration
		want string
	}{
		{framePatience, "answer_late"},
		{framePatience - 20*time.Millisecond, "answer_late"},
		{framePatience - time.Second, ""}, // a page that was left
	} {
		x := newExchange("1")
		x.endpoint, x.began = names.Authorize, sentAt
		x.asked.Query = event.Query{"prompt": {"none"}, "response_type": {"token id_token"}}
		x.unanswered = noResponse{ref{seq: 2}, &event.NoAnswer{Why: event.ClientGone, TookMS: tc.took.Milliseconds()}}
		h := newHistory(RunningTenant)
		got := codes(noAnswer(&ruleInput{x, &h, unknownState{}, sentAt}))
		if (tc.want == "") != (len(got) == 0) || tc.want != "" && got[0] != tc.want {
			t.Errorf("after %v: %q, want %q", tc.took, got, tc.want)
		}
	}
}

// TestAnAppThatGaveUpInTimeTookNothingElseForTheAnswer: its patience is measured from before the request arrived.
func TestAnAppThatGaveUpInTimeTookNothingElseForTheAnswer(t *testing.T) {
	for _, tc := range []struct {
		waited time.Duration
		want   string
	}{
		{framePatience, "answer_late"},
		{framePatience - 20*time.Millisecond, "answer_late"},
		{framePatience - time.Second, "foreign_message"},
	} {
		x := newExchange("1")
		x.endpoint, x.began, x.asked.FetchDest = names.Authorize, sentAt, "iframe"
		got := codes(new(history).leftByTheApp(Report{Began: sentAt, Ended: sentAt.Add(tc.waited)}, x, diagnosis.Evidence{}))
		if len(got) == 0 || got[0] != tc.want {
			t.Errorf("after %v: %q, want %s first", tc.waited, got, tc.want)
		}
	}
}

// TestAnUnseenSessionAtItsEnd: a session that is 72 hours without use has ended, as has a login of 168 hours.
func TestAnUnseenSessionAtItsEnd(t *testing.T) {
	for _, tc := range []struct {
		name        string
		login, used time.Duration // before the refusal
		want        string
	}{
		{"in use", 71 * time.Hour, 71 * time.Hour, "third_party_cookies_blocked"},
		{"idle to the end", 72 * time.Hour, 72 * time.Hour, "session_idle_expired"},
		{"renewed to the end", 168 * time.Hour, time.Hour, "session_absolute_expired"},
	} {
		g := NewImport(TenantLog)
		seq := uint64(0)
		ask := func(at time.Time, prompt string, code event.LogCode, failed string) {
			id := string(code) + at.String()
			response := event.Members{}
			if failed != "" {
				response["error"] = failed
			}
			for _, e := range []event.Event{
				{Kind: event.KindRequest, Data: &event.Request{Query: event.Query{"prompt": {prompt}}}},
				{Kind: event.KindLog, Type: code, Data: &event.LogEntry{Error: failed}},
				{Kind: event.KindResponse, Data: &event.Response{Status: 302, Response: response}},
			} {
				seq++
				e.Seq, e.Date, e.Request, e.Endpoint, e.ClientID = seq, at, id, "authorize", "app"
				g.Read([]event.Event{e}, at)
			}
		}
		ask(sentAt.Add(-tc.login), "", "s", "")
		if tc.used != tc.login {
			ask(sentAt.Add(-tc.used), "none", "ssa", "")
		}
		ask(sentAt, "none", "fsa", "login_required")
		got := g.After(0)
		if len(got) != 1 || string(got[0].Causes[0].Code) != tc.want {
			t.Errorf("%s: %+v, want %s first", tc.name, got, tc.want)
		}
	}
}
