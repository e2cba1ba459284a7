package check

import (
	"fmt"
	"strings"
	"time"

	"renewal.example/mockauth0/internal/terminal"
)

// mostTextLines is how long the report on a terminal may be.
const mostTextLines = 60

// Text is the report for a terminal of so many columns: at most 60 lines, the verdict first. Where remedies would not fit, it leaves
// them out and says so. It has the marks of package terminal for what a terminal shows beyond plain text.
func (r *Report) Text(columns int) string {
	if columns <= 0 { // nobody knows
		columns = 100
	}
	columns = min(max(columns, 60), 120)
	for _, d := range []detail{{remedies: true, everySeen: true, apart: true}, {everySeen: true, apart: true}, {apart: true}, {}} {
		if text := r.text(columns, d); strings.Count(text, "\n") <= mostTextLines {
			return text
		}
	}
	return r.text(columns, detail{brief: true})
}

// detail is what a report tells of each finding.
type detail struct {
	remedies, everySeen bool
	apart               bool // with an empty line between findings
	brief               bool // one line for each, and no reasons
}

func (r *Report) text(columns int, d detail) string {
	var b strings.Builder
	say := func(indent, format string, args ...any) {
		b.WriteString(indent + terminal.Wrap(fmt.Sprintf(format, args...), columns, len(indent), indent+"  ") + "\n")
	}
	b.WriteString(terminal.Bold(terminal.Wrap(r.Verdict(), columns, 0, "  ")) + "\n")
	for _, f := range r.Findings() {
		if d.brief {
			b.WriteString(clip("  "+colour(f.Severity, f.ID)+" ("+string(f.Severity)+"): "+f.Seen[0].Text, columns) + "\n")
			continue
		}
		if d.apart {
			say("", "")
		}
		b.WriteString("  " + colour(f.Severity, f.ID) + " (" + string(f.Severity) + ")\n")
		for i, seen := range f.Seen {
			if i > 0 && !d.everySeen {
				say("    ", "… and %d more of the kind", len(f.Seen)-1)
				break
			}
			say("    ", "%s", seen.Text)
		}
		if d.remedies {
			say("    ", "Remedy: %s", f.Remedy)
		}
	}
	say("", "")
	if !d.remedies && len(r.Findings()) > 0 {
		say("", "What to do about each is in CHECK.md and in the page that --html FILE writes.")
	}
	if r.Renews != "" {
		say("", "%s", r.Renews)
	}
	for _, line := range r.Stores {
		say("", "%s", line)
	}
	r.sayRest(say, d)
	say("", "Took %.1f s.", r.Took.Round(100*time.Millisecond).Seconds())
	return b.String()
}

// sayRest says what was not checked, and why.
func (r *Report) sayRest(say func(indent, format string, args ...any), d detail) {
	if r.Login != "" {
		say("", "Nothing else was checked, because nobody could log in.")
		return
	}
	for _, outcome := range []Outcome{NotChecked, DoesNotApply} {
		for _, group := range byReason(r.having(outcome)) {
			if d.brief {
				say("", "%s: %s", strings.TrimSuffix(sentence(string(outcome)), "."), strings.Join(group.ids, ", "))
				continue
			}
			say("", "%s: %s (%s)", strings.TrimSuffix(sentence(string(outcome)), "."), strings.Join(group.ids, ", "), group.why)
		}
	}
}

// colour marks an id by how bad its finding is.
func colour(s Severity, id string) string {
	switch s {
	case High:
		return terminal.Red(id)
	case Medium:
		return terminal.Yellow(id)
	}
	return terminal.Bold(id)
}

// Verdict is the answer in a line.
func (r *Report) Verdict() string {
	findings := len(r.Findings())
	if r.Login != "" {
		return fmt.Sprintf("The check of %s stopped at the login.", r.App)
	}
	what := "nothing was found"
	if findings > 0 {
		what = times(findings, "finding")
	}
	made := len(r.having(Healthy)) + findings
	text := fmt.Sprintf("%s: %s in %s", r.App, what, times(made, "check"))
	if n := len(r.having(NotChecked)); n > 0 {
		text += fmt.Sprintf("; %d not checked", n)
	}
	return text + "."
}

type reason struct {
	why string
	ids []string
}

// byReason puts results together that have the same reason.
func byReason(results []Result) (groups []reason) {
	for _, r := range results {
		at := -1
		for i, g := range groups {
			if g.why == r.Reason {
				at = i
			}
		}
		if at < 0 {
			groups, at = append(groups, reason{why: r.Reason}), len(groups)
		}
		groups[at].ids = append(groups[at].ids, r.ID)
	}
	return groups
}

// clip is the beginning of a text that fits a line. The two marks of a colour take no column.
func clip(text string, columns int) string {
	runes := []rune(text)
	if len(runes)-2 <= columns {
		return text
	}
	return string(runes[:columns+1]) + "…"
}
