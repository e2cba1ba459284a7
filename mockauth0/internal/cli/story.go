package cli

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/browser"
	"renewal.example/mockauth0/internal/terminal"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/stage"
)

// mostStory is how many lines of what happened a terminal gets. All of it is in the evidence.
const mostStory = 12

// longestStory is how many characters of a line a terminal gets.
const longestStory = 160

// told is a line of what happened, with how often it came.
type told struct {
	first, last  time.Time // tenant time
	bad          bool
	source, text string
	times        int
}

// printTimeline prints what happened from the first renewal on, in few lines.
func (a *app) printTimeline(st *stage.Stage) {
	tellStory(a.stdio.Out, storyOf(st.Since(), st.AppOrigin, st.TenantURL()))
}

// tellStory writes the first and the last lines of a story.
func tellStory(w io.Writer, lines []told) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", terminal.Bold("What happened, by the tenant's time"))
	const first = mostStory / 2
	if left := len(lines) - mostStory; left > 0 {
		for _, l := range lines[:first] {
			l.tell(w)
		}
		fmt.Fprintf(w, "  %s\n", terminal.Faint(fmt.Sprintf("… %s lines more, which the evidence has", grouped(left+1))))
		lines = lines[first+left+1:]
	}
	for _, l := range lines {
		l.tell(w)
	}
}

func (l told) tell(w io.Writer) {
	mark, text := " ", printable(l.text)
	if l.bad {
		mark = terminal.Red("!")
	}
	if l.times > 1 {
		text += fmt.Sprintf(" ×%s, until %s", grouped(l.times), l.last.UTC().Format("15:04:05"))
	}
	column := len("  15:04:05 ! network ")
	further := strings.Repeat(" ", column)
	fmt.Fprintf(w, "  %s %s %s%s\n", l.first.UTC().Format("15:04:05"), mark, terminal.Faint(fmt.Sprintf("%-8s", l.source)),
		terminal.Wrap(text, widthOf(w), column, further))
}

// storyOf is what a person wants to know of what happened: requests but those for the app's own files, what the tenant logged, errors of
// the app, and moves of the clock. What comes again is counted.
func storyOf(lines []browser.Line, app, tenant string) (out []told) {
	for _, l := range lines {
		source, text := "", ""
		word, _, _ := strings.Cut(l.Source, " ")
		switch {
		case word == "network":
			source, text = word, exchangeText(l.Text, app, tenant)
		case l.Source == "tenant log":
			source, text = "tenant", l.Text
		case word == "clock" && !strings.HasPrefix(l.Text, "clock moved"), word == "spec":
			source, text = word, l.Text
		case l.Bad && word != "tenant":
			source, text = word, l.Text
		}
		if text == "" {
			continue
		}
		out = foldedInto(out, told{l.Tenant, l.Tenant, l.Bad, source, cut(folded(text), longestStory), 1})
	}
	return out
}

// lookBack is how far apart two lines may be that are the same again: an exchange and what the tenant logs of it alternate.
const lookBack = 4

// foldedInto adds a line to a story, or counts it where it came a moment before. A step or a move of the clock begins something new.
func foldedInto(out []told, l told) []told {
	for i := len(out) - 1; i >= 0 && i >= len(out)-lookBack; i-- {
		before := &out[i]
		if before.source == "clock" || before.source == "spec" {
			break
		}
		if before.source == l.source && before.text == l.text && before.bad == l.bad {
			before.times++
			before.last = l.first
			return out
		}
	}
	return append(out, l)
}

// exchangeText is an exchange in short: where it went without parameters, and how it ended; "" for the app's own files.
func exchangeText(text, app, tenant string) string {
	request, answer, _ := strings.Cut(text, " → ")
	method, address, _ := strings.Cut(request, " ")
	if strings.HasPrefix(address, app+"/") && !strings.HasPrefix(answer, "net::") {
		return ""
	}
	u, err := url.Parse(address)
	if err != nil {
		return text
	}
	where := u.Scheme + "://" + u.Host + u.Path
	if strings.HasPrefix(address, tenant+"/") {
		where = u.Path
	}
	if prompt := u.Query().Get("prompt"); prompt != "" {
		where += " prompt=" + prompt
	}
	status, to, _ := strings.Cut(answer, " ")
	if to != "" && !strings.HasPrefix(answer, "net::") && !strings.HasPrefix(answer, "no ") {
		return method + " " + where + " → " + status + errorIn(to)
	}
	return method + " " + where + " → " + answer
}

// errorIn is the error that an address takes to the app.
func errorIn(address string) string {
	at := strings.IndexAny(address, "?#")
	if at < 0 {
		return ""
	}
	for part := range strings.FieldsFuncSeq(address[at:], func(c rune) bool { return strings.ContainsRune("?#&", c) }) {
		if code, found := strings.CutPrefix(part, "error="); found {
			return " " + code
		}
	}
	return ""
}

// printDiagnoses prints what the tenant says of the renewal, by what it observed: the first in full, and of others what they name.
func (a *app) printDiagnoses(outcome stage.Outcome) {
	out := a.stdio.Out
	if len(outcome.Diagnoses) == 0 {
		fmt.Fprintln(out, "\nThe tenant sees nothing wrong.")
	}
	const most = 3
	groups := alike(outcome.Diagnoses)
	for i, group := range groups {
		d, times := group[0], ""
		if len(group) > 1 {
			times = ", ×" + grouped(len(group))
		}
		switch {
		case i == 0:
			fmt.Fprintf(out, "\n%s (%s: %s%s)\n", terminal.Bold("The tenant says why"), d.Kind.Text(), printable(d.Outcome), times)
			tellCauses(out, "  ", d.Causes, false)
		case i < most:
			tellLine(out, "  ", "also: ", fmt.Sprintf("%s (%s, %s; %s: %s%s)", d.Causes[0].Title, d.Causes[0].Code, d.Causes[0].Confidence,
				d.Kind.Text(), printable(d.Outcome), times))
		case i == most:
			fmt.Fprintf(out, "  also: %d more, which the evidence has\n", len(groups)-most)
		}
	}
}

// aboutText is what the file tells of the failure.
func aboutText(s *scenario.Scenario) string {
	var b strings.Builder
	for _, line := range aboutLines(s) {
		fmt.Fprintf(&b, "%s %s\n", line.label, line.text)
	}
	if b.Len() > 0 {
		return "\n" + b.String()
	}
	return ""
}

type aboutLine struct{ label, text string }

func aboutLines(s *scenario.Scenario) (out []aboutLine) {
	for _, line := range []aboutLine{
		{"Cause  ", s.Cause}, {"Remedy ", s.Remedy}, {"Read   ", s.Read}, {"Seen in", strings.Join(s.References, ", ")},
	} {
		if line.text != "" {
			out = append(out, line)
		}
	}
	return out
}

// printAbout prints what the file tells of the failure, but what the tenant's own words have told already.
func (a *app) printAbout(s *scenario.Scenario, outcome stage.Outcome) {
	told := len(outcome.Diagnoses) > 0
	lines := slices.DeleteFunc(aboutLines(s), func(l aboutLine) bool {
		return told && (l.label == "Cause  " || l.label == "Read   " && l.text == outcome.Diagnoses[0].Causes[0].Read)
	})
	for i, l := range lines {
		if i == 0 {
			fmt.Fprintln(a.stdio.Out)
		}
		further := strings.Repeat(" ", len(l.label)+1)
		fmt.Fprintf(a.stdio.Out, "%s %s\n", terminal.Faint(l.label), terminal.Wrap(l.text, widthOf(a.stdio.Out), len(further), further))
	}
}

// evidenceOf is what the page of evidence says above its timeline.
func evidenceOf(st *stage.Stage, v stage.Verdict, about string, secrets bool) browser.EvidenceOptions {
	o := browser.EvidenceOptions{
		Title: st.Scenario.Title, Verdict: verdictTitle(v) + ": " + st.Scenario.Title, Good: v.Is != stage.Reproduced, Since: st.Began(),
		About: strings.TrimSpace(v.Why + "\n" + strings.TrimRight(about, "\n")), Secrets: secrets,
	}
	if len(v.Story) > 0 {
		did := browser.EvidenceSection{Title: "What the app did"}
		for _, line := range v.Story {
			did.Items = append(did.Items, browser.EvidenceItem{Text: line})
		}
		o.Sections = append(o.Sections, did)
	}
	return o
}
