package cli

import (
	"slices"
	"testing"

	"renewal.example/e2e/stage"
	"renewal.example/mockauth0/internal/diagnose"
)

// A cause says which scenario reproduces it, and a scenario which cause the tenant names: both must exist.
func TestCausesAndScenariosKnowEachOther(t *testing.T) {
	t.Parallel()
	source, err := stage.Source()
	if err != nil {
		t.Fatal(err)
	}
	ids, err := source.IDs()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range diagnose.Causes() {
		if k.Scenario != "" && !slices.Contains(ids, k.Scenario) {
			t.Errorf("the cause %s is reproduced by %q, which is no scenario", k.Code, k.Scenario)
		}
	}
	for _, id := range ids {
		s, err := source.Read(id)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, code := range append([]string{s.Diagnosis}, s.Also...) {
			if _, ok := diagnose.Find(code); !ok {
				t.Errorf("%s names the cause %q, which the tenant does not know", id, code)
			}
		}
	}
}
