package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/scenario"
)

func TestTable(t *testing.T) {
	got := table([]*scenario.Scenario{
		{ID: "one", Title: "A | B <c>", Diagnosis: "no_session", Expect: []scenario.Expectation{
			{SDKs: []string{"auth0-js-8.10.1", "auth0-js-9", "auth0-js-10", "spa-js-1", "spa-js-2"}, Error: "timeout", After: time.Minute},
			{SDKs: []string{"react-2"}, Error: "timeout", After: time.Minute},
			{SDKs: []string{"spa-js-2-refresh"}, Renews: true},
		}},
		{ID: "two", Title: "Two", Diagnosis: "state_wrong", Expect: []scenario.Expectation{
			{SDKs: []string{"auth0-js-8.10.1", "auth0-js-9", "auth0-js-10", "tutorial"}, Hangs: true},
			{SDKs: []string{"spa-js-1"}, Value: map[string]any{}},
		}},
	})
	want := "\n2 scenarios, played with 12 combinations of scenario and SDK.\n\n" +
		"| scenario | what is wrong | what the SDKs tell | the tenant names |\n|---|---|---|---|\n" +
		"| [one](fixtures/scenarios/one.yaml) | A \\| B &lt;c> | `timeout` after 60 s: hidden frames; renews: spa-js-2-refresh | `no_session` |\n" +
		"| [two](fixtures/scenarios/two.yaml) | Two | hangs: auth0.js, tutorial; a result that is no token: spa-js-1 | `state_wrong` |\n\n"
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestUpdate(t *testing.T) {
	document := filepath.Join(t.TempDir(), "README.md")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(document, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("before\n" + begin + "\nold\n" + end + "\nafter\n")
	if err := update(document, true); err == nil || !strings.Contains(err.Error(), "run `make catalogue`") {
		t.Errorf("an old table: %v", err)
	}
	if err := update(document, false); err != nil {
		t.Fatal(err)
	}
	if err := update(document, true); err != nil {
		t.Errorf("a new table: %v", err)
	}
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"before\n" + begin, "\n| [web-origin-missing](", end + "\nafter\n"} {
		if !strings.Contains(string(text), part) {
			t.Errorf("without %q:\n%s", part, text)
		}
	}
	write("no place")
	if err := update(document, false); err == nil || !strings.Contains(err.Error(), begin) {
		t.Errorf("no place for the table: %v", err)
	}
}
