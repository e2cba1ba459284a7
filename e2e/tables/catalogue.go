package tables

import (
	"fmt"
	"slices"
	"strings"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/scenario"
)

// Catalogue writes one table of scenarios for each group of causes.
func Catalogue(all []*scenario.Scenario) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%d scenarios, played with %d combinations of scenario and SDK.\n", len(all), combinations(all))
	grouped := 0
	for _, cause := range diagnosis.Groups() {
		rows := 0
		for _, s := range all {
			if !slices.Contains(cause.Codes, s.Diagnosis) {
				continue
			}
			if rows++; rows == 1 {
				fmt.Fprintf(&b, "\n### %s\n\n| scenario | what is wrong | what the SDKs report | diagnosis |\n|---|---|---|---|\n", cause.Title)
			}
			fmt.Fprintf(&b, "| [%s](%s.yaml) | %s | %s | `%s` |\n", s.ID, s.ID, cell(s.Title), cell(reported(s)), s.Diagnosis)
		}
		grouped += rows
	}
	if grouped != len(all) {
		return "", fmt.Errorf("%d scenarios are in %d rows: put each diagnosis into one group of causes in mockauth0/diagnosis/groups.go",
			len(all),
			grouped)
	}
	return b.String() + "\n", nil
}

func combinations(all []*scenario.Scenario) (n int) {
	for _, s := range all {
		n += len(s.SDKs())
	}
	return n
}

// cell keeps a text from ending its cell.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "\n", " ").Replace(text)
}

// reported sums up what the SDKs report: each outcome with those that report it.
func reported(s *scenario.Scenario) string {
	var outcomes []string
	by := map[string][]string{}
	for _, e := range s.Expect {
		outcome := outcomeOf(e)
		if by[outcome] == nil {
			outcomes = append(outcomes, outcome)
		}
		by[outcome] = append(by[outcome], e.SDKs...)
	}
	if len(outcomes) == 1 {
		return outcomes[0] + ": " + named(by[outcomes[0]])
	}
	for i, outcome := range outcomes {
		outcomes[i] = outcome + ": " + named(by[outcome])
	}
	return strings.Join(outcomes, "; ")
}

func outcomeOf(e scenario.Expectation) string {
	words := "a result that is no token"
	switch {
	case e.Error != "":
		words = "`" + e.Error + "`"
	case e.Renews:
		words = "renews"
	case e.Hangs:
		words = "hangs"
	}
	if e.After > 0 {
		words += fmt.Sprintf(" after %g s", e.After.Seconds())
	}
	return words
}

// named is a list of SDKs, those of one kind by the kind.
func named(sdks []string) string {
	kinds := []struct {
		name string
		sdks []string
	}{
		{"hidden frames", []string{"auth0-js-8.10.1", "auth0-js-9", "auth0-js-10", "spa-js-1", "spa-js-2", "react-2"}},
		{"auth0-spa-js and auth0-react with a frame", []string{"spa-js-1", "spa-js-2", "react-2"}},
		{"auth0.js", []string{"auth0-js-8.10.1", "auth0-js-9", "auth0-js-10"}},
		{"refresh tokens", []string{"spa-js-1-refresh", "spa-js-2-refresh", "react-2-refresh"}},
	}
	rest := slices.Clone(sdks)
	var words []string
	for _, kind := range kinds {
		has := func(sdk string) bool { return slices.Contains(rest, sdk) }
		if !slices.ContainsFunc(kind.sdks, func(sdk string) bool { return !has(sdk) }) {
			words = append(words, kind.name)
			rest = slices.DeleteFunc(rest, func(sdk string) bool { return slices.Contains(kind.sdks, sdk) })
		}
	}
	return strings.Join(append(words, rest...), ", ")
}
