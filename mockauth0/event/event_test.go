package event_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"renewal.example/mockauth0/event"
)

// deferred counts how often its data are made.
type deferred struct{ made *int }

func (d deferred) Data() event.Data {
	*d.made++
	return &event.Clock{OffsetMS: 7200000}
}

func TestDataAreMadeOnce(t *testing.T) {
	n := 0
	e := event.Event{Kind: event.KindClock}.Later(deferred{&n})
	if n != 0 || e.Data != nil {
		t.Fatalf("made %d times before anybody read it: %v", n, e.Data)
	}
	e = e.Made().Made()
	if c, ok := e.Data.(*event.Clock); !ok || n != 1 || c.OffsetMS != 7200000 {
		t.Errorf("made %d times: %#v", n, e.Data)
	}
}

// TestJSONForm holds the types to the form that the control API has served since it exists.
func TestJSONForm(t *testing.T) {
	target := "https://app.example"
	for _, test := range []struct {
		data event.Data
		want string
	}{
		{&event.Request{Method: "GET", Path: "/authorize", Cookies: []string{}, Query: event.Query{"a": {"1"}, "b": {"2", "3"}}},
			`{"method":"GET","path":"/authorize","query":{"a":"1","b":["2","3"]},"cookies":[]}`},
		{&event.Request{Method: "GET"}, `{"method":"GET"}`},
		{&event.Request{Method: "GET", Unknown: event.Unknown{"state", event.CookieHeader}}, `{"method":"GET","unknown":["state","Cookie"]}`},
		{&event.Response{Status: 200, Unknown: event.Unknown{event.UnknownBody}}, `{"status":200,"unknown":["body"]}`},
		{&event.Response{Status: 200, Mode: "web_message", Target: &target, Posts: 1, Response: event.Members{"code": "(redacted)"}},
			`{"status":200,"mode":"web_message","to":"https://app.example","response":{"code":"(redacted)"},"posts":1}`},
		{&event.Response{Status: 400, Error: "invalid_request", ErrorText: "Unknown client: x", Note: "invalid_request: Unknown client: x (Check it.)"},
			`{"status":400,"error":"invalid_request","error_text":"Unknown client: x","note":"invalid_request: Unknown client: x (Check it.)"}`},
		{&event.Response{Status: 200, Unreadable: true}, `{"status":200,"readable":false}`},
		{&event.Response{Status: 200, KeyIDs: []string{}}, `{"status":200,"kids":[]}`},
		{&event.Session{Change: event.SessionNotUsable, Why: event.NoCookie}, `{"change":"not_usable","why":"no_cookie"}`},
		{&event.LogEntry{Error: "invalid_grant", Reason: event.RefreshReused, Cause: "it was replaced", Family: "f"},
			`{"error":"invalid_grant","reason":"reused","why":"it was replaced","family":"f"}`},
		{&event.Token{Token: event.IDToken, Alg: "none", Verifies: event.VerifiesByNone},
			`{"token":"id_token","alg":"none","kid":"","verifies":"nothing"}`},
		{&event.Response{Status: 200, Mode: "web_message", Target: &target},
			`{"status":200,"mode":"web_message","to":"https://app.example","posts":0}`},
		{&event.NoAnswer{Why: event.ClientGone, TookMS: 1500}, `{"why":"client_gone","took_ms":1500}`},
		{&event.Handshake{Failure: "bad certificate"}, `{"failure":"bad certificate"}`},
		{&event.Grant{Change: event.ConsentGiven, ID: "g", Scopes: []string{"openid"}}, `{"change":"given","grant":"g","scope":["openid"]}`},
		{&event.Fault{Change: event.FaultFired, ID: "fault-1", Name: "n", Fired: 1, Did: "status 500"},
			`{"change":"fired","fault":"fault-1","name":"n","fired":1,"did":"status 500"}`},
		{&event.Policy{Decision: event.AccessDenied, By: "the Action A", Text: "no"},
			`{"decision":"access_denied","by":"the Action A","text":"no"}`},
		{&event.Overflow{What: "login", Dropped: 512, Most: 4096}, `{"what":"login","dropped":512,"most":4096}`},
		{&event.Mail{To: "ada@example.test", Template: "reset_email", URL: "https://x"},
			`{"to":"ada@example.test","template":"reset_email","url":"https://x"}`},
		{&event.Clock{OffsetMS: 5}, `{"offset_ms":5,"frozen":false}`},
		{&event.Clock{OffsetMS: 5, ByMS: -7}, `{"offset_ms":5,"frozen":false,"by_ms":-7}`},
		{&event.Config{Change: event.KeyRotated, KeyID: "k"}, `{"change":"key_rotated","kid":"k"}`},
		{&event.RefreshToken{Change: event.RefreshTokenExpired, ID: "f", Why: event.IdleExpired},
			`{"change":"expired","family":"f","why":"idle_expired"}`},
		{&event.Gap{Missed: 3}, `{"missed":3}`},
	} {
		e := event.Event{Seq: 1, Date: time.Unix(0, 0).UTC(), Kind: test.data.Kind(), Data: test.data}
		raw, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if direct, err := e.MarshalJSON(); err != nil || string(direct) != string(raw) {
			t.Errorf("MarshalJSON: %s %v, and json.Marshal: %s", direct, err, raw)
		}
		var details struct{ Details json.RawMessage }
		if err := json.Unmarshal(raw, &details); err != nil || string(details.Details) != test.want {
			t.Errorf("%T: %s, want %s (%v)", test.data, details.Details, test.want, err)
		}
		var back event.Event
		if err := json.Unmarshal(raw, &back); err != nil || !reflect.DeepEqual(back, e) {
			t.Errorf("%T comes back as %#v, want %#v (%v)", test.data, back.Data, e.Data, err)
		}
	}
}

func TestDataOfAnUnknownKindAreDropped(t *testing.T) {
	var e event.Event
	if err := json.Unmarshal([]byte(`{"seq":4,"kind":"of a later version","details":{"a":1}}`), &e); err != nil ||
		e.Seq != 4 || e.Data != nil {
		t.Errorf("%#v, %v", e, err)
	}
}
