package har

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/event"
	"renewal.example/mockauth0/internal/traffic"
)

func sample() []event.Event {
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	base := event.Event{Date: at.Add(time.Hour), Wall: at, Request: "aa", Endpoint: "authorize", ClientID: "TutorialSpaClient000000000000001"}
	with := func(kind, typ, description string, after time.Duration, d map[string]any) event.Event {
		e := base
		e.Kind, e.Type, e.Description, e.Wall, e.Details = kind, typ, description, at.Add(after), d
		return e
	}
	lost := with(event.KindRequest, "", "", time.Second, map[string]any{"method": "GET", "path": "/userinfo", "cookies": []string{}})
	lost.Request, lost.Endpoint, lost.ClientID = "bb", "userinfo", ""
	cut := with(event.KindNoAnswer, "", "the connection was cut", 2*time.Second, nil)
	cut.Request = "bb"
	return []event.Event{
		{Kind: event.KindConfig},
		with(event.KindRequest, "", "", 0, map[string]any{"method": "GET", "path": "/authorize", "cookies": []string{"auth0", "did"}, "fetch_dest": "iframe", "origin": "http://localhost:5000",
			"query": map[string]any{"client_id": "TutorialSpaClient000000000000001", "response_type": "code", "prompt": "none", "response_mode": "web_message", "state": "s1", "redirect_uri": "http://localhost:5000/callback", "scope": []string{"openid", "x"}}}),
		with(event.KindLog, "fsa", "Login required", time.Millisecond, map[string]any{"error": "login_required"}),
		with(event.KindResponse, "", "OK", 5*time.Millisecond, map[string]any{"status": 200, "content_type": "text/html", "set_cookies": []string{"did"}, "mode": "web_message", "to": "http://localhost:5000", "posts": 1,
			"response": map[string]any{"error": "login_required", "error_description": "Login required", "state": "s1"}}),
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
	rec, err := Read(&b, traffic.NewRedactor(), Options{Domains: []string{"localhost:4443"}})
	if err != nil || len(rec.Exchanges) != 2 {
		t.Fatalf("%+v, %v", rec, err)
	}
	e := rec.Exchanges[0]
	if !e.Silent() || e.Response.Error != "login_required" || e.Response.Target != "http://localhost:5000" || !slices.Equal(e.Request.Cookies, []string{"auth0", "did"}) ||
		e.Took != 5*time.Millisecond || e.Response.State != e.Request.Params["state"] {
		t.Errorf("read back as %+v", e)
	}
	if lost := rec.Exchanges[1]; lost.Endpoint != "userinfo" || lost.Response.Known || lost.Response.Failure != "the connection was cut" {
		t.Errorf("read back as %+v", lost)
	}
}
