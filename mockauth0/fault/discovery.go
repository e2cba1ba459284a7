package fault

import (
	"encoding/json"
	"maps"
	"slices"

	"renewal.example/mockauth0/internal/names"
)

var discoveryKind = kind{
	name:  "discovery",
	given: func(e *Effect) bool { return e.Discovery != nil },
	check: func(e *Effect, p *Problems) { e.Discovery.check(p) },
	acts:  "where the discovery document is served", where: []string{names.Discovery},
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
