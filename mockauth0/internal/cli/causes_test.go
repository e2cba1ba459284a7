package cli

import (
	"slices"
	"testing"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/stage"
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
	told := map[string][]diagnosis.Code{} // by each scenario
	for _, id := range ids {
		s, err := source.Read(id)
		if err != nil {
			t.Error(err)
			continue
		}
		told[id] = []diagnosis.Code{s.Diagnosis}
		for _, e := range s.Expect {
			told[id] = append(told[id], e.Diagnosis)
		}
		for _, code := range append([]diagnosis.Code{s.Diagnosis}, s.Also...) {
			if _, ok := diagnosis.Lookup(code); !ok {
				t.Errorf("%s names the cause %q, which the tenant does not know", id, code)
			}
		}
	}
	for _, k := range diagnosis.All() {
		for _, v := range k.Variants {
			if named, there := told[v.Scenario]; v.Scenario != "" && (!there || !slices.Contains(named, k.Code)) {
				t.Errorf("%s of the cause %s is reproduced by %q, which is no scenario of it", v.Name, k.Code, v.Scenario)
			}
		}
		switch named, there := told[k.Scenario]; {
		case k.Scenario == "":
		case !there:
			t.Errorf("the cause %s is reproduced by %q, which is no scenario", k.Code, k.Scenario)
		case !slices.Contains(named, k.Code):
			t.Errorf("the cause %s is reproduced by %s, of which the tenant names %q", k.Code, k.Scenario, named)
		}
	}
}
