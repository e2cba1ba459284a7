package mockauth0

import (
	"time"

	"renewal.example/mockauth0/event"
	"renewal.example/mockauth0/internal/eventlog"
)

// Events are the kept events with a sequence number above after, oldest first. The newest 4096 are kept
// unless Options.EventCapacity says otherwise.
func (t *Tenant) Events(after uint64) []event.Event {
	events, _ := t.events.Since(after)
	return events
}

// Subscription delivers events in order. A reader that is slower than its buffer gets one event of event.KindGap in place of
// those that it missed.
type Subscription struct {
	C   <-chan event.Event // closed by Close
	log *eventlog.Subscription
}

// Close ends the subscription. It may be called more than once.
func (s *Subscription) Close() { s.log.Close() }

// Subscribe delivers the kept events after a sequence number and then new ones as they come. Close it when done.
func (t *Tenant) Subscribe(after uint64) *Subscription {
	s := t.events.Subscribe(after, 0)
	return &Subscription{C: s.C, log: s}
}

// Mail is a mail that the tenant would have sent to a user: links and codes in it work.
type Mail struct {
	Time     time.Time // tenant time
	To       string    // address
	UserID   string    // of the user
	Subject  string    // for people
	Template string    // which mail it is: event.TemplateResetPassword, …
	Link     string    // in it; "": none
	Code     string    // in it; "": none
}

// Mails are the mails of the tenant, oldest first: of password resets, blocked accounts and second factors. They stay as long
// as the tenant keeps the events about them, see Options.EventCapacity and Reset.
func (t *Tenant) Mails() []Mail {
	var mails []Mail
	events, _ := t.events.Since(0)
	for _, e := range events {
		if m, ok := e.Data.(*event.Mail); ok {
			mails = append(mails, Mail{Time: e.Date, To: m.To, UserID: e.UserID, Subject: e.Description,
				Template: m.Template, Link: m.URL, Code: m.Code})
		}
	}
	return mails
}

// Stats are figures of a tenant, for a program that watches it.
type Stats struct {
	Tenant        string // its name, as GET /__mock/v1/tenants has it
	Sessions      int    // that are alive
	RefreshTokens int    // families that are still good
	Faults        int    // that are armed
	ClockOffset   time.Duration
	ClockFrozen   bool
	Events        []EventCount // since the tenant was made, a Reset does not change them
}

// EventCount is how many events of one sort there were.
type EventCount struct {
	Kind   event.Kind
	Type   event.LogCode // of entries of Auth0's log; "": it is none
	Client string        // id of the client; "": none
	Count  uint64
}

// Stats are the tenant's figures at this moment.
func (t *Tenant) Stats() Stats {
	counts := listOf(t.tally.Counts(), func(c eventlog.Count) EventCount { return EventCount(c) })
	return Stats{Tenant: t.Name(), Sessions: len(t.manager.Sessions()), RefreshTokens: len(t.manager.RefreshTokens()), Faults: len(t.Faults()),
		ClockOffset: t.clock.Offset(), ClockFrozen: t.clock.Frozen(), Events: counts}
}

// stats are the figures of all tenants.
func (s *Server) stats() []Stats {
	var out []Stats
	for _, t := range s.Tenants() {
		out = append(out, t.Stats())
	}
	return out
}
