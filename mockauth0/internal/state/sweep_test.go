package state

import (
	"fmt"
	"testing"
	"time"
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
