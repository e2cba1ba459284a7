package login

import (
	"strings"
	"testing"
)

func TestTheClientOfAPagesState(t *testing.T) {
	for _, id := range []string{"c", strings.Repeat("c", 31), strings.Repeat("c", 32), strings.Repeat("c", 255), strings.Repeat("c", 256)} {
		state := pageState(letters(32), letters(32), id)
		if got := clientOf(state); got != id {
			t.Errorf("of a client id with %d characters: %q", len(id), got)
		}
		for i := range len(state) { // cut anywhere, it is nobody's or still the client's, and never a crash
			if got := clientOf(state[:i]); got != "" && got != id {
				t.Errorf("cut after %d: %q", i, got)
			}
		}
	}
	for _, state := range []string{"", "x", "hKFo2SB", "////", "hKFo", "gqFooWh"} {
		if got := clientOf(state); got != "" {
			t.Errorf("%q is of client %q", state, got)
		}
	}
}
