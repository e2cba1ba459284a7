package check

import (
	"strings"

	"renewal.example/mockauth0/browser"
)

// evidence is what the World has of what was just seen, without secrets.
func (s *scene) evidence(c Check, seen string) *browser.Captured {
	return s.World.Capture(browser.EvidenceOptions{
		Title: c.ID + " (" + string(c.Severity) + ")", Verdict: seen, About: "A healthy app: " + c.Title,
		Sections: []browser.EvidenceSection{{Title: "What to do", Items: []browser.EvidenceItem{
			{Title: "Why it matters", Text: c.Why}, {Title: "Remedy", Text: c.Remedy},
		}}},
	})
}

// HTML is the report as one page of at most browser.MaxEvidencePage bytes, with a viewer of what happened for each thing that was seen.
func (r *Report) HTML() ([]byte, error) {
	page := browser.CapturedPage{
		Title: "Check of " + r.App, Verdict: r.Verdict(), Good: len(r.Findings()) == 0,
		About: strings.Join(append([]string{
			r.Date.UTC().Format("2006-01-02 15:04 MST") + ", with a tenant at " + r.Domain + ". " + r.Renews,
		}, r.Stores...), "\n"),
	}
	page.Heading = "Findings"
	lost := browser.EvidenceSection{Title: "Findings without evidence"}
	for _, f := range r.Findings() {
		for i, seen := range f.Seen {
			if seen.Evidence == nil {
				lost.Items = append(lost.Items, browser.EvidenceItem{Title: f.ID, Text: seen.Text + "\nRemedy: " + f.Remedy, Bad: true})
				continue
			}
			page.Cases = append(page.Cases, browser.CapturedCase{ID: f.ID + strings.Repeat("-again", i), Name: seen.Text, Captured: seen.Evidence})
		}
	}
	sections := []browser.EvidenceSection{lost}
	for _, outcome := range []Outcome{NotChecked, DoesNotApply, Healthy} {
		section := browser.EvidenceSection{Title: strings.TrimSuffix(sentence(string(outcome)), ".")}
		for _, result := range r.having(outcome) {
			text := result.Title
			if result.Reason != "" {
				text = sentence(result.Reason) + "\nA healthy app: " + text
			}
			section.Items = append(section.Items, browser.EvidenceItem{Title: result.ID, Text: text})
		}
		sections = append(sections, section)
	}
	for _, section := range sections {
		if len(section.Items) > 0 {
			page.Sections = append(page.Sections, section)
		}
	}
	return page.HTML()
}
