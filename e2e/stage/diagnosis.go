package stage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"renewal.example/mockauth0"
	"renewal.example/mockauth0/scenario"
)

// diagnose tells the tenant what the application says of a renewal that failed for it, and gives what the tenant says of it.
func (s *Stage) diagnose(o Outcome) []mockauth0.Diagnosis {
	if !o.Renewed {
		r := mockauth0.AppReport{Client: s.client.ClientID, Began: s.asked, Error: o.Error, Text: o.Description}
		if o.Value != nil {
			r.Rubbish = compact(o.Value)
		}
		s.Tenant.Report(r)
	}
	all := s.Tenant.Diagnoses()
	return slices.DeleteFunc(all, func(d mockauth0.Diagnosis) bool { return d.Date.Before(s.asked) })
}

// Misdiagnosed tells in what the tenant's diagnoses are not what the scenario states, a sentence each: one of them names its
// cause first, and none names first what the scenario does not speak of. A renewal that went well needs none, unless the
// expectation has a cause of its own: it went well for the wrong person.
func Misdiagnosed(s *scenario.Scenario, sdk string, o Outcome) (out []string) {
	if o.Renewed && s.For(sdk).Diagnosis == "" {
		return nil
	}
	want, right := cmp.Or(s.For(sdk).Diagnosis, s.Diagnosis), false
	for _, d := range o.Diagnoses {
		first := d.Causes[0]
		switch {
		case first.Code == want:
			right = true
		case !slices.Contains(s.Also, first.Code):
			out = append(out, fmt.Sprintf("the tenant names %s first: %s", first.Code, because(first)))
		}
	}
	if !right {
		out = append(out, fmt.Sprintf("no diagnosis names %s first; there are %d", want, len(o.Diagnoses)))
	}
	return out
}

func because(c mockauth0.Cause) string {
	var texts []string
	for _, e := range c.Evidence {
		texts = append(texts, fmt.Sprintf("%d %s", e.Seq, e.Text))
	}
	return strings.Join(texts, "; ")
}
