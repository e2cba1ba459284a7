package explain

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"renewal.example/mockauth0/diagnosis"
)

// How much of a text a cause must share to be a guess: so many words that few causes have (in bits), several of them, and so large a
// part of all words of the text.
const (
	enough  = 6
	several = 2
	part    = 1.0 / 3
)

// nearest are the causes that have the most distinctive words in common with a text, five at most; none: it is about something else.
func nearest(text string) (out []diagnosis.Code) {
	asked := distinctive(text)
	all := diagnosis.All()
	words := make([]map[string]bool, len(all))
	for i, k := range all {
		words[i] = distinctive(string(k.Code) + " " + k.Title + " " + k.Why + " " + k.Remedy + " " + k.Sign)
	}
	scores, shared := make([]float64, len(all)), make([]int, len(all))
	for a := range asked {
		var have []int
		for i := range all {
			for w := range words[i] {
				if alike(a, w) {
					have = append(have, i)
					break
				}
			}
		}
		for _, i := range have {
			scores[i] += math.Log2(float64(len(all)) / float64(len(have)))
			shared[i]++
		}
	}
	order := make([]int, 0, len(all))
	for i := range all {
		if scores[i] >= enough && shared[i] >= several && float64(shared[i]) >= part*float64(len(asked)) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	for _, i := range order[:min(5, len(order))] {
		out = append(out, all[i].Code)
	}
	return out
}

// common words tell no text from another.
var common = []string{
	"that", "this", "with", "from", "have", "does", "when", "what", "error", "renewal", "auth0", "tenant", "cannot", "could", "read", "which",
	"there", "their", "them", "they", "than", "then", "been", "only", "into", "your", "will", "must", "some", "other", "user", "users",
	"after",
	"before", "over", "page", "again", "time", "work", "works", "should", "while", "about", "without", "type", "function", "object",
}

// distinctive are the words of a text that distinguish it, in lower case.
func distinctive(text string) map[string]bool {
	set := map[string]bool{}
	between := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	for _, w := range strings.FieldsFunc(strings.ToLower(text), between) {
		if len(w) > 3 && !slices.Contains(common, w) {
			set[w] = true
		}
	}
	return set
}

// alike forgives one typing error in a word, and different endings.
func alike(a, b string) bool {
	if a == b || len(a) > 4 && len(b) > 4 && (strings.HasPrefix(a, b) || strings.HasPrefix(b, a)) {
		return true
	}
	if len(a) < 5 || len(a)-len(b) > 1 || len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	rest := func(s string, n int) string { return s[min(i+n, len(s)):] }
	return rest(a, 1) == rest(b, 1) || rest(a, 1) == rest(b, 0) || rest(a, 0) == rest(b, 1)
}
