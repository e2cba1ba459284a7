package check

import (
	"regexp"
	"testing"
)

// TestEveryCheckSaysWhatPeopleNeed to understand a finding, once and in sentences.
func TestEveryCheckSaysWhatPeopleNeed(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range All() {
		if seen[c.ID] || !regexp.MustCompile(`^[a-z]+(-[a-z]+)+$`).MatchString(c.ID) {
			t.Errorf("the id %q is there twice, or not in words with hyphens", c.ID)
		}
		seen[c.ID] = true
		for name, text := range map[string]string{"title": c.Title, "why": c.Why, "remedy": c.Remedy} {
			if !regexp.MustCompile(`^\p{Lu}.*\.$`).MatchString(text) {
				t.Errorf("%s: the %s is no sentence: %q", c.ID, name, text)
			}
		}
		if c.Applies == "" || (c.Severity != High && c.Severity != Medium && c.Severity != Low) {
			t.Errorf("%s: applies to %q, severity %q", c.ID, c.Applies, c.Severity)
		}
	}
}
