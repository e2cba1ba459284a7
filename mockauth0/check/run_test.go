package check

import (
	"errors"
	"testing"
)

// TestWhatAProbeLeavesOutIsNotHealthy: its other checks are.
func TestWhatAProbeLeavesOutIsNotHealthy(t *testing.T) {
	r := &run{ctx: t.Context(), report: &Report{}, results: map[string]*Result{}, left: map[string]bool{}}
	r.make(probe{name: "tabs", checks: []string{"tabs-lose-session", "tabs-renew-twice"}, run: func(r *run) error {
		r.leaves("tabs-renew-twice", DoesNotApply, "its tabs share no token")
		return nil
	}})
	r.make(probe{name: "a clock ahead", checks: []string{"wrong-clock"}, run: func(*run) error { return errors.New("the page is gone") }})
	r.make(probe{name: "a clock behind", checks: []string{"wrong-clock"}, run: func(*run) error { return nil }})
	for id, want := range map[string]Outcome{"tabs-lose-session": Healthy, "tabs-renew-twice": DoesNotApply, "wrong-clock": Healthy} {
		if got := r.results[id].Outcome; got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
}
