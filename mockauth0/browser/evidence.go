package browser

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/harfile"
	"renewal.example/mockauth0/internal/safefile"
)

// line is one row of the timeline.
type line struct {
	Real, Tenant, Browser time.Time
	Source                string // tenant, network, console, message, …
	Bad                   bool
	Begins                bool // something that the spec did, from which other lines may follow
	After                 bool // after the last of them, in a spec that failed
	Text, Details         string
	exchange              int    // of traffic: its place in the World's requests, from 1; 0: it is something else
	seq                   uint64 // of a tenant's event; 0: it has none
}

type shot struct {
	Title string
	Image template.URL
	Lost  string // why there is none
	png   []byte
}

type pageTimers struct {
	Title  string
	Timers []Timer
}

// EvidenceOptions says what a page of evidence is about.
type EvidenceOptions struct {
	// Title heads the page: the full name of the spec. Default: the World's name.
	Title string
	// Verdict is the answer in one sentence, above everything else. Default: that the spec failed, where Failure is set.
	Verdict string
	// Good says that the verdict is one that a person wants. It sets the colour alone.
	Good bool
	// About is shown under the verdict: what was done, and what came of it. Default: nothing.
	About string
	// Sections come next, such as the findings of a check. Default: none.
	Sections []EvidenceSection
	// Failure is what the spec expected and what it got. Empty: it did not fail.
	Failure string
	// Failed is when it failed, in real time. Default: now.
	Failed time.Time
	// Since is when that began which the evidence is about, in real time: of the exchanges that failed, the first after it is
	// marked. Default: the last of all is marked.
	Since time.Time
	// Secrets keeps passwords, cookies, codes, refresh tokens and signatures in the evidence. Default: they are taken out of
	// everything but the pictures; of a token the header and the claims stay.
	Secrets bool
	// MaxBytes is how large the whole folder may become: the oldest of everything is left out, which the page says. Default:
	// DefaultEvidence. The page itself has at most MaxEvidencePage.
	MaxBytes int
}

// EvidenceSection is a part of the page above the timeline.
type EvidenceSection struct {
	Title string
	Items []EvidenceItem
}

// EvidenceItem is a paragraph of a section, such as a finding.
type EvidenceItem struct {
	Title string
	Text  string    // what was seen, and what to do; lines stay lines
	Bad   bool      // it is something that is wrong
	Link  string    // address of a page to read. Empty: none. Anything but http and https is shown as text
	At    time.Time // real time of what it speaks of: the page leads to what happened then. Zero: it speaks of nothing there
}

// Evidence writes what happened in the World to dir/index.html: one page with the verdict, why renewals failed, screenshots, and the
// tenant's and the browser's doings on one timeline, which can be folded and filtered.
// Beside it lie the parts for other programs: traffic.har, tenant.json,
// console.json, messages.json and the screenshots. What cannot be collected, from a crashed page for instance, is said on
// the page rather than failing the whole. Only this account can read the files. They hold no secrets, unless you ask for that.
func (w *World) Evidence(dir string, o EvidenceOptions) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("write evidence: %w", err)
	}
	v := w.viewed(o)
	v.g.bound(cmp.Or(o.MaxBytes, DefaultEvidence))
	return v.g.write(dir, v)
}

// viewed is the viewer of what happened so far, without secrets unless they were asked for.
func (w *World) viewed(o EvidenceOptions) viewer {
	g := w.gather(true)
	g.title, g.about, g.failure, g.verdict = cmp.Or(o.Title, w.Name), o.About, o.Failure, o.Verdict
	for _, section := range o.Sections {
		section.Items = slices.Clone(section.Items)
		g.sections = append(g.sections, section)
	}
	now := w.now()
	if o.Failure != "" {
		failed := now
		if !o.Failed.IsZero() {
			back := now.Real.Sub(o.Failed)
			failed = Moment{o.Failed, now.Tenant.Add(-back), now.Browser.Add(-back)}
		}
		g.lines = withFailure(g.lines, line{Source: "spec", Bad: true, Text: "failed: " + o.Failure}.at(failed))
	}
	if !o.Secrets {
		s := g.scrubber()
		g.without(s)
		if n := s.Dropped(); n > 0 {
			g.left = append(g.left, fmt.Sprintf("%d secrets from the search in other texts: they are taken out by their places only", n))
		}
	}
	return viewer{
		g: g, w: w, now: now, good: o.Good, since: o.Since, secrets: o.Secrets,
		most: min(MaxEvidencePage, cmp.Or(o.MaxBytes, DefaultEvidence)*5/8),
	}
}

// gathered is what a World knows of itself.
type gathered struct {
	title, about, failure string
	verdict               string
	sections              []EvidenceSection
	har                   harfile.File
	entries               map[int]*harfile.Entry // those of the HAR, by their place in the World's requests, from 1
	folded                []harfile.Entry        // what is the same as many others: it is counted, and not shown
	console               []ConsoleEntry
	messages              []Message
	tenant                []TenantEvent
	lines                 []line
	shots                 []shot
	timers                []pageTimers
	refused               []Refusal
	diagnoses             []diagnosis.Diagnosis
	realTime              []string // what keeps real time
	secrets               []string // of the tenant
	left                  []string // what was left out for its size
}

// gather collects it; of pages, which have to be asked, only on demand.
func (w *World) gather(pages bool) *gathered {
	g := &gathered{
		console: w.Console(), messages: w.Messages(), tenant: w.tenantLog(), refused: w.Refused(), diagnoses: w.diagnoses(),
		realTime: w.OnRealTime(),
	}
	requests := w.Requests()
	g.lines = g.thin(w.timelineOf(requests))
	g.archive(w, requests)
	g.cloned()
	if k, ok := w.server.(SecretKeeper); ok {
		g.secrets = k.Secrets()
	}
	if !pages {
		return g
	}
	all := w.Pages()
	for _, p := range all {
		s := shot{Title: p.URL()}
		if len(all) > 1 {
			s.Title = fmt.Sprintf("Tab %d: %s", p.number, s.Title)
		}
		var err error
		if s.png, err = p.Screenshot(); err != nil {
			s.Lost = err.Error()
		}
		g.shots = append(g.shots, s)
		if timers, err := p.Timers(); err == nil {
			g.timers = append(g.timers, pageTimers{s.Title, timers})
		}
	}
	return g
}

// write writes the page, and beside it the parts.
func (g *gathered) write(dir string, v viewer) error {
	var errs []error
	write := func(name string, content []byte) {
		if err := safefile.Write(filepath.Join(dir, name), safefile.Private, content); err != nil {
			errs = append(errs, fmt.Errorf("write evidence: %w", err))
		}
	}
	for i, s := range g.shots {
		if len(s.png) > 0 {
			write(fmt.Sprintf("page-%d.png", i+1), s.png)
			g.shots[i].Image = dataURL("image/png", s.png)
		}
	}
	for name, what := range map[string]any{
		"traffic.har": g.har, "console.json": g.console, "messages.json": g.messages, "tenant.json": g.tenant,
	} {
		content, err := json.MarshalIndent(what, "", " ")
		if err != nil {
			errs = append(errs, fmt.Errorf("write %s: %w", name, err))
			continue
		}
		write(name, content)
	}
	page, err := v.render()
	if err != nil {
		return errors.Join(append(errs, err)...)
	}
	write("index.html", page)
	return errors.Join(errs...)
}

func dataURL(kind string, content []byte) template.URL {
	return template.URL("data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(content)) //nolint:gosec // our own bytes, base64
}

// diagnoses is what the tenant says of renewals that failed.
func (w *World) diagnoses() []diagnosis.Diagnosis {
	if d, ok := w.server.(Diagnoser); ok {
		return d.Diagnoses()
	}
	return nil
}

func (w *World) tenantLog() []TenantEvent {
	if w.server == nil {
		return []TenantEvent{}
	}
	return w.server.Log()
}

// Line is one thing that happened in a World, for people.
type Line struct {
	Moment
	Source string // spec, network, tenant …, console …, message, clock, refused
	Text   string // in one line
	Bad    bool   // an error: shown as such
}

// Timeline is everything that happened, in order of real time: what Evidence shows.
func (w *World) Timeline() []Line {
	var out []Line
	for _, l := range w.timeline() {
		out = append(out, Line{Moment: Moment{Real: l.Real, Tenant: l.Tenant, Browser: l.Browser}, Source: l.Source, Text: l.Text, Bad: l.Bad})
	}
	return out
}

// timeline puts everything on one list by real time, which all parts share.
func (w *World) timeline() []line { return w.timelineOf(w.Requests()) }

func (w *World) timelineOf(requests []Request) []line {
	var lines []line
	for _, e := range w.tenantLog() {
		var numbered struct{ Seq uint64 }
		_ = json.Unmarshal(e.Raw, &numbered) // another server's events may have no numbers
		lines = append(lines, line{
			Real: e.Wall, Tenant: e.Time, Source: "tenant " + e.Kind, Text: e.Text, Details: indented(e.Raw), seq: numbered.Seq,
		})
	}
	for i, r := range requests {
		answer := r.Error
		switch {
		case answer == "" && r.Status == 0:
			answer = "no answer yet"
		case answer == "":
			answer = strings.TrimSpace(fmt.Sprintf("%d %s", r.Status, header(r.ResponseHeaders, "location")))
		}
		l := line{Source: "network", Bad: r.Error != "" || r.Status >= 400, exchange: i + 1}
		l.Text = fmt.Sprintf("%s %s → %s", r.Method, r.URL, answer)
		lines = append(lines, l.at(r.Moment))
	}
	for _, e := range w.Console() {
		bad := e.Level == "error" || e.Level == "warning" || e.Level == "assert"
		lines = append(lines, line{Source: e.Kind + " " + e.Level, Bad: bad, Text: e.Text, Details: e.Where}.at(e.Moment))
	}
	for _, m := range w.Messages() {
		text := fmt.Sprintf("%s → %s", m.Origin, m.Target)
		if !m.Delivered {
			text = "refused: " + m.Refusal
		}
		lines = append(lines, line{Source: "message", Bad: !m.Delivered, Text: text, Details: indented(m.Data)}.at(m.Moment))
	}
	for _, r := range w.Refused() {
		lines = append(lines, line{Source: "refused", Bad: true, Text: r.String()}.at(r.Moment))
	}
	for _, m := range w.movesMade() {
		lines = append(lines, line{Source: "clock", Text: m.Text, Begins: m.Begins}.at(m.Moment))
	}
	lines = append(lines, w.actionsDone()...)
	slices.SortStableFunc(lines, func(a, b line) int { return a.Real.Compare(b.Real) })
	return lines
}

// withFailure adds the line of the failure, and marks what came after the last thing that the spec did.
func withFailure(lines []line, failure line) []line {
	lines = append(lines, failure)
	slices.SortStableFunc(lines, func(a, b line) int { return a.Real.Compare(b.Real) })
	for i := len(lines) - 1; i >= 0 && !lines[i].Begins; i-- {
		lines[i].After = true
	}
	return lines
}

func (l line) at(m Moment) line {
	l.Real, l.Tenant, l.Browser = m.Real, m.Tenant, m.Browser
	return l
}

func indented(raw json.RawMessage) string {
	var b bytes.Buffer
	if len(raw) == 0 || json.Indent(&b, raw, "", "  ") != nil {
		return string(raw)
	}
	return b.String()
}
