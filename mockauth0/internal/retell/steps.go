package retell

import (
	"fmt"
	"strings"
	"time"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/scenario"
)

// mostSteps is how many steps a scenario has: the last ones lead to the failure.
const mostSteps = 40

// teller goes through the events once.
type teller struct {
	story *story
	armed map[string]fault.Fault // by id
	named map[string]bool        // faults that the story has, or whose loss it notes
	acted map[string]bool        // requests in which a fault acted
	all   bool                   // nothing has failed: all that is armed counts
}

// told is what happened since the login that the failure followed. Without a failure it is what is armed.
func (o Observed) told(failed *diagnosis.Diagnosis) story {
	s := story{Title: "Faults that were armed", Steps: []any{}}
	t := teller{story: &s, armed: map[string]fault.Fault{}, named: map[string]bool{}, acted: map[string]bool{}, all: failed == nil}
	for _, f := range o.Faults {
		t.armed[f.ID] = f
	}
	from, to := o.span(failed)
	if failed != nil {
		cause := failed.Causes[0]
		s.Title, s.Cause, s.Remedy, s.Diagnosis = cause.Title, cause.Why, cause.Remedy, cause.Code
		s.Symptom = fmt.Sprintf("The app got: %s.", failed.Outcome)
	}
	for _, e := range o.Events[:to] {
		if event.Of[event.Fault](e).Change == event.FaultFired && e.Seq >= o.Events[from].Seq {
			t.acted[e.Request] = true
		}
	}
	for i, e := range o.Events[:to] {
		if e.Kind == event.KindClock {
			t.moved(time.Duration(event.Of[event.Clock](e).ByMS)*time.Millisecond, i >= from)
			continue
		}
		itself := failed != nil && failed.Request != "" && e.Request == failed.Request // what failed is the last step
		if i >= from && (!itself || e.Kind == event.KindFault) {
			t.hear(e)
		}
	}
	if t.all {
		for _, f := range o.Faults {
			t.arm(f)
		}
	}
	if n := len(s.Steps); n > mostSteps {
		s.Steps = s.Steps[n-mostSteps:]
		s.notes = append(s.notes, fmt.Sprintf("More happened before: %d steps are left out.", n-mostSteps))
	}
	s.Steps = append(s.Steps, scenario.Renew)
	return s
}

// span is the part of the events from the login, or the restored state, on to the end of the exchange that failed.
func (o Observed) span(failed *diagnosis.Diagnosis) (from, to int) {
	to = len(o.Events)
	if failed != nil && failed.Request != "" {
		for i, e := range o.Events {
			if e.Request == failed.Request {
				to = i + 1
			}
		}
	}
	for i, e := range o.Events[:to] {
		if e.Type == event.SuccessLogin || event.Of[event.Session](e).Change == event.SessionBegun ||
			event.Of[event.Config](e).Change == event.StateRestored {
			from = i + 1
		}
	}
	return min(from, max(0, to-1)), to
}

// moved is a move of the clock; told: it is part of the story.
func (t *teller) moved(by time.Duration, told bool) {
	switch {
	case !told || by == 0:
	case by < 0:
		t.story.notes = append(t.story.notes, "The clock was moved back by "+length(-by)+", which no step of a scenario does.")
	default:
		if last := len(t.story.Steps) - 1; last >= 0 {
			if before, ok := t.story.Steps[last].(map[scenario.Verb]string); ok && before[scenario.Advance] != "" {
				d, _ := time.ParseDuration(before[scenario.Advance]) // length wrote it
				before[scenario.Advance] = length(d + by)
				return
			}
		}
		t.story.Steps = append(t.story.Steps, map[scenario.Verb]string{scenario.Advance: length(by)})
	}
}

// length writes a length of time in whole seconds, rounded up: a move to the moment at which something expires must not fall short.
func length(d time.Duration) string {
	text := (d + time.Second - 1).Truncate(time.Second).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func (t *teller) hear(e event.Event) {
	switch d := e.Made().Data.(type) {
	case *event.Fault:
		if d.Change == event.FaultFired || d.Change == event.FaultArmed && t.all {
			t.armOf(d)
		}
	case *event.Session:
		if d.Change == event.SessionEnded && d.Why == event.Revoked {
			t.step(scenario.EndSessions)
		}
	case *event.Grant:
		if d.Change == event.ConsentWithdrawn {
			t.step(scenario.WithdrawConsent)
		}
	case *event.Config:
		if verb, ok := map[event.ConfigChange]scenario.Verb{event.UserBlocked: scenario.BlockUser, event.KeyRotated: scenario.RotateKey,
			event.KeyRevoked: scenario.RevokeKey}[d.Change]; ok {
			t.step(verb)
		}
	}
	switch e.Type {
	case event.SuccessRevokeRefreshToken:
		t.step(scenario.RevokeTokens)
	case event.SuccessUserDeletion:
		t.step(scenario.DeleteUser)
	case event.SuccessSilentAuth, event.SuccessExchangeRefreshToken, event.FailedSilentAuth, event.FailedExchangeRefreshToken:
		if t.acted[e.Request] {
			t.story.Steps = append(t.story.Steps, scenario.Renew)
		} else {
			t.step(scenario.Renew)
		}
	}
}

// step adds one, unless it is the last one already: ending five sessions is one step, and renewals that nothing sets apart are one.
func (t *teller) step(verb scenario.Verb) {
	if steps := t.story.Steps; len(steps) == 0 || steps[len(steps)-1] != any(verb) {
		t.story.Steps = append(steps, verb)
	}
}

func (t *teller) armOf(d *event.Fault) {
	f, there := t.armed[d.ID]
	if !there && !t.named[d.ID] {
		t.named[d.ID] = true
		t.story.notes = append(t.story.notes, "A fault acted that is no longer there, so it is not told: "+fmt.Sprintf("%q", d.Name)+".")
	}
	if there {
		t.arm(f)
	}
}

// arm tells a fault, once. All are armed after the login: which requests one is for stands in its when.
func (t *teller) arm(f fault.Fault) {
	if t.named[f.ID] {
		return
	}
	t.named[f.ID] = true
	n, err := written(f)
	if err != nil {
		t.story.notes = append(t.story.notes, fmt.Sprintf("The fault %q cannot be written: %v.", f.ID, err))
		return
	}
	if f.When.Client != "" || f.When.User != "" || f.When.Connection != "" {
		t.story.notes = append(t.story.notes, "A fault was for one client, person or connection; here it is for all.")
	}
	t.story.Faults = append(t.story.Faults, n)
}
