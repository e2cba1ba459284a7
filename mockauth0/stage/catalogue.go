package stage

import (
	"renewal.example/fixtures"
	"renewal.example/mockauth0/scenario"
)

// Source is where the scenarios of this project are.
func Source() (scenario.Source, error) {
	files, err := fixtures.Scenarios()
	if err != nil {
		return scenario.Source{}, err
	}
	base, err := fixtures.Tenant("tutorial")
	if err != nil {
		return scenario.Source{}, err
	}
	return scenario.Source{Files: files, Printed: "fixtures/scenarios", Base: base}, nil
}
