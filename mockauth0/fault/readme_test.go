package fault

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"renewal.example/mockauth0/tenant"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestEveryFaultOfTheReadmeCanBeArmed: each YAML example is a fault, each word of the table an effect, and no effect is missing.
func TestEveryFaultOfTheReadmeCanBeArmed(t *testing.T) {
	text := readme(t)
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(text, -1)
	if len(blocks) < 2 {
		t.Fatalf("%d YAML examples", len(blocks))
	}
	for _, b := range blocks {
		if _, err := DecodeYAML([]byte(b[1])); err != nil {
			t.Errorf("%s\n%v", b[1], err)
		}
	}
	_, table, _ := strings.Cut(text, "## What can go wrong")
	table, _, _ = strings.Cut(table, "\n## ")
	seen := map[string]bool{}
	for _, line := range strings.Split(table, "\n") {
		cells := strings.Split(line, " | ")
		if len(cells) != 2 || cells[1] == "`do` |" {
			continue
		}
		for _, span := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[1], -1) {
			do := span[1]
			if !strings.HasPrefix(do, "{") {
				do = "{" + do + "}"
			}
			f, err := DecodeYAML([]byte("do: " + do))
			if err != nil {
				t.Errorf("do: %s\n%v", do, err)
			}
			seen[f.Do.Kind()] = true
		}
	}
	for _, kind := range Kinds() {
		if !seen[kind] {
			t.Errorf("the table has no do.%s", kind)
		}
	}
}

// TestTheReadmeListsTheMagicUsers: all of them, in the order of the table in the code.
func TestTheReadmeListsTheMagicUsers(t *testing.T) {
	var listed, want []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z-]+)@scenario.test`").FindAllStringSubmatch(readme(t), -1) {
		listed = append(listed, m[1])
	}
	for _, r := range tenant.Renewals() {
		want = append(want, r.Name)
	}
	if !slices.Equal(listed, want) {
		t.Errorf("it lists %q, there are %q", listed, want)
	}
}
