package faults

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"renewal.example/mockauth0/fault"
	"renewal.example/mockauth0/internal/mint"
)

func newDiscovery(e *fault.Effect) fmt.Stringer { return discovery{*e.Discovery} }

// discovery makes the discovery document lie.
type discovery struct{ fault.Discovery }

func (d discovery) String() string {
	return "discovery: " + strings.Join(append(slices.Sorted(maps.Keys(d.Set)), d.Remove...), ", ")
}

func (d discovery) ChangeDocument(doc *mint.Spec) {
	for _, name := range slices.Sorted(maps.Keys(d.Set)) {
		doc.Set(name, d.Set[name])
	}
	for _, name := range d.Remove {
		doc.Delete(name)
	}
}
