package stage

import (
	"renewal.example/fixtures"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/tenant"
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

// Tutorial is the tenant over which the scenarios lay their settings. It is a new one each time.
func Tutorial() (*tenant.Config, error) {
	base, err := fixtures.Tenant("tutorial")
	if err != nil {
		return nil, err
	}
	return tenant.Load(base, "tutorial", tenant.LoadOptions{Strict: true})
}
