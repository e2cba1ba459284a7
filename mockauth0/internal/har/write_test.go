package har

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/recording"
)

func sample() []event.Event {
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	base := event.Event{Date: at.Add(time.Hour), Wall: at, Request: "aa", Endpoint: "authorize", ClientID: "TutorialSpaClient000000000000001"}
	with := func(code event.LogCode, description string, after time.Duration, d event.Data) event.Event {
		e := base
		e.Kind, e.Type, e.Description, e.Wall, e.Data = d.Kind(), code, description, at.Add(after), d
		return e
	}
	lost := with("", "", time.Second, &event.Request{Method: "GET", Path: "/userinfo", Cookies: []string{}})
	lost.Request, lost.Endpoint, lost.ClientID = "bb", "userinfo", ""
	cut := with("", "the connection was cut", 2*time.Second, &event.NoAnswer{Why: event.ConnectionCut})
	cut.Request = "bb"
	app := "http://localhost:5000"
	return []event.Event{
		{Kind: event.KindConfig},
		with("", "", 0, &event.Request{
			Method: "GET", Path: "/authorize", Cookies: []string{"auth0", "did"}, FetchDest: "iframe", Origin: app,
			Query: event.Query{"client_id": {"TutorialSpaClient000000000000001"}, "response_type": {"code"}, "prompt": {"none"},
				"response_mode": {"web_message"}, "state": {"s1"}, "redirect_uri": {app + "/callback"}, "scope": {"openid", "x"}},
		}),
		with(event.FailedSilentAuth, "Login required", time.Millisecond, &event.LogEntry{Error: "login_required"}),
		with("", "OK", 5*time.Millisecond, &event.Response{
			Status: 200, ContentType: "text/html", SetCookies: []string{"did"}, Mode: "web_message", Target: &app, Posts: 1,
			Response: event.Members{"error": "login_required", "error_description": "Login required", "state": "s1"},
		}),
		lost, cut,
	}
}

// What is written is HAR 1.2, and this package reads it back as the same exchanges. The events may have come over HTTP.
func TestWhatATenantSawIsReadBack(t *testing.T) {
	overHTTP, err := json.Marshal(sample())
	if err != nil {
		t.Fatal(err)
	}
	var decoded []event.Event
	if err := json.Unmarshal(overHTTP, &decoded); err != nil {
		t.Fatal(err)
	}
	var direct, b bytes.Buffer
	if err := Write(&direct, "https://localhost:4443", sample(), 3); err != nil {
		t.Fatal(err)
	}
	if err := Write(&b, "https://localhost:4443", decoded, 3); err != nil {
		t.Fatal(err)
	}
	if b.String() != direct.String() {
		t.Errorf("events that came over HTTP are written differently:\n%s\n%s", &direct, &b)
	}
	var file map[string]map[string]any
	if err := json.Unmarshal(b.Bytes(), &file); err != nil {
		t.Fatal(err)
	}
	if file["log"]["version"] != "1.2" || !strings.Contains(file["log"]["comment"].(string), "3 earlier events") {
		t.Errorf("log is %v", file["log"])
	}
	rec, err := Read(&b, recording.NewRedactor(), Options{Domains: []string{"localhost:4443"}})
	if err != nil || len(rec.Exchanges) != 2 {
		t.Fatalf("%+v, %v", rec, err)
	}
	e := rec.Exchanges[0]
	if !e.Silent() || e.Response.Error != "login_required" || e.Response.Target != "http://localhost:5000" ||
		!slices.Equal(e.Request.Cookies, []string{"auth0", "did"}) ||
		e.Took != 5*time.Millisecond || e.Response.State != e.Request.Params["state"] {
		t.Errorf("read back as %+v", e)
	}
	if lost := rec.Exchanges[1]; lost.Endpoint != "userinfo" || lost.Response.Known || lost.Response.Failure != "the connection was cut" {
		t.Errorf("read back as %+v", lost)
	}
}

func TestATokenRequestIsWrittenWithItsGrant(t *testing.T) {
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	asked := event.Event{Date: at, Wall: at, Request: "aa", Endpoint: "token", Kind: event.KindRequest,
		Data: &event.Request{Method: "POST", Path: "/oauth/token", Cookies: []string{}}}
	answered := asked
	answered.Kind, answered.ClientID, answered.Data = event.KindResponse, "TutorialSpaClient000000000000001",
		&event.Response{Status: 403, ContentType: "application/json", Grant: "refresh_token", Error: "invalid_grant",
			ErrorText: "Unknown or invalid refresh token."}
	var b bytes.Buffer
	if err := Write(&b, "https://localhost:4443", []event.Event{asked, answered}, 0); err != nil {
		t.Fatal(err)
	}
	rec, err := Read(&b, recording.NewRedactor(), Options{Domains: []string{"localhost:4443"}})
	if err != nil || len(rec.Exchanges) != 1 {
		t.Fatalf("%+v, %v", rec, err)
	}
	e := rec.Exchanges[0]
	if e.Request.Params["grant_type"] != "refresh_token" || e.Request.Params["client_id"] != answered.ClientID ||
		e.Response.Error != "invalid_grant" {
		t.Errorf("read back as %+v", e)
	}
}

// TestAnErrorIsWrittenAsItsBodySaysIt: what a person is told to do next was in no body.
func TestAnErrorIsWrittenAsItsBodySaysIt(t *testing.T) {
	note := "invalid_request: Unknown client: <x>: y (Check the client id.)"
	for contentType, want := range map[string]string{
		"application/json": `{"error":"invalid_request","error_description":"Unknown client: \u003cx\u003e: y"}`,
		"text/html":        `<p class="error-status"><strong>invalid_request</strong>: Unknown client: &lt;x&gt;: y</p>`,
	} {
		got := body(&event.Response{Status: 400, ContentType: contentType, Error: "invalid_request", ErrorText: "Unknown client: <x>: y",
			Note: note})
		if got != want {
			t.Errorf("%s: %s, want %s", contentType, got, want)
		}
	}
	if got := body(&event.Response{Status: 502, ContentType: "text/html", Note: "502 Bad Gateway"}); got != "" {
		t.Errorf("a page that names no error: %s", got)
	}
}

// TestEachRequestIsWrittenWithTheHostThatItWentTo: a tenant with a custom domain has two, and cookies go by them.
func TestEachRequestIsWrittenWithTheHostThatItWentTo(t *testing.T) {
	for host, want := range map[string]string{
		"": `"https://acme.test:4443/authorize"`, "login.acme.test": `"https://login.acme.test/authorize"`,
	} {
		var b bytes.Buffer
		e := event.Event{Request: "aa", Kind: event.KindRequest, Data: &event.Request{Method: "GET", Path: "/authorize", Host: host}}
		if err := Write(&b, "https://acme.test:4443", []event.Event{e}, 0); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("of the host %q: %s %v, want %s", host, b.String(), err, want)
		}
	}
}
