package browser

import (
	"testing"
	"time"
)

// TestAnAnswerThatNobodyReads is not waited for: not long, where its status may be enough for the page.
func TestAnAnswerThatNobodyReads(t *testing.T) {
	for what, c := range map[string]struct {
		r    Request
		read time.Duration
		left bool
	}{
		"just now":              {Request{Type: "Fetch", Status: 200}, 0, false},
		"a second ago":          {Request{Type: "Fetch", Status: 200}, time.Second, false},
		"long ago":              {Request{Type: "Fetch", Status: 200}, 3 * time.Second, true},
		"an error, just now":    {Request{Type: "Fetch", Status: 401}, 0, false},
		"an error a second ago": {Request{Type: "Fetch", Status: 401}, time.Second, true},
		"no answer yet":         {Request{Type: "Fetch"}, 3 * time.Second, false},
		"a document":            {Request{Type: "Document", Status: 401}, 3 * time.Second, false},
	} {
		c.r.read = time.Now().Add(-c.read)
		if got := c.r.left(); got != c.left {
			t.Errorf("%s: %v, want %v", what, got, c.left)
		}
	}
}
