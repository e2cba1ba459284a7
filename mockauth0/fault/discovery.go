package fault

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/mint"
)

func discoveryGroup() group {
	return group{
		name:  "discovery",
		given: func(e *Effect) bool { return e.Discovery != nil },
		check: func(e *Effect, p *Problems) { e.Discovery.check(p) },
		build: func(e *Effect) any { return discovery{*e.Discovery} },
		seam:  httpx.SeamDiscovery, acts: "where the discovery document is served", where: []string{"discovery"}, adds: true,
	}
}

func (d *Discovery) check(p *Problems) {
	const at = "do.discovery"
	if len(d.Set)+len(d.Remove) == 0 {
		p.add(at, "do.discovery changes nothing: give set or remove")
	}
	for _, name := range slices.Sorted(maps.Keys(d.Set)) {
		if slices.Contains(d.Remove, name) {
			p.add(at+".set."+name, "do.discovery removes %s and sets it", name)
		}
		if _, err := json.Marshal(d.Set[name]); err != nil {
			p.add(at+".set."+name, "do.discovery.set.%s cannot be written as JSON: %v", name, err)
		}
	}
}

// discovery makes the discovery document lie.
type discovery struct{ Discovery }

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
