package eventlog

import (
	"cmp"
	"maps"
	"slices"
	"sync"

	"renewal.example/mockauth0/event"
)

// Count is how many events of one sort there were.
type Count struct {
	Kind   event.Kind
	Type   event.LogCode // of entries of Auth0's log; "": it is none
	Client string        // id of the client; "": none
	Count  uint64
}

// sort is what events are counted by.
type sort struct {
	kind   event.Kind
	code   event.LogCode
	client string
}

// Tally counts the events of a tenant, which its ring forgets. The zero value has counted none. Safe for concurrent use.
type Tally struct {
	mu     sync.Mutex
	counts map[sort]uint64
}

// Heard counts an event, as Log.Observe wants it: it holds no event.
func (t *Tally) Heard(e *event.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counts == nil {
		t.counts = map[sort]uint64{}
	}
	t.counts[sort{e.Kind, e.Type, e.ClientID}]++
}

// Counts are those of all sorts, in order.
func (t *Tally) Counts() (out []Count) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for s, n := range maps.All(t.counts) {
		out = append(out, Count{s.kind, s.code, s.client, n})
	}
	slices.SortFunc(out, func(a, b Count) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Client, b.Client))
	})
	return out
}
