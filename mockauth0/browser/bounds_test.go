package browser

import (
	"slices"
	"testing"
)

func TestTheNewestThatFit(t *testing.T) {
	const one = 2 * escaping * entryPadding // room for an item of entryPadding bytes
	small, giant := entryPadding, 100*entryPadding
	for _, tc := range []struct {
		name   string
		sizes  []int
		budget int
		kept   []int
		left   int
	}{
		{"nothing", nil, one, []int{}, 0},
		{"all", []int{small, small}, 2 * one, []int{small, small}, 0},
		{"the newest", []int{small, small - 1}, one, []int{small - 1}, 1},
		{"what is too large alone does not drop the rest", []int{small, giant, small, giant}, 3 * one, []int{small, small}, 2},
	} {
		kept, left := newest(tc.sizes, tc.budget, func(n int) int { return n })
		if !slices.Equal(kept, tc.kept) || kept == nil || left != tc.left {
			t.Errorf("%s: kept %v, left %d, want %v and %d", tc.name, kept, left, tc.kept, tc.left)
		}
	}
}
