package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/diagnose"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/stage"
)

func (a *app) explainCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain ID | CODE | TEXT",
		Short: "Say what an error may mean, and what to do",
		Long: "explain takes what you have: an error code, the text that an SDK or a browser shows, a log code of Auth0's, the code\n" +
			"of a diagnosis or the id of a scenario. It lists the causes, the likeliest first, and how to tell them apart.",
		Example: lines(
			`mockauth0 explain "Timeout during authentication renew."`,
			"mockauth0 explain login_required",
			"mockauth0 explain third-party-cookies-blocked",
			`mockauth0 explain "Unknown or invalid refresh token."`,
		),
		RunE: func(_ *cobra.Command, args []string) error { return a.explain(strings.Join(args, " "), asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return cmd
}

func (a *app) explain(asked string, asJSON bool) error {
	if strings.TrimSpace(asked) == "" {
		return refuse(`explain needs an id, a code or a text, such as mockauth0 explain "Login required"`)
	}
	s, err := scenarioOf(asked)
	if err != nil {
		return err
	}
	e := diagnose.Explain(asked)
	if s != nil {
		if k, ok := diagnosis.Lookup(s.Diagnosis); ok {
			e = diagnose.Explanation{Asked: asked, Meaning: s.Cause, Causes: []diagnosis.Info{k}}
			for _, code := range s.Also {
				if other, ok := diagnosis.Lookup(code); ok {
					e.Causes = append(e.Causes, other)
				}
			}
		}
	}
	if asJSON {
		return a.printJSON(e)
	}
	_, err = fmt.Fprint(a.stdio.Out, a.explanation(e, s))
	return err
}

// scenarioOf is the scenario with an id; nil when there is none.
func scenarioOf(id string) (*scenario.Scenario, error) {
	source, err := stage.Source()
	if err != nil {
		return nil, err
	}
	ids, err := source.IDs()
	if err != nil {
		return nil, err
	}
	for _, known := range ids {
		if strings.EqualFold(known, strings.TrimSpace(id)) {
			return source.Read(known)
		}
	}
	return nil, nil
}

// explanation is what explain prints.
func (a *app) explanation(e diagnose.Explanation, s *scenario.Scenario) string {
	var b strings.Builder
	if s != nil {
		fmt.Fprintf(&b, "%s\n\nSymptom   %s\nCause     %s\nRemedy    %s\n", s.Title, folded(s.Symptom), folded(s.Cause), folded(s.Remedy))
		for _, r := range s.References {
			fmt.Fprintf(&b, "Reported  %s\n", r)
		}
		fmt.Fprintf(&b, "Try it    %s\n\nThe tenant names it\n", a.again("reproduce "+s.ID))
	} else {
		fmt.Fprintf(&b, "“%s”\n%s\n\n", quoted(e.Asked), e.Meaning)
		if len(e.Causes) > 1 {
			b.WriteString("Causes, the likeliest first\n")
		}
	}
	for i, k := range e.Causes {
		fmt.Fprintf(&b, "%d. %s (%s)\n", i+1, k.Title, k.Code)
		fmt.Fprintf(&b, "   %s\n   Tell it by: %s\n   Do: %s\n   Read: %s\n", k.Why, k.Sign, k.Remedy, k.Read)
		if s == nil && k.Scenario != "" {
			fmt.Fprintf(&b, "   Reproduce: %s\n", a.again("reproduce "+k.Scenario))
		}
	}
	if s == nil && len(e.Causes) > 1 {
		fmt.Fprintf(&b, "\nA tenant that runs here tells which of them it is: %s\n", a.again("watch"))
	}
	return b.String()
}

// quoted is what was asked on one line, cut where it is longer than people read.
func quoted(text string) string {
	const most = 200
	line := []rune(folded(printable(text)))
	if len(line) > most {
		return string(line[:most]) + "…"
	}
	return string(line)
}

// folded is a text on one line.
func folded(text string) string { return strings.Join(strings.Fields(text), " ") }
