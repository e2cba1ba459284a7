package session

import (
	"fmt"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/httpx"
	"renewal.example/mockauth0/internal/state"
)

// TellDropped tells of what a store dropped to make room.
func TellDropped(x *httpx.Exchange, dropped []state.Dropped) {
	for _, d := range dropped {
		x.Emit(event.Event{Kind: event.KindOverflow,
			Description: fmt.Sprintf("too many wait: the oldest %d of kind %q were dropped", d.Count, d.What),
			Data:        &event.Overflow{What: d.What, Dropped: d.Count, Most: state.MaxPending}})
	}
}
