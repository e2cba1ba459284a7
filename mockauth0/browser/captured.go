package browser

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"
)

// Captured is what a World had of something at one moment: what the page of Evidence shows. It outlives its World, and holds no secrets
// unless they were asked for.
type Captured struct {
	v   viewer
	all *timeline
}

// Capture takes down what happened in the World so far, and what its pages show now, for a page of several such captures. Of the options
// it does not use MaxBytes.
func (w *World) Capture(o EvidenceOptions) *Captured {
	v := w.viewed(o)
	v.g.bound(DefaultEvidence)
	for i, s := range v.g.shots {
		if len(s.png) > 0 {
			v.g.shots[i].Image = dataURL("image/png", s.png)
		}
	}
	c := &Captured{v: v, all: newTimeline(v)}
	// The rows have what they need of these, which are large.
	c.v.g.har.Log.Entries, c.v.g.entries, c.v.g.folded, c.v.g.lines = nil, nil, nil, nil
	c.v.g.console, c.v.g.messages, c.v.g.tenant, c.v.g.secrets = nil, nil, nil, nil
	c.v.w = &World{Name: w.Name, Domain: w.Domain, browser: w.browser}
	return c
}

// CapturedPage is what a page of several captures says above them.
type CapturedPage struct {
	Title    string            // heads the page
	Verdict  string            // the answer in one sentence
	Good     bool              // the verdict is one that a person wants
	About    string            // under the verdict. Default: nothing
	Heading  string            // of the cases: "Findings"
	Cases    []CapturedCase    // come next, in this order, folded. Default: none
	Sections []EvidenceSection // come last. Default: none
	// MaxBytes is how large the page may become: the oldest of each timeline is left out then, and pictures are. Default: MaxEvidencePage.
	MaxBytes int
}

// CapturedCase is one capture of a page.
type CapturedCase struct {
	ID   string // its anchor: letters, digits and hyphens, once on the page
	Name string // is shown of it when it is folded, after its title: a sentence
	*Captured
}

// HTML is the page: a viewer for each case.
func (p CapturedPage) HTML() ([]byte, error) {
	t, err := evidenceTemplate()
	if err != nil {
		return nil, err
	}
	most := cmp.Or(p.MaxBytes, MaxEvidencePage)
	page := p.view()
	pictures := most / 2
	for i, c := range p.Cases {
		page.Cases[i].Shots = c.pictures(&pictures)
	}
	for budget := most / 4; ; budget /= 2 {
		for i, c := range p.Cases {
			page.Cases[i] = c.view(page.Cases[i], budget/max(1, len(p.Cases)))
		}
		var b bytes.Buffer
		if err := t.Execute(&b, page); err != nil {
			return nil, fmt.Errorf("the evidence page: %w", err)
		}
		if b.Len() <= most || budget < 1<<10 {
			return b.Bytes(), nil
		}
	}
}

// view is the page without what its cases show.
func (p CapturedPage) view() view {
	v := view{
		Title: p.Title, Verdict: p.Verdict, Good: p.Good, About: p.About,
		Several: true, CasesTitle: p.Heading, Cases: make([]view, len(p.Cases)),
	}
	v.dress()
	for _, s := range p.Sections {
		section := viewSection{Title: s.Title}
		for _, i := range s.Items {
			section.Items = append(section.Items, viewItem{EvidenceItem: i, Read: address(i.Link)})
		}
		v.Sections = append(v.Sections, section)
	}
	return v
}

// pictures are those of the case that fit into what is left for pictures. Of the others the page says so.
func (c CapturedCase) pictures(budget *int) (shown []shot) {
	for _, s := range c.v.g.shots {
		if *budget -= len(s.Image); *budget < 0 {
			s.Image, s.Lost = "", "left out for its size"
		}
		shown = append(shown, s)
	}
	return shown
}

// view is the case with a timeline of so many bytes; known has what does not depend on that.
func (c CapturedCase) view(known view, budget int) view {
	tl := c.all.within(c.ID+"-t", budget)
	v := c.v.view(tl)
	v.Prefix, v.Name, v.Shots, v.Left = c.ID+"-", c.Name, known.Shots, slices.Concat(c.v.g.left, tl.left)
	return v
}

// evidenceTemplate is that of every page of evidence.
func evidenceTemplate() (*template.Template, error) {
	t, err := template.New("evidence").Funcs(template.FuncMap{
		"clock": func(t time.Time) string { return when(t, "2006-01-02 15:04:05.000") },
		"round": func(d time.Duration) string { return d.Round(time.Millisecond).String() },
		"case":  func(v view) string { return strings.TrimSuffix(v.Prefix, "-") },
	}).Parse(evidencePage)
	if err != nil {
		return nil, fmt.Errorf("the evidence page: %w", err)
	}
	return t, nil
}
