package browser

import (
	"bytes"
	"cmp"
	_ "embed"
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

	"renewal.example/mockauth0/internal/harfile"
	"renewal.example/mockauth0/internal/safefile"
)

//go:embed evidence.html
var evidencePage string

// line is one row of the timeline.
type line struct {
	Real, Tenant, Browser time.Time
	Source                string // tenant, network, console, message, …
	Bad                   bool
	Begins                bool // something that the spec did, from which other lines may follow
	After                 bool // after the last of them, in a spec that failed
	Text, Details         string
}

type shot struct {
	Title string
	Image template.URL
	Lost  string // why there is none
	png   []byte
}

type report struct {
	Title, Domain, Browser string
	About, Failure         string
	Wall, Tenant, Page     time.Time
	Lines                  []line
	Shots                  []shot
	Timers                 []pageTimers
	Refused                []Refusal
	Diagnoses              []string
	Left                   []string // what was left out for its size
	Secrets                bool     // they are in it
}

type pageTimers struct {
	Title  string
	Timers []Timer
}

// EvidenceOptions says what a page of evidence is about.
type EvidenceOptions struct {
	// Title heads the page: the full name of the spec. Default: the World's name.
	Title string
	// About is shown under the title: what was done, and what came of it. Default: nothing.
	About string
	// Failure is what the spec expected and what it got. Empty: it did not fail.
	Failure string
	// Failed is when it failed, in real time. Default: now.
	Failed time.Time
	// Secrets keeps passwords, cookies, codes, refresh tokens and signatures in the evidence. Default: they are taken out of
	// everything but the pictures; of a token the header and the claims stay.
	Secrets bool
	// MaxBytes is how large the whole folder may become: the oldest of everything is left out, which the page says. Default:
	// DefaultEvidence.
	MaxBytes int
}

// Evidence writes what happened in the World to dir/index.html: one static page with the tenant's and the browser's doings
// on one timeline, screenshots and pending timers. Beside it lie the parts for other programs: traffic.har, tenant.json,
// console.json, messages.json and the screenshots. What cannot be collected, from a crashed page for instance, is said on
// the page rather than failing the whole. Only this account can read the files. They hold no secrets, unless you ask for that.
func (w *World) Evidence(dir string, o EvidenceOptions) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("write evidence: %w", err)
	}
	g := w.gather(true)
	g.title, g.about, g.failure = cmp.Or(o.Title, w.Name), o.About, o.Failure
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
	g.bound(cmp.Or(o.MaxBytes, DefaultEvidence))
	r := report{
		Title: g.title, Domain: w.Domain, Browser: w.browser.Version + " (" + w.browser.Kind.String() + ")", About: g.about,
		Failure: g.failure, Wall: now.Real, Tenant: now.Tenant, Page: now.Browser, Lines: g.lines, Refused: g.refused,
		Diagnoses: g.diagnoses, Timers: g.timers, Left: g.left, Secrets: o.Secrets,
	}
	return g.write(dir, r)
}

// gathered is what a World knows of itself.
type gathered struct {
	title, about, failure string
	har                   harfile.File
	console               []ConsoleEntry
	messages              []Message
	tenant                []TenantEvent
	lines                 []line
	shots                 []shot
	timers                []pageTimers
	refused               []Refusal
	diagnoses             []string
	secrets               []string // of the tenant
	left                  []string // what was left out for its size
}

// gather collects it; of pages, which have to be asked, only on demand.
func (w *World) gather(pages bool) *gathered {
	g := &gathered{
		har: w.har(), console: w.Console(), messages: w.Messages(), tenant: w.tenantLog(), lines: w.timeline(), refused: w.Refused(),
		diagnoses: w.diagnoses(),
	}
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

// write writes the page of r, and beside it the parts.
func (g *gathered) write(dir string, r report) error {
	var errs []error
	write := func(name string, content []byte) {
		if err := safefile.Write(filepath.Join(dir, name), safefile.Private, content); err != nil {
			errs = append(errs, fmt.Errorf("write evidence: %w", err))
		}
	}
	for i, s := range g.shots {
		if len(s.png) > 0 {
			write(fmt.Sprintf("page-%d.png", i+1), s.png)
			s.Image = dataURL("image/png", s.png)
		}
		r.Shots = append(r.Shots, s)
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
	page, err := render(r)
	if err != nil {
		return errors.Join(append(errs, err)...)
	}
	write("index.html", page)
	return errors.Join(errs...)
}

func render(r report) ([]byte, error) {
	t, err := template.New("evidence").Funcs(template.FuncMap{
		"clock": func(t time.Time) string {
			if t.IsZero() {
				return ""
			}
			return t.UTC().Format("01-02 15:04:05.000")
		},
		"round": func(d time.Duration) string { return d.Round(time.Millisecond).String() },
	}).Parse(evidencePage)
	if err != nil {
		return nil, fmt.Errorf("the evidence page: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, r); err != nil {
		return nil, fmt.Errorf("the evidence page: %w", err)
	}
	return b.Bytes(), nil
}

func dataURL(kind string, content []byte) template.URL {
	return template.URL("data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(content)) //nolint:gosec // our own bytes, base64
}

// diagnoses is what the tenant says of renewals that failed.
func (w *World) diagnoses() []string {
	if d, ok := w.server.(Diagnoser); ok {
		return d.Failures()
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
func (w *World) timeline() []line {
	var lines []line
	for _, e := range w.tenantLog() {
		lines = append(lines, line{Real: e.Wall, Tenant: e.Time, Source: "tenant " + e.Kind, Text: e.Text, Details: indented(e.Raw)})
	}
	for _, r := range w.Requests() {
		answer := r.Error
		switch {
		case answer == "" && r.Status == 0:
			answer = "no answer yet"
		case answer == "":
			answer = strings.TrimSpace(fmt.Sprintf("%d %s", r.Status, header(r.ResponseHeaders, "location")))
		}
		l := line{Source: "network", Bad: r.Error != "" || r.Status >= 400, Text: fmt.Sprintf("%s %s → %s", r.Method, r.URL, answer)}
		l.Details = headerText("request", r.Headers) + headerText("response", r.ResponseHeaders)
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

func headerText(title string, h headers) string {
	var b strings.Builder
	for _, p := range headerPairs(h) {
		fmt.Fprintf(&b, "%s: %s\n", p.Name, p.Value)
	}
	if b.Len() == 0 {
		return ""
	}
	return title + "\n" + b.String() + "\n"
}
