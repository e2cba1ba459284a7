package e2e

import (
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"renewal.example/e2e/tables"
)

// wellLabel marks specs in which nothing goes wrong: the tenant must find nothing to explain.
const wellLabel = "well"

// well tells whether the running spec shows only what goes well.
var well bool

// goesWell are the behaviours in which no renewal fails.
func goesWell() []tables.Behaviour {
	return []tables.Behaviour{tables.LogsIn, tables.Popup, tables.SignsUp, tables.UserInfo, tables.Renews, tables.Reloads, tables.Rotates}
}

// A diagnosis of a renewal that went well would be a false alarm.
var _ = JustAfterEach(func() {
	spec := CurrentSpecReport()
	if spec.Failed() || !well && !slices.Contains(spec.Labels(), wellLabel) {
		return
	}
	for _, s := range scenes {
		if s.Tenant != nil {
			Expect(s.Tenant.Diagnoses()).To(BeEmpty(), "all went well, and the tenant says that something failed")
		}
	}
})
