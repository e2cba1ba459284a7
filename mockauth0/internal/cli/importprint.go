package cli

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"renewal.example/mockauth0/internal/reconstruct"
	"renewal.example/mockauth0/internal/recording"
	"renewal.example/mockauth0/internal/terminal"
)

// printImport tells a person what a recording holds, why what failed did, and what to do next.
func (a *app) printImport(found *reconstruct.Analysis, out string) {
	w := a.stdio.Out
	by := found.Kind
	if found.Recorder != "" {
		by += " by " + found.Recorder
	}
	fmt.Fprintf(w, "%s: a %s, %s, %d of them with the tenant%s\n", found.Source, by, countOf(found.Entries, "entry", "entries"),
		found.Exchanges, between(found.Tenant))
	for _, note := range found.Notes {
		a.warn("%s", note)
	}
	for _, line := range found.Skipped {
		a.warn("passed over: %s", line)
	}
	fmt.Fprintf(w, "\n%s\n", terminal.Bold("What went wrong"))
	if len(found.Failures) == 0 {
		fmt.Fprintf(w, "  %s\n", nothingWrong(found))
	}
	for _, f := range found.Failures {
		printFailed(w, f)
	}
	if len(found.Unknown) > 0 {
		fmt.Fprintf(w, "\n%s\n", terminal.Bold("What the file does not tell"))
		for _, f := range found.Unknown {
			printFailed(w, f)
		}
	}
	printFindings(w, found.Tenant)
	if len(found.Written) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", terminal.Bold("Written"))
	for _, path := range found.Written {
		fmt.Fprintf(w, "  %s\n", path)
	}
	fmt.Fprintf(w, "\n%s\n", terminal.Bold("Next"))
	for _, line := range a.nextAfterImport(found, out) {
		fmt.Fprintf(w, "  %s\n", line)
	}
}

// nothingWrong says that nothing failed, as far as that was seen.
func nothingWrong(found *reconstruct.Analysis) string {
	var all, unknown int
	for _, c := range found.Tenant.Clients {
		all += c.Silent.All + c.Refresh.All
		unknown += c.Silent.Unknown + c.Refresh.Unknown
	}
	unknown += found.Unexchanged
	switch {
	case all == 0 && found.Partial:
		return "nothing in what was read, which holds no renewal" + notInTheFile(found)
	case all == 0:
		return "nothing that the file shows; it holds no renewal"
	case unknown >= all:
		return "nothing that the file shows, but it does not tell whether any renewal worked" + notInTheFile(found)
	case unknown > 0:
		return fmt.Sprintf("nothing that the file shows: %d of %d renewals worked, and what became of the others is not known%s",
			all-unknown, all, notInTheFile(found))
	case found.Partial:
		return "nothing in what was read: every renewal there worked" + notInTheFile(found)
	}
	return "nothing: every renewal in the file worked"
}

// notInTheFile says what of the renewals was not seen: the exchange of a code, or a part of the file.
func notInTheFile(found *reconstruct.Analysis) (text string) {
	if found.Unexchanged > 0 {
		text = fmt.Sprintf(": the exchange of %s is not in it", countOf(found.Unexchanged, "code", "codes"))
	}
	if found.Partial {
		text += "; a part of the file was not read"
	}
	return text
}

func between(f *recording.Findings) string {
	const form = "2 Jan 2006 15:04:05"
	switch {
	case f.From.IsZero():
		return ""
	case f.From.Equal(f.To):
		return ", " + f.From.Format(form) + " UTC"
	}
	return ", " + f.From.Format(form) + " to " + f.To.Format(form) + " UTC"
}

func printFindings(w io.Writer, f *recording.Findings) {
	rows := [][]string{{"domain", cmp.Or(strings.Join(f.Domains, ", "), "not in the file")}}
	if len(f.Issuers) > 0 {
		rows = append(rows, []string{"issuer", strings.Join(f.Issuers, ", ")})
	}
	if len(f.Algorithms) > 0 {
		tokens := strings.Join(f.Algorithms, ", ")
		if len(f.Keys) > 0 {
			tokens += ", signed by " + countOf(len(f.Keys), "key", "keys")
		}
		rows = append(rows, []string{"tokens", tokens})
	}
	section(w, "The tenant", rows)
	for _, c := range f.Clients {
		title := "Client " + c.ID
		if c.Name != "" {
			title = "Client " + c.Name + ", " + c.ID
		}
		section(w, title, clientRows(c))
	}
	rows = nil
	for _, api := range f.APIs {
		row := []string{api.Audience}
		for _, life := range []struct {
			life time.Duration
			what string
		}{{api.WebLife, "from /authorize"}, {api.Life, "from /oauth/token"}} {
			if life.life > 0 {
				row = append(row, "tokens "+life.what+" live "+short(life.life))
			}
		}
		if api.Unknown {
			row = append(row, "no such API")
		}
		rows = append(rows, row)
	}
	section(w, "APIs", rows)
}

func clientRows(c *recording.Client) [][]string {
	var rows [][]string
	for _, r := range []struct {
		name string
		list []string
	}{
		{"SDK", c.SDKs}, {"asks for", c.ResponseTypes}, {"answered by", c.Modes}, {"scopes", c.Scopes}, {"callbacks", c.Callbacks}, {"callbacks refused", c.Refused},
		{"web origins", c.Origins}, {"web origins refused", c.Unlisted}, {"logout URLs", c.LogoutURLs}, {"grants", c.Grants}, {"organizations", c.Organizations},
	} {
		if len(r.list) > 0 {
			rows = append(rows, []string{r.name, strings.Join(r.list, ", ")})
		}
	}
	for _, t := range []struct {
		name  string
		tally recording.Tally
	}{{"silent requests", c.Silent}, {"refreshes", c.Refresh}} {
		if t.tally.All > 0 {
			row := fmt.Sprintf("%d, of which %d failed", t.tally.All, t.tally.Failed)
			if t.tally.Unknown > 0 {
				row += fmt.Sprintf(", and of %d the file does not tell", t.tally.Unknown)
			}
			rows = append(rows, []string{t.name, row})
		}
	}
	if c.Rotates {
		rows = append(rows, []string{"refresh tokens", "rotate"})
	}
	return rows
}

func printFailed(w io.Writer, f *reconstruct.Failed) {
	line := f.Place
	if !f.At.IsZero() {
		line += ", " + f.At.Format("15:04:05")
	}
	line += ": " + f.Kind + ", " + f.Outcome
	if f.Times > 1 {
		line += fmt.Sprintf(" (%d times, last at %s)", f.Times, f.Last)
	}
	fmt.Fprintf(w, "  %s\n", line)
	if f.Diagnosis == nil {
		return
	}
	tellCauses(w, "    ", f.Diagnosis.Causes, false)
	if f.Scenario != "" {
		fmt.Fprintf(w, "        Scenario: %s\n", f.Scenario)
	}
}

func (a *app) nextAfterImport(found *reconstruct.Analysis, out string) []string {
	next := []string{a.again("serve --tenant "+shellWord(out)) + "    the tenant, for your app"}
	what := "    the failure, against an SDK in a browser"
	for _, path := range found.Written {
		if filepath.Base(filepath.Dir(path)) == "scenarios" {
			next = append(next, a.again("reproduce "+shellWord(path))+what)
			what = ""
		}
	}
	return next
}
