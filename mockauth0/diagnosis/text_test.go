package diagnosis_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/diagnosis"
)

func example() diagnosis.Diagnosis {
	return diagnosis.Diagnosis{
		Seq: 2, Date: time.Unix(0, 0).UTC(), Request: "r1", Endpoint: "authorize", ClientID: "id", Client: "My app",
		Kind: diagnosis.KindSilent, Outcome: "login_required", App: "Login required",
		Causes: []diagnosis.Cause{
			{Code: "a", Title: "First", Confidence: diagnosis.Certain, Evidence: []diagnosis.Evidence{{Seq: 7, Text: "seen"}, {Text: "not there"}},
				Why: "W.", Remedy: "R.", Read: "https://auth0.com/docs/", Scenario: "s"},
			{Code: "b", Title: "Second", Confidence: diagnosis.Possible, Evidence: []diagnosis.Evidence{}, Why: "not shown", Remedy: "not shown"},
		},
	}
}

func TestString(t *testing.T) {
	const want = `silent renewal of My app failed: login_required · First
  the application says: Login required
  → First (a, certain)
      #7 seen
      · not there
      Why: W.
      Do: R.
      Read: https://auth0.com/docs/
      Reproduce: mockauth0 reproduce s
  or: Second (b, possible)
  its events: /__mock/v1/events?request=r1
`
	if got := example().String(); got != want {
		t.Errorf("%s", got)
	}
}

func TestHeadlineNamesTheApplicationAsWellAsItCan(t *testing.T) {
	d := example()
	for want, change := range map[string]func(){
		"refresh of id failed: login_required · First": func() { d.Client, d.Kind = "", diagnosis.KindRefresh },
		"renewal that was due of an unknown application failed: nothing · First": func() {
			d.ClientID, d.Kind, d.Outcome = "", diagnosis.KindAbsence, "nothing"
		},
		"request from a frame of an unknown application failed: a page · First": func() { d.Kind, d.Outcome = diagnosis.KindLogin, "a page" },
		"something of later of an unknown application failed: no answer · First": func() {
			d.Kind, d.Outcome = "something of later", "no answer"
		},
	} {
		d = example()
		if d.ClientID, d.Client = "id", ""; want[:7] != "refresh" {
			d.ClientID = ""
		}
		if change(); d.Headline() != want {
			t.Errorf("%s, want %s", d.Headline(), want)
		}
	}
}

// TestJSON holds the types to the form that the control API serves.
func TestJSON(t *testing.T) {
	d := example()
	d.Causes = d.Causes[:1]
	const want = `{"seq":2,"date":"1970-01-01T00:00:00Z","request_id":"r1","endpoint":"authorize","client_id":"id","client_name":"My app",` +
		`"kind":"silent","outcome":"login_required","app":"Login required","causes":[{"code":"a","title":"First","confidence":"certain",` +
		`"evidence":[{"seq":7,"text":"seen"},{"text":"not there"}],"why":"W.","remedy":"R.","read":"https://auth0.com/docs/","scenario":"s"}]}`
	if raw, err := json.Marshal(d); err != nil || string(raw) != want {
		t.Errorf("%s (%v)", raw, err)
	}
}

// What an app is called, and what it sent, was written by somebody else.
func TestTextSteersNoTerminal(t *testing.T) {
	d := example()
	d.Client, d.App = "App\u202e\u009b31m", "no\x1b[2J"
	d.Causes[0].Evidence[0].Text = "asked for \u2066x"
	for _, text := range []string{d.String(), d.Headline()} {
		for _, c := range []string{"\u202e", "\u009b", "\x1b", "\u2066"} {
			if strings.Contains(text, c) {
				t.Errorf("%q holds %q", text, c)
			}
		}
	}
}
