package recording

import (
	"net/url"
	"slices"
	"strings"
)

// secrets finds values in text. To add one costs the same however many there are, and so does to look for all of them: a
// recording holds thousands, and text is looked through between one and the next.
type secrets struct {
	known map[string]bool
	ends  map[string]*alike // by their last bytes: tokens all begin alike
}

// alike are secrets, as they may stand in text, that end alike.
type alike struct {
	lengths []int             // that there are, the longest first: addresses all end alike, but are of few lengths
	forms   map[string]string // form → secret
}

func newSecrets() secrets { return secrets{known: map[string]bool{}, ends: map[string]*alike{}} }

// add remembers a value, also as it is percent-encoded.
func (s *secrets) add(value string) {
	if len(value) < shortest || len(value) > maxSecret || len(s.known) >= maxSecrets || s.known[value] {
		return
	}
	s.known[value] = true
	for _, form := range [...]string{value, url.QueryEscape(value), url.PathEscape(value)} {
		end := form[len(form)-shortest:]
		a := s.ends[end]
		if a == nil {
			a = &alike{forms: map[string]string{}}
			s.ends[end] = a
		}
		a.forms[form] = value
		at, there := slices.BinarySearchFunc(a.lengths, len(form), func(have, want int) int { return want - have })
		if !there {
			a.lengths = slices.Insert(a.lengths, at, len(form))
		}
	}
}

// longest is the length of the longest one with which a text ends, but for those that may be shown; 0: there is none.
func (s *secrets) longest(text string, shown map[string]bool) int {
	a := s.ends[text[len(text)-shortest:]]
	if a == nil {
		return 0
	}
	for _, n := range a.lengths {
		if n > len(text) {
			continue
		}
		if secret, ok := a.forms[text[len(text)-n:]]; ok && !shown[secret] {
			return n
		}
	}
	return 0
}

// replace puts Redacted in place of every secret in a text, also where they overlap, but for those that may be shown.
func (s *secrets) replace(text string, shown map[string]bool) string {
	if len(s.known) == 0 {
		return text
	}
	var out []string              // from the end
	rest, from := text, len(text) // rest is what is not in out yet; from is where the last secret begins
	for i := len(text); i >= shortest; i-- {
		n := s.longest(text[:i], shown)
		if n == 0 {
			continue
		}
		if i <= from { // it does not overlap the one behind it
			out = append(out, rest[i:], Redacted)
		}
		from = min(from, i-n)
		rest = rest[:from]
	}
	slices.Reverse(out)
	return rest + strings.Join(out, "")
}
