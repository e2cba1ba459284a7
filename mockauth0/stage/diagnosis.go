package stage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/scenario"
)

// diagnose gives what the tenant says of the renewal: first unaided, when it knows of the page only that it asked for a
// renewal and got none, and then with what the SDK handed over.
func (s *Stage) diagnose(o *Outcome) {
	report := mockauth0.AppReport{Client: s.clientID(), Began: s.asked, Loaded: s.loaded, Audience: s.audience}
	if o.Answered {
		report.Ended = s.asked.Add(o.After)
	}
	if !o.Renewed {
		s.see(&report)
		s.Tenant.Report(report)
	}
	o.Unaided = s.diagnosed()
	if o.Error != "" || o.Value != nil && !o.Renewed {
		report.Error, report.Text = o.Error, o.Description
		if o.Value != nil {
			report.UnexpectedResult = compact(o.Value)
		}
		s.Tenant.Report(report)
	}
	o.Diagnoses = s.diagnosed()
}

// see adds to a report what the page shows of itself to whoever drives it. A page that does not answer shows nothing.
func (s *Stage) see(report *mockauth0.AppReport) {
	var page struct {
		Now      int64 // milliseconds
		Isolated bool
	}
	before := s.Tenant.Now()
	if s.Page.Eval("({now: Date.now(), isolated: self.crossOriginIsolated === true})", &page) != nil {
		return
	}
	report.Isolated = page.Isolated
	if ahead := time.UnixMilli(page.Now).Sub(before); ahead.Abs() > asMuchAsNoise {
		report.ClockAhead = ahead
	}
}

// asMuchAsNoise is how far a page's clock may seem to be off that is right: SDKs allow a minute.
const asMuchAsNoise = time.Minute

// diagnosed are the diagnoses of the renewal so far.
func (s *Stage) diagnosed() []diagnosis.Diagnosis {
	return slices.DeleteFunc(s.Tenant.Diagnoses(), func(d diagnosis.Diagnosis) bool { return d.Date.Before(s.asked) })
}

// Misdiagnosed tells in what the tenant's diagnoses are not what the scenario states, a sentence each: one of them names its
// cause first, and none names first what the scenario does not speak of. A renewal that went well needs none, unless the
// expectation has a cause of its own: it went well for the wrong person.
func Misdiagnosed(s *scenario.Scenario, sdk string, o Outcome) []string {
	return misdiagnosed(s, sdk, o, o.Diagnoses)
}

// MisdiagnosedUnaided is the same for what the tenant says without the SDK's words.
func MisdiagnosedUnaided(s *scenario.Scenario, sdk string, o Outcome) []string {
	return misdiagnosed(s, sdk, o, o.Unaided)
}

func misdiagnosed(s *scenario.Scenario, sdk string, o Outcome, diagnoses []diagnosis.Diagnosis) (out []string) {
	if o.Renewed && s.For(sdk).Diagnosis == "" {
		return nil
	}
	want, right := cmp.Or(s.For(sdk).Diagnosis, s.Diagnosis), false
	for _, d := range diagnoses {
		first := d.Causes[0]
		switch {
		case first.Code == want:
			right = true
		case !slices.Contains(s.Also, first.Code):
			out = append(out, fmt.Sprintf("the tenant names %s first: %s", first.Code, because(first)))
		}
	}
	if !right {
		out = append(out, fmt.Sprintf("no diagnosis names %s first; there are %d", want, len(diagnoses)))
	}
	return out
}

func because(c diagnosis.Cause) string {
	var texts []string
	for _, e := range c.Evidence {
		texts = append(texts, fmt.Sprintf("%d %s", e.Seq, e.Text))
	}
	return strings.Join(texts, "; ")
}
