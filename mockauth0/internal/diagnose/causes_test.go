package diagnose

import (
	"regexp"
	"strings"
	"testing"
)

func TestEveryCauseIsTold(t *testing.T) {
	snake, kebab := regexp.MustCompile(`^[a-z0-9]+(_[a-z0-9]+)*$`), regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := map[string]bool{}
	for _, k := range Causes() {
		if seen[k.Code] || !snake.MatchString(k.Code) {
			t.Errorf("the code %q is there twice or is not snake_case", k.Code)
		}
		seen[k.Code] = true
		if k.Title == "" || k.Why == "" || k.Remedy == "" || strings.HasSuffix(k.Title, ".") || !strings.HasSuffix(k.Why, ".") || !strings.HasSuffix(k.Remedy, ".") {
			t.Errorf("%s: title (without a stop), why and remedy (sentences) are needed: %+v", k.Code, k)
		}
		if !strings.HasPrefix(k.Read, "https://auth0.com/docs/") {
			t.Errorf("%s: %q is no page of Auth0's documentation", k.Code, k.Read)
		}
		if !kebab.MatchString(k.Scenario) && k.Code != "unexplained" {
			t.Errorf("%s: %q is no id of a scenario", k.Code, k.Scenario)
		}
		if got, ok := Find(k.Code); !ok || got != k {
			t.Errorf("Find(%q) gives %+v", k.Code, got)
		}
	}
	if _, ok := Find("no_such_cause"); ok {
		t.Error("a cause that is not in the table was found")
	}
}
