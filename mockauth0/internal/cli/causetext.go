package cli

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/terminal"
)

// tellDiagnosis writes why a renewal failed, in the form of every command: the headline, and under it the causes. Lines are as wide
// as who reads w can show. control is the address of the control API, where the events of the request are; "": nobody can ask it.
func tellDiagnosis(w io.Writer, indent, control string, d diagnosis.Diagnosis) {
	fmt.Fprintf(w, "%s%s\n", indent, terminal.Bold(d.Headline()))
	if d.App != "" && d.App != d.Outcome {
		fmt.Fprintf(w, "%s  the application says: %s\n", indent, d.App)
	}
	tellCauses(w, indent+"  ", d.Causes, true)
	if d.Request != "" && control != "" {
		fmt.Fprintf(w, "%s      %s %s\n", indent, terminal.Faint("Events:"), terminal.Link(control+"/events?request="+d.Request))
	}
}

// tellCauses writes the first cause in full, and the others by a line. live: the evidence has the numbers of its events, which somebody
// can look up, and the others have theirs.
func tellCauses(w io.Writer, indent string, causes []diagnosis.Cause, live bool) {
	for i, c := range causes {
		mark, title := "→ ", terminal.Bold(c.Title)
		if i > 0 {
			mark, title = "or: ", c.Title
		}
		fmt.Fprintf(w, "%s%s%s (%s, %s)\n", indent, mark, title, c.Code, c.Confidence)
		if i > 0 && !live {
			continue
		}
		for _, e := range c.Evidence {
			number := "· "
			if live && e.Seq != 0 {
				number = fmt.Sprintf("#%d ", e.Seq)
			}
			tellLine(w, indent+"    ", number, e.Text)
		}
		if i > 0 {
			continue
		}
		tellLine(w, indent+"    ", "Why: ", c.Why)
		tellLine(w, indent+"    ", "Do: ", c.Remedy)
		tellLine(w, indent+"    ", "Read: ", terminal.Link(c.Read))
	}
}

// tellLine writes a sentence after its label, broken where the terminal ends.
func tellLine(w io.Writer, indent, label, text string) {
	if text == "" {
		return
	}
	further := indent + strings.Repeat(" ", utf8.RuneCountInString(label))
	shown := label
	if strings.HasSuffix(label, ": ") {
		shown = terminal.Faint(strings.TrimSuffix(label, " ")) + " "
	}
	fmt.Fprintf(w, "%s%s%s\n", indent, shown, terminal.Wrap(text, widthOf(w), utf8.RuneCountInString(further), further))
}

// tellReproduce says how to see the failure in a browser. flags name the app with which it is played; "": an SDK plays it.
func (a *app) tellReproduce(w io.Writer, indent, flags string, causes []diagnosis.Cause) {
	if len(causes) > 0 && causes[0].Scenario != "" {
		fmt.Fprintf(w, "%s%s %s\n", indent, terminal.Faint("Reproduce:"), a.again("reproduce "+causes[0].Scenario+flags))
	}
}
