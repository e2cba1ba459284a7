package state

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"renewal.example/mockauth0/internal/secret"
)

// TestAbandonedLoginsLeaveNothing: most logins of a tenant that is left running are begun and never finished.
func TestAbandonedLoginsLeaveNothing(t *testing.T) {
	m, now := NewMemory(), time.Date(2026, 1, 31, 9, 30, 0, 0, time.UTC)
	for n := range 10 {
		m.PutTransaction(Transaction{ID: fmt.Sprint("page ", n), ResumeID: fmt.Sprint("resume ", n), Created: now, Expires: now.Add(time.Hour)})
	}
	m.Sweep(now.Add(time.Hour))
	if len(m.transactions) != 0 || len(m.resumes) != 0 {
		t.Errorf("%d transactions and %d ways to them are kept", len(m.transactions), len(m.resumes))
	}
}

// TestTheOldestGoWhenTooManyWait: anybody can begin a login, push a request or ask for a logout, and finish none.
func TestTheOldestGoWhenTooManyWait(t *testing.T) {
	now := time.Date(2026, 1, 31, 9, 30, 0, 0, time.UTC)
	end := now.Add(time.Hour)
	big := url.Values{"state": {strings.Repeat("x", 32<<10)}}
	for _, tc := range []struct {
		name string
		put  func(m *Memory, id string, request url.Values) []Dropped
		has  func(m *Memory, id string) bool
	}{
		{"login", func(m *Memory, id string, request url.Values) []Dropped {
			return m.PutTransaction(Transaction{ID: id, ResumeID: "r" + id, Request: request, Created: now, Expires: end})
		}, func(m *Memory, id string) bool {
			_, byID := m.Transaction(id)
			_, byResume := m.Transaction("r" + id)
			return byID && byResume
		}},
		{"code", func(m *Memory, id string, request url.Values) []Dropped {
			return m.PutCode(Code{Code: secret.New(id), Nonce: request.Get("state"), Issued: now, Expires: end})
		}, func(m *Memory, id string) bool { _, ok := m.Code(id); return ok }},
		{"pushed", func(m *Memory, id string, request url.Values) []Dropped {
			return m.PutTicket(Ticket{Kind: TicketPushed, ID: id, Values: request, Issued: now, Expires: end})
		}, func(m *Memory, id string) bool { _, ok := m.Ticket(TicketPushed, id); return ok }},
	} {
		for size, request := range map[string]url.Values{"small": nil, "big": big} {
			m, dropped := NewMemory(), 0
			m.PutTicket(Ticket{Kind: TicketPassed, ID: "a person", Issued: now, Expires: end})
			const put = 2 * MaxPending
			for n := range put {
				for _, d := range tc.put(m, fmt.Sprint(n), request) {
					if dropped += d.Count; d.What != tc.name {
						t.Errorf("%s: %q went", tc.name, d.What)
					}
				}
			}
			left := 0
			for n := range put {
				switch has := tc.has(m, fmt.Sprint(n)); {
				case has:
					left++
				case left > 0:
					t.Fatalf("%s, %s: number %d is gone, and an older one is there", tc.name, size, n)
				}
			}
			if least := map[string]int{"small": MaxPending * 7 / 8, "big": maxPendingBytes * 7 / 8 / (33 << 10)}[size]; left < least ||
				left > MaxPending || left+dropped != put || size == "big" && left*(32<<10) > maxPendingBytes {
				t.Errorf("%s, %s: %d are left, %d were dropped; want at least %d left", tc.name, size, left, dropped, least)
			}
			if _, ok := m.Ticket(TicketPassed, "a person"); !ok {
				t.Errorf("%s: what a person did is forgotten", tc.name)
			}
		}
	}
}
