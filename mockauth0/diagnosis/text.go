package diagnosis

import (
	"cmp"
	"fmt"
	"strings"

	"renewal.example/mockauth0/internal/terminal"
)

// Text names what failed, for people.
func (k Kind) Text() string {
	switch k {
	case KindSilent:
		return "silent renewal"
	case KindRefresh:
		return "refresh"
	case KindLogin:
		return "request from a frame"
	case KindAbsence:
		return "renewal that was due"
	}
	return string(k)
}

// Headline is the diagnosis in one line.
func (d Diagnosis) Headline() string {
	who := cmp.Or(d.Client, d.ClientID, "an unknown application")
	return terminal.Text(fmt.Sprintf("%s of %s failed: %s · %s", d.Kind.Text(), who, d.Outcome, d.Causes[0].Title))
}

// String is the diagnosis for people: the headline, and under it the causes with their evidence and what to do. What others sent, and
// could steer a terminal, is taken out.
func (d Diagnosis) String() string {
	var b strings.Builder
	b.WriteString(d.Headline() + "\n")
	if d.App != "" && d.App != d.Outcome {
		fmt.Fprintf(&b, "  the application says: %s\n", d.App)
	}
	for i, c := range d.Causes {
		c.write(&b, i == 0)
	}
	if d.Request != "" {
		fmt.Fprintf(&b, "  its events: /__mock/v1/events?request=%s\n", d.Request)
	}
	return terminal.Text(b.String())
}

// write prints a cause: the first one in full, the others without their advice.
func (c Cause) write(b *strings.Builder, first bool) {
	mark := "→"
	if !first {
		mark = "or:"
	}
	fmt.Fprintf(b, "  %s %s (%s, %s)\n", mark, c.Title, c.Code, c.Confidence)
	for _, e := range c.Evidence {
		if e.Seq == 0 {
			fmt.Fprintf(b, "      · %s\n", e.Text)
		} else {
			fmt.Fprintf(b, "      #%d %s\n", e.Seq, e.Text)
		}
	}
	if !first {
		return
	}
	fmt.Fprintf(b, "      Why: %s\n      Do: %s\n      Read: %s\n", c.Why, c.Remedy, c.Read)
	if c.Scenario != "" {
		fmt.Fprintf(b, "      Reproduce: mockauth0 reproduce %s\n", c.Scenario)
	}
}
