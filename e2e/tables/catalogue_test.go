package tables

import (
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/scenario"
)

func TestCatalogue(t *testing.T) {
	got, err := Catalogue([]*scenario.Scenario{
		{ID: "one", Title: "A | B <c>", Diagnosis: diagnosis.NoSession, Expect: []scenario.Expectation{
			{SDKs: []string{"auth0-js-8.10.1", "auth0-js-9", "auth0-js-10", "spa-js-1", "spa-js-2"}, Error: "timeout", After: time.Minute},
			{SDKs: []string{"react-2"}, Error: "timeout", After: time.Minute},
			{SDKs: []string{"spa-js-2-refresh"}, Renews: true},
		}},
		{ID: "two", Title: "Two", Diagnosis: diagnosis.StateWrong, Expect: []scenario.Expectation{
			{SDKs: []string{"auth0-js-8.10.1", "auth0-js-9", "auth0-js-10", "tutorial"}, Hangs: true},
			{SDKs: []string{"spa-js-1"}, Value: map[string]any{}},
		}},
	})
	const head = "| scenario | what is wrong | what the SDKs report | diagnosis |\n|---|---|---|---|\n"
	want := "\n2 scenarios, played with 12 combinations of scenario and SDK.\n" +
		"\n### Cookies and the browser\n\n" + head +
		"| [one](one.yaml) | A \\| B &lt;c> | `timeout` after 60 s: hidden frames; renews: spa-js-2-refresh | `no_session` |\n" +
		"\n### The hidden frame and its messages\n\n" + head +
		"| [two](two.yaml) | Two | hangs: auth0.js, tutorial; a result that is no token: spa-js-1 | `state_wrong` |\n\n"
	if err != nil || got != want {
		t.Errorf("error %v\n%s\nwant\n%s", err, got, want)
	}
	if _, err := Catalogue([]*scenario.Scenario{{ID: "three", Diagnosis: "a_new_one"}}); err == nil ||
		!strings.Contains(err.Error(), "group of causes") {
		t.Errorf("a diagnosis in no group: %v", err)
	}
}
