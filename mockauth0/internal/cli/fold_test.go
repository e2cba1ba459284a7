package cli

import (
	"strings"
	"testing"

	"renewal.example/mockauth0/diagnosis"
)

func failureOf(client, outcome string) diagnosis.Diagnosis {
	return diagnosis.Diagnosis{Kind: diagnosis.KindSilent, ClientID: client, Outcome: outcome,
		Causes: []diagnosis.Cause{{Code: diagnosis.NoSession, Title: "No session", Confidence: diagnosis.Certain}}}
}

func TestTheSameDiagnosisIsALineWithACount(t *testing.T) {
	var r repeats
	other := failureOf("a", "login_required")
	other.Causes = []diagnosis.Cause{{Title: "Another cause", Confidence: diagnosis.Certain}}
	surer := failureOf("a", "login_required")
	surer.Causes = []diagnosis.Cause{{Title: "No session", Confidence: diagnosis.Likely}}
	for i, step := range []struct {
		d    diagnosis.Diagnosis
		want int
	}{
		{failureOf("a", "login_required"), 1}, {failureOf("a", "login_required"), 2}, {failureOf("b", "login_required"), 1},
		{failureOf("a", "nothing"), 1}, {failureOf("a", "login_required"), 3}, {other, 1}, {surer, 1},
	} {
		if got := r.count(step.d); got != step.want {
			t.Errorf("step %d: for the %dth time, want %d", i, got, step.want)
		}
	}
	if got := againLine(
		failureOf("a", "login_required"),
		1234,
	); got != "again, ×1,234: silent renewal of a failed: login_required · No session" {
		t.Error(got)
	}
	lines := 0
	for n := range 2878 {
		if worthALine(n + 1) {
			lines++
		}
	}
	if lines != 9+9+9+2 {
		t.Errorf("2878 failures of one kind are %d lines", lines)
	}
}

func TestRepeatsForgetTheOldest(t *testing.T) {
	var r repeats
	for i := range maxRepeats + 1 {
		r.count(failureOf(strings.Repeat("x", i), "nothing"))
	}
	if len(r.seen) != maxRepeats || r.count(failureOf("xx", "nothing")) != 2 || r.count(failureOf("", "nothing")) != 1 {
		t.Errorf("%d are remembered, or not the latest", len(r.seen))
	}
}
