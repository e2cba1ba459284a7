package cli

import (
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0/scenario"
)

func TestEachScenarioHasADefaultSDKThatFailsIfAnyDoes(t *testing.T) {
	if preferred, all := preferredSDKs(), scenario.SDKs(); len(preferred) != len(all) {
		t.Errorf("%d SDKs are preferred, and there are %d", len(preferred), len(all))
	}
	all, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	chosen := map[string]string{}
	for _, s := range all {
		sdk, why := defaultSDK(s)
		if !slices.Contains(s.SDKs(), sdk) {
			t.Errorf("%s: %s is not among its SDKs", s.ID, sdk)
		}
		if (why == "") != (sdk == "spa-js-2-refresh") {
			t.Errorf("%s: %s, because %q", s.ID, sdk, why)
		}
		if !fails(s, s.For(sdk)) && slices.ContainsFunc(s.Expect, func(e scenario.Expectation) bool { return e.Error != "" }) {
			t.Errorf("%s: %s does not fail, and others do", s.ID, sdk)
		}
		chosen[s.ID] = sdk + "; " + why
	}
	for id, want := range map[string]string{
		"refresh-token-idle-expired":  "spa-js-2-refresh; ",
		"session-idle-expired":        "spa-js-2; spa-js-2-refresh does not fail here",
		"third-party-cookies-blocked": "spa-js-2; spa-js-2-refresh does not fail here",
	} {
		if chosen[id] != want {
			t.Errorf("%s is played with %q, want %q", id, chosen[id], want)
		}
	}
}

func TestWordsFindScenarios(t *testing.T) {
	all, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for words, want := range map[string]string{
		"cookies":                    "third-party-cookies-blocked", // the id
		"Cookie   HIDDEN":            "third-party-cookies-blocked", // the title
		"idle lifetime":              "session-idle-expired",        // the cause
		"Login required idle":        "session-idle-expired",        // what SDKs report
		"refresh_token_reused":       "refresh-token-reused",        // the code of the diagnosis
		"refresh tokens idle expire": "refresh-token-idle-expired",
	} {
		var found []string
		for _, s := range all {
			if hasWords(s, strings.Split(words, " ")) {
				found = append(found, s.ID)
			}
		}
		if !slices.Contains(found, want) || len(found) > len(all)/3 {
			t.Errorf("%q finds %d: %v; want %s among them", words, len(found), found, want)
		}
	}
}
