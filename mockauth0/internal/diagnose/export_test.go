package diagnose

import (
	"fmt"

	"renewal.example/mockauth0/diagnosis"
	"renewal.example/mockauth0/event"
)

// Unfounded lists what rules find in events without showing what the words of its cause rest on. A cause that is only possible says
// what may be, so nothing has to show it.
func Unfounded(events []event.Event) (out []string) {
	h := newHistory(RunningTenant)
	for _, e := range events {
		x := h.take(e)
		if x == nil || e.Kind != event.KindResponse && e.Kind != event.KindNoAnswer {
			continue
		}
		for _, r := range rules() {
			for _, f := range r.find(&ruleInput{x, &h, unknownState{}, e.Date}) {
				shown := x.facts()
				for _, evidence := range f.evidence {
					shown |= evidence.Shows
				}
				info, _ := diagnosis.Lookup(f.code)
				if f.confidence != diagnosis.Possible && !shown.Has(info.Shown) {
					out = append(out, fmt.Sprintf("%s: %s (%s) without %b", r.name, f.code, f.confidence, info.Shown&^shown))
				}
			}
		}
	}
	return out
}
