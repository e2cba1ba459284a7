package scenario_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"renewal.example/fixtures"
	"renewal.example/mockauth0/scenario"
	"renewal.example/mockauth0/tenant"
)

// Whatever a file holds, Read gives a scenario that can be arranged or Problems with sensible positions, and never panics.
func FuzzScenario(f *testing.F) {
	catalogue, err := fixtures.Scenarios()
	if err != nil {
		f.Fatal(err)
	}
	names, err := fs.Glob(catalogue, "*.yaml")
	if err != nil || len(names) == 0 {
		f.Fatal(names, err)
	}
	for _, name := range names {
		content, err := fs.ReadFile(catalogue, name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(strings.TrimSuffix(name, ".yaml"), content)
	}
	for _, text := range []string{"", "id: one", "[]",
		"id: one\nsteps: [renew, {advance: 1h}, {arm: {do: {error: x}}}]\nexpect: {sdk: [react-2]}", "faults: &a [*a]",
		"id: one\ntenant: {client: null, mock: {consent_policy: 1}}\nusers: [null]\nbrowser: 1"} {
		f.Add("one", []byte(text))
	}
	tutorial, err := fixtures.Tenant("tutorial")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, id string, content []byte) {
		if !fs.ValidPath(id+".yaml") || strings.ContainsAny(id, `/\`) || id == "" {
			t.Skip("no file has this name")
		}
		s, err := scenario.Source{Files: fstest.MapFS{id + ".yaml": {Data: content}}, Base: tutorial}.Read(id)
		var problems tenant.Problems
		switch {
		case err == nil:
			arrangeable(t, s)
		case !errors.As(err, &problems) || len(problems) == 0:
			t.Errorf("the error is %T: %v", err, err)
		}
		for _, p := range problems {
			if p.Line < 0 || p.Line > 0 && p.Column < 1 || p.Message == "" || p.File == "" {
				t.Errorf("a bad position: %+v", p)
			}
		}
	})
}

// arrangeable holds a scenario that was read to what whoever plays it relies on.
func arrangeable(t *testing.T, s *scenario.Scenario) {
	if err := s.Tenant.Clone().Validate(); err != nil {
		t.Errorf("its tenant is not valid: %v", err)
	}
	for _, f := range s.Faults {
		if err := f.Validate(); err != nil {
			t.Errorf("a fault cannot be armed: %v", err)
		}
	}
	if len(s.Steps) == 0 || len(s.SDKs()) == 0 {
		t.Errorf("nothing happens or no SDK is named: steps %+v, SDKs %q", s.Steps, s.SDKs())
	}
	for _, sdk := range s.SDKs() {
		if s.For(sdk) == nil {
			t.Errorf("nothing is expected of %s, which is named", sdk)
		}
	}
}
