package check

import (
	"time"

	"renewal.example/mockauth0/browser"
)

// Outcome is what came of a check.
type Outcome string

// Outcomes.
const (
	Healthy      Outcome = "healthy"
	Found        Outcome = "finding"
	DoesNotApply Outcome = "does not apply" // to an app of this kind
	NotChecked   Outcome = "not checked"    // it applies, and could not be made
)

// rank orders outcomes of the parts of one check: the greatest is that of the whole.
func (o Outcome) rank() int {
	switch o {
	case Found:
		return 3
	case Healthy:
		return 2
	case NotChecked:
		return 1
	}
	return 0
}

// Report is what a check says of an app.
type Report struct {
	App     string // its address
	Domain  string // of the tenant
	Date    time.Time
	Took    time.Duration
	Login   string   // why nobody could log in; "": somebody could
	Renews  string   // how it renews, a sentence
	Stores  []string // where it keeps tokens, sentences: information, and no finding
	Results []Result // of all checks, in the order of All
	Probes  []Probe  // what was tried, and how long it took
}

// Probe is one story that was tried with the app.
type Probe struct {
	Name string
	Took time.Duration
}

// Result is what came of one check.
type Result struct {
	Check
	Outcome Outcome
	Reason  string // of what was not checked or does not apply: a phrase
	Seen    []Seen // of a finding: at least one
}

// Seen is one thing that was seen of a finding.
type Seen struct {
	Text     string            // a sentence: only what was seen
	Evidence *browser.Captured // what the World had of it, without secrets but what its pictures may show; nil: nothing
}

// Findings are the results with one.
func (r *Report) Findings() []Result { return r.having(Found) }

func (r *Report) having(o Outcome) (all []Result) {
	for _, result := range r.Results {
		if result.Outcome == o {
			all = append(all, result)
		}
	}
	return all
}

// IDs of findings, in the order of All.
func (r *Report) IDs() []string {
	ids := []string{}
	for _, f := range r.Findings() {
		ids = append(ids, f.ID)
	}
	return ids
}
