package diagnosis_test

import (
	"testing"

	"renewal.example/mockauth0/diagnosis"
)

func TestNoCodeIsInTwoGroups(t *testing.T) {
	in := map[diagnosis.Code]string{}
	for _, g := range diagnosis.Groups() {
		for _, code := range g.Codes {
			if in[code] != "" {
				t.Errorf("%s is in %q and in %q", code, in[code], g.Title)
			}
			in[code] = g.Title
			if _, known := diagnosis.Lookup(code); !known {
				t.Errorf("%s is the code of no cause", code)
			}
		}
	}
}
