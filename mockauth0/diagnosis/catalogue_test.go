package diagnosis_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0/diagnosis"
)

func TestEveryCauseHasItsWords(t *testing.T) {
	snake, kebab := regexp.MustCompile(`^[a-z0-9]+(_[a-z0-9]+)*$`), regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	// No SDK does what leads to these, so no scenario can.
	withoutScenario := []diagnosis.Code{
		diagnosis.Unexplained, diagnosis.LoggedOut, diagnosis.AccountSelectionNeeded, diagnosis.LoginPageInFrame, diagnosis.DiscoveryWrong,
		diagnosis.ErrorPageShown,
	}
	seen := map[diagnosis.Code]bool{}
	for _, k := range diagnosis.All() {
		if seen[k.Code] || !snake.MatchString(string(k.Code)) {
			t.Errorf("the code %q is there twice or is not snake_case", k.Code)
		}
		seen[k.Code] = true
		if k.Title == "" || strings.HasSuffix(k.Title, ".") || !strings.HasSuffix(k.Why, ".") || !strings.HasSuffix(k.Remedy, ".") {
			t.Errorf("%s: title (without a stop), why and remedy (sentences) are needed: %+v", k.Code, k)
		}
		if !strings.HasPrefix(k.Read, "https://auth0.com/docs/") {
			t.Errorf("%s: %q is no page of Auth0's documentation", k.Code, k.Read)
		}
		if !kebab.MatchString(k.Scenario) && !slices.Contains(withoutScenario, k.Code) {
			t.Errorf("%s: %q is no id of a scenario", k.Code, k.Scenario)
		}
		if strings.Contains(k.Why+k.Remedy+k.Sign, "/__mock") {
			t.Errorf("%s: a running tenant's address is named, and recordings are judged by the same words", k.Code)
		}
		if k.Sign == "" {
			t.Errorf("%s: no sign distinguishes it from others", k.Code)
		}
		if got, ok := diagnosis.Lookup(k.Code); !ok || got.Code != k.Code || got.Why != k.Why {
			t.Errorf("Lookup(%q) gives %+v", k.Code, got)
		}
	}
	if _, ok := diagnosis.Lookup("no_such_cause"); ok {
		t.Error("a cause that is not in the table was found")
	}
}

func TestInfoGivesACauseItsWords(t *testing.T) {
	info, _ := diagnosis.Lookup(diagnosis.NoSession)
	c := info.Cause(diagnosis.Likely, 0, diagnosis.Evidence{Seq: 3, Text: "seen"})
	if c.Code != diagnosis.NoSession || c.Confidence != diagnosis.Likely || len(c.Evidence) != 1 || c.Title != info.Title ||
		c.Why != info.Why ||
		c.Remedy != info.Remedy || c.Read != info.Read || c.Scenario != info.Scenario {
		t.Errorf("%+v", c)
	}
}
