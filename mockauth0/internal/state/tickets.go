package state

import (
	"net/url"
	"slices"
	"time"

	"renewal.example/mockauth0/internal/secret"
)

// TicketKind says what a ticket is good for; a ticket of one kind opens nothing of another.
type TicketKind string

// The kinds of tickets.
const (
	TicketLogout      TicketKind = "logout"       // a logout that waits for the person's consent
	TicketClassic     TicketKind = "classic"      // a login by script, whose form is on its way
	TicketPushed      TicketKind = "pushed"       // a pushed authorization request, in Values
	TicketReset       TicketKind = "reset"        // sets a new password; it comes by mail
	TicketUnblock     TicketKind = "unblock"      // ends a block after wrong passwords; it comes by mail
	TicketLogin       TicketKind = "login"        // of a cross-origin login: /authorize changes it into a session
	TicketBrowser     TicketKind = "browser"      // a browser that need not prove a second factor for a while
	TicketPassed      TicketKind = "passed"       // a user came back from an Action's redirect, and is not sent again
	TicketLatestReset TicketKind = "latest reset" // which reset ticket of a user, whose id it has, is the newest
)

// Ticket is a right that is handed out once and used once: what waits for a page, a mail or a redirect. Which fields
// are set depends on its kind.
type Ticket struct {
	ID         string
	Kind       TicketKind
	DeviceID   string      // of the browser that may use it
	Verifier   secret.Text // lets another browser than DeviceID's use it; empty: none does
	ClientID   string
	UserID     string
	Connection string
	Values     url.Values // what the request asked for
	Issued     time.Time
	Expires    time.Time
}

type ticketKey struct {
	kind TicketKind
	id   string
}

// PutTicket adds or replaces a ticket.
func (m *Memory) PutTicket(t Ticket) (dropped []Dropped) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := ticketKey{t.Kind, t.ID}
	m.tickets[key] = &t
	if t.Kind.limited() {
		m.handed.add(key, sizeOf(t.Values))
	}
	m.sweepIfLarge(t.Issued)
	for _, gone := range m.handed.overflow() {
		delete(m.tickets, gone)
		i := slices.IndexFunc(dropped, func(d Dropped) bool { return d.What == string(gone.kind) })
		if i < 0 {
			i, dropped = len(dropped), append(dropped, Dropped{What: string(gone.kind)})
		}
		dropped[i].Count++
	}
	return dropped
}

func (m *Memory) deleteTicket(key ticketKey) {
	delete(m.tickets, key)
	m.handed.remove(key)
}

// Ticket finds a ticket.
func (m *Memory) Ticket(kind TicketKind, id string) (Ticket, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t, ok := m.tickets[ticketKey{kind, id}]; ok {
		return *t, true
	}
	return Ticket{}, false
}

// TakeTicket finds a ticket and removes it.
func (m *Memory) TakeTicket(kind TicketKind, id string) (Ticket, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.tickets[ticketKey{kind, id}]
	if !ok {
		return Ticket{}, false
	}
	m.deleteTicket(ticketKey{kind, id})
	return *t, true
}

// sweepTickets drops tickets that have expired by now.
func (m *Memory) sweepTickets(now time.Time) {
	for key, t := range m.tickets {
		if !now.Before(t.Expires) {
			m.deleteTicket(key)
		}
	}
}
