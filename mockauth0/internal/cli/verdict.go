package cli

import (
	"context"
	"errors"
	"fmt"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/check"
	"renewal.example/mockauth0/internal/appdrive"
	"renewal.example/mockauth0/internal/terminal"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/stage"
)

// ownApp are the settings of the flags, over those of the file that --app may name.
func (a *app) ownApp(flags stage.App) (stage.App, error) {
	read, err := a.appOf(check.App{
		URL: flags.URL, Domain: flags.Domain, LogIn: flags.LogIn, LogOut: flags.LogOut, Trigger: flags.Trigger, SignedIn: flags.SignedIn,
		Allow: flags.Allow,
	})
	flags.URL, flags.Domain, flags.LogIn, flags.LogOut = read.URL, read.Domain, read.LogIn, read.LogOut
	flags.Trigger, flags.SignedIn, flags.Allow = read.Trigger, read.SignedIn, read.Allow
	return flags, err
}

// beforeOwnApp looks at what can be known of a scenario with a person's own app before anything is started. done: it was the answer.
func (a *app) beforeOwnApp(s *scenario.Scenario, flags reproduceFlags) (done bool, err error) {
	if err := flags.app.Check(); err != nil {
		return false, refuse("%w", err)
	}
	needs, cannot := flags.app.Needs(s)
	switch {
	case needs != nil:
		return false, refuse("%w", needs)
	case cannot != "":
		a.printVerdict(s, stage.Verdict{Is: stage.CannotFail, Why: cannot})
		return true, errNotApplicable
	}
	return false, nil
}

// ownAppCA signs for the tenant of a person's own app. One on this machine has the CA that the app's own servers trust, and any other is
// reached by the browser alone.
func (a *app) ownAppCA(ctx context.Context, at string) (browser.CertificateAuthority, error) {
	if host, _ := splitDomain(at); !leadsHere(host) {
		return nil, nil
	}
	ca, _, err := a.trust(ctx, nil, at)
	if err != nil {
		return nil, err
	}
	return ca, nil
}

// asked makes errors that a person can mend on the command line refusals.
func asked(err error) error {
	var needs *stage.Needs
	var control *appdrive.NoControl
	var wrong *appdrive.WrongDomain
	switch {
	case errors.As(err, &needs):
		return refuse("%w", needs)
	case errors.As(err, &wrong):
		return refuse("%w", wrong)
	case errors.As(err, &control):
		flag := map[string]string{"log in": "--log-in", "log out": "--log-out", "want a token": "--trigger"}[control.Purpose]
		hint := ""
		if flag == "--trigger" && control.Like == "" {
			hint = ", and where it is on another page, give that page's address with --app"
		}
		return refuse("%w; name the right one with %s%s", control, flag, hint)
	}
	return err
}

// verdictTitle begins the first line.
func verdictTitle(v stage.Verdict) string {
	switch {
	case v.Is == stage.Reproduced:
		return "Reproduced"
	case v.Is == stage.NotReproduced:
		return "Not reproduced"
	case v.OfSDK:
		return "This SDK cannot fail so"
	}
	return "This app cannot fail so"
}

// mostDid is how many lines of what a person's own app did a terminal gets.
const mostDid = 10

// printVerdict prints the verdict on a scenario, and what shows it.
func (a *app) printVerdict(s *scenario.Scenario, v stage.Verdict) {
	out := a.stdio.Out
	tell := func(text string) { tellLine(out, "  ", "", printable(text)) }
	fmt.Fprintf(out, "%s\n", terminal.Bold(verdictTitle(v)+": "+s.Title))
	tell(a.pasteable(v.Why))
	if len(v.Story) > 0 {
		fmt.Fprintf(out, "\n%s\n", terminal.Bold("What the app did"))
	}
	for i, line := range v.Story {
		if i == mostDid-1 && len(v.Story) > mostDid {
			tell(fmt.Sprintf("… %d lines more, which the evidence has", len(v.Story)-i))
			break
		}
		tell(line)
	}
}

// endOf is the error with which a command ends that gave a verdict.
func endOf(v stage.Verdict) error {
	switch v.Is {
	case stage.NotReproduced:
		return errNo
	case stage.CannotFail:
		return errNotApplicable
	}
	return nil
}

// printRefused says what a person's own app asked for and did not get.
func (a *app) printRefused(st *stage.Stage) {
	refused := st.Refused()
	if len(refused) == 0 || st.SDK != "" {
		return
	}
	const most = 5
	fmt.Fprintln(a.stdio.Out, "\nKept from the network; --allow ORIGIN lets it pass")
	for i, r := range refused {
		if i == most {
			fmt.Fprintf(a.stdio.Out, "  and %d more\n", len(refused)-most)
			break
		}
		fmt.Fprintf(a.stdio.Out, "  %s\n", printable(r.String()))
	}
}
