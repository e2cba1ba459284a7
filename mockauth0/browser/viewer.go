package browser

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/internal/look"
)

var (
	//go:embed evidence.html
	evidencePage string
	//go:embed evidence.css
	evidenceStyle string
	//go:embed evidence.js
	evidenceScript string
)

// viewer makes the page of evidence.
type viewer struct {
	g       *gathered
	w       *World
	now     Moment
	good    bool
	since   time.Time
	secrets bool
	most    int // bytes
}

// view is what the template shows.
type view struct {
	Prefix        string // of the anchors
	Several       bool   // it is of several cases, and shows nothing itself
	Name          string // of a case: what is shown of it when it is folded
	CasesTitle    string
	Cases         []view
	Policy        string
	Style, Script template.HTML
	Title         string
	Verdict       string
	Good          bool
	About         string
	Failure       string
	Sections      []viewSection
	Causes        []viewDiagnosis
	Shots         []shot
	Nodes         []node
	Mark          string // anchor of the exchange that failed; "": none did
	Kinds         []kindCount
	Timers        []pageTimers
	Refused       []Refusal
	RealTime      []string
	Left          []string
	Secrets       bool
	Browser       string
	Domain        string
	Began         time.Time
	Now           Moment
}

type viewSection struct {
	Title string
	Items []viewItem
}

type viewItem struct {
	EvidenceItem
	Read   string // its link, when it leads to a page
	Anchor string // of what happened then
}

type viewDiagnosis struct {
	diagnosis.Diagnosis
	Times  int
	Causes []viewCause
}

type viewCause struct {
	diagnosis.Cause
	First    bool
	Evidence []viewEvidence
}

type viewEvidence struct {
	Text, Anchor string
}

type kindCount struct {
	Kind, Label string
	Count       int
}

// render makes the page, with less of the timeline until it fits.
func (v viewer) render() ([]byte, error) {
	t, err := evidenceTemplate()
	if err != nil {
		return nil, err
	}
	all := newTimeline(v)
	for budget := v.most / 2; ; budget /= 2 {
		var b bytes.Buffer
		if err := t.Execute(&b, v.view(all.within("t", budget))); err != nil {
			return nil, fmt.Errorf("the evidence page: %w", err)
		}
		if b.Len() <= v.most || budget < 1<<10 {
			return b.Bytes(), nil
		}
	}
}

func when(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(layout)
}

// view is the page with a timeline.
func (v viewer) view(tl *timeline) view {
	p := view{
		Title: v.g.title, Verdict: v.g.verdict, Good: v.good, About: v.g.about, Failure: v.g.failure,
		Shots: v.g.shots, Timers: v.g.timers, Refused: v.g.refused,
		RealTime: v.g.realTime, Secrets: v.secrets, Domain: v.w.Domain, Browser: v.w.browser.Version + " (" + v.w.browser.Kind.String() + ")",
		Now: v.now, Began: tl.began, Nodes: tl.nodes(), Mark: tl.mark, Kinds: tl.counts(), Left: slices.Concat(v.g.left, tl.left),
	}
	if p.Verdict == "" && v.g.failure != "" {
		p.Verdict = "The spec failed"
	}
	p.dress()
	for _, s := range v.g.sections {
		section := viewSection{Title: s.Title}
		for _, i := range s.Items {
			section.Items = append(section.Items, viewItem{EvidenceItem: i, Read: address(i.Link), Anchor: tl.at(i.At)})
		}
		p.Sections = append(p.Sections, section)
	}
	p.Causes = v.causes(tl)
	return p
}

// dress gives the page its style and its script.
func (p *view) dress() {
	style := look.Base() + evidenceStyle
	p.Style = element("style", style)
	p.Script = element("script", evidenceScript)
	p.Policy = "default-src 'none'; img-src data:; style-src " + hashOf(style) + "; script-src " + hashOf(evidenceScript) +
		"; base-uri 'none'; form-action 'none'"
}

// element is our own style or script. html/template would take comments and quotes apart, and the policy allows it by its hash.
func element(name, content string) template.HTML {
	return template.HTML("<" + name + ">" + content + "</" + name + ">") //nolint:gosec // embedded files
}

func hashOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// address is a link that leads to a page, "" for any other.
func address(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return link
}

// causes puts diagnoses together that tell the same, as an app that asks again and again gets them.
func (v viewer) causes(tl *timeline) (out []viewDiagnosis) {
	same := func(a, b diagnosis.Diagnosis) bool {
		return a.Kind == b.Kind && a.Outcome == b.Outcome && a.ClientID == b.ClientID && a.App == b.App &&
			slices.EqualFunc(a.Causes, b.Causes, func(a, b diagnosis.Cause) bool { return a.Title == b.Title && a.Confidence == b.Confidence })
	}
	for _, d := range v.g.diagnoses {
		at := slices.IndexFunc(out, func(o viewDiagnosis) bool { return same(o.Diagnosis, d) })
		if at >= 0 {
			out[at].Times++
			continue
		}
		shown := viewDiagnosis{Diagnosis: d, Times: 1}
		for i, c := range d.Causes {
			cause := viewCause{Cause: c, First: i == 0}
			for _, e := range c.Evidence {
				cause.Evidence = append(cause.Evidence, viewEvidence{e.Text, tl.event(e.Seq)})
			}
			shown.Causes = append(shown.Causes, cause)
		}
		if out = append(out, shown); len(out) == mostDiagnoses {
			break
		}
	}
	return out
}

// mostDiagnoses is how many different diagnoses the page has.
const mostDiagnoses = 30

// words for kinds of rows, one and many, in the order in which they are counted.
var kindWords = [...]struct{ kind, one, many string }{
	{kindStep, "step", "steps"}, {kindExchange, "exchange with the tenant", "exchanges with the tenant"},
	{kindRequest, "other request", "other requests"}, {kindTenant, "event of the tenant", "events of the tenant"},
	{kindConsole, "line of the console", "lines of the console"}, {kindMessage, "message", "messages"},
	{kindClock, "move of the clock", "moves of the clock"},
	{kindRefused, "refused request", "refused requests"},
}

func countOf(kind string, n int) string {
	for _, w := range kindWords {
		if w.kind == kind && n == 1 {
			return "1 " + w.one
		}
		if w.kind == kind {
			return fmt.Sprintf("%d %s", n, w.many)
		}
	}
	return ""
}

// countsOf says how many rows there are of each kind.
func countsOf(count map[string]int) string {
	var words []string
	for _, w := range kindWords {
		if n := count[w.kind]; n > 0 {
			words = append(words, countOf(w.kind, n))
		}
	}
	return strings.Join(words, ", ")
}

// offsetText is how long after the beginning something was, as 2:00:01.250.
func offsetText(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "−", -d
	}
	d = d.Round(time.Millisecond)
	h, m := d/time.Hour, d%time.Hour/time.Minute
	return fmt.Sprintf("%s%d:%02d:%06.3f", sign, h, m, (d % time.Minute).Seconds())
}
