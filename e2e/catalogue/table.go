package main

import (
	"fmt"
	"slices"
	"strings"

	"renewal.example/mockauth0/scenario"
)

// table writes one row for each scenario.
func table(all []*scenario.Scenario) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%d scenarios, played with %d combinations of scenario and SDK.\n\n", len(all), combinations(all))
	b.WriteString("| scenario | what is wrong | what the SDKs tell | the tenant names |\n|---|---|---|---|\n")
	for _, s := range all {
		fmt.Fprintf(&b, "| [%s](fixtures/scenarios/%s.yaml) | %s | %s | `%s` |\n", s.ID, s.ID, cell(s.Title), cell(told(s)), s.Diagnosis)
	}
	return b.String() + "\n"
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

// told sums up what the SDKs tell: each outcome with those that tell it.
func told(s *scenario.Scenario) string {
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
