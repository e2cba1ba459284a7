package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/explain"
	"renewal.example/mockauth0/internal/terminal"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/stage"
)

// explainFlags are what explain may be told.
type explainFlags struct {
	asJSON bool
	all    bool
	sdk    string
}

func (a *app) explainCommand() *cobra.Command {
	var flags explainFlags
	cmd := &cobra.Command{
		Use:   "explain ID | CODE | TEXT",
		Short: "Say what an error may mean, and what to do",
		Long: "explain takes what you have: an error code, the text that an SDK, a browser or a server shows, a code of Auth0's log, the code\n" +
			"of a diagnosis or the id of a scenario. It lists three causes, the likeliest first, and how to tell them apart. When the text\n" +
			"says too little, explain tells you that it guesses. When it does not know the text it says so, and the exit code is 3.",
		Example: lines(
			`mockauth0 explain "Timeout during authentication renew."`,
			"mockauth0 explain login_required --all",
			"mockauth0 explain timeout --sdk oidc-client-ts",
			"mockauth0 explain third-party-cookies-blocked",
			`mockauth0 explain "Unknown or invalid refresh token."`,
			"mockauth0 explain fertft",
		),
		RunE:              func(_ *cobra.Command, args []string) error { return a.explain(strings.Join(args, " "), flags) },
		ValidArgsFunction: completeExplained,
	}
	f := cmd.Flags()
	f.BoolVar(&flags.asJSON, "json", false, "print it as JSON")
	f.BoolVar(&flags.all, "all", false, "list all causes, not only the first three")
	f.StringVar(&flags.sdk, "sdk", "", "leave out causes that this SDK cannot have: "+strings.Join(explain.SDKs(), ", "))
	complete(cmd, "sdk", oneOf(explain.SDKs()...))
	return cmd
}

func (a *app) explain(asked string, flags explainFlags) error {
	if strings.TrimSpace(asked) == "" {
		return refuse(`explain needs an id, a code or a text, such as mockauth0 explain "Login required"`)
	}
	sdk, known := explain.SDK(flags.sdk)
	if !known && flags.sdk != "" {
		return refuse("--sdk is %q%s", flags.sdk, expected(flags.sdk, explain.SDKs()))
	}
	s, err := scenarioOf(asked)
	if err != nil {
		return err
	}
	e := explain.Explain(asked, sdk)
	if s != nil {
		e = explain.Named(asked, s.Cause, append([]diagnosis.Code{s.Diagnosis}, s.Also...)...)
	}
	e = shortened(e, flags.all || s != nil)
	if flags.asJSON {
		err = a.printJSON(e)
	} else {
		_, err = fmt.Fprint(a.stdio.Out, a.explanation(e, s))
	}
	if err == nil && !e.Known {
		return errNo
	}
	return err
}

// shortened is an explanation with as many causes as people read.
func shortened(e explain.Explanation, all bool) explain.Explanation {
	const most = 3
	if !all && len(e.Causes) > most {
		e.More = len(e.Causes) - most
		e.Causes = e.Causes[:most]
	}
	return e
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
func (a *app) explanation(e explain.Explanation, s *scenario.Scenario) string {
	var b strings.Builder
	w := styled{&b, terminal.Style{Width: widthOf(a.stdio.Out)}}
	switch {
	case s != nil:
		fmt.Fprintf(&b, "%s\n\n", terminal.Bold(s.Title))
		tellLine(w, "", "Symptom   ", folded(s.Symptom))
		tellLine(w, "", "Cause     ", folded(s.Cause))
		tellLine(w, "", "Remedy    ", folded(s.Remedy))
		for _, r := range s.References {
			fmt.Fprintf(&b, "Reported  %s\n", r)
		}
		fmt.Fprintf(&b, "Try it    %s\n\nThe tenant names it\n", a.again("reproduce "+s.ID))
	case !e.Known:
		return a.nothingKnown(e)
	default:
		fmt.Fprintf(&b, "“%s”\n", quoted(e.Asked))
		tellLine(w, "", "", e.Meaning)
		for _, line := range e.Ask {
			tellLine(w, "", "- ", line)
		}
		b.WriteString(heading(e))
	}
	for i, k := range e.Causes {
		fmt.Fprintf(&b, "%d. %s (%s)\n", i+1, terminal.Bold(k.Title), strings.TrimSuffix(string(k.Code)+", "+string(k.Confidence), ", "))
		tellLine(w, "   ", "", k.Why)
		tellLine(w, "   ", "Tell it by: ", k.Sign)
		tellLine(w, "   ", "Do: ", k.Remedy)
		tellLine(w, "   ", "Read: ", terminal.Link(k.Read))
		if s == nil && k.Scenario != "" {
			fmt.Fprintf(&b, "   Reproduce: %s\n", a.again("reproduce "+k.Scenario))
		}
	}
	if e.More > 0 {
		fmt.Fprintf(&b, "\n%s with --all", countOf(e.More, "more cause", "more causes"))
		if e.SDK == "" {
			b.WriteString("; fewer with --sdk NAME")
		}
		b.WriteString(".\n")
	}
	if s == nil && len(e.Causes) > 1 {
		fmt.Fprintf(&b, "\nA tenant that runs here can tell you which one it is: %s\n", a.again("watch"))
	}
	return b.String()
}

// heading stands above the causes, and says when they are a guess.
func heading(e explain.Explanation) string {
	switch {
	case len(e.Causes) == 0:
		return ""
	case e.Guess:
		return "\nThis is a guess. It may be one of these:\n"
	case len(e.Causes) > 1:
		return "\nCauses, the likeliest first\n"
	}
	return "\n"
}

// nothingKnown is the answer for a text that nothing is known of.
func (a *app) nothingKnown(e explain.Explanation) string {
	narrower := ""
	if e.SDK != "" {
		narrower = " with --sdk " + e.SDK
	}
	return fmt.Sprintf("“%s”\nNothing is known of this text%s.\n"+
		"Paste the error code (login_required, ERR_…), the description beside it, or the body of the answer that failed.\n"+
		"The tenant itself may tell more: %s follows one that runs here,\n%s reads a recording, %s a log.\n",
		quoted(e.Asked), narrower, a.again("watch"), a.again("import har FILE"), a.again("import logs FILE"))
}

// quoted is what was asked on one line, cut where it is longer than people read.
func quoted(text string) string {
	return cut(oneLine(text), 200)
}
