package mockauth0

import (
	"time"

	"renewal.example/mockauth0/event"
)

// MountWithoutPlan puts the endpoints of the server's first tenant together anew, with nothing at their seams.
func (s *Server) MountWithoutPlan() { s.handler = s.mount(&s.options, s.shared, nil) }

// SetBodyPatience says how long the body of a request may take.
func SetBodyPatience(o *Options, patience time.Duration) { o.bodyPatience = patience }

// EmitForTest appends an event, as a request does.
func (t *Tenant) EmitForTest() {
	t.emit(event.Event{Kind: event.KindLog, Type: event.SuccessSilentAuth, Description: "Success silent auth",
		Data: &event.LogEntry{Session: "s"}})
}
