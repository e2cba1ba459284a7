package traffic

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
)

// secrets finds values in text. To add one costs the same however many there are: a recording holds thousands, and text is
// looked through between one and the next.
type secrets struct {
	known map[string]bool
	ends  map[string][]form // by their last bytes, the longest first: tokens all begin alike, and end by chance
}

// form is a secret as it may stand in text.
type form struct{ text, of string }

func newSecrets() secrets { return secrets{known: map[string]bool{}, ends: map[string][]form{}} }

// add remembers a value, also as it is percent-encoded.
func (s *secrets) add(value string) {
	if len(value) < shortest || len(value) > maxSecret || len(s.known) >= maxSecrets || s.known[value] {
		return
	}
	s.known[value] = true
	forms := []string{value, url.QueryEscape(value), url.PathEscape(value)}
	slices.Sort(forms)
	for _, text := range slices.Compact(forms) {
		end := text[len(text)-shortest:]
		at, _ := slices.BinarySearchFunc(s.ends[end], form{text, value}, func(a, b form) int {
			return cmp.Or(len(b.text)-len(a.text), strings.Compare(a.text, b.text))
		})
		s.ends[end] = slices.Insert(s.ends[end], at, form{text, value})
	}
}

// replace puts Redacted in place of every secret in a text, also where they overlap, but for those that may be shown.
func (s *secrets) replace(text string, shown map[string]bool) string {
	if len(s.known) == 0 {
		return text
	}
	var out []string              // from the end
	rest, from := text, len(text) // rest is what is not in out yet; from is where the last secret begins
	for i := len(text); i >= shortest; i-- {
		for _, f := range s.ends[text[i-shortest:i]] {
			if shown[f.of] || !strings.HasSuffix(text[:i], f.text) {
				continue
			}
			if i <= from { // it does not overlap the one behind it
				out = append(out, rest[i:], Redacted)
			}
			from = min(from, i-len(f.text))
			rest = rest[:from]
			break
		}
	}
	slices.Reverse(out)
	return rest + strings.Join(out, "")
}
